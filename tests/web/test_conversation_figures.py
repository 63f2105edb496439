"""Figures of conversations: kept by day, counted again when something changed, and the same as counted by hand."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

import pytest
from sqlalchemy import event, func, insert, select, update

from conversations import record
from conversations.figures import ConversationRollup, Refused, Report, Selection, report, selection_from
from conversations.figures.rollup import forget
from conversations.figures.tables import conversation_cells, conversation_days
from conversations.handover.tables import handovers
from conversations.review.tables import turn_facts
from tests.hotline.clock import Clock, clock_at, shanghai
from tests.hotline.support import Desk, in_threads
from tests.web.talking import know, say, talk, thumb

ZONE = "Asia/Shanghai"
MONTH = Selection(date(2026, 11, 1), date(2026, 11, 30))
DOMAINS = {"lost": "户口", "fund": "公积金", "gone": ""}
OUTCOMES = ("answered", "answered_facet", "calculated", "clarifying", "no_answer", "small_talk", "waiting_for_person")


@pytest.fixture
def clock() -> Iterator[Clock]:
    with clock_at("2026-11-20 10:00") as clock:
        yield clock


def refresh(desk: Desk) -> list[str]:
    return ConversationRollup(desk.database, ZONE).refresh()


def shown(desk: Desk, selection: Selection = MONTH) -> Report:
    with desk.database.reading() as connection:
        return report(connection, selection)


class Said(NamedTuple):
    """One message, as it is counted by hand."""

    conversation: str
    channel: str
    day: int
    outcome: str
    domain: str
    up: bool | None


def anything(desk: Desk, clock: Clock, chance: random.Random) -> list[Said]:
    """Messages of twenty conversations, each on one day."""
    said = []
    for _ in range(20):
        channel, day = chance.choice(["web", "wechat"]), chance.randrange(1, 20)
        mine = talk(desk.database, clock.at, channel)
        for _ in range(chance.randrange(1, 6)):
            outcome, up = chance.choice(OUTCOMES), chance.choice([None, None, True, False])
            entry = chance.choice(list(DOMAINS))
            how: dict[str, Any] = {"answered": {"answer": entry}, "no_answer": {"likeliest": entry}}.get(outcome, {})
            at = shanghai(f"2026-11-{day:02d} 00:30") + timedelta(hours=chance.randrange(23))
            say(desk.database, mine, at, outcome, up=up, **how)
            said.append(Said(mine, channel, day, outcome, DOMAINS[entry] if how else "", up))
    return said


def test_figures_are_what_counting_by_hand_gives(desk: Desk, clock: Clock) -> None:
    know(desk.database, lost="户口", fund="公积金")
    said = anything(desk, clock, random.Random(7))
    refresh(desk)
    found = shown(desk)
    assert found.total.outcomes == Counter(one.outcome for one in said)
    assert {row.value: row.cell.messages for row in found.domains} == Counter(one.domain for one in said)
    assert {row.value: row.cell.messages for row in found.channels} == Counter(one.channel for one in said)
    by_day = Counter(f"2026-11-{one.day:02d}" for one in said)
    assert {row.value: row.cell.messages for row in found.days if row.cell.messages} == by_day
    assert len(found.days) == 30
    assert (found.total.up, found.total.down) == tuple(sum(one.up is up for one in said) for up in (True, False))
    answered, asked = (sum(one.outcome in names for one in said) for names in (OUTCOMES[:3], OUTCOMES[:5]))
    assert found.total.answer_rate == answered / asked
    assert found.visits is not None
    assert found.visits.conversations == len({(one.conversation, one.day) for one in said})
    came = {(one.conversation, one.day) for one in said if one.outcome == "waiting_for_person"}
    assert found.visits.to_person == len(came)


def test_a_channel_and_a_domain_narrow_it_down(desk: Desk, clock: Clock) -> None:
    know(desk.database, lost="户口", fund="公积金")
    said = [one for one in anything(desk, clock, random.Random(7)) if (one.channel, one.domain) == ("wechat", "户口")]
    refresh(desk)
    few = shown(desk, Selection(MONTH.first, MONTH.last, "wechat", "户口"))
    assert said and few.total.outcomes == Counter(one.outcome for one in said) and few.visits is None
    assert sum(one.answers for one in few.asked) == sum(one.outcome == "answered" for one in said)


def test_only_days_that_changed_are_computed_again(desk: Desk, clock: Clock) -> None:
    first = talk(desk.database, clock.at)
    old = say(desk.database, first, shanghai("2026-11-10 09:00"), "answered")
    say(desk.database, first, shanghai("2026-11-12 09:00"), "no_answer")
    assert refresh(desk) == ["2026-11-10", "2026-11-11", "2026-11-12"]
    clock.move(hours=1)
    assert refresh(desk) == []
    clock.move(hours=1)
    thumb(desk.database, first, old, clock.at, up=False)
    say(desk.database, first, clock.at, "answered")
    clock.move(minutes=1)
    assert refresh(desk) == [f"2026-11-{day}" for day in (10, *range(13, 21))]
    assert shown(desk).total.down == 1 and shown(desk).total.outcomes["answered"] == 2


def test_a_message_just_before_midnight_counts_on_the_day_of_the_city(desk: Desk, clock: Clock) -> None:
    mine = talk(desk.database, clock.at)
    say(desk.database, mine, shanghai("2026-11-10 23:59"), "answered")
    say(desk.database, mine, shanghai("2026-11-11 00:00"), "answered")
    say(desk.database, mine, shanghai("2026-11-11 00:00"), None)
    say(desk.database, mine, shanghai("2026-11-11 00:00"), None, sender="staff")
    refresh(desk)
    days = {row.value: row.cell.messages for row in shown(desk).days if row.cell.messages}
    assert days == {"2026-11-10": 1, "2026-11-11": 1}


def test_forgotten_days_are_computed_anew_also_when_nothing_is_left(desk: Desk, clock: Clock) -> None:
    mine = talk(desk.database, clock.at)
    say(desk.database, mine, clock.at, "answered")
    refresh(desk)
    clock.move(hours=1)
    with desk.database.writing() as connection:
        connection.execute(turn_facts.delete())
        forget(connection, "2026-11-20", "2026-11-20")
    refresh(desk)
    assert shown(desk).total.messages == 0


def test_what_is_erased_counts_until_its_day_is_computed_again(desk: Desk, clock: Clock) -> None:
    mine, other = talk(desk.database, clock.at), talk(desk.database, clock.at)
    say(desk.database, mine, clock.at, "answered")
    late = say(desk.database, other, clock.at, "answered")
    clock.move(hours=1)
    refresh(desk)
    clock.move(hours=1)
    with desk.database.writing() as connection:
        record.erase(connection, mine)
    assert refresh(desk) == [] and shown(desk).total.messages == 2
    thumb(desk.database, other, late, clock.at, up=True)
    assert refresh(desk) == ["2026-11-20"] and shown(desk).total.messages == 1


def test_several_workers_at_once_keep_one_set_of_cells(desk: Desk, clock: Clock) -> None:
    mine = talk(desk.database, clock.at)
    for _ in range(5):
        say(desk.database, mine, clock.at, "answered")
    in_threads(4, lambda _: refresh(desk))
    assert shown(desk).total.outcomes == {"answered": 5}
    with desk.database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(conversation_cells)).scalar() == 1
        assert connection.execute(select(func.count()).select_from(conversation_days)).scalar() == 2


def test_waits_count_on_the_day_they_began_also_when_somebody_came_much_later(desk: Desk, clock: Clock) -> None:
    mine = talk(desk.database, clock.at)
    say(desk.database, mine, clock.at, "waiting_for_person")
    row = {"conversation": mine, "channel": "web", "state": "waiting", "asked_at": clock.at, "asked_turn": 1}
    with desk.database.writing() as connection:
        connection.execute(insert(handovers).values(row))
    refresh(desk)
    visits = shown(desk).visits
    assert visits is not None and visits.wait is None
    clock.move(days=2)
    with desk.database.writing() as connection:
        came = {"state": "taken", "first_taken_at": clock.at, "waited_seconds": 172_800}
        connection.execute(update(handovers).values(came))
    assert "2026-11-20" in refresh(desk)
    visits = shown(desk).visits
    assert visits is not None and visits.wait == 172_800


def test_a_report_reads_no_message(desk: Desk, clock: Clock) -> None:
    mine = talk(desk.database, clock.at)
    say(desk.database, mine, clock.at, "answered")
    refresh(desk)
    said: list[str] = []
    event.listen(desk.database._engine, "before_cursor_execute", lambda *given: said.append(given[2]))
    assert shown(desk).total.messages == 1
    assert said and not [one for one in said if "FROM turn" in one or "JOIN turn" in one]


@pytest.mark.parametrize(
    "given",
    [{"from": "2026-11-31"}, {"from": "gestern"}, {"from": "2026-11-02", "to": "2026-11-01"}, {"from": "2024-01-01"}]
    + [{"channel": "\0"}, {"domain": "长" * 81}],
)
def test_addresses_that_make_no_sense_are_refused_in_words(given: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="。"):
        selection_from(given, date(2026, 11, 20))


def test_an_address_without_days_means_the_last_thirty() -> None:
    assert selection_from({}, date(2026, 11, 30)) == MONTH
    assert selection_from(MONTH.query | {"domain": "-"}, date(2026, 1, 1)).domain == ""
