"""What may not happen while a person speaks with a citizen: numbers at rest, HTML, strangers, acts without a trace."""

import re

import pytest

from foundation.audit import Audit, log
from tests.hotline.support import PHONE, everything_at_rest, rows
from tests.web.fake_rasa import FakeRasa
from tests.web.person_desk import Floor, takes, writes


def test_numbers_and_html_in_messages(floor: Floor, rasa: FakeRasa) -> None:
    citizen, operator = floor.citizen(), floor.operator("wang")
    citizen.asks()
    takes(operator, 1)
    citizen.says(f"<script>alert(1)</script> 我的电话 {PHONE}")
    writes(
        operator, 1, text=f"<b>请打</b> 0571-87654321，您的是 {PHONE} 对吗，身份证１１０１０１１９９００３０７４５１４"
    )
    page = operator.see("/desk/waiting/1")
    assert "<script>alert(1)" not in page and "&lt;script&gt;alert(1)" in page and "<b>请打" not in page
    said = citizen.last()["replies"][0]["text"]
    assert said == "<b>请打</b> 0571-87654321，您的是 138****5678 对吗，身份证110****4514"
    assert PHONE not in page and PHONE not in everything_at_rest(floor.desk.database)
    assert "110101199003074514" not in everything_at_rest(floor.desk.database)


def test_an_answer_can_be_checked_for_plain_words_first_and_empty_or_long_ones_are_not_sent(floor: Floor) -> None:
    citizen, operator = floor.citizen(), floor.operator("wang")
    citizen.asks()
    takes(operator, 1)
    before = len(citizen.reads())
    page = writes(operator, 1, text="请您予以配合，届时前往我局窗口办理相关事宜。", check="1")
    assert "可以这样改" in page and "届时" in page and len(citizen.reads()) == before
    for text in ("", " \n ", "很" * 1001):
        page = writes(operator, 1, text=text)
        assert operator.status == 422 and "请写 1 到 1000 个字" in page
    assert len(citizen.reads()) == before


def test_what_a_page_sends_twice_is_said_once_and_other_words_under_its_name_are_said_too(floor: Floor) -> None:
    citizen, operator = floor.citizen(), floor.operator("wang")
    citizen.asks()
    takes(operator, 1)
    before = len(citizen.reads())
    for text in ("马上派人", "马上派人", "马上派人去", "马上派人"):
        writes(operator, 1, text=text, message="a1-0")
    writes(operator, 1, text="马上派人", message="a1-1")
    said = [item["replies"][0]["text"] for item in citizen.reads()[before:]]
    assert said == ["马上派人", "马上派人去", "马上派人"]


def test_what_was_said_before_the_shown_turns_is_a_link_away(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    citizen, operator = floor.citizen(), floor.operator("wang")
    citizen.asks()
    takes(operator, 1)
    assert "看更早的话" not in operator.see("/desk/waiting/1")
    monkeypatch.setattr("web.desk.talk.MOST_TURNS", 1)
    [address] = re.findall(r'href="([^"#]+)[^"]*"[^>]*>看更早的话', operator.see("/desk/waiting/1"))
    assert "转人工" in operator.see(address)


def test_only_who_has_it_reads_and_writes_and_only_operators_come_near(floor: Floor) -> None:
    citizen, operator, other = floor.citizen(), floor.operator("wang"), floor.operator("li")
    citizen.says("我的秘密")
    citizen.asks()
    takes(operator, 1)
    for address in ("/desk/waiting/1", "/desk/waiting/1/turns?after=0", "/desk/waiting/1/assist", "/desk/waiting/99"):
        page = other.see(address)
        assert other.status in (302, 303) and "秘密" not in page
    assert "不在您手上" in other.send("/desk/waiting/1/say", "/desk/waiting", text="您好")
    assert "不在您手上" in other.send("/desk/waiting/1/close", "/desk/waiting")
    assert citizen.last()["from"] == "staff" and floor.rows()[0]["state"] == "taken"
    editor = floor.operator("zhao", "editor", online=False)
    editor.see("/desk/waiting")
    assert editor.status == 403
    assert floor.app.test_client().get("/desk/waiting/1").status_code == 302


def test_an_erased_conversation_leaves_figures_and_nothing_else(floor: Floor) -> None:
    citizen, operator = floor.citizen(), floor.operator("wang")
    citizen.asks()
    takes(operator, 1)
    citizen.erases()
    operator.see("/desk/waiting/1")
    assert operator.status == 303
    [row] = floor.rows()
    assert (row["conversation"], row["ended_how"]) == ("", "erased") and row["waited_seconds"] < 60


def test_every_act_stands_in_the_trace_without_words(floor: Floor) -> None:
    citizen, operator = floor.citizen(), floor.operator("wang")
    citizen.asks("转人工，我叫张三丰")
    takes(operator, 1)
    writes(operator, 1, text="张三丰您好")
    writes(operator, 1, "close")
    with floor.desk.database.reading() as connection:
        assert list(Audit(floor.desk.settings.secret_key).broken(connection)) == []
    kept = [row for row in rows(floor.desk.database, log) if row["act"] != "control.change"]  # of the test itself
    acts = [f"conversations.{act}" for act in ("presence", "take", "say", "closed")]
    assert [row["act"] for row in kept] == acts and {row["actor"] for row in kept} == {"wang"}
    assert "张三丰" not in str(kept)
