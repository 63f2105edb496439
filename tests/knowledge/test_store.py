"""The knowledge store: files seed it, staff's work is never overwritten."""

from pathlib import Path

import pytest
from sqlalchemy import update

from foundation.database import Database
from knowledge.drafts import Drafts
from knowledge.publishing import CORPUS
from knowledge.set_back import SetBack
from knowledge.store import Store
from knowledge.tables import entries, revisions
from knowledge.withdrawn import withdraw

TEXT = (CORPUS / "户口与身份证/id-card-lost.md").read_text(encoding="utf-8")
CHANGED = TEXT.replace("title: 身份证丢了怎么补", "title: 身份证丢了咋补")


@pytest.fixture
def database(tmp_path: Path) -> Database:
    database = Database(f"sqlite:///{tmp_path / 'x.db'}")
    database.create_tables()
    return database


def test_a_file_is_taken_once_and_a_changed_one_becomes_the_next_revision(database: Database) -> None:
    store = Store(database)
    assert [store.seed(TEXT), store.seed(TEXT), store.seed(CHANGED), store.seed(CHANGED)] == [
        "new",
        "same",
        "changed",
        "same",
    ]
    assert store.current("id-card-lost").revision == 2
    assert (
        store.current("id-card-lost").entry.title == store.titles(["id-card-lost"])["id-card-lost"] == "身份证丢了咋补"
    )
    assert store.revision("id-card-lost", 1).entry.title == "身份证丢了怎么补", "a revision never changes"


def test_what_was_set_back_is_told_apart_and_published_again_when_asked(database: Database) -> None:
    store, back = Store(database), SetBack(database, ("id-card-lost", "id-card-stolen"))
    other = TEXT.replace("id: id-card-lost", "id: id-card-stolen")
    for text in (TEXT, CHANGED, other):
        store.seed(text)
    assert back.waiting() == {}
    store.publish_exactly({"id-card-lost": 1})
    assert [store.seed(CHANGED), store.seed(other), store.seed(TEXT)] == ["set_back", "set_back", "changed"]
    assert back.waiting() == {"id-card-stolen": 1}, "a mended file is published as ever"
    assert SetBack(database, ("id-card-lost",)).waiting() == {}, "what was imported besides is not asked for"
    back.publish(back.waiting())
    assert back.waiting() == {} and store.seed(other) == "same"
    assert store.seed(other.replace("40元", "45元")) == "changed", "it is not touched by that"


def test_what_staff_have_touched_or_withdrawn_was_not_set_back(database: Database) -> None:
    store, back = Store(database), SetBack(database, ("id-card-lost", "id-card-stolen"))
    other = TEXT.replace("id: id-card-lost", "id: id-card-stolen")
    for text in (TEXT, CHANGED, other):
        store.seed(text)
    store.publish_exactly({"id-card-lost": 1, "id-card-stolen": 1})
    with database.writing() as connection:
        withdraw(connection, "id-card-stolen", "ke-zhang", "收费变了")
    store.sign(["id-card-lost"], "ke-zhang")
    assert back.waiting() == {} and [store.seed(CHANGED), store.seed(other)] == ["same", "same"]


def test_what_staff_have_touched_gets_a_draft_only(database: Database) -> None:
    store = Store(database)
    store.seed(TEXT)
    with database.writing() as connection:
        connection.execute(update(entries).values(touched=True))
    assert store.seed(CHANGED) == "draft"
    assert store.current("id-card-lost").revision == 1
    assert store.revision("id-card-lost", 2).entry.title == "身份证丢了咋补"
    draft = Drafts(database).of("id-card-lost")
    assert draft and (draft.markdown, draft.author, draft.base) == (CHANGED, "files", 1)


def test_a_changed_file_is_a_draft_where_the_sample_was_signed(database: Database) -> None:
    store = Store(database)
    store.seed(TEXT)
    assert store.sign(["id-card-lost"], "ke-zhang") == ["id-card-lost"]
    assert store.seed(CHANGED) == "draft"
    assert store.current("id-card-lost").revision == 1 and not store.current("id-card-lost").sample


def test_what_older_rules_let_through_is_left_out_and_spoils_no_other(database: Database) -> None:
    store = Store(database)
    for text in (TEXT, TEXT.replace("id: id-card-lost", "id: id-card-stolen")):
        store.seed(text)
    bad = {"markdown": TEXT.replace("review_by: 2027-05-23", "review_by: 2027-05-23 00:00:00")}
    with database.writing() as connection:
        connection.execute(update(revisions).where(revisions.c.entry == "id-card-lost").values(**bad))
    assert [one.entry.id for one in store.published()] == ["id-card-stolen"]


def test_what_is_not_there_is_an_error(database: Database) -> None:
    with pytest.raises(LookupError):
        Store(database).current("no-such-entry")
    with pytest.raises(LookupError):
        Store(database).revision("id-card-lost", 7)


def test_shipped_entries_are_samples_until_signed(database: Database) -> None:
    store = Store(database)
    store.seed(TEXT)
    assert [revision.sample for revision in store.published()] == [True]
