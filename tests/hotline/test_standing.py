"""What each step changes about a ticket, without a database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from hotline import standing as module
from hotline.lifecycle import lifecycle
from hotline.standing import Event, Standing, after, rebuilt
from hotline.tables import tickets

AT = datetime(2026, 9, 21, 1, tzinfo=UTC)
LATER = AT + timedelta(days=30)
SUBMITTED = Event("submit", "citizen", {"kind": "投诉", "urgency": "normal", "handle_by": LATER.isoformat()}, AT)
OPEN = after(Standing(), SUBMITTED)
AT_PARKS = replace(OPEN, state="in_progress", department="parks", joint=("market",))
ANSWERED = replace(AT_PARKS, state="answered", answered_at=AT, contacted_at=AT)


def taken(before: Standing, step: str, role: str = "operator", days: int = 1, **fields: Any) -> Standing:
    return after(before, Event(step, role, fields, AT + timedelta(days=days)))


def differences(before: Standing, now: Standing) -> dict[str, Any]:
    return {name: value for name, value in vars(now).items() if vars(before)[name] != value and name != "version"}


NEXT = AT + timedelta(days=1)
ASKED = replace(AT_PARKS, extension_asked=LATER)
UNTIL = (LATER + timedelta(days=5)).isoformat()


@pytest.mark.parametrize(
    ("before", "step", "role", "fields", "changed"),
    [
        (OPEN, "accept", "operator", {}, {"state": "accepted", "accepted_at": NEXT}),
        (OPEN, "accept", "hotline", {"department": "城管局"},
         {"state": "accepted", "accepted_at": NEXT, "department": "城管局"}),
        (OPEN, "reject", "operator", {"reason": "r"}, {"state": "rejected", "closed_at": NEXT}),
        (AT_PARKS, "assign", "operator", {"department": "labor"}, {"joint": ("market", "labor")}),
        (AT_PARKS, "assign", "operator", {"department": "parks"}, {}),
        (AT_PARKS, "assign", "operator", {"department": "market"}, {}),
        (AT_PARKS, "unassign", "operator", {"department": "market"}, {"joint": ()}),
        (AT_PARKS, "unassign", "operator", {"department": "parks"}, {}),
        (AT_PARKS, "contact", "officer", {"department": "market"}, {"contacted_at": NEXT}),
        (ANSWERED, "contact", "officer", {}, {}),
        (AT_PARKS, "progress", "officer", {"department": "market", "message": "m"}, {}),
        (AT_PARKS, "wait", "officer", {"message": "m"}, {"state": "waiting_for_citizen", "paused_at": NEXT}),
        (ASKED, "answer", "officer", {"message": "m"},
         {"state": "answered", "answered_at": NEXT, "contacted_at": NEXT, "extension_asked": None}),
        (ASKED, "return", "officer", {"reason": "r"},
         {"state": "accepted", "department": "", "joint": (), "returns": 1, "extension_asked": None}),
        (ASKED, "recall", "operator", {"reason": "r"},
         {"state": "accepted", "department": "", "joint": (), "recalls": 1, "extension_asked": None}),
        (AT_PARKS, "wait", "hotline", {"message": "m", "deadline": UNTIL},
         {"state": "waiting_for_citizen", "paused_at": NEXT, "wait_by": LATER + timedelta(days=5)}),
        (replace(AT_PARKS, state="waiting_for_citizen", paused_at=AT, wait_by=AT), "resume", "system", {},
         {"state": "in_progress", "paused_at": None, "wait_by": None}),
        (AT_PARKS, "ask_extension", "officer", {"deadline": UNTIL}, {"extension_asked": LATER + timedelta(days=5)}),
        (ASKED, "extend", "supervisor", {"deadline": UNTIL},
         {"handle_by": LATER + timedelta(days=5), "extension_asked": None, "extensions": 1}),
        (ASKED, "refuse_extension", "supervisor", {"reason": "r"}, {"extension_asked": None}),
        (OPEN, "urge", "citizen", {}, {"urges": 1}),
        (OPEN, "amend", "operator", {"kind": "建议", "district": "east"}, {"kind": "建议", "district": "east"}),
        (OPEN, "amend", "operator", {"kind": "", "what": "else"}, {}),
        (ASKED, "withdraw", "citizen", {}, {"state": "withdrawn", "closed_at": NEXT, "extension_asked": None}),
        (ASKED, "merge", "operator", {"main": "2"},
         {"state": "duplicate", "main": "2", "closed_at": NEXT, "extension_asked": None}),
        (replace(AT_PARKS, state="duplicate", main="2", closed_at=AT, accepted_at=AT), "unmerge", "system",
         {"main": "2", "handle_by": UNTIL},
         {"state": "accepted", "main": "", "closed_at": None, "department": "", "joint": (),
          "handle_by": LATER + timedelta(days=5)}),
        (ANSWERED, "rate", "citizen", {"solved": False, "satisfaction": "fair"},
         {"state": "closed", "solved": False, "satisfaction": "fair", "closed_at": NEXT}),
        (ANSWERED, "close", "system", {}, {"state": "closed", "closed_at": NEXT}),
        (ANSWERED, "reopen", "citizen", {"reason": "r"}, {"state": "dispatched", "reopens": 1}),
        (OPEN, "publish", "operator", {"summary": "s"}, {"summary": "s"}),
        (OPEN, "note", "operator", {"message": "m"}, {}),
        (OPEN, "supervise", "system", {"reason": "r"}, {}),
    ],
)  # fmt: skip
def test_a_step_changes_this_and_nothing_else(
    before: Standing, step: str, role: str, fields: dict[str, Any], changed: dict[str, Any]
) -> None:
    now = taken(before, step, role, **fields)
    assert differences(before, now) == changed
    assert now.version == before.version + 1


def test_the_first_of_its_kind_is_kept_of_acceptance_dispatch_and_contact() -> None:
    once = taken(taken(taken(OPEN, "accept"), "dispatch", department="parks", days=2), "contact", "officer", days=3)
    again = taken(once, "return", "officer", days=4, reason="r")
    again = taken(taken(again, "dispatch", days=5, department="market"), "contact", "officer", days=6)
    for name in ("accepted_at", "dispatched_at", "contacted_at"):
        assert getattr(once, name) == getattr(again, name) is not None


def test_the_leading_department_is_not_joint_too_and_each_joint_one_is_there_once() -> None:
    now = taken(OPEN, "dispatch", department="parks", joint=["market", "parks", "market"])
    assert (now.department, now.joint) == ("parks", ("market",))


def test_a_reopened_ticket_is_closed_no_more_and_keeps_its_department() -> None:
    now = taken(taken(ANSWERED, "rate", "citizen", solved=False), "reopen", "citizen", reason="r")
    assert (now.state, now.closed_at, now.department, now.solved) == ("dispatched", None, "parks", False)


def test_the_clock_stands_until_a_step_leads_on() -> None:
    waiting = taken(AT_PARKS, "wait", "officer", message="m")
    assert taken(waiting, "note", days=2, message="m").paused_at == waiting.paused_at == NEXT
    assert taken(waiting, "supplement", "citizen", days=2, message="m").paused_at is None
    extended = taken(waiting, "extend", "supervisor", days=2, deadline=UNTIL)
    assert extended.paused_at == AT + timedelta(days=2)


def test_what_becomes_a_report_of_a_wrong_is_public_no_more() -> None:
    public = taken(OPEN, "publish", summary="s")
    assert taken(public, "amend", kind="举报").summary == ""
    assert taken(public, "amend", kind="建议").summary == "s"
    assert taken(public, "hide").summary == ""


def test_limits_come_from_the_event_that_set_them() -> None:
    assert OPEN.handle_by == LATER
    assert taken(OPEN, "reopen", "citizen", handle_by=UNTIL).handle_by == LATER + timedelta(days=5)


def test_a_log_is_taken_event_by_event_and_an_unknown_step_is_an_error() -> None:
    events = [SUBMITTED, Event("accept", "operator", {}, NEXT)]
    assert rebuilt(events) == taken(OPEN, "accept")
    with pytest.raises(KeyError):
        rebuilt([*events, Event("burn", "operator", {}, NEXT)])


def test_the_row_keeps_the_whole_standing_and_gives_it_back() -> None:
    assert set(AT_PARKS.columns) <= set(tickets.c.keys())
    assert Standing.of(SimpleNamespace(**AT_PARKS.columns)) == AT_PARKS


def test_only_steps_of_the_table_change_anything() -> None:
    assert set(module._CHANGES) <= set(lifecycle().steps)
