"""What staff fill in with a step, checked against the lists of the city."""

from typing import Any

from hotline.catalogue import catalogue
from hotline.lifecycle import NotAllowed, lifecycle
from hotline.time_limits import time_limits


class UnknownDepartment(ValueError):
    """No department has this id."""


def reject_reason(given: str) -> str:
    """The sentence of a reason on the list, given by its name or in full; empty stays empty. Raises NotAllowed."""
    reasons = lifecycle().reject_reasons
    if given and given not in {*reasons, *reasons.values()}:
        raise NotAllowed("reject", "reason", "it is not on the list")
    return reasons.get(given, given)


def check_lists(step: str, fields: dict[str, Any]) -> None:
    """What is amended must be on the city's lists; raises NotAllowed."""
    lists = {
        "kind": lifecycle().kinds,
        "urgency": time_limits().urgency,
        "category": catalogue().categories,
        "district": catalogue().districts,
    }
    wrong = [name for name, known in lists.items() if fields.get(name) and fields[name] not in known]
    if wrong:
        raise NotAllowed(step, "unknown", ", ".join(wrong))


def check_departments(fields: dict[str, Any]) -> None:
    """Every department that is named must be one of the city's; raises UnknownDepartment."""
    named = [*([fields["department"]] if fields.get("department") else []), *fields.get("joint", [])]
    unknown = [name for name in named if name not in catalogue().departments]
    if unknown:
        raise UnknownDepartment(", ".join(unknown))
