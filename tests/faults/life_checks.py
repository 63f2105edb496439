"""What must be so after every action, read from the tables alone."""

from datetime import datetime, timedelta
from itertools import groupby, pairwise
from types import SimpleNamespace
from typing import Any

from hotline.followers import ENDED
from hotline.lifecycle import lifecycle
from hotline.moving_on import GIVEN_UP
from hotline.standing import Event, Standing, after
from hotline.steps import rebuilt_standing
from tests.faults.life import City

Row = dict[str, Any]
Tables = dict[str, list[Row]]
COUNTED = {"returns": "return", "recalls": "recall", "reopens": "reopen", "urges": "urge", "extensions": "extend"}
NOTICES = {"handling-near": "remind", "contact-passed": "overdue", "handling-passed": "supervise"}


def check(city: City, tables: Tables) -> None:
    """Log, rows, shares, messages and notices agree."""
    events, shares = _by_ticket(tables["ticket_events"]), _by_ticket(tables["assignments"])
    sent, notices = _by_ticket(tables["deliveries"]), _by_ticket(tables["ticket_notices"])
    with city.database.reading() as connection:
        for ticket in tables["tickets"]:
            assert rebuilt_standing(connection, ticket["number"]) == Standing.of(SimpleNamespace(**ticket))
    for ticket in tables["tickets"]:
        log = sorted(events[ticket["number"]], key=lambda event: int(event["position"]))
        _log_is_sound(city, ticket, log)
        _row_is_sound(ticket, log)
        _shares_are_the_standing(ticket, shares.get(ticket["number"], []))
        _messages_are_complete(ticket, log, sent[ticket["number"]])
        _notices_stand_in_the_log(log, notices.get(ticket["number"], []))
    _nobody_follows_wrongly(tables)


def nobody_waits_in_vain(city: City, tickets: list[Row]) -> None:
    """After the worker: nobody hangs on a ticket that ended without an answer, or is waited for beyond the day."""
    states = {ticket["number"]: ticket["state"] for ticket in tickets}
    assert not [ticket for ticket in tickets if states.get(ticket["main"]) in GIVEN_UP]
    waits = [ticket["wait_by"] for ticket in tickets if ticket["state"] == "waiting_for_citizen"]
    assert all(until > city.clock.at for until in waits)


def _by_ticket(rows: list[Row]) -> dict[str, list[Row]]:
    ordered = sorted(rows, key=lambda row: str(row["ticket"]))
    return {number: list(own) for number, own in groupby(ordered, key=lambda row: str(row["ticket"]))}


def _log_is_sound(city: City, ticket: Row, log: list[Row]) -> None:
    """Every event stands at its place, and the table allowed it there."""
    assert [event["position"] for event in log] == list(range(1, ticket["version"] + 1))
    assert log[-1]["state"] == ticket["state"]
    standing = Standing()
    for event in log:
        step = lifecycle().steps[event["step"]]
        step.check(standing.state, ticket["handled_by"], event["role"], event["fields"])
        if event["role"] == "officer":
            own = event["fields"]["department"]
            has = (standing.department,) if step.leads else (standing.department, *standing.joint)
            assert own in has, "an officer acted for a ticket of others"
            assert ticket["audience"] == ""
        if event["role"] in ("officer", "operator", "supervisor") and event["step"] != "submit":
            assert event["actor"], "nobody signed it"
        standing = after(standing, Event(event["step"], event["role"], event["fields"], event["at"]))
        assert standing.state == event["state"]
        city.taken.add((event["step"], ticket["handled_by"], event["role"]))
    urged = [event["at"] for event in log if event["step"] == "urge"]
    assert all(later - earlier >= timedelta(hours=24) for earlier, later in pairwise(urged))


def _row_is_sound(ticket: Row, log: list[Row]) -> None:
    assert (ticket["paused_at"] is not None) == (ticket["state"] == "waiting_for_citizen")
    assert (ticket["wait_by"] is not None) == (ticket["state"] == "waiting_for_citizen")
    assert (ticket["closed_at"] is not None) == (ticket["state"] in ENDED)
    assert (ticket["main"] != "") == (ticket["state"] == "duplicate")
    assert ticket["state"] not in ENDED or ticket["extension_asked"] is None
    for column, step in COUNTED.items():
        later = sum(bool(event["fields"].get("extends")) for event in log if column == "extensions")
        assert ticket[column] == later + sum(event["step"] == step for event in log), column
    assert ticket["kind"] in lifecycle().kinds
    if ticket["kind"] == "举报" or ticket["audience"]:
        assert ticket["summary"] == "", "what must stay secret is public"
    set_by_clock = {name for event in log for name in ("contact_by", "handle_by") if name in event["fields"]}
    assert set_by_clock == {"contact_by", "handle_by"}
    assert ticket["handle_by"] < datetime.fromisoformat("2098-01-01T00:00:00Z"), "somebody set a limit by hand"


def _shares_are_the_standing(ticket: Row, shares: list[Row]) -> None:
    leading = {(ticket["department"], True)} if ticket["department"] else set()
    expected = leading | {(name, False) for name in ticket["joint"]}
    assert {(share["department"], share["leading"]) for share in shares} == expected
    assert len(shares) == len(expected) == bool(leading) + len(ticket["joint"])


def _messages_are_complete(ticket: Row, log: list[Row], sent: list[Row]) -> None:
    """Whatever the hotline did not tell us itself went to every receiver that may know, numbered without a gap."""
    told = sum(bool(lifecycle().steps[event["step"]].webhook) and event["role"] != "hotline" for event in log)
    assert ticket["sequence"] == told
    receivers = ["hotline"] if ticket["audience"] else ["archive", "hotline"]
    for receiver in receivers:
        own = sorted(row["sequence"] for row in sent if row["destination"] == receiver)
        assert own == list(range(1, told + 1)), receiver
    assert len(sent) == told * len(receivers)


def _notices_stand_in_the_log(log: list[Row], notices: list[Row]) -> None:
    """Each notice is one event of the worker's, and each such event one notice."""
    by_worker = [event["step"] for event in log if event["role"] == "system" and not event["actor"]]
    for name, step in NOTICES.items():
        assert by_worker.count(step) == sum(notice["name"] == name for notice in notices), name
    reopened = [event for event in log if event["step"] == "reopen"]
    by_limit = sum(notice["name"] == "handling-long-passed" for notice in notices)
    assert by_worker.count("escalate") == by_limit + sum(not event["actor"] for event in reopened[1:])


def _nobody_follows_wrongly(tables: Tables) -> None:
    tickets = {ticket["number"]: ticket for ticket in tables["tickets"]}
    for row in tables["ticket_followers"]:
        assert tickets[row["ticket"]]["conversation"] != row["conversation"], "a citizen follows an own ticket"
    for number in tickets:
        seen = [number]
        while main := tickets[seen[-1]]["main"]:
            assert main in tickets and main not in seen, "merged in a circle"
            seen.append(main)
