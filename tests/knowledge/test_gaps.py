"""Gaps: what nobody could answer is counted, the same question once."""

from pathlib import Path

import pytest

from foundation.database import Database
from knowledge.gaps import Gaps


@pytest.fixture
def gaps(tmp_path: Path) -> Gaps:
    database = Database(f"sqlite:///{tmp_path / 'x.db'}")
    database.create_tables()
    return Gaps(database)


def test_the_same_words_in_another_order_are_one_gap_and_the_most_asked_comes_first(gaps: Gaps) -> None:
    for question in ("渔船证怎么办", "采矿权多少钱", "多少钱采矿权?", "采矿权 多少钱"):
        gaps.note(question)
    assert [(gap.question, gap.asked) for gap in gaps.most_asked()] == [("采矿权多少钱", 3), ("渔船证怎么办", 1)]


def test_a_long_question_is_kept_short(gaps: Gaps) -> None:
    gaps.note("长" * 1000)
    assert len(gaps.most_asked()[0].question) == 200
