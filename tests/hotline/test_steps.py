"""The citizen's own steps, what they tell the hotline, and the log that proves them."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import select

import hotline
from hotline.lifecycle import NotAllowed
from hotline.standing import Standing
from hotline.steps import UnknownTicket, rebuilt_standing
from hotline.tables import deliveries, ticket_events, tickets
from tests.hotline.clock import Clock
from tests.hotline.support import PHONE, Desk, in_threads, rows

SCHEMA = json.loads((Path(hotline.__file__).parent / "schema" / "webhook.schema.json").read_text(encoding="utf-8"))


def test_urging_twice_within_a_day_is_refused(desk: Desk) -> None:
    number = desk.open()
    assert desk.tickets.urge(number, "天黑了").events[-1]["text"] == "我们已转达。您说:天黑了。"
    with pytest.raises(NotAllowed, match="too_soon"):
        desk.tickets.urge(number)


def test_a_supplement_ends_the_wait_for_the_citizen(desk: Desk) -> None:
    number = desk.open()
    desk.staff(number, "wait", message="哪一盏?")
    assert desk.tickets.supplement(number, "第三盏").state == "in_progress"
    with pytest.raises(NotAllowed, match="missing"):
        desk.tickets.supplement(number, "")


def test_a_withdrawn_ticket_cannot_be_moved(desk: Desk) -> None:
    number = desk.open()
    assert desk.tickets.withdraw(number).state == "withdrawn"
    for step in (desk.tickets.urge, desk.tickets.withdraw):
        with pytest.raises(NotAllowed, match="state"):
            step(number)


def test_a_ticket_that_does_not_exist_cannot_be_urged(desk: Desk) -> None:
    with pytest.raises(UnknownTicket):
        desk.tickets.urge("20261123-999999")


def test_a_rating_closes_the_ticket_and_not_solved_opens_it_again(desk: Desk) -> None:
    content, unhappy = desk.answered(), desk.answered()
    assert desk.tickets.rate(content, True, "satisfied").state == "closed"
    assert desk.tickets.rate(unhappy, False, "dissatisfied", "还是不亮").state == "dispatched"
    assert [body["type"] for body in desk.bodies(unhappy)] == ["ticket.opened", "ticket.rated", "ticket.reopened"]
    assert desk.tickets.reopen(content, "又坏了").state == "dispatched"


def test_not_solved_without_a_reason_changes_nothing(desk: Desk) -> None:
    number = desk.answered()
    before = [rows(desk.database, table) for table in (tickets, ticket_events, deliveries)]
    with pytest.raises(NotAllowed, match="missing"):
        desk.tickets.rate(number, False)
    assert [rows(desk.database, table) for table in (tickets, ticket_events, deliveries)] == before
    with pytest.raises(ValueError, match="satisfaction"):
        desk.tickets.rate(number, True, "great")


def test_every_message_fits_the_schema_and_is_numbered_without_gaps(desk: Desk) -> None:
    number = desk.open(contact=desk.tokenized(PHONE), time_of_event="昨晚")
    desk.tickets.supplement(number, "第三盏")
    desk.tickets.urge(number)
    desk.staff(number, "supervise", "supervisor", reason="快到期")
    desk.staff(number, "answer", message="已修好")
    desk.tickets.rate(number, False, "very_dissatisfied", "没修好")
    desk.tickets.withdraw(number, "自己修了")
    sent = desk.bodies(number)
    kinds = ["opened", "supplemented", "urged", "supervised", "rated", "reopened", "withdrawn"]
    assert [body["type"] for body in sent] == [f"ticket.{kind}" for kind in kinds]
    assert [body["data"]["sequence"] for body in sent] == list(range(1, 8))
    for body in sent:
        Draft202012Validator(SCHEMA).validate(body)
    assert sent[1]["data"]["message"] == "第三盏"
    assert (sent[4]["data"]["solved"], sent[4]["data"]["state"]) == (False, "closed")


def test_each_step_of_our_own_desk_is_told_as_changed_with_its_state(desk: Desk, clock: Clock) -> None:
    at_home = desk.with_settings(handling="local")
    number = at_home.open()
    path: list[tuple[str, str, dict[str, str]]] = [
        ("accept", "operator", {}),
        ("dispatch", "operator", {"department": "城管局"}),
        ("contact", "officer", {}),
        ("return", "officer", {"reason": "不归我们管"}),
        ("dispatch", "operator", {"department": "路灯所", "deadline": "2026-12-01T18:00:00+08:00"}),
        ("extend", "supervisor", {"reason": "缺料", "deadline": "2027-01-05T18:00:00+08:00"}),
        ("answer", "officer", {"message": "已修好"}),
        ("close", "system", {}),
    ]
    for step, role, fields in path:
        desk.staff(number, step, role, **fields)
    sent = desk.bodies(number)[1:]
    assert {body["type"] for body in sent} == {"ticket.changed"}
    for body in sent:
        Draft202012Validator(SCHEMA).validate(body)
    expected = ["accepted", "dispatched", "dispatched", "accepted", "dispatched", "dispatched", "answered", "closed"]
    assert [body["data"]["state"] for body in sent] == expected
    told = desk.tickets.of_conversation("c1")[0].events
    assert told[5]["text"] == "已转给路灯所办理。预计12月1日 18:00前答复您。"


def test_the_log_of_events_leads_to_the_stored_state(desk: Desk) -> None:
    number = desk.open()
    for step, fields in [
        ("accept", {}),
        ("dispatch", {"department": "城管局"}),
        ("return", {"reason": "不归我们管"}),
        ("wait", {"message": "哪一盏?"}),
    ]:
        desk.staff(number, step, **fields)
        with desk.database.reading() as connection:
            stored = connection.execute(select(tickets).where(tickets.c.number == number)).one()
            assert rebuilt_standing(connection, number) == Standing.of(stored)
    desk.tickets.supplement(number, "第三盏")
    logged = sorted(rows(desk.database, ticket_events), key=lambda event: int(event["position"]))
    with desk.database.reading() as connection:
        assert rebuilt_standing(connection, number).state == logged[-1]["state"] == "in_progress"
    assert [event["position"] for event in logged] == list(range(1, 7))
    assert rows(desk.database, tickets)[0]["version"] == 6


def test_two_who_move_a_ticket_at_once_cannot_both_take_the_same_step(desk: Desk) -> None:
    number = desk.open()

    def accept(_: int) -> bool:
        try:
            desk.staff(number, "accept")
        except NotAllowed:
            return False
        return True

    assert sorted(in_threads(4, accept)) == [False, False, False, True]
