"""The switches that make the simulator fail, so that retries can be seen."""

import random
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Behaviour:
    """What share of webhooks is answered with an error, and what share too late."""

    fail_share: float = 0.0
    timeout_share: float = 0.0
    status: int = 500
    retry_after: int | None = None
    timeout_seconds: float = 15.0

    def draw(self) -> str:
        """Return "fail", "timeout" or "answer", at random in the given shares."""
        chance = random.random()
        if chance < self.fail_share:
            return "fail"
        return "timeout" if chance < self.fail_share + self.timeout_share else "answer"


def behaviour_from(wanted: dict[str, Any]) -> Behaviour:
    """Return the behaviour asked for, the rest at its default; raises ValueError for a bad value or name."""
    unknown = set(wanted) - set(Behaviour.__dataclass_fields__)
    if unknown:
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
    try:
        behaviour = Behaviour(**wanted)
        shares = (float(behaviour.fail_share), float(behaviour.timeout_share))
        sensible = 400 <= behaviour.status <= 599 and behaviour.timeout_seconds >= 0
    except TypeError as error:
        raise ValueError("shares, seconds and status are numbers") from error
    if min(shares) < 0 or sum(shares) > 1 or not sensible:
        raise ValueError("shares lie between 0 and 1, the status between 400 and 599")
    return behaviour
