"""Tickets and their logs in the words of staff, who are not spoken to as "您"."""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from foundation.clock import local, now
from hotline.catalogue import catalogue
from hotline.lifecycle import lifecycle
from hotline.time_limits import END_OF_DAY, time_limits


class Said(NamedTuple):
    """A field of an event: its name, what staff call it, and what it says."""

    name: str
    label: str
    words: str


def step_label(name: str) -> str:
    """What staff call a step."""
    return str(words()["labels"].get(name) or lifecycle().steps[name].label)


def state_label(name: str) -> str:
    """What staff call a state."""
    return str(words()["states"].get(name) or lifecycle().states[name])


def said(fields: dict[str, Any], show: Callable[[str], str], timezone: str) -> list[Said]:
    """The fields of an event that say something, in order; `show` turns the tokens of free words into text."""
    known = {name: fields[name] for name in words()["fields"] if fields.get(name) not in (None, "", [])}
    return [Said(name, words()["fields"][name], _value(name, value, show, timezone)) for name, value in known.items()]


def moment(at: datetime, timezone: str) -> str:
    """A moment on the clocks of the city, with its year unless it is this one; the end of a day is just the day."""
    clock = local(at, timezone)
    day = "%-m月%-d日" if clock.year == local(now(), timezone).year else "%Y年%-m月%-d日"
    return clock.strftime(day if clock.time().replace(microsecond=0) == END_OF_DAY else f"{day} %H:%M")


@cache
def words() -> dict[str, Any]:
    """The words of staff_words.yml."""
    content: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "staff_words.yml").read_text(encoding="utf-8"))
    return content


def _value(name: str, value: Any, show: Callable[[str], str], timezone: str) -> str:
    if name in ("deadline", "contact_by", "handle_by"):
        return moment(datetime.fromisoformat(value), timezone)
    if name == "joint":
        return "、".join(catalogue().department_label(one) for one in value)
    labels: dict[str, Callable[[Any], str]] = {
        "department": catalogue().department_label,
        "category": category_path,
        "district": catalogue().district_label,
        "urgency": lambda one: str(time_limits().urgency.get(one, one)),
        "limit": lambda one: str(words()["limits"].get(one, one)),
        "extends": lambda one: str(words()["extends"]),
        "solved": lambda one: str(words()["solved"][one]),
        "satisfaction": lambda one: lifecycle().satisfaction.get(one, one),
    }
    return labels[name](value) if name in labels else show(str(value))


def category_path(name: str) -> str:
    """The three levels of a category."""
    leaf = catalogue().categories.get(name)
    return " › ".join(leaf.path) if leaf else name
