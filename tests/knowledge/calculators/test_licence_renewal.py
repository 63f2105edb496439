"""When a driving licence can and must be renewed."""

from datetime import date
from typing import Any

import pytest

from knowledge.calculators import CALCULATORS

TODAY = date(2026, 11, 28)
RULE = CALCULATORS["licence_renewal"]


@pytest.mark.parametrize(
    ("expiry", "text"),
    [
        ("2027-03-05", "最早2026年12月5日可以换，2027年3月5日前要换好"),
        ("2027-02-26", "现在就可以换，还剩90天"),
        ("2026-11-28", "现在就可以换，还剩0天"),
        ("2026-11-27", "2027年11月27日前去换，还能换"),
        ("2025-11-28", "已经满1年没换，要注销。2028年11月28日前，考过科目一"),
        ("2023-11-27", "注销已经超过2年，不能恢复"),
        ("long", "长期有效，不用到期换证"),
    ],
)
def test_what_to_do_by_when(expiry: str, text: str) -> None:
    assert text in RULE.compute({"expiry": expiry, "age": 45}, TODAY).text


@pytest.mark.parametrize(
    ("issued", "text"),
    [
        ("2021-05-10", "2027年5月10日到期"),
        ("2016-12-01", "2032年12月1日到期"),
        ("2008-05-06", "应该已经长期有效"),
    ],
)
def test_from_the_first_licence_on(issued: str, text: str) -> None:
    result = RULE.compute({"expiry": "unknown", "issued": issued, "age": 45}, TODAY)
    assert text in result.text
    assert any("当成您以前都按时换了证" in note for note in result.notes)


def test_from_70_there_is_a_proof_every_year() -> None:
    assert "体检" not in RULE.compute({"expiry": "long", "age": 69}, TODAY).text
    assert "记分周期结束后30天内交体检证明" in RULE.compute({"expiry": "long", "age": 70}, TODAY).text


@pytest.mark.parametrize(
    ("issued", "between"),
    [
        ("2010-03-01", "2027年3月1日到2027年3月31日"),
        ("2010-11-10", "2026年11月10日到2026年12月10日"),
    ],
)
def test_the_proof_is_due_after_the_points_year(issued: str, between: str) -> None:
    assert between in RULE.compute({"expiry": "unknown", "issued": issued, "age": 72}, TODAY).text


@pytest.mark.parametrize(
    ("asked", "text", "values"),
    [
        (None, "驾照2027年3月5日到期什么时候能换", {"expiry": "2027-03-05"}),
        (None, "我2021年5月10日领的驾照，什么时候到期", {"issued": "2021-05-10", "expiry": "unknown"}),
        (None, "我爸72岁，驾照有效期到2027年1月2日", {"expiry": "2027-01-02", "age": 72}),
        (None, "驾照2027年3月到期", {}),
        ("expiry", "2027-03-05", {"expiry": "2027-03-05"}),
        ("expiry", "二〇二七年三月五日", {"expiry": "2027-03-05"}),
        ("expiry", "20270305", {"expiry": "2027-03-05"}),
        ("expiry", "27年3月5号", {"expiry": "2027-03-05"}),
        ("expiry", "长期", {"expiry": "long"}),
        ("expiry", "不知道", {"expiry": "unknown"}),
        ("issued", "2010.3.1", {"issued": "2010-03-01"}),
        ("age", "45", {"age": 45}),
        ("age", "七十二岁", {"age": 72}),
        ("age", "满70了", {"age": 70}),
        ("age", "不知道", {"age": 0}),
    ],
)
def test_reading(asked: str | None, text: str, values: dict[str, Any]) -> None:
    assert RULE.read(text, asked) == values


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("expiry", "2027年3月"),
        ("expiry", "2027年2月30日"),
        ("expiry", "2099年1月1日"),
        ("issued", "2040年1月1日"),
        ("issued", "1890年1月1日"),
        ("issued", "不知道"),
        ("age", "150"),
        ("age", "-3"),
    ],
)
def test_impossible_answers_are_refused_with_a_sentence(asked: str, text: str) -> None:
    with pytest.raises(ValueError, match="。$"):
        RULE.read(text, asked)


def test_the_first_licence_is_asked_only_where_the_expiry_is_unknown() -> None:
    field = RULE.missing({"expiry": "unknown"})
    assert field and field.name == "issued"
    field = RULE.missing({"expiry": "long"})
    assert field and field.name == "age"
