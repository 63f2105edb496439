"""What a member of staff may do with a ticket now, as the table of steps says."""

from typing import Any

from hotline.desk import Actor, acting_roles
from hotline.lifecycle import Step, lifecycle
from hotline.public import may_be_public
from hotline.standing import SECRET_KINDS


def possible(ticket: Any, actor: Actor) -> tuple[str, ...]:
    """The names of the steps, in the table's order; the time that a step must rest is checked when it is taken."""
    roles = acting_roles(ticket, actor)
    return tuple(name for name, step in lifecycle().steps.items() if _may(step, ticket, actor, roles))


def _may(step: Step, ticket: Any, actor: Actor, roles: tuple[str, ...]) -> bool:
    rule = step.rules[ticket.handled_by]
    role = next((role for role in roles if role in rule.by), None)
    if role is None or ticket.state not in rule.states:
        return False
    if role == "officer" and (step.leads or step.name == "unassign"):
        return step.leads is (ticket.department == actor.department)
    return _makes_sense(step.name, ticket)


def _makes_sense(name: str, ticket: Any) -> bool:
    """Whether there is anything for the step to change."""
    if name == "publish":
        return may_be_public(ticket)
    if name == "merge":
        return ticket.kind not in SECRET_KINDS
    wanted = {"hide": ticket.summary, "unassign": ticket.joint, "refuse_extension": ticket.extension_asked}
    return bool(wanted.get(name, True))
