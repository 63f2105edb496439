"""Which place is found in what citizens write."""

import json
from pathlib import Path

import pytest

from bot.nlu.places import place
from evaluation.cases import shipped
from evaluation.reports import same_place
from evaluation.understanding import as_rasa_reads

RIGHT_AT_LEAST = 0.95


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("建设路12号阳光小区3号楼", "建设路12号阳光小区3号楼"),
        ("昨晚中山路和解放路交叉口井盖没了", "中山路和解放路交叉口"),
        ("地点写错了,应该是人民路88号", "人民路88号"),
        ("学院路往东200米左右有个坑", "学院路往东200米左右"),
        ("从文化路到师范街这一截没有路灯", "文化路到师范街这一截"),
        ("G15沈海高速往南方向1468公里处有石头", "G15沈海高速往南方向1468公里处"),
    ],
)
def test_a_road_is_read_with_crossing_number_and_direction(text: str, expected: str) -> None:
    assert place(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("幸福小区门口垃圾堆了三天了", "幸福小区门口"),
        ("锦江国际B座1902往下扔烟头", "锦江国际B座1902"),
        ("住白沙镇东坝村七组", "白沙镇东坝村七组"),
        ("俺们大王庄的自来水发黄", "大王庄"),
        ("老师打学生,二中的", "二中"),
        ("地铁2号线龙首村站C口的扶梯停了", "地铁2号线龙首村站C口"),
        ("一家叫“小天鹅”的洗衣店洗坏了衣服", "叫“小天鹅”的洗衣店"),
        ("肯德基人民广场店空调滴水", "肯德基人民广场店"),
    ],
)
def test_a_name_is_read_with_what_narrows_it_down(text: str, expected: str) -> None:
    assert place(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "我家楼下路灯坏了好几天没人管",
        "我们小区天天停水",
        "隔壁小区的狗天天叫",
        "楼下那家理发店骗我办卡",
        "医院不给看病先让交押金",
        "孩子幼儿园突然关门了",
        "有人冒充医保局给我打电话",
        "12路车站牌写的末班车九点",
        "马路上有个大坑",
        "现在这市场价太乱了",
    ],
)
def test_what_nobody_else_could_find_is_no_place(text: str) -> None:
    assert place(text) is None


def test_an_office_is_a_place_only_with_a_part_of_it() -> None:
    assert place("税务局二楼不叫号") == "税务局二楼"
    assert place("税务局不叫号") is None


def test_where_something_happens_counts_before_where_a_citizen_lives() -> None:
    assert place("我住锦绣花园三期6号楼,梧桐街堵得走不动") == "梧桐街"


def test_the_development_reports_keep_being_read() -> None:
    cases = [json.loads(line) for line in Path(shipped("reports", "development")).read_text("utf-8").splitlines()]
    right = [
        same_place(case["place"] and as_rasa_reads(case["place"]), place(as_rasa_reads(case["text"]))) for case in cases
    ]
    assert sum(right) >= RIGHT_AT_LEAST * len(cases)
