"""What administrators change while everything runs: notices, parts switched off, tone, hours, retention.

A change is a new row; the newest row of a name holds. Every process reads anew within two seconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Any

import yaml
from sqlalchemy import func, insert, select, tuple_
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from foundation.audit import Audit
from foundation.clock import local, now
from foundation.control_changes import SUBJECT, Control, changes, told
from foundation.database import Database
from foundation.opening_hours import Hours
from foundation.retention import GRACE, Retention, longest
from foundation.settings import Settings

OFF = "off:"  # and then the part: bot, tickets, web, wechat, open311, key:NAME
KEPT_SECONDS = 1.5
UNDONE = "撤销上一次改动"


class Stale(ValueError):
    """Somebody else changed it since it was looked at."""


@dataclass(frozen=True)
class Notice:
    """Something that every citizen is told on top of the pages."""

    id: str
    text: str
    is_grave: bool
    since: datetime
    until: datetime


@dataclass(frozen=True)
class Off:
    """A part that is switched off: why, as citizens read it, and until when."""

    part: str
    reason: str
    until: datetime


class Controls:
    """The controls of one installation, as one process reads and changes them."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._timezone = settings.timezone
        self._audit = Audit(settings.secret_key)
        self._guard = Lock()
        self._known: Mapping[str, Control] = {}
        self._good_until = 0.0

    def notices(self) -> list[Notice]:
        """What is to be shown now, the grave first."""
        shown = [one for one in map(notice, self.current("notices").value) if one.since <= now() < one.until]
        return sorted(shown, key=lambda one: (not one.is_grave, one.since))

    def switched_off(self, *parts: str) -> Off | None:
        """The first of these parts that is switched off now, or None."""
        found = (self.current(f"{OFF}{part}") for part in parts)
        offs = (off(one) for one in found if one.value)
        return next((one for one in offs if one.until > now()), None)

    def words(self, off: Off) -> dict[str, str]:
        """Why and until when, for the fixed words that citizens read."""
        return {"reason": off.reason, "until": f"{local(off.until, self._timezone):%-m 月 %-d 日 %H:%M}"}

    def tone(self, of_city: str) -> str:
        """The tone that was chosen, or the city's own."""
        return self.current("tone").value or of_city

    def opening_hours(self) -> Hours:
        """When people answer."""
        return Hours(**self.current("hours").value)

    def is_open(self) -> bool:
        """Tell whether people answer now."""
        return self.opening_hours().is_open(now(), self._timezone)

    def retention(self) -> Retention:
        """What is erased after how many days; a time that was shortened within the last day still counts as it was."""
        return longest(one for one, _ in self._kept_lately())

    def shortened_from(self) -> datetime | None:
        """When what was chosen counts in full; None when it does already."""
        (chosen, _), *earlier = reversed(self._kept_lately())
        ends = [end for one, end in earlier if end and chosen.shortens(one)]
        return max(ends) + GRACE if ends else None

    def asks_for_second_factor(self, roles: tuple[str, ...]) -> bool:
        """Tell whether one of these roles must use a second factor."""
        return bool(set(self.current("second_factor").value) & set(roles))

    def current(self, name: str) -> Control:
        """What holds now."""
        return self._all().get(name) or Control(name, 0, default(name))

    def parts_off(self) -> list[Off]:
        """Every part that is switched off now."""
        names = [name.removeprefix(OFF) for name in self._all() if name.startswith(OFF)]
        return [found for name in sorted(names) if (found := self.switched_off(name))]

    def change(self, name: str, version: int, value: Any, actor: str, reason: str) -> None:
        """Let a value hold from now on; raises Stale unless `version` is the one that holds."""
        with self._database.writing() as connection:
            self._write(connection, Control(name, version + 1, value, actor, reason, now()), "change")
        self.refresh()

    def undo(self, name: str, version: int, actor: str) -> None:
        """Let the value before the last change hold again; raises Stale."""
        if version < 1:
            raise Stale(name)
        with self._database.writing() as connection:
            value = _former(connection, name, version)
            self._write(connection, Control(name, version + 1, value, actor, UNDONE, now()), "undo")
        self.refresh()

    def former(self, name: str, version: int) -> Any:
        """The value before a change, which undoing it brings back."""
        with self._database.reading() as connection:
            return _former(connection, name, version)

    def history(self, most: int = 20) -> list[Control]:
        """The latest changes of all, the newest first."""
        latest = select(changes).order_by(changes.c.at.desc()).limit(most)
        with self._database.reading() as connection:
            return [Control(**row._mapping) for row in connection.execute(latest)]

    def refresh(self) -> None:
        """Let the next look read the database, as for somebody who is about to change something."""
        with self._guard:
            self._good_until = 0.0

    def _write(self, connection: Connection, new: Control, act: str) -> None:
        latest = select(func.max(changes.c.version)).where(changes.c.name == new.name)
        if (connection.execute(latest).scalar() or 0) != new.version - 1:
            raise Stale(new.name)
        try:
            connection.execute(insert(changes).values(**vars(new)))
        except IntegrityError as error:
            raise Stale(new.name) from error
        subject = f"{SUBJECT}{new.name}@{new.version}"
        self._audit.note(connection, new.actor, f"control.{act}", subject, content=told(new))

    def _kept_lately(self) -> list[tuple[Retention, datetime | None]]:
        """What held within the last day, the present last, each with the moment at which it was given up."""
        chosen = select(changes.c.value, changes.c.at).where(changes.c.name == "retention")
        with self._database.reading() as connection:
            rows = connection.execute(chosen.order_by(changes.c.version)).all()
        values = [default("retention"), *(row.value for row in rows)]
        ends = [*(row.at for row in rows), None]
        known = zip(values, ends, strict=True)
        return [(Retention(**value), end) for value, end in known if end is None or end > now() - GRACE]

    def _all(self) -> Mapping[str, Control]:
        with self._guard:
            asked = monotonic()  # before it reads: a slow read lets nothing hold longer
            if asked >= self._good_until:
                self._known = self._read()
                self._good_until = asked + KEPT_SECONDS
            return self._known

    def _read(self) -> Mapping[str, Control]:
        latest = select(changes.c.name, func.max(changes.c.version)).group_by(changes.c.name)
        holding = select(changes).where(tuple_(changes.c.name, changes.c.version).in_(latest))
        with self._database.reading() as connection:
            return {row.name: Control(**row._mapping) for row in connection.execute(holding)}


def default(name: str) -> Any:
    """What holds until somebody changes it. Raises KeyError for a name that nothing reads."""
    return _content()["defaults"]["part" if name.startswith(OFF) else name]


def _former(connection: Connection, name: str, version: int) -> Any:
    before = select(changes.c.value).where(changes.c.name == name, changes.c.version == version - 1)
    row = connection.execute(before).first()
    return row.value if row else default(name)


def limits() -> dict[str, int]:
    """How long texts may be, and how few or many days."""
    given: dict[str, int] = _content()["limits"]
    return given


def notice(told: dict[str, Any]) -> Notice:
    """A notice as it is kept."""
    since, until = (datetime.fromisoformat(told[name]) for name in ("since", "until"))
    return Notice(told["id"], told["text"], told["is_grave"], since, until)


def off(control: Control) -> Off:
    """A part as it is kept while it is switched off."""
    value = control.value
    return Off(control.name.removeprefix(OFF), value["reason"], datetime.fromisoformat(value["until"]))


@cache
def _content() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "controls.yml").read_text(encoding="utf-8"))
    return content
