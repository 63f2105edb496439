"""What members of staff say of a turn: one judgement each, which they may change, and what these come to together."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection

from conversations import record
from conversations.ratings import UnknownTurn
from conversations.record import UnknownConversation
from conversations.review import facts
from conversations.review.tables import judgements, turn_facts
from foundation.clock import now
from foundation.privacy import Vault
from knowledge import reviewed_cases
from knowledge.reviewed_cases import ASIDE, ASKED, DISPUTED, NO_ENTRY, Expected

ANSWERED = ("answered", "answered_facet", "calculated")
WRONG = ("partly", "wrong", "ticket", "ask_back")
EXPECTED_OUTCOMES = {"ticket": "ticket_opened", "ask_back": "clarifying"}
LONGEST = 2000
NOT_SO = ("", "")  # the opinion that the turn ended wrongly, where nobody says what would be right


@dataclass(frozen=True)
class Judgement:
    """A verdict, and what belongs to it; everything but the verdict may be empty."""

    verdict: str
    entry: str = ""  # the right one
    question: str = ""  # as a case asks it; empty: no case
    wording: str = ""
    note: str = ""
    asked: bool = True  # whether every publishing asks the case


@dataclass(frozen=True)
class Kept:
    """What became of a turn with a judgement: the id of its case, if it has one, and whether reviewers disagree."""

    case: int | None
    disputed: bool


def judge(connection: Connection, vault: Vault, conversation: str, turn: int, reviewer: str, given: Judgement) -> Kept:
    """Keep a judgement in place of the reviewer's earlier one, and what all of the turn's come to as its case.

    Raises UnknownConversation, and UnknownTurn for a turn that no citizen began or that has no end.
    """
    if not record.keep(connection, conversation):  # two judgements at once wait for each other, too
        raise UnknownConversation
    row = record.one(connection, conversation, turn)
    if row is None or row.sender != "citizen" or not row.outcome:
        raise UnknownTurn
    owner = f"conversation:{conversation}"
    texts = {name: vault.tokenize(connection, owner, getattr(given, name)) for name in ("question", "wording", "note")}
    said = {"verdict": given.verdict, "entry": given.entry, "asked": given.asked, **texts}
    _keep(connection, conversation, turn, reviewer, said)
    together = _together(row, all_of(connection, conversation, turn))
    facts.set_reviewed(connection, conversation, turn, disputed=together.disputed)
    return Kept(_save(connection, row, reviewer, together), together.disputed)


def own(connection: Connection, conversation: str, turn: int, reviewer: str) -> Any:
    """The row of one's own judgement of a turn, or None."""
    which = (judgements.c.conversation == conversation, judgements.c.turn == turn, judgements.c.reviewer == reviewer)
    return connection.execute(select(judgements).where(*which)).first()


def all_of(connection: Connection, conversation: str, turn: int) -> list[Any]:
    """The judgements of a turn, the first first; not for whoever is blind to them (sampling.is_blind)."""
    of_turn = (judgements.c.conversation == conversation, judgements.c.turn == turn)
    return list(connection.execute(select(judgements).where(*of_turn).order_by(judgements.c.first_at)).all())


def is_disputed(connection: Connection, conversation: str, turn: int) -> bool:
    """Whether the judgements of a turn contradict each other, and none has most of them behind it."""
    of_turn = (turn_facts.c.conversation == conversation, turn_facts.c.turn == turn)
    return bool(connection.execute(select(turn_facts.c.disputed).where(*of_turn)).scalar())


def _keep(connection: Connection, conversation: str, turn: int, reviewer: str, values: dict[str, Any]) -> None:
    at = now()
    which = (judgements.c.conversation == conversation, judgements.c.turn == turn, judgements.c.reviewer == reviewer)
    if connection.execute(update(judgements).where(*which).values(**values, at=at)).rowcount:
        return
    new = {"conversation": conversation, "turn": turn, "reviewer": reviewer, "first_verdict": values["verdict"]}
    connection.execute(insert(judgements).values(**new, **values, first_at=at, at=at))


@dataclass(frozen=True)
class _Together:
    """The judgements that share the opinion that counts, and whether another one counts as much."""

    sharing: list[Any]
    disputed: bool


def _together(row: Any, given: list[Any]) -> _Together:
    """The opinion that most judgements share; where none has most of them, the first one that corrects the turn."""
    shared: dict[tuple[str, str], list[Any]] = {}
    for one in given:
        if (opinion := _opinion(row, one)) is not None:
            shared.setdefault(opinion, []).append(one)
    bare = [one for one in given if one.verdict == "wrong" and not one.entry]
    correcting = [opinion for opinion, sharing in shared.items() if any(one.verdict in WRONG for one in sharing)]
    count = {opinion: len(sharing) for opinion, sharing in shared.items()}
    for opinion in correcting or [NOT_SO] * bool(bare):  # "wrong" alone is with whoever says what is right
        count[opinion] = count.get(opinion, 0) + len(bare)
    best = [opinion for opinion in count if count[opinion] == max(count.values())]
    counts = next((opinion for opinion in best if opinion in correcting), next(iter(best), NOT_SO))
    return _Together(shared.get(counts, []), len(best) > 1)


def _opinion(row: Any, given: Any) -> tuple[str, str] | None:
    """The entry that a judgement calls right and, where that is not all, the outcome; None where it names nothing."""
    if given.verdict == "right":
        entry = _right_entry(row, given)
        return entry, "" if entry else row.outcome
    outcome = EXPECTED_OUTCOMES.get(given.verdict, "")
    return (given.entry, outcome) if given.entry or outcome else None


def _save(connection: Connection, row: Any, reviewer: str, together: _Together) -> int | None:
    """The id of the case that the opinion that counts makes of a turn, in the words of who last put it as a question.

    A case that was taken out of publishing comes back only by whoever's words it has, or once a disagreement is over.
    """
    known = reviewed_cases.of_turn(connection, row.conversation, row.turn)
    said = max(together.sharing, key=lambda one: (bool(one.question), one.at), default=None)
    expected = _expected(row, said) if said else None
    if said is None or expected is None:
        reviewed_cases.set_aside(connection, known.id) if known else None
        return None
    if together.disputed:
        state = DISPUTED
    elif known and known.state != DISPUTED and said.reviewer != reviewer:
        state = known.state
    else:
        state = ASKED if said.asked else ASIDE
    corrects = any(one.verdict in WRONG for one in together.sharing)
    expected = replace(expected, corrects=corrects, state=state)
    return reviewed_cases.save(connection, row.conversation, row.turn, said.reviewer, expected)


def _expected(row: Any, given: Any) -> Expected | None:
    """What the turn should have come to, or None where the judgement does not say."""
    entry, outcome = given.entry, EXPECTED_OUTCOMES.get(given.verdict, "answered")
    if given.verdict == "right":
        entry, outcome = _right_entry(row, given), row.outcome
    says_enough = entry or given.verdict in EXPECTED_OUTCOMES or (given.verdict == "right" and outcome in NO_ENTRY)
    return Expected(given.question, entry, outcome) if says_enough else None


def _right_entry(row: Any, given: Any) -> str:
    """The entry of a turn that was judged right."""
    return given.entry or (facts.answering(row.replies or []) if row.outcome in ANSWERED else "")
