"""Drafts: nobody's work is overwritten, nobody publishes their own words."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest

from foundation.clock import now
from foundation.database import Database
from knowledge.drafts import Draft, Drafts, NotAllowed, Stale
from knowledge.entry import EntryError
from knowledge.releases import Overtaken, Releases
from knowledge.store import Store
from knowledge.withdrawn import withdraw
from tests.knowledge.import_files import ENTRY, LOCAL, TEXT, citable

CHANGED = TEXT.replace("title: 身份证丢了怎么补", "title: 身份证丢了咋补")


@pytest.fixture
def database(database: Database) -> Database:
    """One with the entry at its first revision."""
    citable(database).seed(TEXT)
    return database


def saved(database: Database, text: str, author: str, version: int, base: int = 1) -> Draft:
    with database.writing() as connection:
        return Drafts(database).save(connection, ENTRY, text, author, base, version)


def submitted(database: Database, text: str = TEXT) -> Draft:
    draft = saved(database, text, "bian-ji", 0)
    with database.writing() as connection:
        return Drafts(database).submit(connection, ENTRY, draft.version, LOCAL)


def approved(database: Database, publish_on: datetime | None = None) -> Draft:
    draft = submitted(database, CHANGED)
    with database.writing() as connection:
        return Drafts(database).approve(connection, ENTRY, "ke-zhang", draft.version, publish_on)


def proposed(database: Database) -> dict[str, int]:
    with database.writing() as connection:
        return Releases(database).propose(connection, [ENTRY], "ke-zhang")


def test_two_people_saving_one_entry_the_second_is_told_and_overwrites_nothing(database: Database) -> None:
    first = saved(database, TEXT, "bian-ji", 0)
    saved(database, CHANGED, "xiao-wang", first.version)
    with pytest.raises(Stale) as told:
        saved(database, TEXT + "\n更多", "bian-ji", first.version)
    assert told.value.by == "xiao-wang"
    kept = Drafts(database).of(ENTRY)
    assert kept and (kept.markdown, kept.authors) == (CHANGED, ("bian-ji", "xiao-wang"))


def test_of_many_who_begin_a_draft_at_once_one_does(database: Database) -> None:
    def begin(number: int) -> bool:
        try:
            saved(database, f"{TEXT}{number}", f"person-{number}", 0)
        except Stale:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(begin, range(6))) == [False] * 5 + [True]


def test_unfinished_text_is_kept_but_not_reviewed(database: Database) -> None:
    draft = saved(database, "---\ntitle: 只有标题\n: [", "bian-ji", 0)
    with pytest.raises(EntryError), database.writing() as connection:
        Drafts(database).submit(connection, ENTRY, draft.version, LOCAL)
    assert Drafts(database).of(ENTRY) == draft


def test_the_id_in_the_text_is_the_id_of_the_draft(database: Database) -> None:
    draft = saved(database, TEXT.replace("id: id-card-lost", "id: id-card-renew"), "bian-ji", 0)
    with pytest.raises(EntryError), database.writing() as connection:
        Drafts(database).submit(connection, ENTRY, draft.version, LOCAL)


@pytest.mark.parametrize("name", ["", "A b", "../x", "a" * 81, "一"])
def test_an_unusable_id_is_refused_at_once(database: Database, name: str) -> None:
    with pytest.raises(EntryError), database.writing() as connection:
        Drafts(database).save(connection, name, TEXT, "bian-ji", 0, 0)


def test_whoever_wrote_any_version_can_neither_approve_nor_publish(database: Database) -> None:
    drafts = Drafts(database)
    first = saved(database, TEXT, "zhu-ren", 0)
    saved(database, CHANGED, "bian-ji", first.version)
    with database.writing() as connection:
        draft = drafts.submit(connection, ENTRY, 2, LOCAL)
    for author in ("zhu-ren", "bian-ji"):
        with pytest.raises(NotAllowed), database.writing() as connection:
            drafts.approve(connection, ENTRY, author, draft.version)
    with database.writing() as connection:
        approved = drafts.approve(connection, ENTRY, "ke-zhang", draft.version)
        assert drafts.approved(connection, [ENTRY], "ke-zhang") == [approved]
        with pytest.raises(NotAllowed):
            drafts.approved(connection, [ENTRY], "zhu-ren")


def test_a_text_changed_after_approval_must_be_reviewed_again(database: Database) -> None:
    draft = submitted(database)
    with database.writing() as connection:
        approved = Drafts(database).approve(connection, ENTRY, "ke-zhang", draft.version)
    changed = saved(database, CHANGED, "bian-ji", approved.version)
    assert (changed.state, changed.judged_by, changed.publish_on) == ("draft", None, None)
    with database.writing() as connection:
        assert Drafts(database).approved(connection, [ENTRY], "ke-zhang") == []


def test_an_approval_of_a_text_that_changed_meanwhile_does_not_count(database: Database) -> None:
    draft = submitted(database)
    saved(database, CHANGED, "xiao-wang", draft.version)
    with pytest.raises(Stale) as told, database.writing() as connection:
        Drafts(database).approve(connection, ENTRY, "ke-zhang", draft.version)
    assert told.value.by == "xiao-wang"


def test_what_is_sent_back_carries_its_reason_and_can_be_submitted_again(database: Database) -> None:
    draft = submitted(database)
    with database.writing() as connection:
        with pytest.raises(NotAllowed):
            Drafts(database).send_back(connection, ENTRY, "ke-zhang", draft.version, "  ")
        back = Drafts(database).send_back(connection, ENTRY, "ke-zhang", draft.version, "时限不对")
        again = Drafts(database).submit(connection, ENTRY, back.version, LOCAL)
    assert (back.state, back.note, again.state) == ("sent_back", "时限不对", "in_review")


def test_the_same_text_again_changes_nothing(database: Database) -> None:
    draft = submitted(database)
    assert saved(database, TEXT, "xiao-wang", draft.version) == draft


def test_a_text_that_its_author_sends_twice_is_there_already(database: Database) -> None:
    first = saved(database, TEXT, "bian-ji", 0)
    assert saved(database, TEXT, "bian-ji", 0) == first, "the answer to the first was lost, or a button pressed twice"
    second = saved(database, CHANGED, "bian-ji", first.version)
    assert saved(database, CHANGED, "bian-ji", first.version) == second
    with pytest.raises(Stale):
        saved(database, CHANGED, "xiao-wang", first.version)


def test_a_page_of_an_earlier_draft_overwrites_no_later_one(database: Database) -> None:
    first = saved(database, TEXT, "bian-ji", 0)
    with database.writing() as connection:
        Drafts(database).drop(connection, ENTRY, first.version)
    second = saved(database, CHANGED, "xiao-wang", 0)
    with pytest.raises(Stale):
        saved(database, TEXT + "\n更多", "bian-ji", first.version)
    assert Drafts(database).of(ENTRY) == second


def test_a_published_draft_makes_room_for_the_next_which_starts_from_it(database: Database) -> None:
    approved(database)
    revisions = proposed(database)
    with database.writing() as connection:
        Releases(database).publish(connection, revisions)
    assert Drafts(database).of(ENTRY) is None and Store(database).current(ENTRY).revision == 2
    assert [(one.state, one.revision) for one in Drafts(database).by_state("published")] == [("published", 2)]
    with pytest.raises(Stale) as told:
        saved(database, TEXT, "xiao-wang", 0, base=1)
    assert told.value.by == "bian-ji", "a window from before would take back what is published since"
    following = saved(database, TEXT, "xiao-wang", 0, base=2)
    assert (following.base, following.authors) == (2, ("xiao-wang",))


@pytest.mark.parametrize("act", ["send_back", "save", "drop", "withdraw"])
def test_what_is_sent_back_changed_dropped_or_withdrawn_during_a_build_is_not_published(
    database: Database, act: str
) -> None:
    draft, drafts = approved(database), Drafts(database)
    revisions = proposed(database)
    with database.writing() as connection:
        if act == "send_back":
            drafts.send_back(connection, ENTRY, "ke-zhang", draft.version, "时限不对")
        elif act == "save":
            drafts.save(connection, ENTRY, TEXT, "bian-ji", 1, draft.version)
        elif act == "drop":
            drafts.drop(connection, ENTRY, draft.version)
        else:
            withdraw(connection, ENTRY, "ke-zhang", "收费变了")
    with pytest.raises(Overtaken) as told, database.writing() as connection:
        Releases(database).publish(connection, revisions)
    assert told.value.entries == [ENTRY]
    assert ENTRY not in {one.entry.id for one in Store(database).published() if one.revision > 1}


def test_what_waited_when_its_entry_was_withdrawn_is_approved_anew_and_then_answers_again(database: Database) -> None:
    approved(database, now())
    assert proposed(database) == {ENTRY: 2}, "and its build was refused, say"
    with database.writing() as connection:
        assert withdraw(connection, ENTRY, "ke-zhang", "收费变了") == (2, True)
    draft = Drafts(database).of(ENTRY)
    assert draft and (draft.state, draft.publish_on, draft.judged_by) == ("in_review", None, None)
    assert proposed(database) == {}
    with database.writing() as connection:
        Drafts(database).approve(connection, ENTRY, "ke-zhang", draft.version)
    revisions = proposed(database)
    with database.writing() as connection:
        Releases(database).publish(connection, revisions)
    assert revisions == {ENTRY: 3} and Store(database).current(ENTRY).revision == 3


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("review_by: 2027-05-23", "review_by: 2027-05-23 00:00:00"),
        ("review_by: 2027-05-23", "review_by: 2027-02-30"),
        ("valid_from:", "valid_from: 2026-1-5"),
        ("title: 身份证丢了怎么补", "title: [身份证, 丢了]"),
        ("official_names: ", "official_names: 补领身份证 # "),
        ("source: resident-id-card-law", "source: no-such-law"),
        ("## 说人话", "## 说人话\n<b>快</b>"),
        ("## 说人话", "## 说人话\n{{local.no_such_thing}}"),
        ("domain: 户口与身份证", "domain: ../../etc"),
    ],
)
def test_whatever_the_preview_finds_wrong_is_not_handed_over(database: Database, old: str, new: str) -> None:
    assert old in TEXT
    draft = saved(database, TEXT.replace(old, new, 1), "bian-ji", 0)
    with pytest.raises(EntryError), database.writing() as connection:
        Drafts(database).submit(connection, ENTRY, draft.version, LOCAL)
    left = Drafts(database).of(ENTRY)
    assert left and left.state == "draft"


def test_a_title_with_a_script_is_kept_as_plain_words(database: Database) -> None:
    text = TEXT.replace("title: 身份证丢了怎么补", "title: <script>alert(1)</script>")
    assert saved(database, text, "bian-ji", 0).title == "<script>alert(1)</script>"
