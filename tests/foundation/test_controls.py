"""Controls: what holds, who may be told that they were too late, what is undone, and opening hours."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, update

from foundation import control_changes
from foundation import controls as module
from foundation.audit import Audit, head, last_row, log
from foundation.clock import now
from foundation.control_changes import changes
from foundation.controls import Controls, Stale
from foundation.opening_hours import Hours
from tests.hotline.clock import Clock, shanghai
from tests.hotline.support import Desk, in_threads, rows

CITY = "Asia/Shanghai"


@pytest.fixture
def controls(desk: Desk) -> Controls:
    return Controls(desk.database, desk.settings)


def off(reason: str = "升级。", **span: float) -> dict[str, str]:
    return {"reason": reason, "until": (now() + timedelta(**(span or {"hours": 1}))).isoformat()}


def test_defaults_hold_until_somebody_changes_them(controls: Controls) -> None:
    assert (controls.notices(), controls.parts_off(), controls.tone("warm")) == ([], [], "warm")
    assert controls.current("tone").version == 0
    assert controls.opening_hours().words == "工作日 9:00–17:30"
    assert controls.retention().conversations == 365
    assert not controls.asks_for_second_factor(("operator",))
    with pytest.raises(KeyError):
        controls.current("nonsense")


def test_a_change_holds_in_every_process_and_stands_in_the_trace_by_reference(desk: Desk, controls: Controls) -> None:
    other = Controls(desk.database, desk.settings)
    assert other.tone("") == ""
    controls.change("tone", 0, "lively", "admin", "春节")
    assert controls.tone("") == "lively"
    other.refresh()
    assert other.tone("warm") == "lively"
    [traced] = rows(desk.database, log)
    assert (traced["actor"], traced["act"], traced["subject"]) == ("admin", "control.change", "control:tone@1")
    assert "春节" not in str(traced)


def test_a_change_that_was_altered_or_is_missing_in_the_trace_is_found(desk: Desk, controls: Controls) -> None:
    def found() -> list[str]:
        with desk.database.reading() as connection:
            audit, end = Audit(desk.settings.secret_key), last_row(connection)
            altered = audit.altered(connection, end, {"control": control_changes.contents})
            return [*audit.broken(connection, end), *control_changes.untraced(connection), *altered]

    controls.change("off:key:a@b", 0, off(), "admin", "升级")
    controls.change("tone", 0, "lively", "admin", "春节")
    controls.undo("tone", 1, "admin")
    assert found() == []
    for values in ({"reason": "别的"}, {"actor": "li"}, {"value": "warm"}):
        with desk.database.writing() as connection:
            connection.execute(update(changes).where(changes.c.name == "tone", changes.c.version == 1).values(**values))
        assert found() == ["第 2 条记下的内容（control:tone@1）后来被改过"]
    with desk.database.writing() as connection:
        connection.execute(delete(changes).where(changes.c.name == "tone"))
        connection.execute(delete(log).where(log.c.number >= 1))
        connection.execute(delete(head))
    controls.change("hours", 0, {}, "admin", "x")
    assert found() == ["设置 off:key:a@b 的第 1 次改动没有记录"], "an emptied trace is sound in itself only"


def test_what_was_read_slowly_holds_no_longer(desk: Desk, controls: Controls, monkeypatch: pytest.MonkeyPatch) -> None:
    seconds, read = [1000.0], controls._read

    def slowly() -> Any:
        found = read()
        seconds[0] += 1.0
        return found

    monkeypatch.setattr(module, "monotonic", lambda: seconds[0])
    monkeypatch.setattr(controls, "_read", slowly)
    assert controls.tone("") == ""
    Controls(desk.database, desk.settings).change("tone", 0, "warm", "admin", "x")
    seconds[0] += module.KEPT_SECONDS - 1.0
    assert controls.tone("") == "warm"


def test_what_is_read_is_at_most_two_seconds_old(
    monkeypatch: pytest.MonkeyPatch, desk: Desk, controls: Controls
) -> None:
    moment = 1000.0
    monkeypatch.setattr(module, "monotonic", lambda: moment)
    reader = Controls(desk.database, desk.settings)
    assert reader.tone("") == ""
    controls.change("tone", 0, "warm", "admin", "试试")
    assert reader.tone("") == ""
    moment += 2
    assert reader.tone("") == "warm"


def test_of_two_at_once_one_is_told_that_the_other_was_first(desk: Desk) -> None:
    def change(place: int) -> bool:
        try:
            Controls(desk.database, desk.settings).change("tone", 0, ("warm", "lively")[place], "admin", "试试")
        except Stale:
            return False
        return True

    assert sorted(in_threads(2, change)) == [False, True]
    assert len(rows(desk.database, changes)) == 1


@pytest.mark.parametrize("version", [0, 2, 99])
def test_a_change_of_what_is_no_longer_so_is_refused(desk: Desk, controls: Controls, version: int) -> None:
    controls.change("tone", 0, "warm", "admin", "试试")
    with pytest.raises(Stale):
        controls.change("tone", version, "lively", "admin", "试试")
    with pytest.raises(Stale):
        controls.undo("tone", version, "admin")
    assert controls.tone("") == "warm"


def test_undoing_brings_back_what_was_and_undoing_that_brings_it_again(controls: Controls) -> None:
    controls.change("tone", 0, "warm", "admin", "试试")
    controls.change("tone", 1, "lively", "admin", "试试")
    controls.undo("tone", 2, "admin")
    assert controls.tone("") == "warm"
    controls.undo("tone", 3, "admin")
    assert controls.tone("") == "lively"
    assert [one.version for one in controls.history()] == [4, 3, 2, 1]


def test_a_first_change_is_undone_to_the_default(controls: Controls) -> None:
    controls.change("off:bot", 0, off(), "admin", "升级")
    controls.undo("off:bot", 1, "admin")
    assert controls.switched_off("bot") is None


def test_a_part_is_off_until_its_time_has_come(controls: Controls, clock: Clock) -> None:
    controls.change("off:wechat", 0, off("升级。", hours=2), "admin", "升级")
    found = controls.switched_off("bot", "wechat")
    assert found is not None and found.part == "wechat"
    assert controls.words(found) == {"reason": "升级。", "until": "9 月 21 日 11:00"}
    assert controls.switched_off("bot", "web") is None
    clock.move(hours=2)
    assert controls.switched_off("wechat") is None and controls.parts_off() == []


def test_notices_are_shown_in_their_time_the_grave_first(controls: Controls, clock: Clock) -> None:
    def told(name: str, first: int, last: int, *, is_grave: bool = False) -> dict[str, object]:
        since, until = (now() + timedelta(hours=hours) for hours in (first, last))
        return {"id": name, "text": name, "is_grave": is_grave, "since": since.isoformat(), "until": until.isoformat()}

    given = [told("a", 0, 2), told("storm", 0, 3, is_grave=True), told("later", 1, 2)]
    controls.change("notices", 0, given, "admin", "台风")
    assert [one.id for one in controls.notices()] == ["storm", "a"]
    clock.move(hours=1)
    assert [one.id for one in controls.notices()] == ["storm", "a", "later"]
    clock.move(hours=1)
    assert [one.id for one in controls.notices()] == ["storm"]


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-09-21 09:00", True),
        ("2026-09-21 08:59", False),
        ("2026-09-21 17:29", True),
        ("2026-09-21 17:30", False),
        ("2026-09-26 10:00", False),  # Saturday
        ("2026-10-01 10:00", False),  # a holiday
        ("2026-09-20 10:00", True),  # a Sunday that is worked
    ],
)
def test_people_answer_on_working_days_as_they_are_announced(moment: str, is_open: bool) -> None:
    hours = Hours(workdays=True, weekdays=[], opens="09:00", closes="17:30")
    assert hours.is_open(shanghai(moment), CITY) is is_open


def test_people_can_answer_on_days_of_the_week_whatever_the_calendar_says() -> None:
    hours = Hours(workdays=False, weekdays=[6, 7], opens="10:00", closes="12:00")
    assert hours.words == "周六、周日 10:00–12:00"
    assert hours.is_open(shanghai("2026-09-26 10:00"), CITY) and not hours.is_open(shanghai("2026-09-21 10:00"), CITY)
    assert hours.next_opening(shanghai("2026-09-26 12:00"), CITY) == shanghai("2026-09-27 10:00")
    assert hours.next_opening(shanghai("2026-09-26 09:00"), CITY) == shanghai("2026-09-26 10:00")
    assert Hours(False, [], "10:00", "12:00").next_opening(shanghai("2026-09-26 09:00"), CITY) is None


def test_the_controls_know_whether_people_answer_now(controls: Controls, clock: Clock) -> None:
    assert controls.is_open()
    clock.move(hours=9)
    assert not controls.is_open()
