"""Random tickets, and figures counted by hand: one ticket after the other, without the product's conditions."""

import random
import statistics
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from itertools import count
from math import floor, log10
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import insert

from foundation.database import Database
from hotline.catalogue import catalogue
from hotline.tables import assignments, tickets

PLACES = count(1)
SHANGHAI = ZoneInfo("Asia/Shanghai")
LEAVES = ("rubbish-uncollected", "street-light", "park", "dogs", "a-leaf-that-is-gone", "")
DEPARTMENTS = ("urban-management", "parks", "police", "城投集团", "")
STAGES = {
    "to_accepted": "accepted_at",
    "to_dispatched": "dispatched_at",
    "to_contacted": "contacted_at",
    "to_answered": "answered_at",
    "to_closed": "closed_at",
}


def ticket(**given: Any) -> dict[str, Any]:
    """A row of the table; it was opened in good order and nothing has happened to it, but for what is given."""
    opened = given["opened_at"]
    told = {"channel": "chat", "kind": "投诉", "what": "x", "place": "", "time_of_event": "", "contact": ""}
    standing = {
        "state": "submitted",
        "version": 1,
        "department": "",
        "category": "",
        "district": "",
        "urgency": "normal",
    }
    standing |= {name: 0 for name in ("returns", "reopens", "extensions")} | {"audience": "", "satisfaction": ""}
    standing |= dict.fromkeys([*STAGES.values(), "solved", "paused_at"])
    limits = {"contact_by": opened + timedelta(days=1), "handle_by": opened + timedelta(days=9)}
    secrets = {"code": "", "token": "", "instance": uuid4().hex, "token_digest": uuid4().hex}
    fixed = {"anonymous": False, "handled_by": "local", "joint": [], "changed_at": opened, "number": number(opened)}
    return told | standing | limits | secrets | fixed | given


def number(opened: datetime) -> str:
    return f"{opened.astimezone(SHANGHAI):%Y%m%d}-{next(PLACES):06d}"


def keep(database: Database, found: list[dict[str, Any]]) -> None:
    """Write tickets and the shares of their departments."""
    shares = [{"ticket": t["number"], "department": t["department"], "leading": True} for t in found if t["department"]]
    with database.writing() as connection:
        connection.execute(insert(tickets), found)
        if shares:
            connection.execute(insert(assignments), shares)


def anything(chance: random.Random, at: datetime, days: int = 80) -> dict[str, Any]:
    """A ticket in any state, opened within some days before a moment."""
    opened = at - timedelta(days=chance.random() * days)
    moments = [opened]
    for _ in STAGES:
        moments.append(moments[-1] + timedelta(hours=chance.choice([0.2, 3, 26, 200]) * chance.random()))
    reached = dict(zip(STAGES.values(), moments[1 : 1 + chance.randrange(6)], strict=False))
    state = ["submitted", "accepted", "dispatched", "in_progress", "answered", "closed"][len(reached)]
    told = {"solved": chance.choice([True, False]), "satisfaction": chance.choice(["", "satisfied", "fair"])}
    if state == "in_progress" and chance.random() < 0.3:
        state = "waiting_for_citizen"
    if len(reached) < 4 and chance.random() < 0.3:
        state, reached = chance.choice(["rejected", "withdrawn", "duplicate"]), reached | {"closed_at": moments[-1]}
    return ticket(
        opened_at=opened,
        **reached,
        **(told if state == "closed" and chance.random() < 0.7 else {}),
        state=state,
        handle_by=opened + timedelta(hours=chance.choice([30, 100, 400])),
        contact_by=opened + timedelta(hours=chance.choice([1, 24, 72])),
        kind=chance.choice(["投诉", "咨询", "举报"]),
        channel=chance.choice(["chat", "phone"]),
        category=chance.choice(LEAVES),
        district=chance.choice(["east", "west", ""]),
        department=chance.choice(DEPARTMENTS),
        audience="supervisors" if chance.random() < 0.1 else "",
        returns=chance.choice([0, 0, 0, 1, 2]),
        reopens=chance.choice([0, 0, 0, 1]),
        extensions=chance.choice([0, 0, 0, 1]),
    )


def value(row: dict[str, Any], by: str) -> str:
    """What a ticket counts under."""
    if by in ("month", "day"):
        return str(row["opened_at"].astimezone(SHANGHAI).date())[: 7 if by == "month" else None]
    if by == "top":
        leaf = catalogue().categories.get(row["category"])
        return leaf.top if leaf else str(row["category"])
    return str(row[by])


def by_hand(rows: list[dict[str, Any]], by: str, at: datetime) -> dict[str, dict[str, Any]]:
    """For each value, every count that is not 0, and the medians."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    took: defaultdict[str, defaultdict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        counts[value(row, by)].update(_meets(row, at))
        for stage, hours in _hours(row).items():
            took[value(row, by)][stage].append(hours)
    return {
        name: {
            "counts": {figure: n for figure, n in found.items() if n},
            "medians": {stage: round(statistics.median(hours), 6) for stage, hours in took[name].items()},
        }
        for name, found in counts.items()
    }


def _meets(row: dict[str, Any], at: datetime) -> dict[str, int]:
    state, contacted, limit = row["state"], row["contacted_at"], row["contact_by"]
    ended_before_limit = row["closed_at"] is not None and row["closed_at"] < limit
    running = state in ("submitted", "accepted", "dispatched", "in_progress")
    return {
        "opened": 1,
        "open": running or state == "waiting_for_citizen",
        "answered": state == "answered",
        "closed": state == "closed",
        "rejected": state == "rejected",
        "withdrawn": state == "withdrawn",
        "merged": state == "duplicate",
        "returned": row["returns"] > 0,
        "returns": row["returns"],
        "reopened": row["reopens"] > 0,
        "reopens": row["reopens"],
        "extended": row["extensions"] > 0,
        "extensions": row["extensions"],
        "overdue": running and row["handle_by"] <= at,
        "late": state in ("answered", "closed") and row["answered_at"] > row["handle_by"],
        "contacted_in_time": contacted is not None and contacted <= limit,
        "contact_due": contacted is not None or (limit <= at and not ended_before_limit),
        "solved": row["solved"] is True,
        "asked_solved": row["solved"] is not None,
        "satisfied": row["satisfaction"] in ("satisfied", "very_satisfied"),
        "rated": row["satisfaction"] != "",
    }


def _hours(row: dict[str, Any]) -> dict[str, float]:
    reached = {stage: row[column] for stage, column in STAGES.items() if row[column]}
    if row["state"] != "closed":
        reached.pop("to_closed", None)
    return {stage: _two_digits((end - row["opened_at"]).total_seconds() / 3600) for stage, end in reached.items()}


def _two_digits(hours: float) -> float:
    return round(hours, 1) if hours < 10 else round(hours, 1 - floor(log10(hours)))
