"""The desk: who sees and may do what, two at once, and what a refused act leaves behind: nothing."""

from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest

from foundation.database import metadata
from hotline.appeal import Appeal
from hotline.desk import Actor, visible
from hotline.desk import Desk as StaffDesk
from hotline.lifecycle import NotAllowed, lifecycle
from hotline.step_fields import UnknownDepartment
from hotline.steps import StaleVersion, UnknownTicket
from hotline.tables import assignments, deliveries, ticket_events, tickets
from tests.hotline.support import PHONE, Desk, in_threads, rows

OPERATOR, SUPERVISOR = Actor("li", ("operator",)), Actor("wang", ("supervisor",))
PARKS, MARKET = Actor("zhao", ("officer",), "parks"), Actor("qian", ("officer",), "market")
AUDITOR, ADMINISTRATOR = Actor("sun", ("auditor",)), Actor("zhou", ("administrator",))
EDITOR = Actor("wu", ("editor", "publisher"))


@pytest.fixture
def at_home(desk: Desk) -> Desk:
    return desk.with_settings(handling="local")


@pytest.fixture
def staff(at_home: Desk) -> StaffDesk:
    return StaffDesk(at_home.database, at_home.vault, at_home.settings)


def row(desk: Desk, number: str) -> dict[str, Any]:
    return next(one for one in rows(desk.database, tickets) if one["number"] == number)


def take(staff: StaffDesk, desk: Desk, number: str, step: str, actor: Actor, **fields: Any) -> None:
    """A step by somebody who has just looked."""
    staff.take(number, step, actor, fields, row(desk, number)["version"])


def at_department(staff: StaffDesk, desk: Desk, *joint: str, **told: Any) -> str:
    """The number of a ticket that the parks lead."""
    number = desk.open(**told)
    take(staff, desk, number, "accept", SUPERVISOR)
    take(staff, desk, number, "dispatch", SUPERVISOR, department="parks", joint=list(joint))
    return number


def seen_by(desk: Desk, actor: Actor) -> set[str]:
    with desk.database.reading() as connection:
        return set(connection.execute(tickets.select().where(visible(actor))).scalars())


def changes_nothing(desk: Desk, act: Callable[[], Any], error: type[Exception], words: str | None = None) -> None:
    before = {table.name: rows(desk.database, table) for table in metadata.sorted_tables}
    with pytest.raises(error, match=words):
        act()
    assert {table.name: rows(desk.database, table) for table in metadata.sorted_tables} == before


def test_of_two_officers_who_looked_at_the_same_version_one_wins(staff: StaffDesk, at_home: Desk) -> None:
    number = at_department(staff, at_home)
    version = row(at_home, number)["version"]
    before = len(rows(at_home.database, deliveries))

    def answer(place: int) -> str:
        try:
            staff.take(number, "progress", PARKS, {"message": f"第 {place} 位"}, version)
        except StaleVersion:
            return "stale"
        return "done"

    assert sorted(in_threads(4, answer)) == ["done", "stale", "stale", "stale"]
    assert row(at_home, number)["version"] == version + 1
    assert len(rows(at_home.database, deliveries)) == before + 1


def test_an_old_version_changes_nothing(staff: StaffDesk, at_home: Desk) -> None:
    number = at_department(staff, at_home)
    version = row(at_home, number)["version"] - 1
    changes_nothing(at_home, lambda: staff.take(number, "answer", PARKS, {"message": "好了"}, version), StaleVersion)


def test_departments_see_what_they_lead_or_share_and_nothing_else(staff: StaffDesk, at_home: Desk) -> None:
    alone, shared, new = at_department(staff, at_home), at_department(staff, at_home, "market"), at_home.open()
    assert seen_by(at_home, PARKS) == {alone, shared}
    assert seen_by(at_home, MARKET) == {shared}
    assert seen_by(at_home, OPERATOR) == seen_by(at_home, AUDITOR) == {alone, shared, new}
    assert seen_by(at_home, EDITOR) == set()
    note = {"message": "看看"}
    changes_nothing(at_home, lambda: staff.take(alone, "note", MARKET, note, 3), UnknownTicket)
    changes_nothing(at_home, lambda: staff.take(new, "note", PARKS, note, 1), UnknownTicket)


