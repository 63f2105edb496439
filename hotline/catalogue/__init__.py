"""The city's own lists, in files that staff edit: categories, departments, districts, rules of dispatch."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Department:
    """Who handles tickets; `kind` is government, company or hotline."""

    id: str
    label: str
    kind: str
    duties: str


@dataclass(frozen=True)
class Category:
    """A leaf of the tree: what an appeal is about, and who usually leads."""

    id: str
    label: str
    path: tuple[str, str, str]  # labels of the three levels
    top: str  # id of the first level
    department: str
    public: bool  # its tickets may stand on the board
    handled_by: str = ""  # local or hotline; empty: as the settings say


@dataclass(frozen=True)
class District:
    """A part of the city, with words that name a place in it."""

    id: str
    label: str
    streets: tuple[str, ...]
    words: tuple[str, ...]


@dataclass(frozen=True)
class Catalogue:
    """Everything in the folder, by id."""

    categories: Mapping[str, Category]
    tops: Mapping[str, str]  # id and label of the first level
    departments: Mapping[str, Department]
    districts: Mapping[str, District]
    rules: tuple[Mapping[str, Any], ...]

    def department_label(self, name: str) -> str:
        """A department's name for people; a name that the hotline gave stays as it is."""
        known = self.departments.get(name)
        return known.label if known else name

    def category_label(self, name: str) -> str:
        """A category's name for people, empty while there is none."""
        known = self.categories.get(name)
        return known.label if known else name

    def district_label(self, name: str) -> str:
        """A district's name for people."""
        known = self.districts.get(name)
        return known.label if known else name

    def district_of(self, text: str) -> str:
        """The district that a place names, or "" when it names none or several."""
        named = {d.id for d in self.districts.values() if d.label in text}
        named = named or {d.id for d in self.districts.values() if any(word in text for word in (*d.streets, *d.words))}
        return named.pop() if len(named) == 1 else ""

    def street_of(self, text: str) -> str:
        """The street office or town that a place names, or ""."""
        return next((street for d in self.districts.values() for street in d.streets if street in text), "")


def catalogue() -> Catalogue:
    """The lists as the files say now; raises ValueError, naming the file, when they contradict each other."""
    return _read(tuple((path.name, path.stat().st_mtime_ns) for path in sorted(FOLDER.glob("*.yml"))))


@lru_cache(maxsize=1)
def _read(stamps: tuple[tuple[str, int], ...]) -> Catalogue:
    departments = {name: Department(name, **about) for name, about in _yaml("departments").items()}
    tree = _yaml("categories")
    leaves = [leaf for top, branch in tree.items() for leaf in _leaves(top, branch)]
    categories = {leaf.id: leaf for leaf in leaves}
    twice = sorted({leaf.id for leaf in leaves if leaf is not categories[leaf.id]})
    if twice:
        raise ValueError(f"categories.yml names {', '.join(twice)} twice")
    districts = {
        name: District(name, d["label"], tuple(d["streets"]), tuple(d["words"]))
        for name, d in _yaml("districts").items()
    }
    rules = tuple(_yaml("rules"))
    named = [leaf.department for leaf in categories.values()] + [rule["department"] for rule in rules]
    unknown = sorted(set(named) - departments.keys())
    if unknown:
        raise ValueError(f"departments.yml has no {', '.join(unknown)}")
    lost = sorted({rule["category"] for rule in rules if "category" in rule} - categories.keys())
    if lost:
        raise ValueError(f"categories.yml has no {', '.join(lost)}")
    return Catalogue(categories, {top: tree[top]["label"] for top in tree}, departments, districts, rules)


def _leaves(top: str, branch: dict[str, Any]) -> list[Category]:
    return [
        Category(
            name,
            leaf["label"],
            (branch["label"], group["label"], leaf["label"]),
            top,
            leaf["department"],
            leaf.get("public", True),
            leaf.get("handled_by", ""),
        )
        for group in branch["groups"].values()
        for name, leaf in group["leaves"].items()
    ]


def _yaml(name: str) -> Any:
    return yaml.safe_load((FOLDER / f"{name}.yml").read_text(encoding="utf-8"))
