"""Gaps for the content team: nearly the same questions together, people counted, decisions kept."""

from datetime import timedelta
from pathlib import Path

import pytest

from foundation.database import Database
from knowledge import gap_groups
from knowledge.gap_groups import Group
from knowledge.gaps import Gaps
from tests.hotline.clock import clock_at
from tests.knowledge.import_files import empty


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return empty(tmp_path)


def ask(database: Database, *asked: tuple[str, str]) -> None:
    for question, conversation in asked:
        Gaps(database).note(question, conversation)


def groups(database: Database) -> tuple[list[Group], list[Group]]:
    with database.reading() as connection:
        return gap_groups.groups(connection)


def test_wordings_of_one_need_stand_together_and_people_are_counted_once(database: Database) -> None:
    ask(
        database,
        ("渔船证怎么办", "a"),
        ("渔船证如何办理", "a"),
        ("办理渔船证", "b"),
        ("采矿权多少钱", "a"),
        ("渔船证怎么办", "c"),
    )
    waiting, decided = groups(database)
    assert [(one.text, one.people, one.asked, len(one.questions)) for one in waiting] == [
        ("渔船证怎么办", 3, 4, 3),
        ("采矿权多少钱", 1, 1, 1),
    ]
    assert decided == []


def test_of_some_days_only_what_was_asked_on_them_counts(database: Database) -> None:
    with clock_at("2026-11-18 10:00") as clock:
        begin = clock.at
        ask(database, ("渔船证怎么办", "a"))
        clock.move(days=1)
        ask(database, ("办理渔船证", "b"), ("采矿权多少钱", "a"))
        with database.writing() as connection:
            gap_groups.decide(connection, [groups(database)[0][1].key], "anna", reason="不归我们管")
            few = gap_groups.waiting(connection, begin + timedelta(hours=1), clock.at + timedelta(hours=1))
            every = gap_groups.waiting(connection, begin, clock.at + timedelta(hours=1))
    assert [(one.text, one.people) for one in few] == [("办理渔船证", 1)]
    assert every == groups(database)[0] and every[0].people == 2


def test_a_decision_takes_a_need_from_the_list_and_may_be_taken_back(database: Database) -> None:
    ask(database, ("渔船证怎么办", "a"), ("采矿权多少钱", "a"))
    keys = {one.text: one.key for one in groups(database)[0]}
    with database.writing() as connection:
        assert gap_groups.decide(connection, [keys["渔船证怎么办"]], "anna", reason="不归我们管") == 1
        assert gap_groups.decide(connection, [keys["渔船证怎么办"], "forged"], "bob", reason="x") == 0
    waiting, decided = groups(database)
    assert [one.text for one in waiting] == ["采矿权多少钱"]
    assert [(one.text, one.reason, one.by) for one in decided] == [("渔船证怎么办", "不归我们管", "anna")]
    with database.writing() as connection:
        assert gap_groups.reopen(connection, keys["渔船证怎么办"])
    assert len(groups(database)[0]) == 2


def test_a_question_with_an_identifying_number_is_counted_and_never_handed_to_a_draft(database: Database) -> None:
    ask(database, ("〔电话1〕是诈骗吗", "a"), ("诈骗电话打哪里", "b"))
    keys = [one.key for group in groups(database)[0] for one in group.questions]
    with database.reading() as connection:
        assert gap_groups.questions_of(connection, keys) == ["诈骗电话打哪里"]
