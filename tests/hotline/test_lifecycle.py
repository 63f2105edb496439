"""The table of steps says what DESIGN section 7 says, and nothing else is allowed."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import hotline
from hotline.lifecycle import NotAllowed, lifecycle

SCHEMAS = Path(hotline.__file__).parent / "schema"
FORWARD = ["submitted", "accepted", "dispatched", "in_progress", "waiting_for_citizen", "answered"]
OVER = ["closed", "rejected", "duplicate", "withdrawn"]
GIVEN = {
    "message": "m",
    "reason": "r",
    "department": "d",
    "instead": "i",
    "deadline": "2026-12-01T00:00:00Z",
    "main": "20261123-000001",
    "solved": True,
    "limit": "handle_by",
    "summary": "s",
    "child": "20261123-000002",
}
CALLBACKS = {
    "accepted": "accepted",
    "dispatched": "dispatched",
    "progress": "in_progress",
    "waiting": "waiting_for_citizen",
    "answered": "answered",
}


def allowed(step: str, state: str, handled_by: str, role: str, fields: dict[str, Any] | None = None) -> bool:
    try:
        lifecycle().steps[step].check(state, handled_by, role, GIVEN if fields is None else fields)
    except NotAllowed:
        return False
    return True


@pytest.mark.parametrize("callback", CALLBACKS)
@pytest.mark.parametrize("state", FORWARD + OVER)
def test_a_callback_moves_an_open_ticket_forward_only(callback: str, state: str) -> None:
    target = CALLBACKS[callback]
    forward = state in FORWARD and FORWARD.index(target) > FORWARD.index(state)
    more_progress = callback == "progress" and state in ("in_progress", "waiting_for_citizen")
    step = lifecycle().of_callback(callback)
    assert allowed(step.name, state, "hotline", "hotline") is (forward or more_progress)
    assert step.after(state) == target


@pytest.mark.parametrize(
    ("step", "role", "states"),
    [
        ("accept", "operator", {"submitted"}),
        ("reject", "operator", {"submitted", "accepted"}),
        ("dispatch", "operator", {"accepted"}),
        ("contact", "officer", {"dispatched", "in_progress", "waiting_for_citizen"}),
        ("progress", "officer", {"dispatched", "in_progress", "waiting_for_citizen"}),
        ("wait", "officer", {"dispatched", "in_progress"}),
        ("answer", "officer", {"dispatched", "in_progress", "waiting_for_citizen"}),
        ("return", "officer", {"dispatched", "in_progress", "waiting_for_citizen"}),
        ("recall", "operator", {"dispatched", "in_progress", "waiting_for_citizen"}),
        ("recall", "officer", set()),
        ("resume", "system", {"waiting_for_citizen"}),
        ("withdraw", "citizen", set(FORWARD[:-1])),
        ("rate", "citizen", {"answered"}),
        ("close", "system", {"answered"}),
        ("reopen", "citizen", {"answered", "closed"}),
    ],
)
def test_a_step_of_the_desk_is_taken_from_its_states_only(step: str, role: str, states: set[str]) -> None:
    assert {state for state in FORWARD + OVER if allowed(step, state, "local", role)} == states
    assert not any(allowed(step, state, "local", "hotline") for state in FORWARD + OVER)


@pytest.mark.parametrize("state", OVER)
def test_only_a_closed_ticket_that_is_over_is_reopened_and_only_a_merged_one_let_go(state: str) -> None:
    roles = {role for step in lifecycle().steps.values() for rule in step.rules.values() for role in rule.by}
    taken = {
        (step, role)
        for step in lifecycle().steps
        for role in roles
        for handled_by in ("local", "hotline")
        if allowed(step, state, handled_by, role) and not lifecycle().steps[step].internal
    }
    out = {"closed": {("reopen", "citizen")}, "duplicate": {("unmerge", "system")}}
    assert taken == out.get(state, set())


def test_the_desk_moves_no_ticket_of_the_hotline_and_the_hotline_none_of_the_desk() -> None:
    staff = {"operator", "officer", "supervisor", "system"}
    steps = lifecycle().steps.items()
    by_desk = {name for name, step in steps if step.rules["hotline"].by & staff and not step.internal}
    assert by_desk == {"submit", "supplement", "urge", "supervise", "close", "resume"}
    assert not [name for name, step in steps if "hotline" in step.rules["local"].by]


def test_a_step_without_its_required_field_is_refused() -> None:
    for name, step in lifecycle().steps.items():
        for handled_by, rule in step.rules.items():
            for missing in rule.requires:
                fields = {field: value for field, value in GIVEN.items() if field != missing}
                state, role = min(rule.states), min(rule.by)
                assert allowed(name, state, handled_by, role)
                assert not allowed(name, state, handled_by, role, fields)
                assert not allowed(name, state, handled_by, role, fields | {missing: ""})


def test_returning_goes_back_to_accepted_and_reopening_to_dispatched() -> None:
    steps = lifecycle().steps
    assert steps["return"].after("in_progress") == "accepted"
    assert steps["reopen"].after("closed") == "dispatched"
    assert steps["supplement"].after("waiting_for_citizen") == "in_progress"
    assert steps["supplement"].after("accepted") == "accepted"


def test_the_table_names_only_states_it_declares() -> None:
    states = set(lifecycle().states)
    for step in lifecycle().steps.values():
        named = set().union(*(rule.states for rule in step.rules.values())) - {""}
        named |= {step.to} if isinstance(step.to, str) else set(step.to) | set(step.to.values())
        assert named <= states, step.name
    assert states == {*FORWARD, *OVER}


def test_the_table_and_the_schemas_name_the_same_messages_states_and_kinds() -> None:
    webhook = json.loads((SCHEMAS / "webhook.schema.json").read_text(encoding="utf-8"))
    callback = json.loads((SCHEMAS / "callback.schema.json").read_text(encoding="utf-8"))
    appeal = json.loads((SCHEMAS / "appeal.schema.json").read_text(encoding="utf-8"))
    assert webhook["$defs"]["appeal"] == appeal
    data = appeal["properties"] | webhook["properties"]["data"]["properties"]
    steps = lifecycle().steps.values()
    assert {f"ticket.{step.webhook}" for step in steps if step.webhook} == set(webhook["properties"]["type"]["enum"])
    assert {f"ticket.{step.callback}" for step in steps if step.callback} == set(callback["properties"]["type"]["enum"])
    assert list(lifecycle().states) == data["state"]["enum"]
    assert list(lifecycle().kinds) == data["kind"]["enum"]
    assert list(lifecycle().satisfaction) == data["satisfaction"]["enum"]


def test_the_citizen_reads_only_sentences_whose_fields_were_given() -> None:
    accept = lifecycle().steps["accept"]
    assert accept.told({}) == "您的工单已受理。"
    assert (
        accept.told({"message": "明天去看", "deadline": "12月1日"}) == "您的工单已受理。明天去看。预计12月1日前答复您。"
    )
    assert lifecycle().steps["answer"].told({"message": "{已修好}!"}) == "{已修好}!"


def test_a_step_has_to_rest_and_an_old_answer_cannot_be_reopened() -> None:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    urge, reopen = lifecycle().steps["urge"], lifecycle().steps["reopen"]
    urge.check_time(at, at - timedelta(hours=25), None)
    reopen.check_time(at, None, at - timedelta(days=14))
    with pytest.raises(NotAllowed, match="too_soon"):
        urge.check_time(at, at - timedelta(hours=23), None)
    with pytest.raises(NotAllowed, match="too_late"):
        reopen.check_time(at, None, at - timedelta(days=16))