def test_a_department_that_returned_a_ticket_no_longer_sees_it(staff: StaffDesk, at_home: Desk) -> None:
    number = at_department(staff, at_home, "market")
    take(staff, at_home, number, "return", PARKS, reason="不归我们管")
    assert seen_by(at_home, PARKS) == seen_by(at_home, MARKET) == set()
    assert (row(at_home, number)["state"], row(at_home, number)["returns"]) == ("accepted", 1)


def test_what_is_for_supervisors_is_hidden_from_operators_and_officers(staff: StaffDesk, at_home: Desk) -> None:
    number = at_department(staff, at_home, audience="supervisors")
    for actor in (OPERATOR, PARKS, EDITOR):
        assert seen_by(at_home, actor) == set()
    for actor in (SUPERVISOR, AUDITOR):
        assert seen_by(at_home, actor) == {number}
    look = {"message": "看看"}
    changes_nothing(at_home, lambda: staff.take(number, "note", OPERATOR, look, 3), UnknownTicket)
    changes_nothing(at_home, lambda: staff.take(number, "answer", PARKS, look, 3), UnknownTicket)


def test_supervisors_bring_to_an_end_what_only_they_see(staff: StaffDesk, at_home: Desk) -> None:
    number = at_department(staff, at_home, audience="supervisors")
    take(staff, at_home, number, "contact", SUPERVISOR)
    take(staff, at_home, number, "answer", SUPERVISOR, message="窗口已经补办")
    assert row(at_home, number)["state"] == "answered"


def test_a_joint_department_reports_but_does_not_decide(staff: StaffDesk, at_home: Desk) -> None:
    number = at_department(staff, at_home, "market")
    until = "2099-01-01T00:00:00+08:00"
    for step, fields in [
        ("answer", {"message": "好了"}),
        ("return", {"reason": "不归我们管"}),
        ("wait", {"message": "哪里?"}),
        ("ask_extension", {"reason": "忙", "deadline": until}),
    ]:
        act = _act(staff, number, step, MARKET, fields, row(at_home, number)["version"])
        changes_nothing(at_home, act, NotAllowed, "leads")
    take(staff, at_home, number, "progress", MARKET, message="查过了")
    take(staff, at_home, number, "unassign", MARKET, reason="查完了")
    assert row(at_home, number)["joint"] == []
    assert seen_by(at_home, MARKET) == set()
    act = _act(staff, number, "unassign", PARKS, {"reason": "忙"}, row(at_home, number)["version"])
    changes_nothing(at_home, act, NotAllowed, "leads")


def _act(staff: StaffDesk, *arguments: Any) -> Callable[[], None]:
    return lambda: staff.take(*arguments)


def test_an_officer_acts_in_the_name_of_the_own_department_only(staff: StaffDesk, at_home: Desk) -> None:
    number = at_department(staff, at_home, "market")
    take(staff, at_home, number, "contact", MARKET, department="parks")
    logged = rows(at_home.database, ticket_events)[-1]
    assert (logged["actor"], logged["role"], logged["fields"]["department"]) == ("qian", "officer", "market")


@pytest.mark.parametrize("roles", list(permutations(("operator", "officer"))))
def test_whoever_is_an_operator_too_is_no_officer_of_other_departments(
    staff: StaffDesk, at_home: Desk, roles: tuple[str, ...]
) -> None:
    both = Actor("zheng", roles, "market")
    number = at_department(staff, at_home)
    act = _act(staff, number, "progress", both, {"message": "在办"}, row(at_home, number)["version"])
    changes_nothing(at_home, act, NotAllowed, "role")
    take(staff, at_home, number, "note", both, message="问过园林局")
    assert rows(at_home.database, ticket_events)[-1]["role"] == "operator"


