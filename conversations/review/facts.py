"""The facts of a turn that lists are read from, kept in step with the turn in the same transaction."""

from typing import Any

from sqlalchemy import and_, delete, exists, insert, select, update
from sqlalchemy.engine import Connection

from conversations.evidence import candidates
from conversations.review import pairs
from conversations.review.keys import wanted_key
from conversations.review.tables import judgements, turn_facts
from conversations.review.words import band, words
from conversations.tables import conversations, turn_ratings, turns
from foundation.database import Database
from knowledge.decision import RULES
from knowledge.tables import entries

BATCH = 500
READ = ("conversation", "turn", "at", "text", "outcome", "replies", "evidence")


def note(connection: Connection, conversation: str, turn: int) -> None:
    """Write the facts of a citizen's turn that has come to its end, in place of earlier ones."""
    row = connection.execute(_ended().where(turns.c.conversation == conversation, turns.c.turn == turn)).first()
    if row is None:
        return
    before = connection.execute(select(turn_facts).where(*_of(conversation, turn))).first()
    kept: dict[str, Any] = {"thumb": None, "reviewed": False, "disputed": None}
    if before is not None:
        _remove(connection, before)
        kept = {name: getattr(before, name) for name in kept}
    _add(connection, row, kept)


def set_thumb(connection: Connection, conversation: str, turn: int, *, up: bool) -> None:
    """Note a rating of a turn; one of the whole conversation (0) stands at its latest turn."""
    mine = turn_facts.c.conversation == conversation
    latest = select(turn_facts.c.turn).where(mine).order_by(turn_facts.c.turn.desc()).limit(1)
    which = turn or connection.execute(latest).scalar()
    connection.execute(update(turn_facts).where(mine, turn_facts.c.turn == which).values(thumb=_thumb(up)))


def set_reviewed(connection: Connection, conversation: str, turn: int, *, disputed: bool) -> None:
    """Note that somebody has judged a turn, and whether the judgements contradict each other."""
    values = {"reviewed": True, "disputed": disputed or None}
    connection.execute(update(turn_facts).where(*_of(conversation, turn)).values(**values))


def forget(connection: Connection, conversation: str) -> None:
    """Delete the facts of a conversation."""
    for row in connection.execute(select(turn_facts).where(turn_facts.c.conversation == conversation)).all():
        _remove(connection, row)


def fill_missing(database: Database) -> int:
    """Write the facts of turns that were answered before there were any; how many. It may be stopped and go on."""
    same = and_(turn_facts.c.conversation == turns.c.conversation, turn_facts.c.turn == turns.c.turn)
    key = (turns.c.conversation, turns.c.turn)
    filled, after = 0, ("", 0)
    while True:
        following = (turns.c.conversation > after[0]) | ((turns.c.conversation == after[0]) & (turns.c.turn > after[1]))
        with database.writing() as connection:
            rows = connection.execute(
                _ended().where(following, ~exists().where(same)).order_by(*key).limit(BATCH)
            ).all()
            for row in rows:
                _add(connection, row, _known(connection, row))
        if not rows:
            return filled
        filled, after = filled + len(rows), (rows[-1].conversation, rows[-1].turn)


def answering(replies: list[dict[str, Any]]) -> str:
    """The entry that replies come from, or ""."""
    origins = (reply.get("origin") or {} for reply in replies)
    return next((str(origin["id"]) for origin in origins if origin.get("kind") == "entry"), "")


def _ended() -> Any:
    columns = [turns.c[name] for name in READ]
    joined = turns.join(conversations, conversations.c.id == turns.c.conversation)
    ended = (turns.c.sender == "citizen", turns.c.outcome.is_not(None))
    return select(*columns, conversations.c.channel).select_from(joined).where(*ended)


def _known(connection: Connection, row: Any) -> dict[str, Any]:
    """What citizens and staff have said of a turn already."""
    rating = select(turn_ratings.c.up).where(
        turn_ratings.c.conversation == row.conversation, turn_ratings.c.turn == row.turn
    )
    judged = select(judgements.c.turn).where(
        judgements.c.conversation == row.conversation, judgements.c.turn == row.turn
    )
    up = connection.execute(rating).scalar()
    return {
        "thumb": None if up is None else _thumb(up),
        "reviewed": connection.execute(judged.limit(1)).first() is not None,
    }


def _add(connection: Connection, row: Any, kept: dict[str, Any]) -> None:
    key, text = _free_key(connection, row), row.text or ""
    values = {"key": key, "conversation": row.conversation, "turn": row.turn, "channel": row.channel, "text": text}
    connection.execute(insert(turn_facts).values(**values, **_decided(connection, row), **kept))
    pairs.add(connection, key, text)


def _remove(connection: Connection, row: Any) -> None:
    pairs.remove(connection, row.key, row.text)
    connection.execute(delete(turn_facts).where(turn_facts.c.key == row.key))


def _decided(connection: Connection, row: Any) -> dict[str, Any]:
    """What the evidence says in a word each."""
    evidence = row.evidence or {}
    found = candidates(evidence.get("knowledge") or {})
    probability = found[0]["probability"] if found else None
    entry = answering(row.replies or []) or _likely(found)
    of_entry = select(entries.c.domain).where(entries.c.id == entry)
    searched = row.outcome in words()["decided_by_search"]
    return {
        "outcome": row.outcome,
        "intent": (evidence.get("intent") or {}).get("name") or "",
        "entry": entry,
        "domain": (connection.execute(of_entry).scalar() or "") if entry else "",
        "probability": probability,
        "band": band(probability) if searched and probability is not None else "",
    }


def _likely(found: list[dict[str, Any]]) -> str:
    """The first find, unless it is so unlikely that nobody was asked about it."""
    return str(found[0]["entry"]) if found and found[0]["probability"] >= RULES["ask_floor"] else ""


def _free_key(connection: Connection, row: Any) -> int:
    key = wanted_key(row.at, row.conversation, row.turn)
    while connection.execute(select(turn_facts.c.key).where(turn_facts.c.key == key)).first():
        key += 1
    return key


def _of(conversation: str, turn: int) -> tuple[Any, Any]:
    return turn_facts.c.conversation == conversation, turn_facts.c.turn == turn


def _thumb(up: bool) -> str:
    return "up" if up else "down"
