"""Takes demonstration data out again: everything that belongs to it, in every table, and nothing else."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Column, Table, delete, exists, func, or_, select, true, update
from sqlalchemy.engine import Connection

from conversations.figures.days import day_of
from conversations.figures.rollup import forget
from conversations.review.tables import judgements, sample_items, samples, turn_facts
from conversations.tables import conversations, turns
from foundation.database import metadata
from foundation.demonstration import ACCOUNT, CONVERSATION, COUNTER, TICKET, UPLOAD, demonstration, names
from hotline.figures.months import month_of, span
from hotline.tables import figure_cells, figure_months, ticket_counters, tickets, uploads
from staff.tables import accounts

ROOTS = {TICKET: tickets.c.number, CONVERSATION: conversations.c.id, ACCOUNT: accounts.c.name, UPLOAD: uploads.c.id}
NAMED = (TICKET, CONVERSATION)  # columns of these names hold them also where no foreign key says so
KEPT = ("audit_log", "audit_head", "demonstration")
LOOSE = {"turn_pairs": ("key", "turn_facts")}  # columns that lead to another table without a foreign key
THEIRS = {  # what only its maker needed: columns that name an account without a foreign key
    "drafts_editing": "who",
    "publish_jobs": "asked_by",
    "reviewed_cases": "by",
    "judgements": "reviewer",
    "gap_decisions": "by",
    "review_marks": "by",
    "import_files": "author",
    "desk_presence": "account",
}
OWNED = ("vault_keys", "vault_items")  # their owner is kind:name


def take_out(connection: Connection, timezone: str) -> None:
    """Delete every row of demonstration data, put the counters of tickets back, and let figures be counted anew."""
    recount(connection, timezone)
    loose = [table for table in metadata.sorted_tables if table.name in LOOSE]
    for table in (*loose, *reversed(metadata.sorted_tables)):
        condition = None if table.name in KEPT else _made_up(table)
        if condition is not None:
            connection.execute(table.delete().where(condition))
    _let_be_judged(connection)
    _count_back(connection)
    connection.execute(demonstration.delete())


def recount(connection: Connection, timezone: str) -> None:
    """Let the months and days of demonstration data be added up anew; call it while the data is there."""
    for first, last in _ends(connection, tickets.c.opened_at, tickets.c.number.in_(names(TICKET))):
        months = span(month_of(first, timezone), month_of(last, timezone))
        for table in (figure_cells, figure_months):
            connection.execute(table.delete().where(table.c.month.in_(months)))
    for first, last in _ends(connection, turns.c.at, turns.c.conversation.in_(names(CONVERSATION))):
        forget(connection, day_of(first, timezone), day_of(last, timezone))


def counters(connection: Connection) -> Iterable[str]:
    """The counters of tickets as they stand, to be put back later."""
    return [f"{row.day}:{row.last}" for row in connection.execute(select(ticket_counters))]


def _ends(connection: Connection, column: Column, where: Any) -> list[tuple[datetime, datetime]]:
    """The first and the last moment, or nothing where there is none."""
    first, last = connection.execute(select(func.min(column), func.max(column)).where(where)).one()
    return [(first, last)] if first else []


@cache
def _made_up(table: Table) -> Any:
    """The condition that a table's rows meet which belong to the demonstration, or None where none can."""
    found = [condition for column in table.columns if (condition := _condition(column)) is not None]
    if table.name in LOOSE:
        name, other = LOOSE[table.name]
        rows = metadata.tables[other]
        found.append(table.c[name].in_(select(rows.c[name]).where(_made_up(rows))))
    if table.name in THEIRS:
        found.append(table.c[THEIRS[table.name]].in_(names(ACCOUNT)))
    if table.name in OWNED:
        owned = demonstration.c.kind + ":" + demonstration.c.name
        found.append(table.c.owner.in_(select(owned)))
    return or_(*found) if found else None


def _condition(column: Column) -> Any:
    """What a column's value tells of its row: it is made up, or leads to a row that is."""
    for kind, root in ROOTS.items():
        if column is root or column.references(root) or (kind in NAMED and column.name == kind):
            return column.in_(names(kind))
    for key in column.foreign_keys:
        condition = None if key.column.table is column.table else _made_up(key.column.table)
        if condition is not None:
            return column.in_(select(key.column).where(condition))
    return None


def _let_be_judged(connection: Connection) -> None:
    """Real turns that only the demonstration judged wait for a reviewer again; weeks without a turn have no sample."""
    same = (judgements.c.conversation == turn_facts.c.conversation, judgements.c.turn == turn_facts.c.turn)
    unjudged = (turn_facts.c.reviewed, ~exists().where(*same))
    connection.execute(update(turn_facts).where(*unjudged).values(reviewed=False))
    connection.execute(delete(samples).where(~exists().where(sample_items.c.week == samples.c.week)))


def _count_back(connection: Connection) -> None:
    """Numbers that only the demonstration used are free again; those of real tickets never are."""
    known = connection.execute(names(COUNTER)).scalars()
    before = {day: int(last) for day, last in (name.split(":") for name in known)}
    used = {
        row.day: row.last
        for row in connection.execute(
            select(
                func.substr(tickets.c.number, 1, 8).label("day"),
                func.max(func.substr(tickets.c.number, 10)).label("last"),
            )
            .where(true())
            .group_by(func.substr(tickets.c.number, 1, 8))
        )
    }
    for row in connection.execute(select(ticket_counters)).all():
        last = max(before.get(row.day, 0), int(used.get(row.day, 0)))
        mine = ticket_counters.c.day == row.day
        if last:
            connection.execute(ticket_counters.update().where(mine).values(last=last))
        else:
            connection.execute(ticket_counters.delete().where(mine))
