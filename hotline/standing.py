"""Where a ticket stands: what its events lead to, one after the other.

`after` is the only place that says what an event changes. The ticket's row keeps the result for lists and figures; the
events alone can rebuild it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from hotline.lifecycle import lifecycle

AMENDABLE = ("kind", "category", "urgency", "district")
SECRET_KINDS = ("举报",)  # nothing of them is ever public, nor joined with others


@dataclass(frozen=True)
class Event:
    """One line of a ticket's log."""

    step: str
    role: str
    fields: dict[str, Any]
    at: datetime


@dataclass(frozen=True)
class Standing:
    """Everything about a ticket that events change."""

    state: str = ""
    version: int = 0
    kind: str = ""
    category: str = ""
    urgency: str = ""
    district: str = ""
    department: str = ""
    joint: tuple[str, ...] = ()
    contact_by: datetime | None = None
    handle_by: datetime | None = None
    paused_at: datetime | None = None
    wait_by: datetime | None = None  # until when the citizen is waited for
    accepted_at: datetime | None = None
    dispatched_at: datetime | None = None
    contacted_at: datetime | None = None
    answered_at: datetime | None = None
    closed_at: datetime | None = None
    solved: bool | None = None
    satisfaction: str = ""
    returns: int = 0
    recalls: int = 0
    reopens: int = 0
    urges: int = 0
    extensions: int = 0
    extension_asked: datetime | None = None
    main: str = ""
    summary: str = ""

    @classmethod
    def of(cls, row: Any) -> "Standing":
        """The standing that a ticket's row keeps."""
        values = {field.name: getattr(row, field.name) for field in fields(cls)}
        return cls(**values | {"joint": tuple(row.joint or ())})

    @property
    def columns(self) -> dict[str, Any]:
        """What the row keeps of it."""
        return {field.name: getattr(self, field.name) for field in fields(self)} | {"joint": list(self.joint)}


def rebuilt(events: Iterable[Event]) -> Standing:
    """The standing that a log leads to; raises KeyError for an unknown step."""
    standing = Standing()
    for event in events:
        standing = after(standing, event)
    return standing


def after(before: Standing, event: Event) -> Standing:
    """The standing after one more event."""
    state = lifecycle().steps[event.step].after(before.state)
    now = replace(before, state=state, version=before.version + 1)
    now = _paused(before, now, event)
    now = _limited(now, event.fields)
    change = _CHANGES.get(event.step)
    return change(now, event) if change else now


def _paused(before: Standing, now: Standing, event: Event) -> Standing:
    """The clock stands while the citizen is waited for."""
    if now.state == before.state:
        return now
    if now.state != "waiting_for_citizen":
        return replace(now, paused_at=None, wait_by=None)
    until = event.fields.get("deadline")
    return replace(now, paused_at=event.at, wait_by=datetime.fromisoformat(until) if until else None)


def _limited(now: Standing, given: dict[str, Any]) -> Standing:
    """Limits stand in the event that set them, so that a later change of the file changes no old ticket."""
    limits = {name: datetime.fromisoformat(given[name]) for name in ("contact_by", "handle_by") if given.get(name)}
    now = replace(now, extensions=now.extensions + bool(given.get("extends")))
    return replace(now, **limits)  # type: ignore[arg-type]  # the names are the standing's own


def _amended(now: Standing, event: Event) -> Standing:
    given = {name: event.fields[name] for name in AMENDABLE if event.fields.get(name)}
    now = replace(now, **given)
    return replace(now, summary="") if now.kind in SECRET_KINDS else now


def _submitted(now: Standing, event: Event) -> Standing:
    return _amended(now, event)


def _dispatched(now: Standing, event: Event) -> Standing:
    named = dict.fromkeys(event.fields.get("joint", now.joint))
    joint = tuple(name for name in named if name != event.fields["department"])
    since = now.dispatched_at or event.at
    category = event.fields.get("category") or now.category  # automatic dispatch names it in the same step
    return replace(now, department=event.fields["department"], joint=joint, dispatched_at=since, category=category)


