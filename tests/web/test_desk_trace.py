"""Every act of staff leaves a row in the trace; the watch in conftest.py looks at each request of each test."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update

from foundation.audit import Audit, last_row, log
from foundation.clock import now
from foundation.database import Database
from hotline.tables import ticket_events, tickets
from hotline.traced import of_tickets
from staff import accounts
from tests.hotline.support import PHONE, Desk, everything_at_rest, rows
from tests.web.desk_pages import act
from tests.web.visitor import signed_in
from web import create_app


@pytest.fixture
def desk(desk: Desk) -> Desk:
    return desk.with_settings(handling="local", messages_per_minute=0)


def traced(desk: Desk) -> list[tuple[str, str, str]]:
    return [(row["actor"], row["act"], row["subject"]) for row in rows(desk.database, log)]


def is_whole(database: Database) -> bool:
    with database.reading() as connection:
        return not list(Audit("secret").broken(connection))


def test_a_tickets_life_at_the_desk_stands_in_the_trace_without_a_word_of_anybody(desk: Desk) -> None:
    operator = signed_in(desk, "operator")
    number, other = (desk.open(contact=desk.tokenized(f"李女士 {PHONE}")) for _ in range(2))
    act(operator, number, "accept")
    act(operator, number, "dispatch", department="parks")
    operator.send(f"/desk/tickets/{number}/numbers", f"/desk/tickets/{number}")
    act(operator, other, "merge", main=number)
    me = "one-operator"
    assert traced(desk) == [
        (me, "ticket.accept", f"ticket:{number}"),
        (me, "ticket.dispatch", f"ticket:{number}"),
        (me, "ticket.look", f"ticket:{number}"),
        (me, "ticket.merge", f"ticket:{other}"),
    ]
    assert is_whole(desk.database)
    assert "李女士" not in str(rows(desk.database, log)) and PHONE not in everything_at_rest(desk.database)


def test_a_step_that_is_altered_is_found_and_a_ticket_that_is_gone_or_begins_anew_is_not(desk: Desk) -> None:
    def found() -> list[str]:
        with desk.database.reading() as connection:
            return list(Audit("secret").altered(connection, last_row(connection), {"ticket": of_tickets}))

    operator = signed_in(desk, "operator")
    number = desk.open()
    act(operator, number, "accept")
    act(operator, number, "note", message="看过，李女士很急")
    with desk.database.writing() as connection:
        desk.vault.forget_numbers(connection, f"ticket:{number}")
    assert found() == [] and "李女士" not in str(rows(desk.database, log))
    with desk.database.writing() as connection:
        connection.execute(
            update(ticket_events).where(ticket_events.c.step == "note").values(fields={"message": "没看"})
        )
    assert found() == [f"第 2 条记下的内容（ticket:{number}）后来被改过"]
    with desk.database.writing() as connection:
        connection.execute(update(tickets).values(opened_at=now() + timedelta(days=1)))
    assert found() == []


def test_what_is_refused_leaves_no_row(desk: Desk) -> None:
    operator = signed_in(desk, "operator")
    number = desk.open()
    act(operator, number, "reject")
    assert operator.status == 422
    assert traced(desk) == []


def test_the_watch_sees_an_act_that_forgets_the_trace(desk: Desk, untraced: list[str]) -> None:
    app: Flask = create_app(desk.settings)

    def burn() -> str:
        with desk.database.writing() as connection:
            connection.execute(update(tickets).values(street="x"))
        return ""

    app.add_url_rule("/admin/burn", "burn", burn, methods=["POST"])
    desk.open()
    app.test_client().post("/admin/burn")
    assert untraced == ["POST /admin/burn wrote tickets"]
    untraced.clear()


def test_acts_of_two_at_the_same_moment_wait_for_each_other(desk: Desk, tmp_path: Path) -> None:
    from tests.hotline.support import in_threads

    numbers = [desk.open() for _ in range(6)]
    people = [signed_in(desk, role) for role in ("operator", "supervisor")]
    in_threads(2, lambda place: [act(people[place], number, "note", message="看过") for number in numbers[place::2]])
    assert len(traced(desk)) == 6
    assert is_whole(desk.database)


def test_names_that_stand_for_no_account_cannot_be_taken(desk: Desk) -> None:
    for name in ("command", "-"):
        with pytest.raises(accounts.Refused), desk.database.writing() as connection:
            accounts.add(connection, name, "", "four quiet words here", ["operator"])
