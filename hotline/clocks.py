"""Which limits a step sets: they are written into its event, so that they outlive a change of the file."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from foundation.clock import local
from hotline.lifecycle import NotAllowed, Step
from hotline.time_limits import due, resumed, shifted, time_limits

LIMITS = ("contact_by", "handle_by")
SET_HERE = (*LIMITS, "extends")  # nobody but `limits` sets them
PROMISES = ("accept", "dispatch", "progress")  # in these steps the hotline may name the day of its answer


def limits(ticket: Any, step: Step, fields: dict[str, Any], at: datetime, timezone: str) -> dict[str, Any]:
    """`contact_by` and `handle_by` where the step sets them, ISO 8601; `ticket` is the row before the step.

    A wait for the citizen gets a `deadline` where nobody named one. The day that the hotline names becomes the limit,
    and `extends` it where it is later.
    """
    if step.name == "submit":
        return _first(fields.get("kind") or ticket.kind, fields.get("urgency") or ticket.urgency, at, timezone)
    if step.name == "wait":
        named = fields.get("deadline")
        is_ahead = named and datetime.fromisoformat(named) >= at
        return {} if is_ahead else {"deadline": due(at, time_limits().waiting, timezone).isoformat()}
    if step.name == "unmerge":
        return _first(ticket.kind, ticket.urgency, at, timezone)
    if step.name == "amend" and (fields.keys() & {"kind", "urgency"}):
        return _amended(ticket, fields, timezone)
    if step.name == "reopen":
        return {"handle_by": due(at, time_limits().reopened_handling, timezone).isoformat()}
    running = {name: getattr(ticket, name) for name in LIMITS if getattr(ticket, name)}
    moved = {}
    if ticket.paused_at and step.after(ticket.state) != ticket.state:
        moved = {name: resumed(limit, ticket.paused_at, at, timezone) for name, limit in running.items()}
    set_now = {name: limit.isoformat() for name, limit in moved.items()}
    if ticket.handled_by == "hotline" and step.name in PROMISES and fields.get("deadline"):
        return set_now | _promised((running | moved)["handle_by"], datetime.fromisoformat(fields["deadline"]), at)
    return set_now


def check_deadline(ticket: Any, step: Step, fields: Mapping[str, Any], at: datetime, timezone: str) -> None:
    """Raise NotAllowed for a deadline that is no moment, or for an extension that extends nothing."""
    if not fields.get("deadline"):
        return
    try:
        until = local(datetime.fromisoformat(fields["deadline"]), timezone)
    except (TypeError, ValueError, OverflowError) as error:
        raise NotAllowed(step.name, "deadline", str(fields["deadline"])) from error
    if datetime.fromisoformat(fields["deadline"]).tzinfo is None:
        raise NotAllowed(step.name, "deadline", "it needs a time zone")
    if step.name == "wait" and ticket.handled_by == "local" and until < at:
        raise NotAllowed(step.name, "deadline", "it is over")
    if step.name in ("extend", "ask_extension") and until <= max(at, ticket.handle_by or at):
        raise NotAllowed(step.name, "deadline", "it is no later than the limit")


def _promised(limit: datetime, until: datetime, at: datetime) -> dict[str, Any]:
    """The day that the hotline names is the limit; one that has passed already is not made good by a later day."""
    if until <= at or limit <= at:
        return {}
    return {"handle_by": until.isoformat(), **({"extends": True} if until > limit else {})}


def _amended(ticket: Any, fields: Mapping[str, Any], timezone: str) -> dict[str, str]:
    """The limits of the new kind and urgency, moved by as much as pauses have moved the old ones.

    What an extension or a reopening set since then stays, and so does an earlier day that the hotline named.
    """
    if ticket.extensions or ticket.reopens:
        return {}
    old = _first(ticket.kind, ticket.urgency, ticket.opened_at, timezone)
    new = _first(fields.get("kind") or ticket.kind, fields.get("urgency") or ticket.urgency, ticket.opened_at, timezone)
    limits = {
        name: shifted(limit, datetime.fromisoformat(old[name]), getattr(ticket, name), timezone)
        for name, limit in ((name, datetime.fromisoformat(text)) for name, text in new.items())
    }
    if ticket.handle_by and ticket.handle_by < datetime.fromisoformat(old["handle_by"]):
        limits["handle_by"] = min(limits["handle_by"], ticket.handle_by)
    return {name: limit.isoformat() for name, limit in limits.items()}


def _first(kind: str, urgency: str, at: datetime, timezone: str) -> dict[str, str]:
    contact, handling = time_limits().spans(kind, urgency or "normal")
    return {
        "contact_by": due(at, contact, timezone).isoformat(),
        "handle_by": due(at, handling, timezone).isoformat(),
    }
