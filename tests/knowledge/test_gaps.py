"""Gaps: what nobody could answer is counted, the same question once, and erased with its conversation."""

from pathlib import Path

import pytest

from foundation.database import Database
from knowledge import gaps
from knowledge.gaps import Gaps


@pytest.fixture
def database(tmp_path: Path) -> Database:
    database = Database(f"sqlite:///{tmp_path / 'x.db'}")
    database.create_tables()
    return database


def counted(database: Database) -> list[tuple[str, int]]:
    return [(gap.question, gap.asked) for gap in Gaps(database).most_asked()]


def test_the_same_letters_in_another_order_are_one_gap_and_the_most_asked_comes_first(database: Database) -> None:
    for question in ("渔船证怎么办", "采矿权多少钱", "多少钱采矿权?", "采矿权 多少钱"):
        Gaps(database).note(question, "c1")
    assert counted(database) == [("采矿权 多少钱", 3), ("渔船证怎么办", 1)]


def test_a_message_without_letters_is_not_kept(database: Database) -> None:
    for question in ("……", ""):
        Gaps(database).note(question, "c1")
    assert counted(database) == []


@pytest.mark.parametrize(
    ("story", "kept"),
    [
        ("我妈上个月摔了一跤，" * 7 + "现在走不动。她要办渔船证，怎么办？急。谢谢您！", "她要办渔船证，怎么办？"),
        ("我妈上个月摔了一跤，" * 7 + "走不动了，想问渔船证怎么办", "走不动了，想问渔船证怎么办"),
        ("我" * 70, "我" * 60),
    ],
)
def test_of_a_story_only_the_question_is_kept(database: Database, story: str, kept: str) -> None:
    Gaps(database).note(story, "c1")
    assert len(story) > gaps.LONGEST
    [(question, asked)] = counted(database)
    assert question.endswith(kept) and len(question) <= gaps.LONGEST and asked == 1


def test_what_a_conversation_asked_is_erased_with_it(database: Database) -> None:
    Gaps(database).note("渔船证怎么办", "c1")
    Gaps(database).note("渔船证怎么办", "c2")
    with database.writing() as connection:
        gaps.forget(connection, "c1")
    assert counted(database) == [("渔船证怎么办", 1)]
