"""The forms of one ticket as they stand on its page: with lists, what was typed, and what was wrong with it."""

from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from foundation.clock import local
from hotline.acts import possible
from hotline.catalogue import catalogue
from hotline.desk import Actor
from hotline.file import TicketFile
from hotline.summary import proposed
from knowledge.plain_language import Finding
from staff.permissions import may
from web.desk.act_forms import ActForm, Field, Options, act_forms, options, words

MERGING = ("merge", "split")  # these need a permission of their own


@dataclass(frozen=True)
class Typed:
    """A form that was sent and could not be used."""

    act: str = ""
    values: "MultiDict[str, str]" = field(default_factory=MultiDict)
    problems: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)  # what a citizen may stumble over in it


@dataclass(frozen=True)
class FieldShown:
    """A field with its value or values, and a sentence where that was wrong."""

    field: Field
    values: list[str]
    problem: str
    options: Options

    @property
    def value(self) -> str:
        """The one value."""
        return self.values[0] if self.values else ""


@dataclass(frozen=True)
class FormShown:
    """A form, and whether it stands open."""

    form: ActForm
    fields: list[FieldShown]
    is_open: bool
    findings: list[Finding]


Groups = list[tuple[str, list[FormShown]]]


def groups(file: TicketFile, actor: Actor, typed: Typed, suggestion: Any, timezone: str) -> Groups:
    """The forms that the actor may use now, by group."""
    names = [name for name in possible(file.row, actor) if name in act_forms() and _permitted(name, actor)]
    forms = [form for form in act_forms().values() if form.name in names]
    opened = typed.act or _likely(forms, file)
    shown = [
        FormShown(
            form,
            _fields(form, file, typed, suggestion, timezone),
            form.name == opened,
            typed.findings if form.name == typed.act else [],
        )
        for form in forms
    ]
    return [
        (label, found)
        for group, label in words()["groups"].items()
        if (found := [one for one in shown if one.form.group == group])
    ]


def _permitted(name: str, actor: Actor) -> bool:
    return may(actor.roles, "tickets.merge" if name in MERGING else "tickets.work")


def _likely(forms: list[ActForm], file: TicketFile) -> str:
    """The form that is probably wanted: the decision that somebody waits for, or what comes next."""
    asked = ["extend"] if file.row.extension_asked else []
    next_ones = ["accept", "dispatch", "progress" if file.row.contacted_at else "contact"]
    names = {form.name for form in forms}
    return next((name for name in [*asked, *next_ones] if name in names), "")


def _fields(form: ActForm, file: TicketFile, typed: Typed, suggestion: Any, timezone: str) -> list[FieldShown]:
    is_typed = typed.act == form.name
    first = {} if is_typed else _first_values(form.name, file, suggestion, timezone)
    return [
        FieldShown(
            one,
            typed.values.getlist(one.name) if is_typed else [first[one.name]] if first.get(one.name) else [],
            typed.problems.get(one.name, "") if is_typed else "",
            options(one.options, file.row) if one.options else {},
        )
        for one in form.fields
    ]


def _first_values(act: str, file: TicketFile, suggestion: Any, timezone: str) -> dict[str, str]:
    """What stands in a form before anybody typed."""
    row = file.row
    if act == "dispatch":
        leaf = catalogue().categories.get(row.category)
        return {"department": suggestion.department if suggestion else leaf.department if leaf else ""}
    if act == "amend":
        category = row.category or (suggestion.category if suggestion else "")
        return {"category": category, "kind": row.kind, "urgency": row.urgency, "district": row.district}
    if act == "extend" and row.extension_asked:
        return {"deadline": f"{local(row.extension_asked, timezone):%Y-%m-%d}", "reason": file.why_extend}
    if act == "publish":
        return {"summary": row.summary or proposed(row)}
    return {}
