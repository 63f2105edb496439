"""The content team of the demonstration: drafts on every step, publishings that are over, entries to be checked, gaps.

Nothing of it reaches citizens by itself, and nothing would be wrong if somebody published it: drafts add questions that
people ask, or are marked in their text and cannot go out.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import func, insert, select

from commands.demonstration.answers import Library
from commands.demonstration.play import Life
from commands.demonstration.stage import Stage
from commands.demonstration.words import city
from foundation.clock import local, now
from foundation.demonstration import CONVERSATION, names
from knowledge import gap_groups, publish_jobs, reviews
from knowledge.drafts import Draft, Drafts
from knowledge.entry import EVERYWHERE, FACETS, Facet
from knowledge.local import LocalValues
from knowledge.rendering import as_markdown, render
from knowledge.store import Revision
from knowledge.tables import drafts, gaps
from knowledge.tables import publish_jobs as jobs

EDITOR, PUBLISHER = "demo-editor", "demo-publisher"
DAYS = 10  # before the end, when it begins
GOES_OUT_AFTER = timedelta(days=90)
NEW = "demo-new-entry"


def team(stage: Stage, library: Library) -> Life:
    """What editors and publishers did in the last days."""
    chance = Random(EDITOR)  # of its own: which entries are chosen moves no other life
    free = _untouched(stage, library, chance)
    yield from _publishings(stage, library)
    for step in STEPS:
        for revision, text in _next(free, library):
            step(stage, revision, text)
        yield stage.at_work(0.5, 3)
    marked = {one.entry.id: one.revision for one in (library.any(chance) for _ in range(3))}
    reviews.mark(stage.connection, marked, "", city()["mark"], EDITOR)
    _decide(stage)


def _untouched(stage: Stage, library: Library, chance: Random) -> Iterator[Revision]:
    """Entries that nobody writes on, and that are asked about in words which they do not have yet."""
    written = set(stage.connection.execute(select(drafts.c.entry)).scalars())
    seen = list(dict.fromkeys(case["relevant"][0] for case in library.questions))
    chance.shuffle(seen)
    return (library.revision(entry) for entry in seen if entry not in written)


def _next(free: Iterator[Revision], library: Library) -> Iterator[tuple[Revision, str]]:
    """The next of them with its text, one question richer; nothing where there is none left."""
    for revision in free:
        asked = [one["question"] for one in library.questions if one["relevant"][0] == revision.entry.id]
        more = tuple(one for one in asked if one not in revision.entry.questions)[:1]
        yield revision, as_markdown(replace(revision.entry, questions=(*revision.entry.questions, *more)))
        return


def _written(stage: Stage, revision: Revision, text: str) -> Draft:
    return Drafts(stage.database).save(stage.connection, revision.entry.id, text, EDITOR, revision.revision, 0)


def _submitted(stage: Stage, revision: Revision, text: str) -> Draft:
    draft = _written(stage, revision, text)
    return Drafts(stage.database).submit(stage.connection, draft.entry, draft.version, LocalValues(stage.settings.city))


def _checked(stage: Stage, revision: Revision, text: str) -> Draft:
    """Nothing has changed but the dates."""
    today = local(now(), stage.settings.timezone).date()
    return _submitted(stage, revision, reviews.checked(revision.entry, today))


def _approved(stage: Stage, revision: Revision, text: str) -> Draft:
    draft, goes_out = _submitted(stage, revision, text), now() + GOES_OUT_AFTER
    return Drafts(stage.database).approve(stage.connection, draft.entry, PUBLISHER, draft.version, goes_out)


def _sent_back(stage: Stage, revision: Revision, text: str) -> Draft:
    """It says something that no source says, and says so."""
    added = Facet(FACETS[revision.entry.kind][-1], city()["unfounded"])
    facets = (*(one for one in revision.entry.facets if one.name != added.name), added)
    draft = _submitted(stage, revision, as_markdown(replace(revision.entry, facets=facets)))
    return Drafts(stage.database).send_back(
        stage.connection, draft.entry, PUBLISHER, draft.version, city()["sent_back"]
    )


def _dropped(stage: Stage, revision: Revision, text: str) -> Draft:
    draft = _written(stage, revision, text)
    return Drafts(stage.database).drop(stage.connection, draft.entry, draft.version)


STEPS: tuple[Callable[[Stage, Revision, str], Draft], ...] = (
    _written,
    _submitted,
    _sent_back,
    _approved,
    _checked,
    _dropped,
    _submitted,
    _written,
)


def _publishings(stage: Stage, library: Library) -> Life:
    """Three that are over; the one in the middle was refused."""
    for right, refused in ((0.941, False), (0.902, True), (0.948, False)):
        about = [library.question(stage.chance) for _ in range(3)]
        begun, questions = now(), [case["question"] for case in about]
        checks: dict[str, Any] = {"right_first": {"before": 0.938, "now": right}, "problems": []}
        checks |= {"better": questions[:2], "worse": questions[2:]}
        if refused:
            checks |= {"better": [], "worse": questions, "problems": [city()["worse"]]}
        _over(stage, begun, sorted({case["relevant"][0] for case in about}), checks)
        yield stage.at_work(2, 8)


def _over(stage: Stage, begun: datetime, entries: list[str], checks: dict[str, Any]) -> None:
    refused = bool(checks["problems"])
    values = {"kind": publish_jobs.PUBLISH, "asked_by": PUBLISHER, "entries": entries, "revisions": {}, "attempts": 1}
    values |= {"state": publish_jobs.REFUSED if refused else publish_jobs.DONE, "checks": checks}
    values |= {"said": city()["refused" if refused else "published"], "asked_at": begun, "started_at": begun}
    ended = begun + timedelta(seconds=stage.chance.randrange(25, 70))
    stage.connection.execute(insert(jobs).values(**values, seen_at=ended, ended_at=ended))


def _decide(stage: Stage) -> None:
    """What only the demonstration's citizens asked: one is being written, some are put aside."""
    real = select(gaps.c.key).where(gaps.c.conversation.not_in(names(CONVERSATION)))
    own = (
        select(gaps.c.key).where(gaps.c.key.not_in(real)).group_by(gaps.c.key).order_by(func.count().desc(), gaps.c.key)
    )
    keys = list(stage.connection.execute(own.limit(8)).scalars())[1::2]  # the most asked one waits
    for key, reason in zip(keys[1:], city()["put_aside"], strict=False):
        gap_groups.decide(stage.connection, [key], EDITOR, reason=reason)
    for key, asked in zip(keys, gap_groups.questions_of(stage.connection, keys[:1]), strict=False):
        meta = {"id": NEW, "kind": "procedure", "title": f"{city()['summary']}{asked}", "questions": [asked]}
        text, at = render(meta | {"region": EVERYWHERE}, "", []), gap_groups.first_asked(stage.connection, [key])
        gap_groups.decide(stage.connection, [key], EDITOR, entry=NEW)
        save, reference = Drafts(stage.database).save, f"gap:{key[:12]}"
        save(stage.connection, NEW, text, EDITOR, 0, 0, because=reference, because_at=at)
