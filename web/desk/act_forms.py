"""The forms of a ticket's page: what each act asks for, and what was filled in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from werkzeug.datastructures import MultiDict

from foundation.clock import now
from hotline.catalogue import catalogue
from hotline.filters import NUMBER
from hotline.lifecycle import lifecycle
from hotline.time_limits import END_OF_DAY, time_limits

LONGEST = 2000
Options = dict[str, dict[str, str]]  # by group, which is empty where there is one only; value and label


class Unreadable(ValueError):
    """A form that cannot be used as it is: a sentence for each field."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(", ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Field:
    """One thing that an act asks for."""

    name: str
    label: str
    kind: str  # text, choice, many, day, ticket
    options: str = ""  # the list that a choice is made from
    required: bool = False
    seen: str = ""
    help: str = ""


@dataclass(frozen=True)
class ActForm:
    """One act as it stands on the page."""

    name: str
    group: str
    title: str
    done: str
    fields: tuple[Field, ...] = field(default=())
    grave: bool = False


@cache
def act_forms() -> dict[str, ActForm]:
    """Every form, in order."""
    return {name: _form(name, about) for name, about in words()["acts"].items()}


@cache
def words() -> dict[str, Any]:
    """The words of acts.yml."""
    content: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "acts.yml").read_text(encoding="utf-8"))
    return content


def options(name: str, ticket: Any) -> Options:
    """The values of a list and how people read them."""
    departments = {one.id: one.label for one in catalogue().departments.values()}
    shares = (ticket.department, *(ticket.joint or ()))
    if name == "categories":
        return categories()
    lists: dict[str, dict[str, str]] = {
        "departments": departments,
        "others": {key: label for key, label in departments.items() if key not in shares},
        "joint": {key: catalogue().department_label(key) for key in ticket.joint or ()},
        "districts": {one.id: one.label for one in catalogue().districts.values()},
        "kinds": {one: one for one in lifecycle().kinds},
        "urgency": time_limits().urgency,
        "reject_reasons": {one: one for one in lifecycle().reject_reasons.values()},
    }
    return {"": lists[name]}


def categories() -> Options:
    """The leaves of the tree below their first two levels."""
    groups: Options = {}
    for leaf in catalogue().categories.values():
        groups.setdefault(" · ".join(leaf.path[:2]), {})[leaf.id] = leaf.label
    return groups


def read(act: ActForm, given: "MultiDict[str, str]", ticket: Any, timezone: str) -> dict[str, Any]:
    """The fields of an act; raises Unreadable with a sentence for each that is missing or wrong."""
    fields, problems = {}, {}
    for one in act.fields:
        try:
            fields[one.name] = _value(one, given, ticket, timezone)
        except ValueError as error:
            problems[one.name] = str(error)
    if problems:
        raise Unreadable(problems)
    return fields


def clean(text: str) -> str:
    """What somebody wrote, without signs that no database takes; lines stay."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in lines if sign.isprintable() or sign == "\n").strip()


def sentence(name: str, **values: object) -> str:
    """What is said about a field that is missing or wrong."""
    return str(words()["problems"][name].format(**values))


def _form(name: str, about: Mapping[str, Any]) -> ActForm:
    needed = {part for rule in lifecycle().steps[name].rules.values() for part in rule.requires}
    fields = tuple(
        Field(
            one["name"],
            one["label"],
            one["kind"],
            one.get("from", ""),
            one.get("required", one["name"] in needed),
            one.get("seen", ""),
            one.get("help", ""),
        )
        for one in about.get("fields", [])
    )
    return ActForm(name, about["group"], about["title"], about["done"], fields, about.get("grave", False))


def _value(one: Field, given: "MultiDict[str, str]", ticket: Any, timezone: str) -> Any:
    if one.kind == "many":
        return [_known(value, one, ticket) for value in given.getlist(one.name)]
    value = clean(given.get(one.name, ""))
    if not value:
        if one.required:
            raise ValueError(sentence("empty"))
        return ""
    if len(value) > LONGEST:
        raise ValueError(sentence("long", most=LONGEST))
    if one.kind == "choice":
        return _known(value, one, ticket)
    if one.kind == "day":
        return _end_of(value, timezone)
    if one.kind == "ticket" and not NUMBER.fullmatch(value):
        raise ValueError(sentence("ticket"))
    return value


def _known(value: str, one: Field, ticket: Any) -> str:
    if not any(value in group for group in options(one.options, ticket).values()):
        raise ValueError(sentence("unknown"))
    return value


def _end_of(value: str, timezone: str) -> str:
    """The last second of a day, ISO 8601."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise ValueError(sentence("day")) from None
    end = datetime.combine(day, END_OF_DAY, ZoneInfo(timezone))
    if end <= now():
        raise ValueError(sentence("past"))
    return end.isoformat()
