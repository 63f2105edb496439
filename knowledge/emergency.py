"""Danger in a message, found before anything else is understood."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

PATTERNS = Path(__file__).with_name("emergency.yml")
BLANK = "_"  # stands for each character that is set aside
PASSAGE = 40  # characters judged together: a danger and what surrounds it, not the whole message
NOT_HAN = re.compile(r"[^一-鿿]")
SPACED_LETTERS = re.compile(r"(?<![^\s])[一-鿿](?:\s[一-鿿]){2,}(?![^\s])")
CLAUSE = re.compile(rf"[^，。]{{1,{PASSAGE}}}[，。]*|[，。]+")
SENTENCE_ENDS = "。！？!?；;\n\r…"
CLAUSE_ENDS = ",、:：\t~～—"
PUNCTUATION = str.maketrans(dict.fromkeys(SENTENCE_ENDS, "。") | dict.fromkeys(CLAUSE_ENDS, "，"))
CLAUSE_SPACE = re.compile(r"(?<![a-z])\s|\s(?![a-z])")


@dataclass(frozen=True)
class Danger:
    """A danger of one kind (a key of `kinds` in emergency.yml) and the words that showed it."""

    kind: str
    matched: str


@dataclass(frozen=True)
class _Passage:
    start: int
    text: str
    points: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


class DangerRules:
    """The signs and points of one emergency file, compiled once; ValueError where the file is wrong."""

    def __init__(self, path: Path) -> None:
        rules: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        self._slips: dict[str, str] = rules["slips"]
        self._slip = re.compile("|".join(map(re.escape, self._slips)))
        self._set_aside = re.compile("|".join(rules["set_aside"]))
        self._breaks = re.compile(rules["breaks"])
        words = _expanded(rules["words"])
        kinds: dict[str, dict[str, Any]] = rules["kinds"]
        self.responses: dict[str, str] = {kind: rule["response"] for kind, rule in kinds.items()}
        self._signs = {kind: _pattern("|".join(rule["signs"]), words) for kind, rule in kinds.items()}
        self._words = {kind: re.compile(rule["words"]) for kind, rule in kinds.items()}
        points = rules["points"]
        self._start: int = points["start"]
        self._enough: int = points["enough"]
        self._doubt: int = points["doubt"]
        self._points = {part: value for value, parts in points["parts"].items() for part in parts.split()}
        self._word_points = [(re.compile(words[name]), value) for name, value in points["words"].items()]

    def find(self, text: str) -> Danger | None:
        """The danger in the text, by a sign or by points; None where there is none."""
        prepared = self._prepared(text)
        passages = [self._weighed(start, passage) for start, passage in _passages(prepared, self._breaks)]
        return self._by_sign(prepared, passages) or self._by_points(passages)

    def _by_sign(self, text: str, passages: list[_Passage]) -> Danger | None:
        for kind, sign in self._signs.items():
            for match in sign.finditer(text):
                around = [passage.points for passage in passages if passage.start <= match.start() < passage.end]
                if max(around, default=self._enough) > self._doubt:
                    return Danger(kind, match.group())
        return None

    def _by_points(self, passages: list[_Passage]) -> Danger | None:
        for passage in passages:
            if passage.points > self._enough:
                found = {kind: words.findall(passage.text) for kind, words in self._words.items()}
                kind = max(found, key=lambda kind: len(set(found[kind])))
                if found[kind]:
                    return Danger(kind, "".join(found[kind]))
        return None

    def _weighed(self, start: int, text: str) -> _Passage:
        letters = NOT_HAN.sub("", text)
        parts = {letters[at : at + size] for size in (1, 2) for at in range(len(letters))}
        points = sum(self._points.get(part, 0) for part in parts)
        points += sum(value for words, value in self._word_points if words.search(text))
        return _Passage(start, text, self._start + points)

    def _prepared(self, text: str) -> str:
        text = SPACED_LETTERS.sub(lambda match: re.sub(r"\s", "", match.group()), text.lower())
        text = CLAUSE_SPACE.sub("，", text.translate(PUNCTUATION))
        text = self._slip.sub(lambda match: self._slips[match.group()], text)
        return self._set_aside.sub(lambda match: BLANK * len(match.group()), text)


@cache
def danger_rules() -> DangerRules:
    """The shipped rules."""
    return DangerRules(PATTERNS)


def find_danger(text: str) -> Danger | None:
    """The danger that a message speaks of, or None; the text is simplified Chinese of any length."""
    return danger_rules().find(text)


def _passages(text: str, breaks: re.Pattern[str]) -> Iterator[tuple[int, str]]:
    """Runs of clauses of up to PASSAGE characters: within a sentence, not over a break, none inside another."""
    clauses = list(CLAUSE.finditer(text))
    reached = 0
    for first, clause in enumerate(clauses):
        end = clause.end()
        for before, following in pairwise(clauses[first:]):
            apart = "。" in before.group() or breaks.search(before.group()) or breaks.search(following.group())
            if apart or following.end() - clause.start() > PASSAGE:
                break
            end = following.end()
        if end > reached:
            reached = end
            yield clause.start(), text[clause.start() : end]


def _expanded(words: dict[str, str]) -> dict[str, str]:
    expanded: dict[str, str] = {}
    for name, pattern in words.items():
        expanded[name] = _with_words(pattern, expanded)
    return expanded


def _pattern(pattern: str, words: dict[str, str]) -> re.Pattern[str]:
    return re.compile(_with_words(pattern, words))


def _with_words(pattern: str, words: dict[str, str]) -> str:
    return re.sub(r"<([a-z_]+)>", lambda name: f"(?:{words[name.group(1)]})", pattern)
