"""What every calculator is: fields that are asked for, values read from messages, a result with its steps."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from foundation.clock import local, now
from foundation.settings import load_settings
from knowledge.calculators.dates import with_years
from knowledge.calculators.numerals import digits, is_about, plain
from knowledge.calculators.rules import digest
from knowledge.entry import Citation

COMMON: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "common.yml").read_text(encoding="utf-8"))
_CALCULATE = re.compile("|".join(COMMON["calculate"]))
_TOKEN = re.compile("〔[^〕]*〕")
_UNKNOWN = re.compile("|".join(COMMON["unknown"]))
_BARE_NUMBER = re.compile(r"^[^\d-]{0,6}(-?\d+(?:\.\d+)?)[^\d]{0,6}$")


class NotPossible(ValueError):
    """What the citizen said cannot be; the message is a sentence for the citizen."""


@dataclass(frozen=True)
class Choice:
    """One of the answers that are offered for a field."""

    title: str
    value: Any


@dataclass(frozen=True)
class Field:
    """One thing that a calculator must know, and how it asks for it."""

    name: str
    ask: str
    choices: tuple[Choice, ...] = ()
    takes_number: bool = False  # then a bare number is that number, not the place of a choice


@dataclass(frozen=True)
class Result:
    """What comes out: the result in a few sentences, how it was counted, and what was assumed or differs."""

    text: str
    steps: tuple[str, ...]
    notes: tuple[str, ...]


@lru_cache(maxsize=1)
def _timezone() -> str:
    return load_settings().timezone


def _today() -> date:
    """The day on the clocks of the city: a server's own may show the one before."""
    return local(now(), _timezone()).date()


