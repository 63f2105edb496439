"""A small city in which random people act on tickets: its parts, what they say, and what they know."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import delete
from sqlalchemy.engine import Connection

from foundation.database import Database, metadata
from foundation.privacy import Vault
from hotline import destination
from hotline.callbacks import Callbacks
from hotline.desk import Actor, Desk
from hotline.lifecycle import lifecycle
from hotline.overdue import Overdue
from hotline.steps import Steps
from hotline.ticket import Tickets
from hotline.webhook import signed_headers
from tests.hotline.clock import Clock
from tests.hotline.support import CALLBACK_SECRET, DATA_KEYS, HOTLINE_SECRET, PHONE, make_settings

DEPARTMENTS = ("parks", "market", "urban-management")
CONVERSATIONS = ("c1", "c2", "c3")
STAFF = (
    Actor("operator", ("operator",)),
    Actor("supervisor", ("supervisor",)),
    *(Actor(f"officer-{name}", ("officer",), name) for name in DEPARTMENTS),
    Actor("both", ("operator", "officer"), "parks"),
    *(Actor(role, (role,)) for role in ("editor", "publisher", "auditor", "administrator")),
)
OTHERS = ("citizen", "system", "hotline")  # who acts without an account
HANDLINGS = ("local", "hotline")
WORDS = ("灯坏了", f"请打 {PHONE}", "在门口", "好" * 300)
DAY = timedelta(days=1)

GOOD: dict[str, tuple[Any, ...]] = {
    "message": WORDS,
    "reason": WORDS,
    "instead": ("请找法院",),
    "department": DEPARTMENTS,
    "joint": ([], ["parks"], ["market", "parks"], ["market", "market"]),
    "deadline": tuple(range(5, 60)),  # days from now
    "limit": ("contact_by", "handle_by"),
    "solved": (True, False),
    "summary": ("某处路灯不亮", f"电话 {PHONE}"),
    "kind": lifecycle().kinds,
    "urgency": ("normal", "urgent", "critical"),
    "category": ("street-light", "park", "fraud"),
    "district": ("east", "west"),
}
BAD: dict[str, tuple[Any, ...]] = {
    **dict.fromkeys(("message", "reason", "instead", "summary", "deadline", "solved"), ("", None)),
    "department": ("", None, "nowhere"),
    "joint": (["nowhere"], ["parks", "nowhere"]),
    "deadline": ("", "soon", "2026-10-01T10:00:00", "2001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", 7),
    "kind": ("唠叨",),
    "urgency": ("whenever",),
    "category": ("nothing",),
    "district": ("moon",),
    "contact_by": ("2099-01-01T00:00:00+00:00",),
    "handle_by": ("2099-01-01T00:00:00+00:00", "never"),
}


class NotApplied(Exception):
    """A callback that the product refused, or knew already."""


class City:
    """The real parts over one database, with both ways to handle tickets; it counts what was done in it."""

    def __init__(self, database: Database, folder: Path, clock: Clock) -> None:
        self.database, self.clock = database, clock
        self.vault = Vault(DATA_KEYS)
        url = database.url.render_as_string(hide_password=False)
        settings = {name: make_settings(url, folder).copy(update={"handling": name}) for name in HANDLINGS}
        self.tickets = {name: Tickets(database, self.vault, settings[name]) for name in HANDLINGS}
        self.desks = {name: Desk(database, self.vault, settings[name]) for name in HANDLINGS}
        self.settings = settings["local"]
        self.steps = Steps(self.vault, self.settings)
        self.overdue = Overdue(database, self.vault, self.settings)
        self.callbacks = Callbacks(database, self.vault, self.settings)
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.taken: set[tuple[str, str, str]] = set()  # step, handled_by, role
        database.create_tables()

    @property
    def actions(self) -> int:
        """How many actions were tried."""
        return self.done.total() + self.refused.total()

    def emptied(self) -> None:
        """Nothing has happened yet; one more receiver of webhooks is entered."""
        with self.database.writing() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(delete(table))
        destination.enter(self.database, self.vault, self.settings, "archive", "http://127.0.0.1:9/hook")

    def everything(self) -> dict[str, list[dict[str, Any]]]:
        """Every row that there is, by table."""
        with self.database.reading() as connection:
            return {table.name: _rows(connection, table) for table in metadata.sorted_tables}

    def take(self, number: str, step: str, role: str, fields: dict[str, Any]) -> None:
        """A step by somebody without an account."""
        with self.database.writing() as connection:
            self.steps.take(connection, number, step, role, fields, actor="test")

    def call(self, kind: str, data: dict[str, Any], webhook_id: str, genuine: bool) -> None:
        """A callback of the hotline; raises NotApplied. The library that checks its signature reads the real time."""
        body = {"type": f"ticket.{kind}", "timestamp": self.clock.at.isoformat(), "data": data}
        secret, text = CALLBACK_SECRET if genuine else HOTLINE_SECRET, json.dumps(body)
        headers = signed_headers([secret], webhook_id, text, datetime.now(UTC))
        status, answer = self.callbacks.apply(headers, text.encode())
        assert status in (200, 401, 404, 422)
        if not answer.get("applied"):
            raise NotApplied

    def fields(self, chance: Random, step: str, handled_by: str) -> dict[str, Any]:
        """What the step requires and a few fields more; now and then something is wrong with one."""
        required = lifecycle().steps[step].rules[handled_by].requires
        wanted = [name for name in required if name in GOOD] + chance.sample(sorted(GOOD), chance.randint(0, 2))
        given = {name: chance.choice(GOOD[name]) for name in wanted}
        if "deadline" in given:
            given["deadline"] = (self.clock.at + given["deadline"] * DAY).isoformat()
        if step == "reject":
            given["reason"] = chance.choice((*lifecycle().reject_reasons, WORDS[0]))
        if chance.random() < 0.1:
            name = chance.choice(sorted(BAD))
            given[name] = chance.choice(BAD[name])
        return given


def _rows(connection: Connection, table: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(table.select().order_by(*table.primary_key)).mappings()]
