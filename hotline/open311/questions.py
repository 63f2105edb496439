"""What is asked about some categories besides the usual fields, and reading the answers."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from hotline.open311.refusal import Refused

LONGEST = 300
_ONE_LINE = {"string": re.compile(".+"), "number": re.compile(r"-?\d{1,9}(\.\d{1,9})?", re.ASCII)}


@dataclass(frozen=True)
class Question:
    """One attribute of a service definition."""

    code: str
    ask: str
    datatype: str
    required: bool = False
    hint: str = ""
    values: Mapping[str, str] = field(default_factory=dict)

    def described(self, order: int) -> dict[str, Any]:
        """The question as a service definition shows it."""
        return {
            "variable": True,
            "code": self.code,
            "datatype": self.datatype,
            "required": self.required,
            "datatype_description": self.hint or None,
            "order": order,
            "description": self.ask,
            **({"values": [{"key": key, "name": name} for key, name in self.values.items()]} if self.values else {}),
        }

    def answer(self, given: Sequence[str]) -> str:
        """The answer for people to read, "" when there is none; raises Refused."""
        told = [value for value in given if value]
        if not told and self.required:
            raise Refused("attribute_missing", field=self.code)
        if len(told) > 1 and self.datatype != "multivaluelist":
            raise Refused("attribute", field=self.code)
        return "、".join(self._read(value) for value in told)

    def _read(self, value: str) -> str:
        if len(value) > LONGEST:
            raise Refused("too_long", field=f"attribute[{self.code}]", most=LONGEST)
        if not self._fits(value):
            raise Refused("attribute", field=self.code)
        return self.values.get(value, value)

    def _fits(self, value: str) -> bool:
        if self.values:
            return value in self.values
        if self.datatype == "datetime":
            return _is_moment(value)
        return self.datatype == "text" or bool(_ONE_LINE[self.datatype].fullmatch(value))


@cache
def questions(category: str) -> tuple[Question, ...]:
    """What is asked about a category, in order; nothing about most of them."""
    return tuple(Question(code, **about) for code, about in _file().get(category, {}).items())


def answers(category: str, given: Mapping[str, Sequence[str]]) -> list[str]:
    """One line for each question that was answered; raises Refused for a missing, unknown or wrong answer."""
    asked = questions(category)
    unknown = sorted(given.keys() - {question.code for question in asked})
    if unknown:
        raise Refused("attribute_unknown", field=unknown[0])
    told = ((question.ask, question.answer(given.get(question.code, ()))) for question in asked)
    return [f"{ask}：{answer}" for ask, answer in told if answer]


def _is_moment(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


@cache
def _file() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "questions.yml").read_text(encoding="utf-8"))
    return content