class Calculator(ABC):
    """One matter that is counted by rule; its words and amounts stand in a YAML file of the same name."""

    def __init__(self, path: Path, today: Callable[[], date] = _today) -> None:
        rules: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        self.rules = rules
        self.words: Mapping[str, Any] = rules["words"]
        self.id = path.stem
        self.digest = digest(path, type(self))
        self.title: str = rules["title"]
        self.entries: tuple[str, ...] = tuple(rules["entries"])
        self.sources = tuple(Citation(**source) for source in rules["sources"])
        self.valid_from: date | None = rules["valid_from"]
        self.valid_to: date | None = rules["valid_to"]
        self.checked_on: date = rules["checked_on"]
        self.fields = tuple(_field(about) for about in rules["fields"])
        self._about: dict[str, dict[str, Any]] = {about["name"]: about for about in rules["fields"]}
        self._wanted = {name: re.compile("|".join(patterns)) for name, patterns in rules["wanted"].items()}
        self.today = today

    @property
    def offer(self) -> str:
        """What stands on the button that begins it, beside an answer on the same matter."""
        return f"帮我算：{self.title}"

    def in_force(self, on: date) -> bool:
        """Whether its rules hold on a day; the first and the last day count."""
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)

    def wanted(self, text: str) -> bool:
        """Whether a message wants this counted: the matter, and "count it" or a question with a personal value."""
        said = plain(text)
        if not self._wanted["matter"].search(said) or self._wanted["never"].search(said):
            return False
        return bool(_CALCULATE.search(said) or (self._wanted["asks"].search(said) and self._is_personal(text)))

    def read(self, text: str, asked: str | None = None) -> dict[str, Any]:
        """The values that a message gives. Raises NotPossible, with a sentence for the citizen, on impossible ones."""
        text = _TOKEN.sub("", text)  # an identifying number is no amount and no date
        said = self.digits(text)
        values = self._said(plain(text)) | self.spotted(said)
        if asked and (asked not in values or self._about.get(asked, {}).get("choices")):
            values |= self.answered(asked, text)
        self.check(values)
        return values

    def missing(self, values: Mapping[str, Any]) -> Field | None:
        """The next field to ask for, or None when the result can be counted."""
        return next((field for field in self.fields if field.name not in values and self._matters(field, values)), None)

    @abstractmethod
    def compute(self, values: Mapping[str, Any], today: date) -> Result:
        """The result for values that miss nothing."""

    def spotted(self, said: str) -> dict[str, Any]:
        """Values that show by themselves in a message whose numbers are digits."""
        return {}

    def answered(self, asked: str, text: str) -> dict[str, Any]:
        """The value of a bare answer to the field just asked for, or nothing."""
        about = self._about.get(asked, {})
        if _UNKNOWN.search(plain(text)):
            return _unknown(asked, about)
        if self.is_part(asked, text):
            raise NotPossible(about["number"]["part_wrong"])
        value = self._chosen(about, plain(text))
        if value is None and "number" in about and not is_about(text) and (match := _BARE_NUMBER.match(digits(text))):
            value = _number(match)
        return {} if value is None else {asked: value}

    def is_part(self, asked: str, text: str) -> bool:
        """Whether a message gives a part of the number that a field asks for, as the base pay is one of the wage."""
        part = self._about.get(asked, {}).get("number", {}).get("part")
        return bool(part and re.search(part, digits(_TOKEN.sub("", text))))

    def check(self, values: Mapping[str, Any]) -> None:
        """Raises NotPossible when a value cannot be."""
        for name, value in values.items():
            limits = self._about.get(name, {}).get("number")
            if limits and not isinstance(value, str) and not limits["least"] <= value <= limits["most"]:
                raise NotPossible(limits["wrong"])

    def digits(self, text: str) -> str:
        """The text with numbers in digits, and 今年3月 with its year."""
        return with_years(digits(text), self.today())

    def say(self, name: str, **parts: object) -> str:
        """A sentence of the YAML file, filled in."""
        sentence: str = self.words[name]
        return sentence.format(**parts)

    def notes(self, *names: str) -> tuple[str, ...]:
        """Notes of the YAML file, by name."""
        return tuple(self.rules["notes"][name] for name in names)

    def _is_personal(self, text: str) -> bool:
        try:
            found = self.read(text)
        except NotPossible:
            return True
        personal = set(found) & set(self.rules["personal"])
        return bool(personal) or bool(self._wanted["personal"].search(digits(text)))

    def _matters(self, field: Field, values: Mapping[str, Any]) -> bool:
        conditions: dict[str, list[Any]] = self._about[field.name].get("when", {})
        return all(values.get(name) in allowed for name, allowed in conditions.items())

    def _said(self, said: str) -> dict[str, Any]:
        """What the message says by the patterns of choices and numbers."""
        values: dict[str, Any] = {}
        for name, about in self._about.items():
            for choice in about.get("choices", ()):
                if name not in values and "said" in choice and re.search(choice["said"], said):
                    values[name] = choice["value"]
            number = about.get("number", {})
            rest, cut = re.subn(number["part"], ",", digits(said)) if "part" in number else (digits(said), 0)
            pattern = number.get("whole" if cut else "said")  # beside a part, other numbers may be parts as well
            if name not in values and pattern and (match := re.search(pattern, rest)):
                values[name] = _number(match)
        return values

    def _chosen(self, about: Mapping[str, Any], said: str) -> Any:
        choices = about.get("choices", ())
        for choice in choices:
            if said in (plain(choice["title"]), plain(str(choice["value"]))):
                return choice["value"]
        for choice in choices:
            if "alone" in choice and re.search(choice["alone"], said):
                return choice["value"]
        match = re.fullmatch(COMMON["choice"], digits(said))
        place = int(match[1]) if match else 0
        return choices[place - 1]["value"] if "number" not in about and 0 < place <= len(choices) else None


def yuan(amount: float) -> str:
    """An amount as people write it: 3600元, 1234.5元."""
    return f"{amount:.2f}".rstrip("0").rstrip(".") + "元"


def number_said(value: float) -> str:
    """A number without needless decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _field(about: Mapping[str, Any]) -> Field:
    choices = tuple(Choice(choice["title"], choice["value"]) for choice in about.get("choices", ()))
    return Field(about["name"], about["ask"], choices, "number" in about)


def _unknown(asked: str, about: Mapping[str, Any]) -> dict[str, Any]:
    if "unknown" in about:
        return {asked: about["unknown"]}
    if "help" in about:
        raise NotPossible(about["help"])
    return {}


def _number(match: re.Match[str]) -> float | int:
    value = float(next(group for group in match.groups() if group))
    return int(value) if value == int(value) else value
