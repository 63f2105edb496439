"""The text that is proposed for the public."""

from types import SimpleNamespace

import pytest

from hotline.summary import LONGEST, proposed


def of(what: str, **other: str) -> str:
    return proposed(SimpleNamespace(**{"what": what, "district": "", "street": "", "category": "", **other}))


@pytest.mark.parametrize(
    ("what", "public"),
    [
        ("小区门口的垃圾没人清，我是张伟，联系电话：〔电话1〕。都发臭了！", "小区门口的垃圾没人清。都发臭了！"),
        ("幸福小区3栋2单元501室楼上的王女士半夜装修", "幸福小区楼上的有关人员半夜装修"),
        ("李老师上课打人", "有关人员上课打人"),
        ("我家在12-3-402，水管漏水。", "我家在，水管漏水。"),
        ("有车乱停，苏A12345，天天这样", "有车乱停，天天这样"),
        ("合同号20260102123，不退钱", "合同号，不退钱"),
    ],
)
def test_numbers_names_and_doors_are_left_out(what: str, public: str) -> None:
    assert of(what) == public


@pytest.mark.parametrize(
    "what",
    ["黄河路的路灯不亮，晚上 11 点以后最黑。", "于是去了社区三次，何时能修？", "楼道里堆了杂物，电动车上楼充电。"],
)
def test_what_names_nobody_stays_as_it_is(what: str) -> None:
    assert of(what) == what


def test_it_says_where_and_what_about_and_keeps_whole_sentences() -> None:
    text = of("路灯坏了。" + "晚上看不清。" * 40, district="east", street="湖滨街道", category="street-light")
    head, told = text.split("：")
    assert head == "东湖区湖滨街道 · 路灯不亮"
    assert told.startswith("路灯坏了。") and told.endswith("晚上看不清。") and len(told) <= LONGEST
    assert len(of("没有句号" * 100)) == LONGEST
