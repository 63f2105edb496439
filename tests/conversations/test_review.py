"""The list of turns is read along its indexes, and its words fit what the product knows."""

from collections.abc import Iterator
from contextlib import nullcontext
from datetime import date
from typing import Any

import pytest
import yaml
from sqlalchemy import event, text
from sqlalchemy.engine import Connection

from commands.prepare import create_tables
from conversations.review import listing, pairs
from conversations.review.filters import Filters
from conversations.review.keys import first_key, moment_of, wanted_key
from conversations.review.words import band, outcomes, words
from foundation.clock import now
from foundation.database import Database
from tests.hotline.conftest import database, desk
from tests.hotline.support import Desk, make_settings, postgresql_database
from tests.service import ROOT
from tests.web.talk import begin, say

__all__ = ["database", "desk"]
ZONE = "Asia/Shanghai"
ALONG = {
    "turn_facts_by_outcome": Filters(outcome="answered,no_answer", each="conversation"),
    "turn_facts_by_entry": Filters(entry="id-card-lost", outcome="answered,no_answer"),
    "turn_facts_by_intent": Filters(intent="ask", channel="web"),
    "turn_facts_by_domain": Filters(domain="婚姻", outcome="answered", reviewed="no"),
    "turn_facts_by_channel": Filters(channel="web"),
    "turn_facts_by_band": Filters(band="low", reviewed="no"),
    "turn_facts_by_review": Filters(reviewed="yes", since=date(2026, 1, 1)),
    "turn_facts_by_thumb": Filters(thumb="down", reviewed="no"),
    "turn_facts_disputed": Filters(reviewed="disputed", domain="婚姻"),
    "turn_pairs": Filters(words="社保卡", outcome="answered"),
}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def unused(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database of its own: of one that others used a server may know that it is empty, and then takes any index."""
    folder = tmp_path_factory.mktemp("unused")
    with nullcontext(f"sqlite:///{folder / 'x.db'}") if request.param == "sqlite" else postgresql_database() as url:
        database = create_tables(make_settings(url, folder))
        yield database
        database.close()


@pytest.mark.parametrize(("index", "filters"), ALONG.items())
def test_each_filter_is_read_along_an_index_and_never_sorted(unused: Database, index: str, filters: Filters) -> None:
    with unused.reading() as connection:
        if not unused.on_sqlite:
            for way in ("seqscan", "sort", "bitmapscan"):
                connection.execute(text(f"SET LOCAL enable_{way} = off"))
        plan = _plan(connection, unused, filters)
    assert index in plan, plan
    assert "B-TREE FOR ORDER" not in plan and "Sort" not in plan


def test_a_page_looks_no_further_than_it_says(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "LOOKED_AT", 10)
    monkeypatch.setattr(listing, "STEP", 5)
    web, wechat = begin(desk), begin(desk, "wechat")
    for place in range(35):
        say(desk, f"问题{place}", web if place % 30 else wechat)
    filters, after, steps = Filters(outcome="answered", channel="wechat"), 0, 0
    found: list[str] = []
    while True:
        with desk.database.reading() as connection:
            page = listing.page(connection, filters, ZONE, after)
        found, after, steps = [*found, *(row.text for row in page.turns)], page.after, steps + 1
        if not after:
            break
        assert page.looked_to == moment_of(after)
    assert (found, steps) == (["问题30", "问题0"], 4)


def test_words_are_found_by_pairs_of_letters_without_tokens() -> None:
    assert pairs.pairs("补办,ID卡") == {"补办", "id", "d卡"}
    assert pairs.pairs("我的〔电话1〕呢") == {"我的"}
    assert not pairs.pairs("卡 。")


def test_a_key_keeps_its_moment_and_its_place_for_two_hundred_years() -> None:
    at = now()
    key = wanted_key(at, "c", 1)
    assert moment_of(key) == at and first_key(at) <= key < first_key(at) + 1024
    assert wanted_key(at.replace(year=2254, day=1), "c", 1) < 2**63, "any day but the 29 February that it may be today"


def test_every_intent_outcome_and_danger_has_its_words() -> None:
    known = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["intents"]
    assert {next(iter(one)) if isinstance(one, dict) else one for one in known} <= set(words()["intents"])
    dangers = yaml.safe_load((ROOT / "knowledge/emergency.yml").read_text(encoding="utf-8"))["kinds"]
    assert set(dangers) == set(words()["dangers"])
    assert {*words()["decided_by_search"], *words()["sample"]["outcomes"]} <= set(outcomes())
    assert [band(one) for one in (0.0, 0.2999, 0.3, 0.6, 0.85, 1.0)] == [
        "low",
        "low",
        "doubtful",
        "fair",
        "sure",
        "sure",
    ]


def _plan(connection: Connection, database: Database, filters: Filters) -> str:
    """How the database goes about the statements of a page."""
    caught: list[tuple[str, Any]] = []

    def catch(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        caught.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", catch)
    listing.page(connection, filters, ZONE)
    event.remove(connection, "before_cursor_execute", catch)
    how = "EXPLAIN QUERY PLAN " if database.on_sqlite else "EXPLAIN "
    along = [(statement, parameters) for statement, parameters in caught if " IN (" not in statement]
    plans = [connection.exec_driver_sql(how + statement, parameters) for statement, parameters in along]
    return "\n".join(str(row) for plan in plans for row in plan)
