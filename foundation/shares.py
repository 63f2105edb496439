"""Shares of a whole, as figures count and write them."""


def share(part: int, whole: int) -> float | None:
    """part ÷ whole, or None where there is nothing to have a share of."""
    return part / whole if whole else None


def percent(part: float | None) -> float | None:
    """A share as people write it, to one decimal."""
    return None if part is None else round(100 * part, 1)
