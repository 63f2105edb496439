"""Calculators on the page of entries: signed by a publisher, with a trace."""

import pytest

from foundation.audit import log
from knowledge.calculators import CALCULATORS
from knowledge.calculators.signing import SHOWN_DIGITS, is_sample
from tests.hotline.support import rows
from tests.web.content_pages import Team, shown

ADDRESS = "/content/sign-calculators"


def as_read(name: str) -> str:
    """What the page sends for a calculator that somebody chose there."""
    return f"{name}@{CALCULATORS[name].digest}"


def test_a_publisher_signs_calculators_and_the_trace_knows_the_rules(team: Team) -> None:
    publisher = team.member("ke-zhang", "publisher")
    page = shown(publisher.see("/content"))
    assert "算退休年龄" in page and "《中华人民共和国劳动合同法》" in page
    page = publisher.send(ADDRESS, "/content", calculator=as_read("retirement"))
    assert "签发了 1 个计算器" in page
    assert 'value="retirement@' not in page and f'value="{as_read("leave")}"' in page, "what is signed cannot be chosen"
    assert "已签发 ke-zhang 的姓名" in shown(page)
    with team.desk.database.reading() as connection:
        assert not is_sample(connection, CALCULATORS["retirement"]) and is_sample(connection, CALCULATORS["leave"])
    [act] = [row for row in rows(team.desk.database, log) if row["act"] == "content.sign"]
    rules = CALCULATORS["retirement"].digest[:SHOWN_DIGITS]
    assert (act["actor"], act["subject"], act["facts"]) == ("ke-zhang", "calculator:retirement", {"rules": rules})
    assert "没有要签发的" in publisher.send(ADDRESS, "/content", calculator=as_read("retirement"))


def test_only_a_publisher_signs(team: Team) -> None:
    editor = team.member("bian-ji", "editor")
    assert "签发选中的计算器" not in editor.see("/content")
    editor.send(ADDRESS, "/content", calculator=as_read("retirement"))
    assert editor.status == 403


def test_rules_that_changed_since_they_were_read_are_left_out(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    publisher = team.member("ke-zhang", "publisher")
    read = [as_read("retirement"), as_read("leave")]
    monkeypatch.setattr(CALCULATORS["retirement"], "digest", "0" * 64)
    left_out, signed = [publisher.send(ADDRESS, "/content", calculator=one) for one in read]
    assert "规则改过的没有签：算退休年龄。" in left_out and "签发了" not in left_out
    assert "签发了 1 个计算器" in signed
    with team.desk.database.reading() as connection:
        assert is_sample(connection, CALCULATORS["retirement"]) and not is_sample(connection, CALCULATORS["leave"])
