"""Which tickets count as confirmed, and which may go without an operator."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from hotline.dispatch.automatic import AT_ONCE, AutomaticDispatch, automatic, level_of, lower_bound
from hotline.dispatch.confirmed import Confirmed, confirmed
from hotline.dispatch.learning import train
from hotline.dispatch.store import Level, Model, current, load, new_version, save
from hotline.dispatch.suggestion import CATEGORY, MODEL, RULE, WORDS, Dispatcher
from hotline.steps import rebuilt_standing
from hotline.tables import suggestions, ticket_events, tickets
from tests.hotline.dispatching import EMBEDDING, as_vectors, few_reports, no_vectors
from tests.hotline.support import Desk, rows
from worker.dispatching import Dispatching

BENCH = "公园里的长椅断了一条腿,坐上去要摔跤"
LOW = Level(0.3, 0.5, 0.98, 300)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Model:
    root = tmp_path_factory.mktemp("dispatch")
    train(root, few_reports(), [], as_vectors, EMBEDDING)
    folder = current(root)
    assert folder is not None
    return load(folder)


@pytest.fixture
def at_home(desk: Desk) -> Iterator[Desk]:
    yield desk.with_settings(handling="local")


def serving(desk: Desk, first: Model, level: Level | None, vectors: Any = as_vectors) -> AutomaticDispatch:
    """Dispatch by the first model, automatic from a level on."""
    root = Path(desk.settings.data_dir) / "dispatch"
    save(root, replace(first, about=replace(first.about, version=new_version(), automatic=level)))
    return AutomaticDispatch(desk.database, desk.vault, desk.settings, Dispatcher(root, vectors))


def accepted(desk: Desk, **told: Any) -> str:
    number = desk.open(what=BENCH, **told)
    desk.staff(number, "accept", "operator")
    return number


def state(desk: Desk, number: str) -> tuple[str, str, str]:
    row = next(one for one in rows(desk.database, tickets) if one["number"] == number)
    return row["state"], row["department"], row["category"]


def all_confirmed(desk: Desk) -> list[Confirmed]:
    with desk.database.reading() as connection:
        return confirmed(connection)


def test_a_ticket_is_confirmed_when_people_dispatched_it_and_it_did_not_come_back(at_home: Desk) -> None:
    kept, returned, by_machine = (accepted(at_home, category="park") for _ in range(3))
    for number in (kept, returned):
        at_home.staff(number, "dispatch", "operator", department="parks")
    at_home.staff(by_machine, "dispatch", "system", department="parks")
    at_home.staff(returned, "return", "officer", reason="不归我们管", department="parks")
    unsorted, secret = accepted(at_home), accepted(at_home, category="not-done", audience="supervisors")
    for number in (unsorted, secret):
        at_home.staff(number, "dispatch", "supervisor", department="supervision")
    assert [(one.number, one.category, one.department) for one in all_confirmed(at_home)] == [(kept, "park", "parks")]
    at_home.staff(returned, "dispatch", "supervisor", department="urban-management")
    assert [one.department for one in all_confirmed(at_home)] == ["parks", "urban-management"]
    at_home.staff(kept, "recall", "operator", reason="点错了部门")
    assert [one.department for one in all_confirmed(at_home)] == ["urban-management"]


def test_what_the_hotline_dispatched_is_not_confirmed_by_our_people(desk: Desk) -> None:
    number = desk.open(category="park")
    desk.staff(number, "dispatch", department="园林局")
    assert all_confirmed(desk) == []


def test_a_correction_is_known_by_what_was_suggested_before(at_home: Desk, first: Model) -> None:
    agreed, corrected = accepted(at_home), accepted(at_home)
    serving(at_home, first, None).attend()
    at_home.staff(agreed, "amend", "operator", category="park")
    at_home.staff(agreed, "dispatch", "operator", department="parks")
    at_home.staff(corrected, "amend", "operator", category="fitness")
    at_home.staff(corrected, "dispatch", "operator", department="sports")
    found = {one.number: one for one in all_confirmed(at_home)}
    assert (found[agreed].corrected, found[corrected].corrected) == (False, True)
    assert found[corrected].suggested == ("park", "parks")
    assert found[agreed].text.startswith(BENCH)


def test_nothing_is_automatic_before_300_confirmed_tickets() -> None:
    sure = [(0.99, True)] * 299
    assert level_of(sure) is None
    assert level_of([*sure, (0.99, True)]) == Level(0.99, 1.0, 1.0, 300)


def test_the_level_lies_where_enough_were_right() -> None:
    good = [(0.9, True)] * 197 + [(0.9, False)] * 3
    level = level_of([*good, *[(0.6, False)] * 100])
    assert level == Level(0.9, 200 / 300, 197 / 200, 300)
    assert level_of([(0.9, True)] * 190 + [(0.9, False)] * 10 + [(0.6, False)] * 100) is None


def test_a_few_right_ones_are_not_enough_to_be_sure() -> None:
    assert level_of([(0.99, True)] * 59 + [(0.5, False)] * 300) is None
    assert lower_bound(59, 59) < lower_bound(590, 590) < 1


def test_only_rules_and_the_whole_model_can_be_automatic() -> None:
    assert automatic(MODEL, 0.3, LOW) and automatic(RULE, 0.31, LOW)
    assert not automatic(MODEL, 0.29, LOW)
    assert not automatic(MODEL, 0.99, None)
    assert not automatic(WORDS, 0.99, LOW) and not automatic(CATEGORY, 0.99, LOW)


def test_without_a_level_a_ticket_gets_a_suggestion_and_waits(at_home: Desk, first: Model) -> None:
    number = accepted(at_home)
    serving(at_home, first, None).attend()
    (made,) = rows(at_home.database, suggestions)
    assert (made["ticket"], made["category"], made["department"], made["source"]) == (number, "park", "parks", MODEL)
    assert state(at_home, number) == ("accepted", "", "")


def test_a_suggestion_is_written_once_for_each_model(at_home: Desk, first: Model) -> None:
    accepted(at_home)
    for _ in range(2):
        work = serving(at_home, first, None)
        work.attend()
        work.attend()
    assert len(rows(at_home.database, suggestions)) == 2


def test_a_sure_one_is_dispatched_with_its_category_by_the_system(at_home: Desk, first: Model) -> None:
    number = accepted(at_home)
    serving(at_home, first, LOW).attend()
    assert state(at_home, number) == ("dispatched", "parks", "park")
    last = rows(at_home.database, ticket_events)[-1]
    assert (last["step"], last["role"]) == ("dispatch", "system")
    with at_home.database.reading() as connection:
        rebuilt = rebuilt_standing(connection, number)
    assert (rebuilt.department, rebuilt.category) == ("parks", "park")


def test_what_a_person_must_decide_is_left_alone(at_home: Desk, first: Model) -> None:
    report, secret = accepted(at_home, kind="举报"), accepted(at_home, audience="supervisors")
    sorted_otherwise, returned = accepted(at_home, category="fitness"), accepted(at_home)
    at_home.staff(returned, "dispatch", "operator", department="sports")
    at_home.staff(returned, "return", "officer", reason="不归我们管", department="sports")
    recalled = accepted(at_home)
    at_home.staff(recalled, "dispatch", "system", department="sports")
    at_home.staff(recalled, "recall", "operator", reason="不该派给它")
    new = at_home.open(what=BENCH)
    work = serving(at_home, first, LOW)
    work.attend()
    work.attend()
    for number in (report, secret, sorted_otherwise, returned, recalled):
        assert state(at_home, number)[:2] == ("accepted", "")
    assert state(at_home, new)[0] == "submitted"
    suggested = {made["ticket"] for made in rows(at_home.database, suggestions)}
    assert suggested == {report, sorted_otherwise, returned, recalled, new}


@pytest.mark.parametrize("left", ["a report", "sorted otherwise", "a department that is gone"])
def test_what_waits_for_a_person_holds_up_no_other(at_home: Desk, first: Model, left: str) -> None:
    told = {"kind": "举报"} if left == "a report" else {}
    waiting = [at_home.open(what=BENCH, **told) for _ in range(AT_ONCE)]
    work = serving(at_home, first, LOW)
    work.attend()
    for number in waiting:
        at_home.staff(number, "accept", "operator")
        if left == "sorted otherwise":
            at_home.staff(number, "amend", "operator", category="fitness")
    if left == "a department that is gone":
        with at_home.database.writing() as connection:
            connection.execute(update(suggestions).values(department="closed-last-year"))
    number = accepted(at_home)
    work.attend()
    assert state(at_home, number) == ("dispatched", "parks", "park")
    assert {state(at_home, one)[:2] for one in waiting} == {("accepted", "")}


def test_below_the_level_a_ticket_waits(at_home: Desk, first: Model) -> None:
    number = accepted(at_home)
    serving(at_home, first, Level(1.01, 0.1, 1.0, 300)).attend()
    assert state(at_home, number)[0] == "accepted"


def test_without_vectors_nothing_is_written_or_sent(at_home: Desk, first: Model) -> None:
    number = accepted(at_home)
    assert serving(at_home, first, LOW, no_vectors).attend() is False
    assert rows(at_home.database, suggestions) == []
    assert state(at_home, number)[0] == "accepted"


def test_the_worker_looks_every_few_seconds_and_needs_no_model_to_run(at_home: Desk) -> None:
    number = accepted(at_home)
    job = Dispatching(at_home.database, at_home.vault, at_home.settings)
    job.run()
    job.run()
    job.close()
    assert state(at_home, number)[0] == "accepted"


def test_a_model_of_another_version_is_as_good_as_none_and_is_replaced(tmp_path: Path, first: Model) -> None:
    about = save(tmp_path, replace(first, about=replace(first.about, version=new_version()))) / "model.json"
    about.write_text(about.read_text(encoding="utf-8").replace('"format": 1', '"format": 0'), encoding="utf-8")
    dispatcher = Dispatcher(tmp_path, as_vectors)
    assert dispatcher.suggest(BENCH) is None
    trained = train(tmp_path, few_reports(), [], as_vectors, EMBEDDING)
    assert (trained.switched, trained.old) == (True, None)
    assert dispatcher.suggest(BENCH) is not None


def test_tickets_of_the_hotline_are_its_own(desk: Desk, first: Model) -> None:
    desk.open(what=BENCH)
    serving(desk, first, LOW).attend()
    assert rows(desk.database, suggestions) == []
