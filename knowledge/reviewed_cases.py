"""Cases that staff made of judged turns: asked at every publishing, followed until citizens get the right answer."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection

from foundation.clock import now
from foundation.identifying import TOKEN, find_numbers
from knowledge.drafts import published_revision
from knowledge.tables import reviewed_cases

if TYPE_CHECKING:  # fitting brings the model along, which who only writes a case does not need
    from knowledge.fitting import Case

ASKED, ASIDE = "asked", "aside"
DISPUTED = "disputed"  # reviewers do not agree: not asked until they do
ASKED_BACK = "clarifying"  # the outcome of a question that should be asked back
NO_ENTRY = ("no_answer", "out_of_scope")  # outcomes that say that no entry is right
SHOWN = 50
MEASURED = 500  # the latest, of which the median is taken
EXPECTED = ("question", "entry", "outcome")


@dataclass(frozen=True)
class Expected:
    """How a question should have ended, as a reviewer says."""

    question: str
    entry: str  # empty where no entry is right
    outcome: str
    corrects: bool = False  # whether the turn ended otherwise
    state: str = ASKED  # whether every publishing is to ask it


def all_cases(connection: Connection) -> "list[Case]":
    """What publishing asks: each question once, with every entry that a reviewer called right.

    Cases that retrieval cannot fail, such as a ticket that should have been opened, are not among them. `asks_back`
    says that a question back is all that is expected.
    """
    wanted = select(reviewed_cases).where(reviewed_cases.c.state == ASKED).order_by(reviewed_cases.c.id)
    cases: dict[str, Case] = {}
    for row in connection.execute(wanted):
        if row.entry or row.outcome in NO_ENTRY:
            case = cases.setdefault(
                row.question, {"id": f"reviewed-{row.id}", "question": row.question, "relevant": []}
            )
            case["asks_back"] = case.get("asks_back", False) or row.outcome == ASKED_BACK
            case["relevant"] += [row.entry] if row.entry and row.entry not in case["relevant"] else []
    return list(cases.values())


def save(connection: Connection, conversation: str, turn: int, by: str, expected: Expected) -> int | None:
    """The case of a turn, new or in place of what was expected of it before; its id, or None without a question.

    What was already live stays so unless something else is expected now.
    """
    question = without_numbers(expected.question)
    which = (reviewed_cases.c.conversation == conversation, reviewed_cases.c.turn == turn)
    known = connection.execute(select(reviewed_cases).where(*which)).first()
    if not question:
        set_aside(connection, known.id) if known else None
        return None
    values: dict[str, Any] = {"question": question, "entry": expected.entry, "outcome": expected.outcome}
    is_new = known is None or any(getattr(known, name) != values[name] for name in EXPECTED)
    values |= {"by": by, "corrects": expected.corrects, "state": expected.state}
    if is_new:
        values |= {"judged_at": now(), "revision": published_revision(connection, expected.entry)}
        values |= {"live_at": None, "live_snapshot": None, "live_by": None}
    if known:
        connection.execute(update(reviewed_cases).where(*which).values(**values))
        return int(known.id)
    added = insert(reviewed_cases).values(conversation=conversation, turn=turn, **values)
    return int(connection.execute(added).inserted_primary_key[0])


def of_turn(connection: Connection, conversation: str, turn: int) -> Any:
    """The row of a turn's case, or None."""
    which = (reviewed_cases.c.conversation == conversation, reviewed_cases.c.turn == turn)
    return connection.execute(select(reviewed_cases).where(*which)).first()


def set_aside(connection: Connection, case: int) -> bool:
    """Ask a case no more; False when there is none that is asked."""
    which = (reviewed_cases.c.id == case, reviewed_cases.c.state == ASKED)
    return bool(connection.execute(update(reviewed_cases).where(*which).values(state=ASIDE)).rowcount)


def unlink(connection: Connection, conversation: str) -> None:
    """Keep the cases of a conversation that is erased, without a way back to it."""
    mine = reviewed_cases.c.conversation == conversation
    connection.execute(update(reviewed_cases).where(mine).values(conversation=None, turn=None))


def waiting(connection: Connection) -> list[Any]:
    """The corrections that citizens do not get yet."""
    wanted = (reviewed_cases.c.live_at.is_(None), reviewed_cases.c.corrects, reviewed_cases.c.entry != "")
    return list(connection.execute(select(reviewed_cases).where(*wanted)).all())


def note_live(connection: Connection, snapshot: str, revisions: Mapping[str, int], right: Collection[int]) -> int:
    """Note which corrections a snapshot that begins to serve brings to citizens; how many.

    `right` are the ids of the cases that it answers as expected: a newer revision alone brings nothing.
    """
    brought = [row for row in waiting(connection) if row.id in right]
    for row in brought:
        how = "revision" if revisions.get(row.entry, 0) > row.revision else "answer"
        values = {"live_at": now(), "live_snapshot": snapshot, "live_by": how}
        connection.execute(update(reviewed_cases).where(reviewed_cases.c.id == row.id).values(**values))
    return len(brought)


def note_rolled_back(connection: Connection, snapshot: str) -> int:
    """What later snapshots than the one that serves again had brought waits anew; how many corrections."""
    later = reviewed_cases.c.live_snapshot > snapshot  # their names are moments
    waits = {"live_at": None, "live_snapshot": None, "live_by": None}
    return int(connection.execute(update(reviewed_cases).where(later).values(**waits)).rowcount)


def corrections(connection: Connection, before: datetime | None = None) -> list[Any]:
    """At most fifty corrections with a right entry, the latest judged first, judged before a moment if one is given."""
    wanted = [reviewed_cases.c.corrects, reviewed_cases.c.entry != ""]
    wanted += [reviewed_cases.c.judged_at < before] if before else []
    newest = select(reviewed_cases).where(*wanted).order_by(reviewed_cases.c.judged_at.desc()).limit(SHOWN)
    return list(connection.execute(newest).all())


def median_time(connection: Connection) -> tuple[timedelta | None, int]:
    """The median time from judgement to live of the latest corrections that are live, and how many those are."""
    columns = (reviewed_cases.c.judged_at, reviewed_cases.c.live_at)
    live = select(*columns).where(reviewed_cases.c.corrects, reviewed_cases.c.live_at.is_not(None))
    rows = connection.execute(live.order_by(reviewed_cases.c.judged_at.desc()).limit(MEASURED)).all()
    taken = [row.live_at - row.judged_at for row in rows]
    return (median(taken) if taken else None), len(taken)


def without_numbers(text: str) -> str:
    """A question with tokens and identifying numbers cut out of it."""
    plain = TOKEN.sub("", text)
    for number in reversed(find_numbers(plain)):
        plain = plain[: number.start] + plain[number.end :]
    return " ".join(plain.split())
