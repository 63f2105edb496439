"""The list of entries: states that are true today, found by words, quick with a thousand entries."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from foundation.clock import now
from foundation.database import Database
from knowledge import listing as module
from knowledge import reviews
from knowledge.drafts import Drafts
from knowledge.entry import parse
from knowledge.listing import Listed, Listing, matching
from knowledge.publishing import CORPUS
from knowledge.store import Store
from knowledge.tables import entries, revisions
from knowledge.withdrawn import withdraw

TEXT = (CORPUS / "户口与身份证/id-card-lost.md").read_text(encoding="utf-8")
TODAY = date(2026, 11, 23)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    database = Database(f"sqlite:///{tmp_path / 'x.db'}")
    database.create_tables()
    return database


def listed(database: Database, name: str = "id-card-lost", on: date = TODAY) -> Listed:
    with database.reading() as connection:
        return next(one for one in Listing().everything(connection, on) if one.id == name)


def seed(database: Database, **days: str) -> None:
    text = TEXT
    for name, day in days.items():
        text = text.replace(f"{name}:\n", f"{name}: {day}\n")
    Store(database).seed(text)


def test_a_shipped_entry_is_published_and_a_sample_until_it_is_signed(database: Database) -> None:
    seed(database)
    assert listed(database).states == {"published", "sample"}
    Store(database).sign(["id-card-lost"], "ke-zhang")
    assert listed(database).states == {"published"}


@pytest.mark.parametrize(
    ("days", "states"),
    [
        ({"valid_from": "2026-12-01"}, {"not_yet"}),
        ({"valid_from": "2026-11-23"}, {"published"}),
        ({"valid_to": "2026-11-22"}, {"expired"}),
        ({"valid_to": "2026-12-01"}, {"published", "expiring"}),
        ({"valid_to": "2027-12-01"}, {"published"}),
    ],
)
def test_days_decide_whether_it_is_in_force(database: Database, days: dict[str, str], states: set[str]) -> None:
    seed(database, **days)
    assert listed(database).states == states | {"sample"}


def test_a_draft_and_a_withdrawal_are_shown(database: Database) -> None:
    seed(database)
    with database.writing() as connection:
        Drafts(database).save(connection, "id-card-lost", TEXT, "bian-ji", 1, 0)
        Drafts(database).save(connection, "brand-new", "---\ntitle: 新的\n---\n", "bian-ji", 0, 0)
        withdraw(connection, "id-card-lost", "ke-zhang", "收费变了")
    assert listed(database).states == {"draft", "withdrawn"}
    new = listed(database, "brand-new")
    assert new.states == {"new", "draft"} and new.title == "新的"


def test_a_date_that_is_none_by_todays_rules_spoils_no_list_and_no_reminder(database: Database) -> None:
    seed(database)
    bad = {"markdown": TEXT.replace("review_by: 2027-05-23", "review_by: 2027-05-23 00:00:00")}
    with database.writing() as connection:
        connection.execute(update(revisions).values(**bad))
    assert reviews.due([listed(database)], {}, TODAY, "Asia/Shanghai") == ([], [])


def test_words_are_looked_for_in_id_title_and_questions(database: Database) -> None:
    seed(database)
    everything = [listed(database)]
    assert matching(everything, words="钱包 偷") and matching(everything, words="LOST") and matching(everything)
    assert not matching(everything, words="钱包 护照") and not matching(everything, domain="医保")
    assert matching(everything, state="sample") and not matching(everything, state="draft")


def test_a_thousand_entries_are_listed_at_once(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    count, listing = 1000, Listing()
    texts = [TEXT.replace("id: id-card-lost", f"id: entry-{number}") for number in range(count)]
    named = [
        {"id": f"entry-{number}", "domain": "户口", "title": "标题", "published_revision": 1} for number in range(count)
    ]
    with database.writing() as connection:
        connection.execute(insert(entries), [{**one, "touched": False} for one in named])
        kept = {"revision": 1, "digest": "", "author": "files", "created_at": now()}
        rows = [{"entry": one["id"], "markdown": text, **kept} for one, text in zip(named, texts, strict=True)]
        connection.execute(insert(revisions), rows)
    read = list[str]()
    monkeypatch.setattr(module, "parse", lambda text: read.append(text) or parse(text))  # type: ignore[func-returns-value]
    with database.reading() as connection:
        assert len(listing.everything(connection, TODAY)) == len(read) == count
        found = matching(listing.everything(connection, TODAY), words="钱包")
        assert len(found) == len(read) == count, "texts are read only the first time"
