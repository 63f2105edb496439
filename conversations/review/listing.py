"""The list of turns, the newest first.

A page begins where the last one ended and looks at no more than some thousand turns: a long list is as quick as a short
one. Where that was not enough to fill it, it says how far it has looked, and goes on from there when asked.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import false, func, or_, select
from sqlalchemy.engine import Connection

from conversations.review import pairs
from conversations.review.filters import Filters, equal, held, within
from conversations.review.keys import moment_of
from conversations.review.tables import turn_facts, turn_pairs
from foundation.clock import local

PAGE = 50
LOOKED_AT = 3_000
STEP = 500
MOST_COUNTED = 999
HIGHEST = 2**63 - 1

QUEUES: Mapping[str, Filters] = {
    "all": Filters(),
    "low": Filters(band="low", reviewed="no"),
    "down": Filters(thumb="down", reviewed="no"),
    "disputed": Filters(reviewed="disputed"),
}
COUNTED = ("low", "down", "disputed")


@dataclass(frozen=True)
class Page:
    """Some turns, and the key after which the next page begins (0 at the end); `looked_to` where more may follow."""

    turns: list[Any]
    after: int
    looked_to: datetime | None = None  # set where the page is not full, and older turns were not looked at yet


def page(connection: Connection, filters: Filters, timezone: str, after: int = 0, size: int = PAGE) -> Page:
    """At most `size` of the turns that fit, beyond a key; raises ValueError for a key that cannot be."""
    if not 0 <= after <= HIGHEST:
        raise ValueError(f"no key: {after}")
    key, leading, others = _way(connection, filters)
    between = [*within(filters, timezone, key), *([key < after] if after else [])]
    ways = [[one, *between] for one in leading] or [between]
    if not others and not filters.words and not filters.each:
        return _page(_those_that_fit(connection, _newest(connection, key, ways, size + 1), []), size)
    narrowed, found = [*(or_(*values) for values in equal(filters)), *held(filters)], list[Any]()
    for keys in _steps(connection, key, ways):
        fitting = _those_that_fit(connection, _likely(connection, keys, others), narrowed)
        found += _latest_of_days(connection, fitting, narrowed, timezone) if filters.each else fitting
        if len(found) > size:
            return _page(found, size)
        looked_to = keys[-1] if len(keys) == STEP else 0
    return Page(found, looked_to, moment_of(looked_to) if looked_to else None)


def counts(connection: Connection) -> dict[str, int]:
    """How many turns wait in each queue, among the newest that a page would look at; at most MOST_COUNTED and one."""
    return {name: _counted(connection, QUEUES[name]) for name in COUNTED}


def _page(rows: list[Any], size: int) -> Page:
    return Page(rows[:size], rows[size - 1].key if len(rows) > size else 0)


def _way(connection: Connection, filters: Filters) -> tuple[Any, list[Any], list[Any]]:
    """Along which index the turns are read: the column of its keys, the values that lead, and the other conditions."""
    conditions = equal(filters)
    rare = pairs.rarest(connection, filters.sought) if filters.words else ""
    if rare:
        return turn_pairs.c.key, [turn_pairs.c.pair == rare], [or_(*values) for values in conditions]
    leading, *others = conditions or [[]]
    return turn_facts.c.key, leading, [or_(*values) for values in others]


def _newest(connection: Connection, key: Any, ways: list[list[Any]], limit: int) -> list[int]:
    """The first keys along the ways together: each is read in its own order, so that nothing has to be sorted."""
    asked = (select(key).where(*way).order_by(key.desc()).limit(limit) for way in ways)
    return sorted((one for query in asked for one in connection.execute(query).scalars()), reverse=True)[:limit]


def _steps(connection: Connection, key: Any, ways: list[list[Any]]) -> Iterator[list[int]]:
    """The keys along the ways, some hundred at a time, as many as a page looks at; at least one step, perhaps empty."""
    beyond: list[Any] = []
    for _ in range(LOOKED_AT // STEP):
        keys = _newest(connection, key, [[*way, *beyond] for way in ways], STEP)
        yield keys
        if len(keys) < STEP:
            return
        beyond = [key < keys[-1]]


def _likely(connection: Connection, keys: list[int], conditions: list[Any]) -> list[int]:
    """These keys without those that the index of a condition rules out, where it is quicker to read than the turns."""
    if not keys:
        return keys
    between = turn_facts.c.key.between(keys[-1], keys[0])
    for condition in conditions:
        few = set(connection.execute(select(turn_facts.c.key).where(condition, between).limit(STEP)).scalars())
        if len(few) < STEP:
            keys = [key for key in keys if key in few]
    return keys


def _those_that_fit(connection: Connection, keys: list[int], narrowed: list[Any]) -> list[Any]:
    """The turns with these keys that fit, the newest first.

    Looked up by their keys and by nothing else: PostgreSQL, left to itself, expects next to nothing to hold a word, and
    reads the whole table for it.
    """
    wanted = (turn_facts.c.key.in_(keys), *_in_passing(narrowed))
    return list(connection.execute(select(turn_facts).where(*wanted).order_by(turn_facts.c.key.desc())).all())


def _latest_of_days(connection: Connection, found: list[Any], narrowed: list[Any], timezone: str) -> list[Any]:
    """Of turns that fit, those after which none fits in their conversation on their day."""
    mine = turn_facts.c.conversation.in_({row.conversation for row in found})
    fitting = select(turn_facts.c.conversation, turn_facts.c.key).where(mine, *_in_passing(narrowed))
    latest: dict[Any, int] = {}
    for conversation, key in connection.execute(fitting):
        day = conversation, local(moment_of(key), timezone).date()
        latest[day] = max(key, latest.get(day, 0))
    keys = set(latest.values())
    return [row for row in found if row.key in keys]


def _in_passing(conditions: list[Any]) -> Iterator[Any]:
    """Conditions that no database looks for an index for."""
    return (one.is_not(false()) for one in conditions)


def _counted(connection: Connection, filters: Filters) -> int:
    [leading], *_ = equal(filters)
    newest = select(turn_facts.c.reviewed).where(leading).order_by(turn_facts.c.key.desc()).limit(LOOKED_AT).subquery()
    waiting = newest.c.reviewed.is_(filters.reviewed != "no")
    few = select(newest).where(waiting).limit(MOST_COUNTED + 1).subquery()
    return int(connection.execute(select(func.count()).select_from(few)).scalar_one())
