"""Samples for quality control: some turns of each week, judged by two reviewers who do not see each other."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, insert, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from conversations.review.keys import first_key
from conversations.review.tables import judgements, sample_items, samples, turn_facts
from conversations.review.words import words
from foundation.clock import local, now
from foundation.database import Database

SEED_BITS = 32
WEEKS_SHOWN = 12
_same_turn = (judgements.c.conversation == sample_items.c.conversation, judgements.c.turn == sample_items.c.turn)


@dataclass(frozen=True)
class Item:
    """A turn of a sample as one reviewer sees it."""

    facts: Any
    judged: int  # how many have judged it
    is_mine: bool  # whether the reviewer has

    @property
    def is_wanted(self) -> bool:
        """Whether the reviewer's judgement is still asked for."""
        return not self.is_mine and self.judged < reviewers()


def reviewers() -> int:
    """How many reviewers judge each turn of a sample."""
    return int(words()["sample"]["reviewers"])


def last_week(timezone: str) -> date:
    """The Monday of the last week that is over."""
    today = local(now(), timezone).date()
    return today - timedelta(days=today.weekday() + 7)


def draw(database: Database, week: date, timezone: str) -> bool:
    """Draw the sample of a week that is over; False when it was drawn before or the week has no turns.

    The seed is kept: the same turns and the same seed give the same sample.
    """
    with database.reading() as connection:
        if is_drawn(connection, week):
            return False
        found = turns_of(connection, week, timezone)
    if not found:
        return False
    seed = secrets.randbits(SEED_BITS)
    drawn = chosen(found, seed)
    values = {"week": week.isoformat(), "seed": seed, "turns": len(found), "drawn_at": now()}
    rows = [
        {"week": values["week"], "place": place, "conversation": conversation, "turn": turn}
        for place, (conversation, turn) in enumerate(drawn, start=1)
    ]
    try:
        with database.writing() as connection:
            connection.execute(insert(samples).values(**values))
            connection.execute(insert(sample_items), rows)
    except IntegrityError:  # another worker was quicker
        return False
    return True


def is_drawn(connection: Connection, week: date) -> bool:
    """Whether a week has its sample."""
    return connection.execute(select(samples.c.week).where(samples.c.week == week.isoformat())).first() is not None


def turns_of(connection: Connection, week: date, timezone: str) -> list[tuple[str, int]]:
    """The turns of a week that a sample may hold, in order."""
    ends = [first_key(datetime.combine(day, time(), ZoneInfo(timezone))) for day in (week, week + timedelta(days=7))]
    wanted = (turn_facts.c.key >= ends[0], turn_facts.c.key < ends[1])
    outcomes = set(words()["sample"]["outcomes"])
    columns = select(turn_facts.c.conversation, turn_facts.c.turn, turn_facts.c.outcome)
    rows = connection.execute(columns.where(*wanted).order_by(turn_facts.c.key))
    return [(row.conversation, row.turn) for row in rows if row.outcome in outcomes]


def chosen(found: list[tuple[str, int]], seed: int) -> list[tuple[str, int]]:
    """The sample that a seed gives."""
    return Random(seed).sample(found, min(words()["sample"]["size"], len(found)))


def weeks(connection: Connection) -> list[Any]:
    """The latest samples, the newest first."""
    return list(connection.execute(select(samples).order_by(samples.c.week.desc()).limit(WEEKS_SHOWN)).all())


def items(connection: Connection, week: str, reviewer: str) -> list[Item]:
    """The turns of a sample in the order in which they were drawn; those of erased conversations are gone."""
    given = select(func.count()).where(*_same_turn).scalar_subquery()
    mine = select(func.count()).where(*_same_turn, judgements.c.reviewer == reviewer).scalar_subquery()
    same = (turn_facts.c.conversation == sample_items.c.conversation) & (turn_facts.c.turn == sample_items.c.turn)
    joined = select(turn_facts, given.label("given"), mine.label("mine")).select_from(
        sample_items.join(turn_facts, same)
    )
    rows = connection.execute(joined.where(sample_items.c.week == week).order_by(sample_items.c.place))
    return [Item(row, row.given, bool(row.mine)) for row in rows]


def is_blind(connection: Connection, conversation: str, turn: int, reviewer: str) -> bool:
    """Whether a reviewer must not see yet what others say of a turn: it stands in a sample, and waits for them."""
    its = (sample_items.c.conversation == conversation, sample_items.c.turn == turn)
    if connection.execute(select(sample_items.c.week).where(*its)).first() is None:
        return False
    of_turn = (judgements.c.conversation == conversation, judgements.c.turn == turn)
    given = list(connection.execute(select(judgements.c.reviewer).where(*of_turn)).scalars())
    return reviewer not in given and len(given) < reviewers()


def verdict_pairs(connection: Connection, week: str = "") -> list[tuple[str, str]]:
    """The first verdicts of the first two reviewers of each turn of a sample, or of all samples.

    A turn that was judged before it was drawn has none: its second reviewer may have seen what the first one said.
    """
    columns = (sample_items.c.week, sample_items.c.place, judgements.c.first_verdict, judgements.c.first_at)
    given = sample_items.join(judgements, _same_turn[0] & _same_turn[1])
    drawn = samples.c.week == sample_items.c.week
    joined = select(*columns, samples.c.drawn_at).select_from(given.join(samples, drawn))
    wanted = joined.where(sample_items.c.week == week) if week else joined
    order = (sample_items.c.week, sample_items.c.place, judgements.c.first_at, judgements.c.reviewer)
    by_item: dict[tuple[str, int], list[Any]] = {}
    for row in connection.execute(wanted.order_by(*order)):
        by_item.setdefault((row.week, row.place), []).append(row)
    blind = [rows for rows in by_item.values() if len(rows) > 1 and rows[0].first_at >= rows[0].drawn_at]
    return [(rows[0].first_verdict, rows[1].first_verdict) for rows in blind]
