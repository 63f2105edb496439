"""What people say in the demonstration: reports of the development cases, and the words of city.yml."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

from hotline.catalogue import catalogue

CASES = Path("evaluation/cases")
CHANNELS = {"web": 42, "wechat": 16, "report": 16, "phone": 18, "counter": 3, "open311": 5}
KINDS = {"投诉": 60, "求助": 32, "举报": 8}
URGENCY = {"normal": 91, "urgent": 7, "critical": 2}
SECRET = (
    "fumes",
    "factory-air",
    "unlicensed",
    "gambling",
    "food-safety",
    "drugs",
    "medical-fraud",
)  # what 举报 are about
CENTRE = (31.0, 117.0)  # degrees; the sample city lies nowhere


@dataclass(frozen=True)
class Told:
    """What one person reports."""

    kind: str
    leaf: str
    what: str
    place: str
    district: str
    when: str
    contact: str
    anonymous: bool
    channel: str
    urgency: str
    point: tuple[float, float] | None


@cache
def city() -> Mapping[str, Any]:
    """The words of the file."""
    content: Mapping[str, Any] = yaml.safe_load((Path(__file__).parent / "city.yml").read_text(encoding="utf-8"))
    return content


@cache
def cases(name: str) -> tuple[dict[str, Any], ...]:
    """The lines of a file of cases."""
    lines = (CASES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(json.loads(line) for line in lines)


class Reports:
    """Reports one after the other, until all were told and it begins again."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._left: list[dict[str, Any]] = []
        self._callers = [_phone(number) for number in chance.sample(range(10_000), 40)]

    def next(self) -> Told:
        """The next one."""
        if self._chance.random() < 0.1:
            one = self._chance.choice(city()["others"])
            return self._told(one["kind"], one["leaf"], self.filled(one["text"]))
        if not self._left:
            self._left = list(cases("dispatch-development"))
            self._chance.shuffle(self._left)
        case = self._left.pop()
        kind = "举报" if case["leaf"] in SECRET and self._chance.random() < 0.5 else self._weighted(KINDS)
        return self._told(kind, case["leaf"], case["text"])

    def again(self, told: Told) -> Told:
        """The same trouble at the same place, said by somebody else."""
        others = [case["text"] for case in cases("dispatch-development") if case["leaf"] == told.leaf]
        what = self._chance.choice(others) if others else told.what
        return Told(**{**vars(self._told(told.kind, told.leaf, what)), "place": told.place, "district": told.district})

    def filled(self, text: str) -> str:
        """A text with a road, an estate and a number."""
        words = city()
        return text.format(
            road=self._chance.choice(words["roads"]),
            community=self._chance.choice(words["communities"]),
            number=self._chance.randrange(1, 120),
        )

    def _told(self, kind: str, leaf: str, what: str) -> Told:
        district = self._chance.choice(list(catalogue().districts.values()))
        where = self._chance.choice(["{road}", "{road}", "{community}"]) + self._chance.choice(city()["corners"])
        anonymous = self._chance.random() < (0.5 if kind == "举报" else 0.08)
        near = [round(middle + self._chance.uniform(-0.06, 0.06), 5) for middle in CENTRE]
        channel = self._weighted(CHANNELS)
        return Told(
            kind,
            leaf,
            what,
            self._chance.choice(district.streets) + self.filled(where),
            district.id,
            self._chance.choice(city()["times"]),
            "" if anonymous or self._chance.random() < 0.15 else self._contact(),
            anonymous,
            channel,
            self._weighted(URGENCY) if kind in ("投诉", "求助") else "normal",
            (near[0], near[1]) if channel in ("report", "open311") or self._chance.random() < 0.2 else None,
        )

    def _contact(self) -> str:
        known = self._chance.random() < 0.18
        phone = self._chance.choice(self._callers) if known else _phone(self._chance.randrange(10_000))
        return f"{self._chance.choice(city()['names'])} {phone}".strip()

    def _weighted(self, weights: Mapping[str, int]) -> str:
        return self._chance.choices(list(weights), list(weights.values()))[0]


def _phone(number: int) -> str:
    """A number that looks like nobody's."""
    return f"1380000{number:04d}"
