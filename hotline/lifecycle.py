"""The table of steps in lifecycle.yml, and whether a step may be taken."""

import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

Fields = Mapping[str, Any]


class NotAllowed(ValueError):
    """A step that the table does not allow; `reason` is state, role, missing, too_soon or too_late."""

    def __init__(self, step: str, reason: str, detail: str = "") -> None:
        super().__init__(f"{step} is not allowed: {reason} {detail}".rstrip())
        self.reason = reason


class UnknownTicket(LookupError):
    """No ticket has this number."""


@dataclass(frozen=True)
class Rule:
    """Who may take a step, from which states, and with which fields."""

    by: frozenset[str]
    states: frozenset[str]
    requires: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """One line of the table."""

    name: str
    label: str
    to: str | Mapping[str, str]
    rules: Mapping[str, Rule]  # by `handled_by`
    citizen: tuple[str, ...]
    callback: str = ""
    webhook: str = ""
    internal: bool = False
    leads: bool = False
    once_in_hours: float = 0
    days_after_answer: float = 0

    def check(self, state: str, handled_by: str, role: str, fields: Fields) -> None:
        """Raise NotAllowed unless this role may take the step from this state with these fields."""
        rule = self.rules[handled_by]
        if role not in rule.by:
            raise NotAllowed(self.name, "role", role)
        if state not in rule.states:
            raise NotAllowed(self.name, "state", state)
        missing = [name for name in rule.requires if fields.get(name) in (None, "")]
        if missing:
            raise NotAllowed(self.name, "missing", ", ".join(missing))

    def check_time(self, at: datetime, last_taken: datetime | None, answered: datetime | None) -> None:
        """Raise NotAllowed when the step was taken too recently, or the answer is too long ago."""
        if self.once_in_hours and last_taken and at - last_taken < timedelta(hours=self.once_in_hours):
            raise NotAllowed(self.name, "too_soon")
        if self.days_after_answer and answered and at - answered > timedelta(days=self.days_after_answer):
            raise NotAllowed(self.name, "too_late")

    @property
    def is_told(self) -> bool:
        """The citizen reads of it."""
        return bool(self.citizen) and not self.internal

    def after(self, state: str) -> str:
        """The state that the step leads to from this one."""
        return self.to if isinstance(self.to, str) else self.to.get(state, state)

    def told(self, fields: Fields) -> str:
        """What the citizen reads; a sentence that lacks a field is left out."""
        given = {name: value for name, value in fields.items() if value not in (None, "")}
        sayable = (sentence for sentence in self.citizen if _names(sentence) <= given.keys())
        return "".join(_ended(sentence.format(**given)) for sentence in sayable)


@dataclass(frozen=True)
class Lifecycle:
    """Every step, and the words for states, kinds and satisfaction."""

    steps: Mapping[str, Step]
    states: Mapping[str, str]
    kinds: tuple[str, ...]
    reject_reasons: Mapping[str, str]
    moment: str  # how a deadline is written, for strftime
    day: str
    satisfaction: Mapping[str, str]

    def of_callback(self, name: str) -> Step:
        """The step that a callback takes; raises KeyError for an unknown callback."""
        return {step.callback: step for step in self.steps.values() if step.callback}[name]

    def role_for(self, step: str, handled_by: str, roles: Iterable[str]) -> str:
        """The one of a person's roles that the table lets take the step; raises NotAllowed when there is none."""
        allowed = self.steps[step].rules[handled_by].by
        found = next((role for role in roles if role in allowed), None)
        if found is None:
            raise NotAllowed(step, "role", ", ".join(roles))
        return found


@cache
def lifecycle() -> Lifecycle:
    """The table, read once."""
    content = yaml.safe_load((Path(__file__).parent / "lifecycle.yml").read_text(encoding="utf-8"))
    return Lifecycle(
        steps={name: _step(name, line) for name, line in content["steps"].items()},
        states=content["states"],
        kinds=tuple(content["kinds"]),
        reject_reasons=content["reject_reasons"],
        moment=content["moment"],
        day=content["day"],
        satisfaction=content["satisfaction"],
    )


def _step(name: str, line: dict[str, Any]) -> Step:
    rules = {handled_by: _rule(line.pop(handled_by)) for handled_by in ("local", "hotline")}
    return Step(name=name, rules=rules, to=line.pop("to", {}), citizen=tuple(line.pop("citizen")), **line)


def _rule(line: dict[str, list[str]]) -> Rule:
    return Rule(frozenset(line["by"]), frozenset(line["from"]), tuple(line["requires"]))


def _names(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith(tuple("。!?！？…;；")) else sentence + "。"
