"""By a button or a follow-up too, only what is published and holds today is said."""

import pytest

from actions.answers import ActionAnswer, ActionAnswerFacet, ActionChoose
from actions.cards import related
from foundation.database import Database
from knowledge.entry import parse
from knowledge.store import Store
from tests.actions.saying import said
from tests.hotline.clock import clock_at
from tests.knowledge.import_files import with_sources
from tests.web.content_pages import ENTRY, TEXT

DAYS = ("2026-12-31", "2027-01-01", "2027-12-31", "2028-01-01")
TOPIC = {"topic": ENTRY}


@pytest.fixture
def limited(database: Database) -> Store:
    """The store with an entry that holds for one year."""
    store = with_sources(database)
    store.seed(TEXT.replace("valid_from:", "valid_from: 2027-01-01").replace("valid_to:", "valid_to: 2027-12-31"))
    return store


@pytest.mark.usefixtures("limited")
def test_a_rule_is_said_from_its_first_day_to_its_last() -> None:
    for day, holds in zip(DAYS, (False, True, True, False), strict=True):
        with clock_at(f"{day} 12:00"):
            for action, slots, entities in (
                (ActionAnswer(), {}, {"entry": ENTRY}),
                (ActionAnswer(), {}, {"entry": ENTRY, "revision": "1"}),
                (ActionAnswerFacet(), TOPIC, {"facet": "多少钱"}),
                (ActionChoose(), {"choices": [ENTRY]}, {"choice": "1"}),
            ):
                assert ("40元" in str(said(action, slots, **entities))) is holds, (day, action.name())


@pytest.mark.usefixtures("limited")
def test_a_card_leads_to_no_entry_that_does_not_hold() -> None:
    other = parse(TEXT.replace("id: id-card-lost", "id: other").replace("related: [", f"related: [{ENTRY}, "))
    assert ENTRY in other.related
    for day, holds in zip(DAYS, (False, True, True, False), strict=True):
        with clock_at(f"{day} 12:00"):
            assert (ENTRY in str(related(other))) is holds, day


def test_a_button_of_an_earlier_card_leads_to_what_is_published_by_now(database: Database) -> None:
    store = with_sources(database)
    for text in (TEXT, TEXT.replace("40元", "80元")):
        store.seed(text)
    store.publish_exactly({ENTRY: 1})
    assert "40元" in str(said(ActionAnswer(), {}, entry=ENTRY, revision="2"))
