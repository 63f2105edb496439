"""Danger in a message: the written cases, and what must hold for any message."""

import json
from pathlib import Path

import pytest

from knowledge.emergency import PATTERNS, Danger, DangerRules, danger_rules, find_danger

CASES = Path(__file__).parents[2] / "evaluation" / "cases" / "emergency-development.jsonl"
KINDS = {
    "fire",
    "gas",
    "crime",
    "violence",
    "medical",
    "accident",
    "drowning_or_trapped",
    "suicide",
    "missing_person",
}
HARMLESS = "小区路灯坏了半个月,物业说等配件,老人晚上出门看不见路,希望尽快修好"


def _cases(dangerous: bool) -> list[dict[str, str]]:
    lines = CASES.read_text(encoding="utf-8").splitlines()
    return [case for case in map(json.loads, lines) if (case["danger"] is not None) == dangerous]


def test_every_kind_of_danger_has_a_response_named_after_it() -> None:
    assert danger_rules().responses == {kind: f"utter_emergency_{kind}" for kind in KINDS}


def test_a_section_that_is_missing_is_found_when_the_file_is_read(tmp_path: Path) -> None:
    broken = tmp_path / "emergency.yml"
    broken.write_text(PATTERNS.read_text(encoding="utf-8").replace("not_now:", "not_then:"), encoding="utf-8")
    with pytest.raises(KeyError, match="not_now"):
        DangerRules(broken)


def test_every_written_danger_is_found() -> None:
    dangers = _cases(dangerous=True)
    assert len(dangers) == 120
    assert [case["text"] for case in dangers if find_danger(case["text"]) is None] == []


def test_nearly_every_written_danger_gets_its_own_kind() -> None:
    found = [(case["danger"], find_danger(case["text"])) for case in _cases(dangerous=True)]
    assert sum(danger is not None and danger.kind == kind for kind, danger in found) >= 114


def test_at_most_one_written_look_alike_in_twenty_raises_an_alarm() -> None:
    look_alikes = _cases(dangerous=False)
    assert len(look_alikes) == 120
    assert len([case["text"] for case in look_alikes if find_danger(case["text"])]) <= 6


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("厨房里冒烟了", "fire"),
        ("他拿着刀在门口", "crime"),
        ("孩子喝了洁厕灵", "medical"),
        ("活着没意思,我站在楼顶", "suicide"),
        ("闻到一股臭鸡蛋味头晕", "gas"),
        ("我老公又打我了", "violence"),
        ("我被车撞了腿动不了", "accident"),
        ("有小孩掉河里了", "drowning_or_trapped"),
        ("我奶奶走丢了", "missing_person"),
    ],
)
def test_a_danger_is_found_with_its_kind(text: str, kind: str) -> None:
    danger = find_danger(text)
    assert danger is not None
    assert danger.kind == kind


@pytest.mark.parametrize(
    "text",
    [
        "电梯里的119按钮坏了",
        "我快被这手续气死了",
        "消防通道被车堵了",
        "燃气费怎么交",
        "打110会留案底吗",
        "楼下烧烤店油烟大",
        "去年家里着火烧掉的户口本怎么补",
        "想死你了",
        HARMLESS,
        "",
        "  \n",
        "12",
        "👍",
    ],
)
def test_a_harmless_message_raises_no_alarm(text: str) -> None:
    assert find_danger(text) is None


def test_the_words_that_showed_the_danger_are_told() -> None:
    assert find_danger("我家着火了,快来人") == Danger("fire", "着火")


@pytest.mark.parametrize("danger", ["我家着火了", "孩子喝了农药", "他拿着刀在门口", "我不想活了", "有人溺水"])
@pytest.mark.parametrize(
    "harmless",
    ["身份证丢了怎么补?要多少钱?", "上个月电梯困过人,赔偿怎么算。", "我快被这手续气死了!", HARMLESS + "。"],
)
def test_harmless_words_in_one_sentence_cancel_no_danger_in_another(harmless: str, danger: str) -> None:
    assert find_danger(harmless + danger) is not None
    assert find_danger(danger + "。" + harmless) is not None
    assert find_danger(harmless * 10 + danger + "。" + harmless * 10) is not None


@pytest.mark.parametrize(
    "text",
    [
        "我想问一下社保转移,哎呀不好厨房锅烧干了冒烟了",
        "地址是解放路18号,等一下,对面楼着火了",
        "先不说工单,我爸突然晕倒了",
        "工伤怎么赔的事等会再问,我同事触电了没反应",
    ],
)
def test_a_danger_that_breaks_into_another_matter_is_found(text: str) -> None:
    assert find_danger(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "zhao huo le",
        "ZHAOHUO kuai lai",
        "jiu ming",
        "🔥🔥🔥我们小区",
        "着 火 了",
        "着火了！！！快来",
        "救命",
        "120",
        "sos",
    ],
)
def test_a_danger_is_found_however_it_is_typed(text: str) -> None:
    assert find_danger(text) is not None


@pytest.mark.parametrize("text", ["我家找火了", "屋里煤汽味好重", "我妈晕到了叫不醒", "出车货了有人流血"])
def test_a_danger_is_found_in_spite_of_a_slip(text: str) -> None:
    assert find_danger(text) is not None


def test_a_danger_without_any_punctuation_in_a_long_message_is_found() -> None:
    story = HARMLESS.replace(",", "")
    assert find_danger(story + "我家着火了快来人救命" + story) is not None


def test_a_long_harmless_message_raises_no_alarm() -> None:
    assert find_danger((HARMLESS + ",") * 25) is None
