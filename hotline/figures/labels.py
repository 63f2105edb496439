"""The values of each dimension and their names for people."""

from collections.abc import Callable

from hotline.catalogue import Catalogue, catalogue
from hotline.figures.definitions import definitions
from hotline.lifecycle import lifecycle

NAMES: dict[str, Callable[[Catalogue, str], str]] = {
    "department": lambda known, name: known.department_label(name),
    "top": lambda known, name: known.tops.get(name) or known.category_label(name),
    "category": lambda known, name: known.category_label(name),
    "district": lambda known, name: known.district_label(name),
    "channel": lambda known, name: definitions().channels.get(name, name),
    "kind": lambda known, name: name,
    "month": lambda known, month: f"{month[:4]} 年 {int(month[5:])} 月",
    "day": lambda known, day: day,
}


def labels(dimension: str) -> Callable[[str], str]:
    """What gives each value of a dimension its name; the catalogue's files are looked at once."""
    known, unknown = catalogue(), definitions().unknown.get(dimension, "")
    return lambda value: NAMES[dimension](known, value) if value else unknown


def label(dimension: str, value: str) -> str:
    """One value's name."""
    return labels(dimension)(value)


def time_label(text: str) -> str:
    """The name of a month or a day."""
    return label("month" if len(text) == len("2026-11") else "day", text)


def choices(dimension: str) -> list[tuple[str, str]]:
    """Values and names that a form offers."""
    known = {
        "department": catalogue().departments,
        "top": catalogue().tops,
        "category": catalogue().categories,
        "district": catalogue().districts,
        "channel": definitions().channels,
        "kind": lifecycle().kinds,
    }
    name = labels(dimension)
    return [(value, name(value)) for value in known[dimension]]


def column_of(dimension: str) -> str:
    """The column of the ticket that a dimension is read from."""
    return "category" if dimension == "top" else dimension


def tops() -> Callable[[str], str]:
    """What gives each leaf the first level it belongs to; a leaf that the catalogue lost stands for itself."""
    known = {leaf.id: leaf.top for leaf in catalogue().categories.values()}
    return lambda category: known.get(category, category)


def leaves(top: str) -> list[str]:
    """The leaves of a first level."""
    return [leaf.id for leaf in catalogue().categories.values() if leaf.top == top] or [top]