def test_every_department_and_list_entry_must_exist(staff: StaffDesk, at_home: Desk) -> None:
    number = at_home.open()
    take(staff, at_home, number, "accept", OPERATOR)
    for fields in ({"department": "nowhere"}, {"department": "parks", "joint": ["market", "nowhere"]}):
        act = _act(staff, number, "dispatch", OPERATOR, fields, 2)
        changes_nothing(at_home, act, UnknownDepartment, "nowhere")
    for name in ("kind", "category", "urgency", "district"):
        changes_nothing(at_home, _act(staff, number, "amend", OPERATOR, {name: "nowhere"}, 2), NotAllowed, name)


def test_a_department_named_twice_has_one_share(staff: StaffDesk, at_home: Desk) -> None:
    number = at_department(staff, at_home, "market", "parks", "market")
    shares = [(one["department"], one["leading"]) for one in rows(at_home.database, assignments)]
    assert (sorted(shares), row(at_home, number)["joint"]) == ([("market", False), ("parks", True)], ["market"])


def test_rejecting_needs_a_reason_from_the_list_and_where_to_go_instead(staff: StaffDesk, at_home: Desk) -> None:
    number = at_home.open()
    for fields, words in [
        ({"reason": "court"}, "instead"),
        ({"instead": "请找法院"}, "reason"),
        ({"reason": "不想办", "instead": "请找法院"}, "list"),
    ]:
        changes_nothing(at_home, _act(staff, number, "reject", OPERATOR, fields, 1), NotAllowed, words)
    take(staff, at_home, number, "reject", OPERATOR, reason="court", instead="请找法院")
    told = at_home.tickets.of_conversation("c1")[0].events[-1]["text"]
    assert told == f"这件事没有受理,原因:{lifecycle().reject_reasons['court']}。您可以这样办:请找法院。"


@pytest.mark.parametrize("actor", [AUDITOR, ADMINISTRATOR, EDITOR])
def test_who_only_looks_takes_no_step(staff: StaffDesk, at_home: Desk, actor: Actor) -> None:
    number = at_department(staff, at_home)
    for step in lifecycle().steps:
        with pytest.raises((NotAllowed, UnknownTicket)):
            staff.take(number, step, actor, {"message": "m", "reason": "r", "department": "parks"}, 3)
    assert row(at_home, number)["version"] == 3


@pytest.mark.parametrize("step", ["merge", "split", "burn", ""])
def test_what_is_no_step_of_a_form_is_refused(staff: StaffDesk, at_home: Desk, step: str) -> None:
    number, fields = at_home.open(), {"main": "20260101-000001", "child": "20260101-000002"}
    changes_nothing(at_home, _act(staff, number, step, OPERATOR, fields, 1), NotAllowed, "step")


@pytest.mark.parametrize("told", [{"kind": "举报"}, {"audience": "supervisors"}])
def test_what_must_stay_secret_is_never_made_public(staff: StaffDesk, at_home: Desk, told: dict[str, str]) -> None:
    number = at_home.open(**told)
    changes_nothing(
        at_home, _act(staff, number, "publish", SUPERVISOR, {"summary": "有人举报"}, 1), NotAllowed, "secret"
    )


def test_a_public_ticket_that_turns_out_to_be_a_report_of_a_wrong_is_hidden(staff: StaffDesk, at_home: Desk) -> None:
    number = at_home.open()
    take(staff, at_home, number, "publish", OPERATOR, summary="幸福路路灯不亮")
    take(staff, at_home, number, "amend", OPERATOR, kind="举报")
    assert row(at_home, number)["summary"] == ""
    with pytest.raises(UnknownTicket):
        at_home.tickets.join(number, "c2")


def test_a_form_sent_twice_enters_one_ticket(staff: StaffDesk, at_home: Desk) -> None:
    appeal = Appeal("form-1", "求助", "井盖松了", contact=PHONE, channel="phone")
    entered = in_threads(4, lambda _: staff.open(appeal, OPERATOR))
    assert len(set(entered)) == 1
    [event] = rows(at_home.database, ticket_events)
    assert (event["role"], event["actor"], len(rows(at_home.database, deliveries))) == ("operator", "li", 1)
    assert at_home.tickets.by_number_and_code(*entered[0])
