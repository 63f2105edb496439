"""How long what is over is kept. A shorter time counts only a day after it was chosen: until then it can be undone."""

import math
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from datetime import timedelta

GRACE = timedelta(days=1)


@dataclass(frozen=True)
class Retention:
    """After how many days what is over is erased; 0 keeps it."""

    conversations: int
    contacts: int
    pictures: int

    def shortens(self, other: "Retention") -> bool:
        """Tell whether anything is kept less long than by another."""
        return any(_days(mine) < _days(its) for mine, its in zip(astuple(self), astuple(other), strict=True))


def longest(ones: Iterable[Retention]) -> Retention:
    """Of each kind the longest time of some."""
    return Retention(*(max(days, key=_days) for days in zip(*map(astuple, ones), strict=True)))


def _days(days: int) -> float:
    return days or math.inf
