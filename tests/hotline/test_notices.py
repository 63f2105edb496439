"""What citizens are still to be told, on the hotline's side: written with the event, taken away when it is told."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.engine import Connection

from foundation.privacy import vault_keys
from hotline import outbox
from hotline.desk import Actor
from hotline.desk import Desk as StaffDesk
from hotline.notices import Notice, Notices
from hotline.tables import event_notices
from tests.hotline.support import Desk, rows

OPERATOR = Actor("li", ("operator",))


def there(_: Connection, conversation: str) -> bool:
    return True


def gone(_: Connection, conversation: str) -> bool:
    return False


def settled(desk: Desk, number: str, is_there: Callable[[Connection, str], bool] = there) -> list[Notice]:
    with desk.database.writing() as connection:
        return list(Notices(desk.vault, desk.settings).settle(connection, number, is_there))


def untold(desk: Desk, limit: int = 10) -> list[str]:
    with desk.database.reading() as connection:
        return Notices(desk.vault, desk.settings).untold(connection, limit)


def test_what_others_do_is_owed_until_it_is_settled_and_what_the_citizen_does_is_not(desk: Desk) -> None:
    number = desk.open()
    desk.tickets.urge(number)
    assert untold(desk) == []
    desk.staff(number, "note", "operator", message="脾气不好")
    assert untold(desk) == [], "the citizen reads nothing of it"
    desk.staff(number, "accept")
    assert untold(desk) == [number]
    assert [notice.text for notice in settled(desk, number)] == [
        f"您的工单 {number} 有新进展：已受理。您的工单已受理。"
    ]
    assert settled(desk, number) == [] and untold(desk) == []


def test_a_step_that_fails_owes_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    at_home = desk.with_settings(handling="local")
    number = at_home.open()

    def fail(*_: Any) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr(outbox, "add", fail)
    with pytest.raises(RuntimeError):
        at_home.staff(number, "accept", "operator")
    assert rows(desk.database, event_notices) == []


def test_when_telling_fails_everything_is_still_owed(desk: Desk) -> None:
    number = desk.answered()
    with pytest.raises(RuntimeError), desk.database.writing() as connection:
        assert list(Notices(desk.vault, desk.settings).settle(connection, number, there))
        raise RuntimeError("the worker dies")
    assert [notice.asks_rating for notice in settled(desk, number)] == [True]


def test_the_longest_waiting_come_first_and_a_ticket_once(desk: Desk) -> None:
    first, second = desk.open(), desk.open()
    for number in (first, second, first):
        desk.staff(number, "progress", message="在看")
    assert untold(desk) == [first, second]
    assert untold(desk, 1) == [first]


def test_an_event_without_words_is_settled_without_being_told(desk: Desk) -> None:
    number = desk.open()
    desk.staff(number, "contact")
    assert untold(desk) == [number]
    assert settled(desk, number) == [] and untold(desk) == []


def test_a_conversation_that_is_gone_gets_nothing_and_no_key(desk: Desk) -> None:
    number = desk.open(what="路灯坏了", conversation="erased")
    desk.staff(number, "answer", message="请打 010-87654321")
    assert settled(desk, number, gone) == []
    assert [row["owner"] for row in rows(desk.database, vault_keys)] == [f"ticket:{number}"]


def test_each_notice_shows_the_ticket_as_it_was_then(desk: Desk) -> None:
    number = desk.open()
    desk.staff(number, "wait", message="哪一盏？", deadline="2099-12-01T18:00:00+08:00")
    desk.tickets.supplement(number, "第三盏")
    desk.staff(number, "answer", message="已修好！")
    waiting, answered = settled(desk, number)
    assert (waiting.state, waiting.events[-1]["text"]) == ("等您补充", "需要您补充:哪一盏？请在12月1日 18:00前补充。")
    assert (answered.state, answered.events[-1]["text"]) == ("已答复", "已修好！")
    assert [event["label"] for event in answered.events] == ["已提交", "等您补充", "您补充了情况", "已答复"]
    assert waiting.speaker == "hotline" and not waiting.asks_rating


def test_who_was_merged_hears_how_to_ask_for_the_answer_and_nobodys_words(desk: Desk) -> None:
    at_home = desk.with_settings(handling="local")
    main, merged, further = (at_home.open(conversation=f"c{place}") for place in (1, 2, 3))
    staff = StaffDesk(desk.database, desk.vault, at_home.settings)
    staff.take(main, "publish", OPERATOR, {"summary": "一处路灯不亮"}, 1)
    at_home.tickets.join(main, "c4")
    staff.merge(further, merged, OPERATOR, 1)
    staff.merge(merged, main, OPERATOR, 1)
    at_home.staff(main, "accept", "operator")
    settled(at_home, main)
    at_home.staff(main, "dispatch", "operator", department="parks")
    at_home.staff(main, "answer", "officer", message="王先生，您家门口的灯修好了")
    answered = {one.conversation: one.text for one in settled(at_home, main) if one.state == "已答复"}
    state = f"您跟进的工单 {main} 有新进展：已答复。"
    assert answered["c4"] == state
    asking = "想知道怎么答复的，请说“转人工”。没有解决，请再说一遍您的事，我们另开一张工单。"
    assert answered["c2"] == answered["c3"] == state + asking


def test_an_erased_ticket_has_no_link_and_no_numbers(desk: Desk) -> None:
    number = desk.open()
    desk.staff(number, "answer", message="请打 010-87654321")
    with desk.database.writing() as connection:
        desk.vault.erase(connection, f"ticket:{number}")
    [notice] = settled(desk, number)
    assert (notice.link, notice.events[-1]["text"]) == ("", "请打 。")
