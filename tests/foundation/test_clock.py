"""The clock: the present, or within a demonstration what its hands say, for one thread alone."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from foundation.clock import moved, now


def test_the_time_is_what_the_hands_say_and_then_the_present_again() -> None:
    before = now()
    with moved() as hands:
        assert before <= hands.at <= datetime.now(UTC)
        hands.at -= timedelta(days=40)
        assert now() == hands.at and now().tzinfo is UTC
    assert before <= now() < before + timedelta(minutes=1)


def test_other_threads_see_the_present() -> None:
    seen: list[datetime] = []
    with moved() as hands:
        hands.at -= timedelta(days=40)
        other = threading.Thread(target=lambda: seen.append(now()))
        other.start()
        other.join()
    assert abs(seen[0] - now()) < timedelta(minutes=1)


def test_the_present_comes_back_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), moved() as hands:
        hands.at -= timedelta(days=40)
        _ = 1 / 0
    assert abs(now() - datetime.now(UTC)) < timedelta(minutes=1)
