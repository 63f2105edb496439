"""What reviewers say of the demonstration's answers: judgements, corrections until they are live, weekly samples."""

from datetime import timedelta

from sqlalchemy import select, update

from commands.demonstration.play import Life
from commands.demonstration.stage import Stage
from commands.demonstration.words import city
from conversations.review import judging, sampling
from conversations.review.judging import Judgement
from conversations.review.tables import sample_items
from foundation.clock import now
from foundation.demonstration import CONVERSATION, names
from knowledge.tables import reviewed_cases

REVIEWERS = ("demo-editor", "demo-publisher")
VERDICTS = {"right": 78, "partly": 13, "wrong": 9}
JUDGED = 0.85  # of a sample's turns, by each reviewer
AGREED = 0.88  # of these


def judge(stage: Stage, conversation: str, turn: int, reviewer: str, verdict: str) -> None:
    """A verdict alone."""
    judging.judge(stage.connection, stage.vault, conversation, turn, reviewer, Judgement(verdict))


def correct(stage: Stage, conversation: str, turn: int, entry: str, question: str, verdict: str) -> Life:
    """A verdict with the right entry, which mostly reaches citizens some hours later; no publishing asks its case."""
    given = Judgement(verdict, entry, question, note=stage.chance.choice(city()["review_notes"]), asked=False)
    reviewer = stage.chance.choice(REVIEWERS)
    case = judging.judge(stage.connection, stage.vault, conversation, turn, reviewer, given).case
    if stage.maybe(0.8):
        yield stage.at_work(1, 50)
        live = {"live_at": now(), "live_snapshot": "demonstration", "live_by": "revision"}
        stage.connection.execute(update(reviewed_cases).where(reviewed_cases.c.id == case).values(**live))


def weekly(stage: Stage) -> Life:
    """The sample of each week, which two reviewers judge without seeing each other."""
    while True:
        week = sampling.last_week(stage.settings.timezone)
        if sampling.draw(stage.database, week, stage.settings.timezone):
            _judge_sample(stage, week.isoformat())
        yield timedelta(days=7)


def _judge_sample(stage: Stage, week: str) -> None:
    made_up = (sample_items.c.week == week, sample_items.c.conversation.in_(names(CONVERSATION)))
    for item in stage.connection.execute(select(sample_items).where(*made_up).order_by(sample_items.c.place)).all():
        first = stage.chance.choices(list(VERDICTS), list(VERDICTS.values()))[0]
        second = first if stage.maybe(AGREED) else stage.chance.choice(list(VERDICTS))
        for reviewer, verdict in zip(REVIEWERS, (first, second), strict=True):
            known = judging.own(stage.connection, item.conversation, item.turn, reviewer)
            if known is None and stage.maybe(JUDGED):
                judge(stage, item.conversation, item.turn, reviewer, verdict)
