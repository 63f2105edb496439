"""The demonstration after people acted with its accounts: what they did is taken back, or said in words."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from commands.demonstration.filling import Refused, take_away
from conversations.handover import presence
from conversations.review import facts, judging
from conversations.review.judging import Judgement
from conversations.review.tables import judgements, turn_facts
from foundation import controls
from foundation.audit import Audit
from foundation.clock import now
from foundation.controls import Controls
from foundation.database import metadata
from knowledge import editing, gap_groups, publish_jobs, reviews, withdrawn
from knowledge.calculators import signing
from knowledge.drafts import Drafts
from knowledge.gap_groups import decisions
from knowledge.importing import staging
from knowledge.importing.piece import File
from knowledge.releases import Releases
from knowledge.store import Store
from knowledge.tables import calculator_signatures, drafts, gaps, reviewed_cases, revisions
from knowledge.tables import publish_jobs as jobs
from tests.commands.city import filled, know
from tests.hotline.clock import Clock, clock_at
from tests.hotline.conftest import database, desk
from tests.hotline.support import Desk, rows
from tests.knowledge.import_files import LOCAL
from tests.web.talking import say, talk

__all__ = ["database", "desk"]
EDITOR, PUBLISHER, ADMINISTRATOR, OPERATOR = (
    f"demo-{role}" for role in ("editor", "publisher", "administrator", "operator")
)


@pytest.fixture
def clock() -> Iterator[Clock]:
    with clock_at("2026-11-27 16:00") as clock:
        yield clock


@pytest.fixture
def city(desk: Desk, clock: Clock) -> Desk:
    """A small city with the demonstration in it."""
    know(desk)
    filled(desk, 1, 1)
    with desk.database.writing() as connection:
        connection.execute(drafts.delete())  # of the play: the city has few entries, and people write on these
    return desk


def naming_its_people(city: Desk) -> dict[str, Any]:
    """Every row, by table, that names an account of the demonstration, but for the trace and for what was set."""
    kept = ("audit_log", "control_changes")
    found = {
        table.name: [row for row in rows(city.database, table) if "demo-" in str(row)]
        for table in metadata.tables.values()
    }
    return {name: few for name, few in found.items() if few and name not in kept}


def written(city: Desk, entry: str, author: str, base: int = 1) -> int:
    """A draft with another question in it; its version."""
    text = Store(city.database).text(entry, 1).replace("questions: [", "questions: [换个问法问问, ")
    with city.database.writing() as connection:
        return Drafts(city.database).save(connection, entry, text, author, base, 0).version


def test_what_editors_and_publishers_of_it_did_is_taken_back(city: Desk, clock: Clock) -> None:
    mine = talk(city.database, clock.at)
    turn = say(city.database, mine, clock.at, "no_answer")
    store, steps = Store(city.database), Drafts(city.database)
    written(city, "id-card-lost", EDITOR)
    version = written(city, "household-move", "real")
    store.sign(["id-card-lost", "child-id-card"], PUBLISHER)
    store.sign(["household-move"], "real")
    with city.database.writing() as connection:
        signing.sign(connection, ["leave"], PUBLISHER)
        signing.sign(connection, ["retirement"], "real")
    with city.database.writing() as connection:
        steps.submit(connection, "household-move", version, LOCAL)
        steps.approve(connection, "household-move", PUBLISHER, version + 1, now() + timedelta(days=1))
        publish_jobs.ask(connection, PUBLISHER, [])
        publish_jobs.ask(connection, "real", [])
        reviews.mark(connection, {"household-move": 1}, "", "看看", EDITOR)
        reviews.mark(connection, {"id-card-renew": 1}, "", "真的要看", "real")
        reviews.unmark(connection, "id-card-renew", EDITOR)
        connection.execute(gaps.insert().values(key="k", question="问问", conversation=mine, at=now()))
        gap_groups.decide(connection, ["k"], EDITOR, reason="不归我们")
        staging.keep(connection, EDITOR, [File("一.md", b"-")])
        editing.note(connection, "id-card-lost", EDITOR, "演示")
        presence.switch(connection, OPERATOR, online=True)
        facts.note(connection, mine, turn)
        judging.judge(connection, city.vault, mine, turn, EDITOR, Judgement("wrong", "id-card-renew", "身份证"))
    counts, stays = take_away(city.database, city.settings)
    assert counts["account"] > 20 and stays == []
    assert naming_its_people(city) == {}
    [left] = rows(city.database, drafts)
    assert (left["entry"], left["state"], left["publish_on"]) == ("household-move", "in_review", None)
    assert [row["asked_by"] for row in rows(city.database, jobs)] == ["real"]
    signed = {row["entry"]: row["signed_by"] for row in rows(city.database, revisions)}
    assert [row["calculator"] for row in rows(city.database, calculator_signatures)] == ["retirement"]
    assert signed == {"id-card-lost": None, "child-id-card": None, "household-move": "real", "id-card-renew": None}
    assert (
        rows(city.database, decisions) == rows(city.database, judgements) == rows(city.database, reviewed_cases) == []
    )
    assert [row["reviewed"] for row in rows(city.database, turn_facts)] == [False]
    with city.database.reading() as connection:
        assert list(reviews.open_marks(connection)) == ["id-card-renew"]


def test_what_its_administrator_set_last_gives_way_to_what_held_before(city: Desk, clock: Clock) -> None:
    settings = Controls(city.database, city.settings)
    settings.change("tone", 0, "formal", "real", "规范")
    for version, chosen in enumerate(("plain", "warm"), start=1):
        settings.change("tone", version, chosen, ADMINISTRATOR, "试试")
    settings.change(
        "off:bot", 0, {"reason": "试试", "until": (now() + timedelta(days=9)).isoformat()}, ADMINISTRATOR, "试"
    )
    settings.change("hours", 0, settings.current("hours").value, "real", "定了")
    take_away(city.database, city.settings)
    settings.refresh()
    tone, bot, hours = (settings.current(name) for name in ("tone", "off:bot", "hours"))
    assert (tone.value, tone.actor, bot.value) == ("formal", "command", controls.default("off:bot"))
    assert hours.actor == "real" and hours.version == 1
    with city.database.reading() as connection:
        assert list(Audit(city.settings.secret_key).broken(connection)) == []


def test_what_citizens_still_get_of_it_is_said(city: Desk, clock: Clock) -> None:
    """The text stays, as a sample again; the way back is the desk's own."""
    version, store = written(city, "id-card-lost", EDITOR), Store(city.database)
    steps, releases, trace = Drafts(city.database), Releases(city.database), Audit(city.settings.secret_key)
    with city.database.writing() as connection:
        steps.submit(connection, "id-card-lost", version, LOCAL)
        steps.approve(connection, "id-card-lost", PUBLISHER, version + 1)
        releases.publish(connection, releases.propose(connection, ["id-card-lost"], PUBLISHER))
        withdrawn.withdraw(connection, "child-id-card", PUBLISHER, "试试")
        trace.note(connection, ADMINISTRATOR, "account.add", "account:somebody")
    assert store.current("id-card-lost").sample is False
    _, stays = take_away(city.database, city.settings)
    assert [line for line in stays if "id-card-lost 的第 2 版" in line and "版本" in line]
    assert [line for line in stays if "child-id-card" in line and "撤下" in line]
    assert [line for line in stays if "somebody" in line] and len(stays) == 3
    assert store.current("id-card-lost").revision == 2 and store.current("id-card-lost").sample is True


def test_it_waits_for_a_publishing_under_way(city: Desk, clock: Clock) -> None:
    with city.database.writing() as connection:
        publish_jobs.ask(connection, PUBLISHER, [])
        publish_jobs.claim(connection)
    with pytest.raises(Refused, match="发布还在做"):
        take_away(city.database, city.settings)
    clock.move(minutes=5)
    take_away(city.database, city.settings)
    with city.database.reading() as connection:
        assert connection.execute(select(jobs)).first() is None
