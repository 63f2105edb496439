"""Danger in a message, found before anything else is understood."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain, pairwise, repeat, zip_longest
from pathlib import Path
from typing import Any, NamedTuple

import yaml

PATTERNS = Path(__file__).with_name("emergency.yml")
BLANK = "_"  # stands for each character that is set aside
PASSAGE = 40  # characters judged together
NOT_HAN = re.compile(r"[^一-鿿]+")
SPACED_LETTERS = re.compile(r"(?<![^\s])[一-鿿](?:\s[一-鿿]){2,}(?![^\s])")
CLAUSE = re.compile(rf"[^，。]{{1,{PASSAGE // 2}}}[，。]*|[，。]+")
SENTENCE_ENDS = "。！？!?；;\n\r…"
CLAUSE_ENDS = ",、:：\t~～—"
PUNCTUATION = str.maketrans(dict.fromkeys(SENTENCE_ENDS, "。") | dict.fromkeys(CLAUSE_ENDS, "，"))
LIST_NAME = re.compile(r"<([a-z]+)>")
CLAUSE_SPACE = re.compile(r"(?<![a-z])\s|\s(?![a-z])")


@dataclass(frozen=True)
class Danger:
    """A danger of one kind (a key of `kinds` in emergency.yml) and the words that showed it."""

    kind: str
    matched: str


class _Clause(NamedTuple):
    start: int
    end: int
    text: str
    points: int
    is_break: bool


class _Passage(NamedTuple):
    text: str
    points: int


class DangerRules:
    """The signs and points of one emergency file, compiled once; KeyError where a part of it is missing."""

    def __init__(self, path: Path) -> None:
        rules: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        words = _expanded(rules["words"])
        kinds: dict[str, dict[str, Any]] = rules["kinds"]
        self.responses: dict[str, str] = {kind: rule["response"] for kind, rule in kinds.items()}
        self._slips: dict[str, str] = rules["slips"]
        self._slip = _pattern(list(self._slips), {})
        self._set_aside = _pattern(rules["set_aside"], words)
        self._breaks = _pattern(rules["breaks"], words)
        self._not_now = _pattern(rules["not_now"], words)
        self._leans_back = _pattern(rules["leans_back"], words)
        self._spelled = {kind: _pattern(rule["spelled"], words) for kind, rule in kinds.items()}
        self._signs = {kind: _pattern(rule["signs"], words) for kind, rule in kinds.items()}
        self._words = {kind: _pattern(rule["words"], words) for kind, rule in kinds.items()}
        points = rules["points"]
        self._start: int = points["start"]
        self._start_alone: int = points["start_alone"]
        self._enough: int = points["enough"]
        self._doubt: int = points["doubt"]
        self._points = {part: value for value, parts in points["parts"].items() for part in parts.split()}
        self._word_points = [(re.compile(words[name]), value) for name, value in points["words"].items()]
        self._most_from_words: int = sum(value for _, value in self._word_points if value > 0)

    def find(self, text: str) -> Danger | None:
        """The danger in the text: spelled, by a sign, or by points; None where there is none."""
        prepared = self._prepared(text)
        passages = list(self._passages(prepared))
        return self._spelled_in(prepared) or self._by_sign(passages) or self._by_points(passages)

    def _spelled_in(self, text: str) -> Danger | None:
        found = ((kind, spelled.search(text)) for kind, spelled in self._spelled.items())
        return next((Danger(kind, match.group()) for kind, match in found if match), None)

    def _by_sign(self, passages: list[_Passage]) -> Danger | None:
        credible = [passage.text for passage in passages if passage.points > self._doubt]
        for kind, sign in self._signs.items():
            for text in credible:
                for match in sign.finditer(text):
                    clause_before = text[: match.start()].rpartition("，")[2]
                    if not self._not_now.search(clause_before):
                        return Danger(kind, match.group())
        return None

    def _by_points(self, passages: list[_Passage]) -> Danger | None:
        for passage in passages:
            if passage.points > self._enough:
                found = {kind: words.findall(passage.text) for kind, words in self._words.items()}
                kind = max(found, key=lambda kind: len(set(found[kind])))
                if found[kind]:
                    return Danger(kind, "、".join(dict.fromkeys(found[kind])))
        return None

    def _passages(self, text: str) -> Iterator[_Passage]:
        """The passages that may speak of danger; all others have too few points, whatever words they use."""
        clauses = [self._clause(match) for match in CLAUSE.finditer(text)]
        for run in _runs(clauses):
            points = self._start + sum(clause.points for clause in run)
            if self._may_count(points):
                yield self._passage("".join(clause.text for clause in run), points)
        for clause, ahead in zip_longest(clauses, clauses[1:]):
            points = self._start_alone + clause.points
            if self._may_count(points) and self._stands_alone(clause, ahead):
                yield self._passage(clause.text, points)

    def _clause(self, match: re.Match[str]) -> _Clause:
        text = match.group()
        points = sum(map(self._points.get, parts_of(text), repeat(0)))
        return _Clause(match.start(), match.end(), text, points, self._breaks.search(text) is not None)

    def _may_count(self, points: int) -> bool:
        return points + self._most_from_words > self._doubt

    def _stands_alone(self, clause: _Clause, ahead: _Clause | None) -> bool:
        return ahead is None or "。" in clause.text or not self._leans_back.search(ahead.text)

    def _passage(self, text: str, points: int) -> _Passage:
        return _Passage(text, points + sum(value for words, value in self._word_points if words.search(text)))

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


def parts_of(clause: str) -> Iterator[str]:
    """The Chinese letters of a clause, each alone and each with its next."""
    letters = NOT_HAN.sub("", clause)
    return chain(letters, map("".join, pairwise(letters)))


def _runs(clauses: list[_Clause]) -> Iterator[list[_Clause]]:
    """Clauses that belong together: one sentence, no break, PASSAGE characters; no run lies inside another."""
    reached = 0
    for first, clause in enumerate(clauses):
        run = [clause]
        for following in clauses[first + 1 :]:
            if following.end - clause.start > PASSAGE or _apart(run[-1], following):
                break
            run.append(following)
        if run[-1].end > reached:
            reached = run[-1].end
            yield run


def _apart(clause: _Clause, following: _Clause) -> bool:
    return "。" in clause.text or clause.is_break or following.is_break


def _expanded(words: dict[str, list[str]]) -> dict[str, str]:
    expanded: dict[str, str] = {}
    for name, lines in words.items():
        # Without a group of its own, so that the alternatives stay flat: the regular expression engine is quicker then.
        expanded[name] = LIST_NAME.sub(lambda inner: expanded[inner[1]], "|".join(lines))
    return expanded


def _pattern(lines: list[str], words: dict[str, str]) -> re.Pattern[str]:
    return re.compile(LIST_NAME.sub(lambda name: f"(?:{words[name[1]]})", "|".join(lines)))
