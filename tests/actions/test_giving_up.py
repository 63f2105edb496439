"""What the open topic does not say is noted, counted and offered to a person like every other failure."""

from actions.answers import ActionAnswerFacet
from foundation.database import Database
from knowledge.gaps import Gaps
from tests.actions.saying import run
from tests.knowledge.import_files import with_sources
from tests.web.content_pages import ENTRY, TEXT

TITLE = "身份证丢了怎么补"


def test_a_part_that_the_entry_lacks_is_a_gap_of_its_entry_and_a_person_is_offered(database: Database) -> None:
    with_sources(database).seed(TEXT)
    replies, slots = run(ActionAnswerFacet(), {"topic": ENTRY}, "举个例子", facet="例子")
    assert [reply["response"] for reply in replies] == ["utter_facet_missing"]
    assert replies[0]["title"] == TITLE and replies[0]["custom"]["offers"] == ["ticket", "person"]
    assert [gap.question for gap in Gaps(database).most_asked()] == [f"{TITLE}：举个例子"]
    assert slots["failures"] == 1 and slots["offered_ticket"] and slots["asked"] == f"{TITLE}：举个例子"
    assert "topic" not in slots, "the topic stays open"
