"""How long things took, kept as numbers of tickets for each rounded length, so that months add up to exact medians."""

from collections import Counter
from datetime import timedelta
from math import floor, log10

Hours = Counter[str]  # tenths of hours, written as the keys of JSON are, and how many tickets took so long


def tenths(took: timedelta) -> int:
    """A length in tenths of hours: to one tenth below ten hours, else to two significant digits."""
    hours = max(took.total_seconds(), 0) / 3600
    if hours < 10:
        return round(hours * 10)
    step: int = 10 ** (floor(log10(hours)) - 1)
    return round(hours / step) * step * 10


def median(hours: Hours) -> float | None:
    """The middle length in hours, between the middle two where their number is even; None where there is none."""
    count = hours.total()
    if not count:
        return None
    lengths = sorted((int(length), n) for length, n in hours.items())
    return (_at(lengths, (count - 1) // 2) + _at(lengths, count // 2)) / 20


def _at(lengths: list[tuple[int, int]], place: int) -> int:
    """The length at a place in order, counted from 0."""
    for length, count in lengths:
        place -= count
        if place < 0:
            return length
    raise IndexError("there are fewer lengths")
