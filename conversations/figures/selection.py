"""Which messages figures are asked for: days, and a channel or a domain."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from conversations.figures.definitions import definitions
from foundation.clock import day_asked

NAMELESS = "-"  # how an empty domain is written in an address
LONGEST = 80


class Refused(ValueError):
    """Figures that cannot be shown like this; the message says why, in words for people."""


@dataclass(frozen=True)
class Selection:
    """Days on the city's clocks, and what the messages have in common; None where it does not matter."""

    first: date
    last: date
    channel: str | None = None
    domain: str | None = None

    def __post_init__(self) -> None:
        """Refuse what no figures can be made of."""
        if not 0 <= (self.last - self.first).days < definitions().most_days:
            raise Refused(f"开始的日期不能晚于结束的日期，一次最多看 {definitions().most_days} 天。")

    @property
    def query(self) -> dict[str, str]:
        """The selection as an address writes it."""
        given = {"from": self.first.isoformat(), "to": self.last.isoformat()}
        if self.channel is not None:
            given["channel"] = self.channel
        if self.domain is not None:
            given["domain"] = self.domain or NAMELESS
        return given

    def over(self, first: date, last: date) -> "Selection":
        """The same of other days."""
        return replace(self, first=first, last=last)


def selection_from(given: Mapping[str, str], today: date) -> Selection:
    """What an address asks for, the last thirty days where it names none; raises Refused."""
    if not all(value.isprintable() and len(value) <= LONGEST for value in given.values()):
        raise Refused("地址里有不能用的字符。")
    last = _day(given.get("to", "")) or max(today, _day(given.get("from", "")) or today)
    first = _day(given.get("from", "")) or last - timedelta(days=29)
    domain = given.get("domain") or None
    return Selection(first, last, given.get("channel") or None, "" if domain == NAMELESS else domain)


def _day(text: str) -> date | None:
    day = day_asked(text)
    if text and day is None:
        raise Refused("日期要写成 2026-11-28 这样。")
    return day
