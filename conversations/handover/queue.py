"""The queue of citizens who wait for a person: who is next, who has whom, and how each wait ended."""

from datetime import timedelta
from typing import Any

from sqlalchemy import and_, func, insert, or_, select, update
from sqlalchemy.engine import Connection

from conversations.handover import presence
from conversations.handover.settings import settings
from conversations.handover.tables import ENDED, TAKEN, WAITING, handovers
from conversations.handover.tables import presence as operators
from foundation.clock import now

ENDS = {
    "closed": "坐席结束",
    "given_back": "交回助手",
    "left": "市民结束",
    "cancelled": "市民不等了",
    "off_hours": "到点没等到",
    "erased": "会话已删除",
}
IN_ORDER = (handovers.c.place, handovers.c.asked_at, handovers.c.id)
MOST_SHOWN = 200
_OPEN = handovers.c.state != ENDED


def ask(connection: Connection, conversation: str, channel: str, turn: int) -> Any:
    """Put a conversation, which must be kept, at the end of the queue; the same row again where it is there already."""
    known = open_one(connection, conversation)
    if known is None:
        values = {"conversation": conversation, "channel": channel, "state": WAITING}
        connection.execute(insert(handovers).values(**values, asked_at=now(), asked_turn=turn))
        known = open_one(connection, conversation)
    return known


def open_one(connection: Connection, conversation: str) -> Any:
    """The row of a conversation that waits or that a person has, or None; it stays so until the transaction ends."""
    mine = select(handovers).where(handovers.c.conversation == conversation, _OPEN)
    return connection.execute(mine.with_for_update()).first()


def one(connection: Connection, identifier: int) -> Any:
    """A row, or None."""
    return connection.execute(select(handovers).where(handovers.c.id == identifier)).first()


def ahead(connection: Connection, row: Any) -> int:
    """How many are to be taken before a waiting one."""
    place, asked_at, identifier = IN_ORDER
    same_place = and_(place == row.place, asked_at == row.asked_at, identifier < row.id)
    before = or_(place < row.place, and_(place == row.place, asked_at < row.asked_at), same_place)
    return int(connection.execute(_counted(handovers.c.state == WAITING, before)).scalar_one())


def is_full(connection: Connection) -> bool:
    """True when so many wait that one more could not be served today."""
    count = int(connection.execute(_counted(handovers.c.state == WAITING)).scalar_one())
    return count >= int(settings()["most_waiting"])


def waiting(connection: Connection) -> list[Any]:
    """Who waits, the next one first."""
    rows = select(handovers).where(handovers.c.state == WAITING).order_by(*IN_ORDER).limit(MOST_SHOWN)
    return list(connection.execute(rows).all())


def taken(connection: Connection, account: str = "") -> list[Any]:
    """What an operator has, or what all have; the longest first."""
    which = [handovers.c.state == TAKEN, *([handovers.c.taken_by == account] if account else [])]
    rows = select(handovers).where(*which).order_by(handovers.c.taken_at, handovers.c.id).limit(MOST_SHOWN)
    return list(connection.execute(rows).all())


def load(connection: Connection, account: str) -> int:
    """How many conversations an operator has now."""
    mine = _counted(handovers.c.state == TAKEN, handovers.c.taken_by == account)
    return int(connection.execute(mine).scalar_one())


def take(connection: Connection, row: Any, account: str) -> bool:
    """Give a waiting one to an operator; False when somebody was quicker, or the citizen waits no longer."""
    at = now()
    waited = row.waited_seconds if row.first_taken_at else int((at - row.asked_at) / timedelta(seconds=1))
    first = {"first_taken_at": row.first_taken_at or at, "waited_seconds": waited}
    return _changed(connection, row.id, WAITING, state=TAKEN, taken_by=account, taken_at=at, **first)


def put_back(connection: Connection, row: Any) -> bool:
    """Put one whose operator vanished before all others; False when that changed meanwhile."""
    mine = handovers.c.taken_by == row.taken_by
    back = {"state": WAITING, "place": 0, "returns": row.returns + 1, "told_ahead": None}
    return _changed(connection, row.id, TAKEN, mine, **back)


def end(connection: Connection, row: Any, how: str) -> bool:
    """It is over, in one of the ways of ENDS; False when its state changed meanwhile."""
    return _changed(connection, row.id, row.state, state=ENDED, ended_at=now(), ended_how=how)


def vanished(connection: Connection) -> list[Any]:
    """What operators have who gave no sign for too long."""
    there = handovers.outerjoin(operators, operators.c.account == handovers.c.taken_by)
    gone = or_(operators.c.account.is_(None), operators.c.seen_at < presence.gone_before())
    rows = select(handovers).select_from(there).where(handovers.c.state == TAKEN, gone).order_by(handovers.c.id)
    return list(connection.execute(rows).all())


def note(connection: Connection, row: Any, **values: Any) -> None:
    """Keep what was told, or a danger that was named."""
    connection.execute(update(handovers).where(handovers.c.id == row.id).values(**values))


def forget(connection: Connection, conversation: str) -> None:
    """The conversation is erased: how long it waited stays as a figure, and nothing leads back to it."""
    mine = handovers.c.conversation == conversation
    over = {"state": ENDED, "ended_at": now(), "ended_how": "erased"}
    connection.execute(update(handovers).where(mine, _OPEN).values(**over))
    connection.execute(update(handovers).where(mine).values(conversation=""))


def _counted(*which: Any) -> Any:
    return select(func.count()).select_from(handovers).where(*which)


def _changed(connection: Connection, identifier: int, was: str, /, *more: Any, **values: Any) -> bool:
    """Change a row that is still in a state."""
    still = (handovers.c.id == identifier, handovers.c.state == was, *more)
    return bool(connection.execute(update(handovers).where(*still).values(**values)).rowcount)