def _told_department(now: Standing, event: Event) -> Standing:
    """The hotline may name the department in any of its callbacks."""
    if event.role == "hotline" and event.fields.get("department"):
        return replace(now, department=event.fields["department"])
    return now


def _accepted(now: Standing, event: Event) -> Standing:
    return _told_department(replace(now, accepted_at=now.accepted_at or event.at), event)


def _assigned(now: Standing, event: Event) -> Standing:
    name = event.fields["department"]
    return now if name in (*now.joint, now.department) else replace(now, joint=(*now.joint, name))


def _unassigned(now: Standing, event: Event) -> Standing:
    return replace(now, joint=tuple(name for name in now.joint if name != event.fields["department"]))


def _returned(now: Standing, event: Event) -> Standing:
    return replace(now, department="", joint=(), returns=now.returns + 1, extension_asked=None)


def _recalled(now: Standing, event: Event) -> Standing:
    """Who dispatched it takes that back: the department returned nothing."""
    return replace(now, department="", joint=(), recalls=now.recalls + 1, extension_asked=None)


def _contacted(now: Standing, event: Event) -> Standing:
    return _told_department(replace(now, contacted_at=now.contacted_at or event.at), event)


def _answered(now: Standing, event: Event) -> Standing:
    now = replace(now, answered_at=event.at, contacted_at=now.contacted_at or event.at, extension_asked=None)
    return _told_department(now, event)


def _extension_asked(now: Standing, event: Event) -> Standing:
    return replace(now, extension_asked=datetime.fromisoformat(event.fields["deadline"]))


def _extended(now: Standing, event: Event) -> Standing:
    """A clock that stands goes on standing, but what the new limit knew of is not added to it again."""
    until, paused = datetime.fromisoformat(event.fields["deadline"]), event.at if now.paused_at else None
    return replace(now, handle_by=until, paused_at=paused, extension_asked=None, extensions=now.extensions + 1)


def _extension_refused(now: Standing, event: Event) -> Standing:
    return replace(now, extension_asked=None)


def _urged(now: Standing, event: Event) -> Standing:
    return replace(now, urges=now.urges + 1)


def _merged(now: Standing, event: Event) -> Standing:
    return _closed(replace(now, main=event.fields["main"]), event)


def _unmerged(now: Standing, event: Event) -> Standing:
    """Nobody has it yet, as after its acceptance: what was decided of it before the merging is old."""
    accepted = now.accepted_at or event.at
    return replace(now, main="", closed_at=None, department="", joint=(), accepted_at=accepted)


def _rated(now: Standing, event: Event) -> Standing:
    satisfaction = event.fields.get("satisfaction", "")
    return _closed(replace(now, solved=event.fields["solved"], satisfaction=satisfaction), event)


def _closed(now: Standing, event: Event) -> Standing:
    return replace(now, closed_at=event.at, extension_asked=None)


def _reopened(now: Standing, event: Event) -> Standing:
    return replace(now, reopens=now.reopens + 1, closed_at=None)


def _published(now: Standing, event: Event) -> Standing:
    return replace(now, summary=event.fields["summary"])


def _hidden(now: Standing, event: Event) -> Standing:
    return replace(now, summary="")


_CHANGES = {
    "submit": _submitted,
    "accept": _accepted,
    "amend": _amended,
    "reject": _closed,
    "dispatch": _dispatched,
    "assign": _assigned,
    "unassign": _unassigned,
    "contact": _contacted,
    "progress": _told_department,
    "wait": _told_department,
    "answer": _answered,
    "return": _returned,
    "recall": _recalled,
    "ask_extension": _extension_asked,
    "extend": _extended,
    "refuse_extension": _extension_refused,
    "urge": _urged,
    "withdraw": _closed,
    "merge": _merged,
    "unmerge": _unmerged,
    "rate": _rated,
    "close": _closed,
    "reopen": _reopened,
    "publish": _published,
    "hide": _hidden,
}
