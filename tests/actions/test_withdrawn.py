"""A withdrawn entry is answered from no more, also by a button of an earlier card and in its own conversation."""

from actions.answers import ActionAnswer, ActionAnswerFacet
from foundation.database import Database
from knowledge.store import Store
from knowledge.withdrawn import withdraw
from tests.actions.saying import said
from tests.hotline.support import Desk
from tests.web.content_pages import ENTRY, TEXT, seeded


def test_a_button_to_a_withdrawn_entry_is_told_that_there_is_no_answer(desk: Desk, database: Database) -> None:
    seeded(desk)
    assert said(ActionAnswer(), {}, entry=ENTRY, revision="1")[0]["response"] == "utter_answered"
    with database.writing() as connection:
        withdraw(connection, ENTRY, "ke-zhang", "收费变了")
    for button in ({"entry": ENTRY, "revision": "1"}, {"entry": ENTRY}):
        replies = said(ActionAnswer(), {}, **button)
        assert [reply["response"] for reply in replies] == ["utter_no_answer"], button
        assert "工本费" not in str(replies)


def test_the_open_topic_says_nothing_more_of_it(desk: Desk, database: Database) -> None:
    seeded(desk)
    assert "40元" in str(said(ActionAnswerFacet(), {"topic": ENTRY}, facet="多少钱"))
    with database.writing() as connection:
        withdraw(connection, ENTRY, "ke-zhang", "收费变了")
    assert "40元" not in str(said(ActionAnswerFacet(), {"topic": ENTRY}, facet="多少钱"))


def test_a_later_revision_is_answered_from_again(desk: Desk, database: Database) -> None:
    store = Store(database)
    seeded(desk)
    with database.writing() as connection:
        last, _ = withdraw(connection, ENTRY, "ke-zhang", "收费变了")
        store.publish(connection, {ENTRY: last})
    assert ENTRY not in store.titles([ENTRY]), "what was withdrawn is not published again as it was"
    with database.writing() as connection:
        revision = store.append(connection, TEXT.replace("40元", "20元"), "bian-ji", "ke-zhang")
        store.publish(connection, {ENTRY: revision})
    assert "20元" in str(said(ActionAnswer(), {}, entry=ENTRY, revision=str(revision)))
