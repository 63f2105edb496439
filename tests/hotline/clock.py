"""A clock that tests move by hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest


class Clock:
    """What the whole product reads as the present moment."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self, zone: tzinfo) -> datetime:
        """Stands in for datetime.now, which foundation.clock alone calls."""
        return self.at.astimezone(zone)

    @staticmethod
    def fromisoformat(text: str) -> datetime:
        """Stands in for datetime.fromisoformat."""
        return datetime.fromisoformat(text)

    def move(self, **span: float) -> None:
        """Later by days, hours, minutes or seconds."""
        self.at += timedelta(**span)

    def set(self, text: str) -> None:
        """A moment in Shanghai, such as 2026-09-28 10:00."""
        self.at = shanghai(text)


def shanghai(text: str) -> datetime:
    """A moment as a clock in Shanghai shows it."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai"))


@contextmanager
def clock_at(text: str) -> Iterator[Clock]:
    """The product's time stands at this moment in Shanghai until it is moved."""
    clock = Clock(shanghai(text))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("foundation.clock.datetime", clock)
        yield clock
