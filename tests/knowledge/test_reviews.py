"""What is to be checked again: by date, by a law that changed, until a newer revision is published."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from foundation.clock import moved
from foundation.database import Database
from knowledge import reviews
from knowledge.citing import cited, citing, counts
from knowledge.drafts import Drafts
from knowledge.entry import parse
from knowledge.listing import Listing
from knowledge.store import Store
from tests.knowledge.import_files import ENTRY, TEXT, empty

LAW = "resident-id-card-law"
DAY = date(2027, 5, 23)  # the date of review in the text


@pytest.fixture
def database(tmp_path: Path) -> Database:
    database = empty(tmp_path)
    Store(database).seed(TEXT)
    return database


def due(database: Database, today: date) -> tuple[list[str], list[str]]:
    with database.reading() as connection:
        listed = Listing().everything(connection, today)
        found = reviews.due(listed, reviews.open_marks(connection), today, "Asia/Shanghai")
    return [one.entry.id for one in found[0]], [one.entry.id for one in found[1]]


def test_an_entry_is_soon_due_thirty_days_before_its_day_and_due_on_it(database: Database) -> None:
    assert due(database, DAY - timedelta(days=31)) == ([], [])
    assert due(database, DAY - timedelta(days=30)) == ([], [ENTRY])
    assert due(database, DAY) == ([ENTRY], [])


def test_a_mark_makes_it_due_at_once_until_a_newer_revision_or_until_it_is_taken_back(database: Database) -> None:
    with database.writing() as connection:
        assert reviews.mark(connection, {ENTRY: 1}, LAW, "第十条改了", "anna") == 1
        assert reviews.mark(connection, {ENTRY: 1}, LAW, "又说一遍", "bob") == 0
    assert due(database, date(2026, 12, 1)) == ([ENTRY], [])
    Store(database).seed(TEXT.replace("40元", "45元"))
    assert due(database, date(2026, 12, 1)) == ([], [])
    with database.writing() as connection:
        reviews.mark(connection, {ENTRY: 2}, "other-law", "x", "anna")
        assert reviews.unmark(connection, ENTRY, "bob") == 2
    assert due(database, date(2026, 12, 1)) == ([], [])


def test_a_mark_of_the_early_morning_counts_from_the_day_of_the_city(database: Database) -> None:
    with moved() as hands, database.writing() as connection:
        hands.at = datetime(2026, 11, 30, 17, tzinfo=UTC)
        reviews.mark(connection, {ENTRY: 1}, LAW, "第十条改了", "anna")
    with database.reading() as connection:
        listed, marked = Listing().everything(connection, DAY), reviews.open_marks(connection)
    [found], _ = reviews.due(listed, marked, date(2026, 12, 1), "Asia/Shanghai")
    assert found.day == date(2026, 12, 1)


def test_checked_changes_the_two_dates_and_nothing_else() -> None:
    from dataclasses import replace

    entry = parse(reviews.checked(parse(TEXT), date(2026, 8, 31)))
    assert (entry.checked_on, entry.review_by) == (date(2026, 8, 31), date(2027, 2, 28))
    assert replace(entry, checked_on=parse(TEXT).checked_on, review_by=parse(TEXT).review_by) == parse(TEXT)


def test_a_source_leads_to_the_entries_and_drafts_that_cite_it_by_article(database: Database) -> None:
    unfinished = f"---\nid: new\ntitle: 新的\nsources: [{{source: {LAW}, article: 第一条}}, x]\n---\n"
    with database.writing() as connection:
        Drafts(database).save(connection, "new", unfinished, "anna", 0, 0)
        Drafts(database).save(connection, "broken", "---\na: [\n", "anna", 0, 0)
    published, drafts = Store(database).published(), Drafts(database).by_state("draft")
    found = [(one.entry, one.article, one.revision) for one in citing(LAW, published, drafts)]
    assert found == [
        ("new", "第一条", 0),
        (ENTRY, "第三条、第七条、第十条、第十一条、第十二条、第十六条", 1),
    ]
    assert counts(published, drafts)[LAW] == 2
    assert list(cited("no entry at all")) == []
