"""The cells of every day, kept in tables so that a page of figures costs the same however many messages there are.

They are counted from the same facts of turns that the desk's list is read from, so that a figure and its list agree.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, case, distinct, func, insert, select, text, update
from sqlalchemy.engine import Connection

from conversations.figures.days import bounds, day_of, span
from conversations.figures.definitions import definitions
from conversations.figures.tables import conversation_cells, conversation_days, conversation_visits, entry_cells
from conversations.figures.waits import ended_since, waited
from conversations.review.keys import first_key, moment_of
from conversations.review.tables import turn_facts
from conversations.tables import turn_ratings
from foundation.clock import now
from foundation.database import Database, Instant

ALL_DAYS = ""
OVERLAP = timedelta(minutes=15)  # a message that took its time, or a wait that ended after midnight, is still found
LONG_AGO = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
KNOW_DAY = text("INSERT INTO conversation_days (day, at) VALUES (:day, :at) ON CONFLICT (day) DO NOTHING")
KNOW_DAY = KNOW_DAY.bindparams(bindparam("at", type_=Instant()))
KEPT = (conversation_cells, conversation_visits, entry_cells)
FACTS = turn_facts.c
Rows = dict[Any, list[dict[str, Any]]]


class ConversationRollup:
    """Computes again the days whose messages or thumbs changed; several workers may do so at once."""

    def __init__(self, database: Database, timezone: str) -> None:
        self._database = database
        self._timezone = timezone

    def refresh(self) -> list[str]:
        """Bring every day up to now; the days that had to be computed."""
        at = now()
        with self._database.reading() as connection:
            stale = sorted(self._stale(connection))
        for day in stale:
            self._compute(day, at)
        with self._database.writing() as connection:
            _know(connection, ALL_DAYS, at)
        return stale

    def _stale(self, connection: Connection) -> set[str]:
        known = dict(connection.execute(select(conversation_days.c.day, conversation_days.c.at)).all())
        unknown = set(self._days(connection)) - known.keys()
        if ALL_DAYS not in known:
            return unknown
        since = known[ALL_DAYS] - OVERLAP
        moved = (select(FACTS.key).where(FACTS.key >= first_key(since)), _rated_since(since))
        changed = [moment_of(key) for query in moved for key in connection.execute(query).scalars()]
        changed += ended_since(connection, since)
        return unknown | {day_of(moment, self._timezone) for moment in changed}

    def _days(self, connection: Connection) -> list[str]:
        """Every day from the first message to the last."""
        ends = (select(end(FACTS.key)).scalar_subquery() for end in (func.min, func.max))
        first, last = connection.execute(select(*ends)).one()
        if first is None:
            return []
        return span(*(date.fromisoformat(day_of(moment_of(key), self._timezone)) for key in (first, last)))

    def _compute(self, day: str, at: datetime) -> None:
        begin, end = bounds(date.fromisoformat(day), date.fromisoformat(day), self._timezone)
        within = and_(FACTS.key >= first_key(begin), FACTS.key < first_key(end))
        with self._database.reading() as connection:
            found = {
                conversation_cells: _cells(connection, day, within),
                conversation_visits: _visits(connection, day, within, waited(connection, begin, end)),
                entry_cells: _answers(connection, day, within),
            }
        with self._database.writing() as connection:
            _keep(connection, day, found, at)


def as_of(connection: Connection) -> datetime | None:
    """The moment as of which all days are right; None before the first refresh."""
    whole = conversation_days.c.day == ALL_DAYS
    moment: datetime | None = connection.execute(select(conversation_days.c.at).where(whole)).scalar()
    return moment


def forget(connection: Connection, first: str, last: str) -> None:
    """Let the days from the first to the last be computed anew, also those that no longer have a message."""
    for table in (*KEPT, conversation_days):
        connection.execute(table.delete().where(table.c.day.between(first, last)))


def _rated_since(moment: datetime) -> Any:
    """The keys of turns that got a thumb since then; one for a whole conversation stands at its latest turn."""
    mine = turn_facts.alias().c
    latest = select(func.max(mine.turn)).where(mine.conversation == turn_ratings.c.conversation).scalar_subquery()
    rated = case((turn_ratings.c.turn == 0, latest), else_=turn_ratings.c.turn)
    same = and_(FACTS.conversation == turn_ratings.c.conversation, FACTS.turn == rated)
    return select(FACTS.key).select_from(turn_ratings.join(turn_facts, same)).where(turn_ratings.c.at > moment)


def _cells(connection: Connection, day: str, within: Any) -> list[dict[str, Any]]:
    by = (FACTS.channel, FACTS.domain, FACTS.outcome)
    counts = (func.count().label("turns"), _thumbs("up"), _thumbs("down"))
    rows = connection.execute(select(*by, *counts).where(within).group_by(*by))
    return [{"day": day, **row._mapping} for row in rows]


def _answers(connection: Connection, day: str, within: Any) -> list[dict[str, Any]]:
    by, counts = (FACTS.entry, FACTS.channel), (func.count().label("answers"), _thumbs("down"))
    answering = (FACTS.outcome.in_(definitions().from_entry), FACTS.entry != "")
    rows = connection.execute(select(*by, *counts).where(within, *answering).group_by(*by))
    return [{"day": day, **row._mapping} for row in rows]


def _visits(connection: Connection, day: str, within: Any, waits: Mapping[str, Counter[int]]) -> list[dict[str, Any]]:
    came = case((FACTS.outcome.in_(definitions().to_person), FACTS.conversation))
    counts = (
        func.count(distinct(FACTS.conversation)).label("conversations"),
        func.count(distinct(came)).label("to_person"),
    )
    rows = connection.execute(select(FACTS.channel, *counts).where(within).group_by(FACTS.channel)).all()
    found = {row.channel: {"conversations": row.conversations, "to_person": row.to_person} for row in rows}
    nobody = {"conversations": 0, "to_person": 0}
    return [
        {"day": day, "channel": channel, **found.get(channel, nobody), "waits": waits.get(channel, {})}
        for channel in found.keys() | waits.keys()
    ]


def _thumbs(way: str) -> Any:
    return func.count(case((FACTS.thumb == way, 1))).label(way)


def _keep(connection: Connection, day: str, found: Rows, at: datetime) -> None:
    """Put the cells in the place of the earlier ones, unless another worker was here with later ones."""
    connection.execute(KNOW_DAY, {"day": day, "at": LONG_AGO})
    mine = conversation_days.c.day == day
    if connection.execute(select(conversation_days.c.at).where(mine).with_for_update()).scalar_one() >= at:
        return
    for table, rows in found.items():
        connection.execute(table.delete().where(table.c.day == day))
        if rows:
            connection.execute(insert(table), rows)
    connection.execute(update(conversation_days).where(mine).values(at=at))


def _know(connection: Connection, day: str, at: datetime) -> None:
    connection.execute(KNOW_DAY, {"day": day, "at": at})
    later = (conversation_days.c.day == day, conversation_days.c.at < at)
    connection.execute(update(conversation_days).where(*later).values(at=at))
