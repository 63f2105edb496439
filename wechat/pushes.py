"""What goes out by itself: answers that no request waited for any more, words of a person, and news of tickets.

due       to be sent, again and again until it is taken or must be kept
sending   one worker sends it, until `due_at`
sent      the platform took it
kept      it may not be sent now: it is given with what the citizen hears next
given     it was
dropped   nobody is there to hear it
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, exists, func, insert, select, update
from sqlalchemy.engine import Connection

from foundation.clock import now
from wechat.quota import AFTER
from wechat.tables import wechat_messages, wechat_pushes

MOMENT = timedelta(seconds=10)
LEASE = timedelta(seconds=60)  # longer than the slowest call with a new token
RETRY_SECONDS = (2, 5, 15, 60, 300, 900)
UNDER_WAY = ("due", "sending")
MOST_CARRIED = 10
ANSWER, PERSON, NOTICE = "answer", "person", "notice"
ANNOUNCED = "announced"  # what every citizen is told; only ever kept for the next answer


def add(connection: Connection, citizen: str, kind: str, **what: Any) -> None:
    """Write down what a citizen is to hear."""
    at = now()
    values = {"citizen": citizen, "kind": kind, "state": "due", "created_at": at, "due_at": at}
    connection.execute(insert(wechat_pushes).values(**values | what))


def due(connection: Connection, limit: int) -> list[Any]:
    """At most `limit` rows that may be sent now, for each citizen only the first one."""
    earlier, at = wechat_pushes.alias(), now()
    waits = exists().where(
        earlier.c.citizen == wechat_pushes.c.citizen,
        earlier.c.id < wechat_pushes.c.id,
        (earlier.c.state == "sending") | ((earlier.c.state == "due") & (earlier.c.due_at <= at)),
    )
    which = (wechat_pushes.c.state.in_(UNDER_WAY), wechat_pushes.c.due_at <= at, ~waits)
    oldest = select(wechat_pushes).where(*which).order_by(wechat_pushes.c.due_at).limit(limit)
    return list(connection.execute(oldest).all())


def claim(connection: Connection, rows: list[Any], owner: str) -> list[Any]:
    """Take those of the due rows that nobody else has taken."""
    at = now()
    return [row for row in rows if _taken(connection, row, owner, at)]


def mine(connection: Connection, claimed: Any, owner: str) -> Any:
    """The claimed row as it is now; None when its lease went to somebody else, or it was given meanwhile."""
    own = (wechat_pushes.c.id == claimed.id, wechat_pushes.c.state == "sending", wechat_pushes.c.owner == owner)
    row = connection.execute(select(wechat_pushes).where(*own)).first()
    return row if row and row.tries == claimed.tries + 1 else None


def carry(connection: Connection, citizen: str, carrier: str) -> list[Any]:
    """Take what a locked citizen was not told, or what could not be sent yet, to be given with `carrier`."""
    waiting = (wechat_pushes.c.state == "kept") | ((wechat_pushes.c.state == "due") & (wechat_pushes.c.tries > 0))
    which = select(wechat_pushes).where(wechat_pushes.c.citizen == citizen, waiting)
    rows = connection.execute(which.order_by(wechat_pushes.c.id).limit(MOST_CARRIED)).all()
    return [row for row in rows if _changed(connection, row, state="given", carried_by=carrier, ended_at=now())]


def lately(connection: Connection, citizen: str) -> int:
    """How many are on their way, or went out a moment ago: the platform may count them for what came meanwhile."""
    moment = (wechat_pushes.c.state == "sent") & (wechat_pushes.c.ended_at > now() - MOMENT)
    of_quota = (wechat_pushes.c.citizen == citizen, wechat_pushes.c.way.in_(tuple(AFTER)))
    count = select(func.count()).where(*of_quota, (wechat_pushes.c.state == "sending") | moment)
    return int(connection.execute(count).scalar_one())


def put_back(connection: Connection, carrier: str) -> None:
    """What carried them did not arrive: they are kept again."""
    carried = update(wechat_pushes).where(wechat_pushes.c.carried_by == carrier)
    connection.execute(carried.values(state="kept", carried_by=None, ended_at=None))


def retry(connection: Connection, push: Any, code: str) -> None:
    """Send it again later; after the last time, keep it."""
    if push.tries >= len(RETRY_SECONDS):
        settle(connection, push.id, "kept", code)
    else:
        later = now() + timedelta(seconds=RETRY_SECONDS[push.tries])
        _set(connection, push.id, state="due", due_at=later, code=code)


def settle(connection: Connection, identifier: int, state: str, code: str = "") -> None:
    """It is sent, kept or dropped."""
    _set(connection, identifier, state=state, code=code, ended_at=now())


def states(connection: Connection, conversation: str) -> dict[int, str]:
    """How far the turns of a conversation are that were to go out by themselves."""
    mine = (wechat_pushes.c.conversation == conversation, wechat_pushes.c.turn.is_not(None))
    found = select(wechat_pushes.c.turn, wechat_pushes.c.state).where(*mine)
    return {row.turn: row.state for row in connection.execute(found)}


def left(connection: Connection, citizen: str) -> None:
    """The citizen follows no longer: answers are kept, should they come back; news of tickets are dropped."""
    for kind in (ANSWER, PERSON):
        _turn(connection, citizen, kind, "kept")
    drop_notices(connection, citizen)


def drop_notices(connection: Connection, citizen: str) -> None:
    """The citizen wants no news of tickets."""
    _turn(connection, citizen, NOTICE, "dropped")


def forget_old(connection: Connection, messages_before: datetime, pushes_before: datetime) -> None:
    """Remove what is done and can come no more."""
    ended = wechat_messages.c.state.in_(("passive", "pushed", "silent"))
    connection.execute(delete(wechat_messages).where(wechat_messages.c.asked_at < messages_before, ended))
    connection.execute(delete(wechat_pushes).where(wechat_pushes.c.ended_at < pushes_before))


def set_way(connection: Connection, identifier: int, way: str) -> None:
    """What the try under way uses up."""
    _set(connection, identifier, way=way)


def _turn(connection: Connection, citizen: str, kind: str, state: str) -> None:
    """Whatever of a kind is not under way at this moment goes to a state."""
    open_ones = (
        wechat_pushes.c.citizen == citizen,
        wechat_pushes.c.kind == kind,
        wechat_pushes.c.state.in_(("due", "kept")),
    )
    connection.execute(update(wechat_pushes).where(*open_ones).values(state=state, ended_at=now()))


def _taken(connection: Connection, row: Any, owner: str, at: datetime) -> bool:
    return _changed(connection, row, state="sending", owner=owner, tries=row.tries + 1, due_at=at + LEASE)


def _changed(connection: Connection, row: Any, **values: Any) -> bool:
    """Change a row unless somebody was quicker."""
    same = (wechat_pushes.c.id == row.id, wechat_pushes.c.state == row.state, wechat_pushes.c.tries == row.tries)
    return bool(connection.execute(update(wechat_pushes).where(*same).values(**values)).rowcount)


def _set(connection: Connection, identifier: int, **values: Any) -> None:
    connection.execute(update(wechat_pushes).where(wechat_pushes.c.id == identifier).values(**values))
