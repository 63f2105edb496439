"""What keeps a snapshot from serving: cases that come to less than before, and faults that are new."""

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from knowledge import checks
from knowledge.checks import Checked
from knowledge.decision import ANSWER, ASK_BACK
from knowledge.entry import Entry, parse
from knowledge.retriever import TITLE, Passage
from knowledge.snapshot import Snapshot
from tests.knowledge.import_files import ENTRY, TEXT

OTHER, LOST, WEATHER = "id-card-renew", "身份证丢了咋整", "明天下雨吗"
OFFICIALESE = TEXT.replace("身份证丢了，您住的地方就能补", "申请人应当依法予以补领，逾期不予受理，您住的地方就能补")
CASES = [
    {"question": LOST, "relevant": [ENTRY], "reviewed": True},
    {"question": WEATHER, "relevant": [], "reviewed": True},
]


class Retriever:
    """Finds what it is told to find."""

    def __init__(self, found: dict[str, str]) -> None:
        self._found = found
        self.passages = [Passage(entry, TITLE, entry) for entry in (ENTRY, OTHER)]

    def search(self, question: str, *_: Any, **__: Any) -> list[Any]:
        return [SimpleNamespace(entry=self._found[question])] if question in self._found else []

    def words(self, text: str) -> list[str]:
        return [text]

    def own_case(self, question: str) -> list[int]:
        return []


def snapshot(sure: str = "", revision: int = 1, **found: str) -> Snapshot:
    """One that finds both entries by their titles, and answers only the questions that hold one of these words."""

    def decide(sample: Any, limit: int) -> Any:
        return SimpleNamespace(kind=ANSWER if sure and sample.question in sure else ASK_BACK)

    finding = {ENTRY: ENTRY, OTHER: OTHER, LOST: ENTRY, WEATHER: OTHER} | {
        {"lost": LOST, "weather": WEATHER, "title": ENTRY}[name]: entry for name, entry in found.items()
    }
    made = SimpleNamespace(
        revisions={ENTRY: revision, OTHER: 1},
        titles={ENTRY: "身份证丢了怎么补", OTHER: "身份证到期换领"},
        model="m",
        retriever=Retriever(finding),
        confidence=SimpleNamespace(decide=decide),
        vectors=SimpleNamespace(vectors=lambda: np.zeros((2, 1))),
    )
    return cast(Snapshot, made)


def checked(new: Snapshot, former: Snapshot | None, *entries: Entry, cases: Any = CASES) -> Checked:
    return checks.run(new, former, entries, {case["question"]: np.zeros(1, np.float32) for case in cases}, cases)


def test_a_reviewed_answer_that_becomes_a_question_back_needs_a_reason() -> None:
    found = checked(snapshot(), snapshot(sure=LOST))
    assert found.worse == found.broken == [LOST] and "现在不直接回答了" in str(found.problems)
    assert found.right_first == {"before": 1.0, "now": 1.0} and found.answered == {"before": 1.0, "now": 0.0}


def test_a_question_that_no_entry_answers_and_that_would_be_answered_needs_a_reason() -> None:
    found = checked(snapshot(sure=WEATHER), snapshot())
    assert found.broken == [WEATHER] and "现在却会用“身份证到期换领”回答" in str(found.problems)
    assert found.wrong == {"before": 0.0, "now": 0.5}


def test_a_question_back_is_no_loss_where_that_is_what_was_expected() -> None:
    cases = [{**CASES[0], "asks_back": True}]
    found = checked(snapshot(), snapshot(sure=LOST), cases=cases)
    assert found.worse == [LOST] and found.broken == []


@pytest.mark.parametrize("former", [None, snapshot(sure=LOST)])
def test_what_is_as_good_as_before_or_has_nothing_before_it_passes(former: Snapshot | None) -> None:
    assert checked(snapshot(sure=LOST), former, parse(TEXT)).problems == []


def test_what_served_with_its_faults_already_is_told_and_refuses_no_later_publish() -> None:
    entry, faulty = parse(OFFICIALESE), snapshot(title=OTHER)
    assert len(checked(faulty, snapshot(revision=0), entry).problems) == 2, "new ones refuse"
    again = checked(faulty, snapshot(title=OTHER), entry)
    assert again.problems == [] and again.lost == [ENTRY]
    assert [said.split()[2][:2] for said in again.known] == ["用自", "不像"]
    assert len(checked(faulty, snapshot(), entry).problems) == 1, "found before, lost now"
