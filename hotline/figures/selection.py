"""Which tickets figures are asked for: a time, conditions, by what they are grouped, and what the asker may see."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from hotline.appeal import AUDIENCES
from hotline.desk import UNBOUND, Actor, visible
from hotline.figures.definitions import definitions
from hotline.figures.labels import column_of, leaves
from hotline.figures.months import bounds, first_day, last_day, span
from hotline.tables import tickets

NAMELESS = "-"  # how an empty value is written in an address
TIMES = ("month", "day")
FILTERS = ("department", "top", "category", "district", "channel", "kind")


class Refused(ValueError):
    """Figures that cannot be shown like this; the message says why, in words for people."""


@dataclass(frozen=True)
class Selection:
    """Months of opening, or days, the dimension to group by, and a value for each condition."""

    first: str
    last: str
    by: str = "department"
    filters: Mapping[str, str] = field(default_factory=dict)
    order: str = "opened"  # or the name of a rate

    def __post_init__(self) -> None:
        """Refuse what no figures can be made of."""
        if self.by not in definitions().dimensions:
            raise Refused("没有这样的分组。")
        if self.order not in ("opened", *definitions().rates):
            raise Refused("没有这样的排序。")
        try:
            is_sound = first_day(self.first) <= last_day(self.last)
            count = len(span(self.first[:7], self.last[:7]))
        except ValueError as error:
            raise Refused("时间要写成 2026-11 或者 2026-11-28 这样。") from error
        if not is_sound or count > definitions().most_months:
            raise Refused(f"开始不能晚于结束,一次最多看 {definitions().most_months} 个月。")

    @property
    def query(self) -> dict[str, str]:
        """The selection as an address writes it."""
        given = {name: value or NAMELESS for name, value in self.filters.items()}
        return {"from": self.first, "to": self.last, "by": self.by, "order": self.order, **given}

    def only(self, value: str) -> "Selection":
        """The part of it that a row of its table stands for."""
        if self.by in TIMES:
            return self.within(max(self.first, value), self.last if self.last[:7] == value else value)
        return replace(self, filters={**self.filters, self.by: value})

    def within(self, first: str, last: str) -> "Selection":
        """The same of another time."""
        return replace(self, first=first, last=last)

    def for_actor(self, actor: Actor) -> "Selection":
        """The part that this actor may see: officers have the figures of their own department only."""
        if is_officer_only(actor):
            return replace(self, filters={**self.filters, "department": actor.department})
        return self

    def where(self, actor: Actor, timezone: str) -> list[Any]:
        """The conditions that its tickets meet, for `for_actor`'s selection."""
        begin, end = self.between(timezone)
        values = [tickets.c[column].in_(wanted) for column, wanted in self.wanted().items()]
        return [tickets.c.opened_at >= begin, tickets.c.opened_at < end, *values, visible(actor)]

    def between(self, timezone: str) -> tuple[datetime, datetime]:
        """When it begins and when it is over."""
        return bounds(self.first, self.last, timezone)

    def wanted(self) -> dict[str, list[str]]:
        """By column of the ticket, the values that its filters let through."""
        wanted: dict[str, list[str]] = {}
        for name, value in self.filters.items():
            values = leaves(value) if name == "top" else [value]
            column = column_of(name)
            wanted[column] = [one for one in wanted[column] if one in values] if column in wanted else values
        return wanted


def selection_from(given: Mapping[str, str], month: str) -> Selection:
    """What an address asks for, for this month where it names none; raises Refused."""
    if not all(value.isprintable() for value in given.values()):
        raise Refused("地址里有不能用的字符。")
    first = given.get("from") or month
    filters = {name: "" if given[name] == NAMELESS else given[name] for name in FILTERS if given.get(name)}
    last, by = given.get("to") or max(first, month), given.get("by") or "department"
    return Selection(first, last, by, filters, given.get("order") or "opened")


def is_officer_only(actor: Actor) -> bool:
    """Tell whether the actor sees one department's tickets only."""
    return not set(actor.roles) & {"operator", *UNBOUND}


def audiences(actor: Actor) -> list[str]:
    """The audiences whose tickets the actor's figures count."""
    return list(AUDIENCES) if set(actor.roles) & set(UNBOUND) else [""]
