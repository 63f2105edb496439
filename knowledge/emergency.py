"""Danger in a message, found before anything else is understood."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

PATTERNS = Path(__file__).with_name("emergency.yml")
REACH = 14  # characters to each side in which a sign looks for its company
MARK = "◆"  # stands for the sign when its surroundings are read
BLANK = "_"  # stands for every character of a harmless phrase
SIGN_GAP = "[^。]{0,6}"
EXCUSE_GAP = "[^，。]{0,12}"
WIDE_GAP = "[^。]{0,16}"
CLAUSES_TOGETHER = 3
CLAUSE = re.compile("(?P<here>[^，。]+)(?=，+(?P<ahead>[^，。]+))?")
SPACED_LETTERS = re.compile(r"(?<![^\s])[一-鿿](?:\s[一-鿿]){2,}(?![^\s])")
CLAUSE_SPACE = re.compile(r"(?<![a-z])\s|\s(?![a-z])")
SENTENCE_ENDS = "。！？!?；;\n\r…"
CLAUSE_ENDS = ",、:：\t~～—"
PUNCTUATION = str.maketrans(dict.fromkeys(SENTENCE_ENDS, "。") | dict.fromkeys(CLAUSE_ENDS, "，"))


@dataclass(frozen=True)
class Danger:
    """A danger of one kind (a key of `kinds` in emergency.yml) and the words that showed it."""

    kind: str
    matched: str


@dataclass(frozen=True)
class _Sign:
    see: re.Pattern[str]
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None
    near: re.Pattern[str] | None
    excuse: re.Pattern[str] | None

    def found_in(self, text: str) -> Iterator[re.Match[str]]:
        """Every place where the sign stands in the company it asks for."""
        for match in self.see.finditer(text):
            left = text[max(0, match.start() - REACH) : match.start()]
            right = text[match.end() : match.end() + REACH]
            if (
                _holds(self.before, left)
                and _holds(self.after, right)
                and _holds(self.near, left + match.group() + right)
            ):
                yield match


@dataclass(frozen=True)
class _Clue:
    words: re.Pattern[str]
    points: int
    kind: str | None


class DangerRules:
    """The patterns of one emergency file, compiled once; ValueError where the file is wrong."""

    def __init__(self, path: Path) -> None:
        rules: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        self._words = _expanded_words(rules["words"])
        self._slips: dict[str, str] = rules["slips"]
        for slip, meant in self._slips.items():
            if len(slip) != len(meant):
                raise ValueError(f"{path.name}: slip {slip!r} and {meant!r} differ in length")
        self._slip = re.compile("|".join(map(re.escape, self._slips)))
        self._harmless = self._sign_pattern(rules["harmless"])
        self._now = self._excuse_pattern(rules["now"])
        self._excuses: dict[str, list[str]] = rules["excuses"]
        self.responses: dict[str, str] = {kind: rule["response"] for kind, rule in rules["kinds"].items()}
        self._signs = {kind: list(self._read(rule["signs"], rule["excused_by"])) for kind, rule in rules["kinds"].items()}
        self._enough: int = rules["clues"]["enough"]
        self._silence = self._excuse_pattern(rules["clues"]["silence"])
        self._silence_ahead = self._excuse_pattern(rules["clues"]["silence_ahead"])
        self._clues = [
            _Clue(self._sign_pattern(clue["words"]), clue["points"], clue.get("kind")) for clue in rules["clues"]["words"]
        ]

    def find(self, text: str) -> Danger | None:
        """The danger in the text: by a sign, else by clues that add up; None where there is none."""
        prepared = self._prepared(text)
        return self._by_sign(prepared) or self._by_clues(prepared)

    def _by_sign(self, text: str) -> Danger | None:
        for kind, signs in self._signs.items():
            for sign in signs:
                for match in sign.found_in(text):
                    if not self._is_excused(sign, text, match):
                        return Danger(kind, match.group())
        return None

    def _by_clues(self, text: str) -> Danger | None:
        clauses = [self._clues_in(clause["here"], clause["ahead"] or "") for clause in CLAUSE.finditer(text)]
        for start in range(len(clauses)):
            together: dict[_Clue, str] = {}
            for clues in clauses[start : start + CLAUSES_TOGETHER]:
                together |= clues
                if sum(clue.points for clue in together) >= self._enough and (danger := _leading_danger(together)):
                    return danger
        return None

    def _clues_in(self, clause: str, ahead: str) -> dict[_Clue, str]:
        if self._silence.search(clause) or self._silence_ahead.search(ahead):
            return {}
        return {clue: match.group() for clue in self._clues if (match := clue.words.search(clause))}

    def _prepared(self, text: str) -> str:
        text = SPACED_LETTERS.sub(lambda match: re.sub(r"\s", "", match.group()), text.lower())
        text = CLAUSE_SPACE.sub("，", text.translate(PUNCTUATION))
        text = self._slip.sub(lambda match: self._slips[match.group()], text)
        return self._harmless.sub(lambda match: BLANK * len(match.group()), text)

    def _is_excused(self, sign: _Sign, text: str, match: re.Match[str]) -> bool:
        if sign.excuse is None:
            return False
        sentence_start = text.rfind("。", 0, match.start()) + 1
        sentence_end = text.find("。", match.end())
        left = text[max(sentence_start, match.start() - 2 * REACH) : match.start()]
        right = text[match.end() : match.end() + 2 * REACH if sentence_end < 0 else sentence_end][: 2 * REACH]
        surroundings = left + MARK + right
        return bool(sign.excuse.search(surroundings)) and not self._now.search(surroundings)

    def _read(self, signs: list[str | dict[str, Any]], usual: list[str]) -> Iterator[_Sign]:
        plain = [sign for sign in signs if isinstance(sign, str)]
        if plain:
            yield self._sign({"see": plain}, usual)
        yield from (self._sign(sign, usual) for sign in signs if not isinstance(sign, str))

    def _sign(self, sign: dict[str, Any], usual: list[str]) -> _Sign:
        names = sign.get("excused_by", usual)
        return _Sign(
            see=self._sign_pattern(sign["see"]),
            before=self._sign_pattern(sign["before"]) if "before" in sign else None,
            after=self._sign_pattern(sign["after"]) if "after" in sign else None,
            near=self._sign_pattern(sign["near"]) if "near" in sign else None,
            excuse=self._excuse_pattern([line for name in names for line in self._excuses[name]]) if names else None,
        )

    def _sign_pattern(self, lines: str | list[str]) -> re.Pattern[str]:
        return self._pattern(lines, SIGN_GAP)

    def _excuse_pattern(self, lines: str | list[str]) -> re.Pattern[str]:
        return self._pattern(lines, EXCUSE_GAP)

    def _pattern(self, lines: str | list[str], gap: str) -> re.Pattern[str]:
        joined = lines if isinstance(lines, str) else "|".join(lines)
        return re.compile(_with_words(joined, self._words).replace("……", WIDE_GAP).replace("…", gap))


@cache
def danger_rules() -> DangerRules:
    """The shipped rules."""
    return DangerRules(PATTERNS)


def find_danger(text: str) -> Danger | None:
    """The danger that a message speaks of, or None; the text is simplified Chinese of any length."""
    return danger_rules().find(text)


def _leading_danger(clues: dict[_Clue, str]) -> Danger | None:
    """The danger that the weightiest clue with a kind speaks of."""
    for clue, word in sorted(clues.items(), key=lambda item: -item[0].points):
        if clue.kind:
            return Danger(clue.kind, word)
    return None


def _holds(pattern: re.Pattern[str] | None, text: str) -> bool:
    return pattern is None or pattern.search(text) is not None


def _expanded_words(words: dict[str, str]) -> dict[str, str]:
    expanded: dict[str, str] = {}
    for name, pattern in words.items():
        expanded[name] = _with_words(pattern, expanded)
    return expanded


def _with_words(pattern: str, words: dict[str, str]) -> str:
    return re.sub(r"<([a-z_]+)>", lambda name: f"(?:{words[name.group(1)]})", pattern)
