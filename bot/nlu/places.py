"""Finds the place in what citizens write: a name, then all that narrows it down. The words are in places.yml."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

LONGEST_NAME = 8
LONGEST_BETWEEN = 4  # characters of a further name in one address: 建设路 + 阳光 + 小区
FURTHER_REACH = 20  # characters in which a further name and its end lie: keeps long texts cheap
SHORTEST_MARKED = 3
DISTRICTS = "省市县区镇乡"  # enough of a name: 县医院
PASSED_BY = "住去"  # a citizen lives there or goes there: where another place is named, the problem is in that one
Pattern = re.Pattern[str]


class Found(NamedTuple):
    """A place; of several the greatest counts, of equal ones the first."""

    is_sure: bool
    is_scene: bool
    length: int
    name: str


def place(text: str) -> str | None:
    """The place that someone else could find, in the words of the text, or None."""
    said = time_pattern().sub(lambda match: " " * len(match.group()), text)
    found = [*_named(said), *_called(said)]
    return max(found, key=lambda one: one[:3]).name if found else None


@lru_cache(maxsize=1)
def time_pattern() -> Pattern:
    """A date, a weekday, a time of day."""
    return re.compile("|".join(_words()["time"]["patterns"]))


def _called(said: str) -> Iterator[Found]:
    for match in _patterns()["called"].finditer(said):
        yield Found(True, True, len(match.group()), match.group())


def _named(said: str) -> Iterator[Found]:
    for start, stop in _chunks(said):
        sure = _by_end(said, start, stop) or _by_head(said, start, stop)
        end = sure or _by_next(said, start, stop) or _by_faint_end(said, start, stop) or _by_office(said, start, stop)
        if end:
            end = _narrowed(said, end)
            is_scene = start == 0 or said[start - 1] not in PASSED_BY
            yield Found(bool(sure), is_scene, end - start, said[start:end])


def _chunks(said: str) -> Iterator[tuple[int, int]]:
    """Where each piece between two breaks starts and stops."""
    start = 0
    for match in _patterns()["break"].finditer(said):
        if match.start() > start:
            yield start, match.start()
        start = match.end()
    if start < len(said):
        yield start, len(said)


def _by_end(said: str, start: int, stop: int) -> int | None:
    """Where a name ends that says what kind of place it is."""
    for match in _ends(said, start, stop):
        if _is_name(said[start : match.start()], _shortest(match)):
            return match.end()
    return None


def _by_head(said: str, start: int, stop: int) -> int | None:
    """Where the number of a road or of a school ends, or that of a house whose name has no word for its kind."""
    match = _patterns()["head"].match(said, start, stop)
    if match:
        return match.end()
    match = _patterns()["numbered"].match(said, start, stop)
    return match.end() if match and _is_name(match.group(1), 2) else None


def _by_next(said: str, start: int, stop: int) -> int | None:
    """The end of the piece where what follows shows that all of it is a name."""
    is_marked = _patterns()["marked"].match(said, stop) and stop - start <= LONGEST_NAME
    return stop if is_marked and _is_name(said[start:stop], SHORTEST_MARKED) else None


def _by_faint_end(said: str, start: int, stop: int) -> int | None:
    """Where a name ends that looks like one of a place only together with what follows."""
    patterns = _patterns()
    match = patterns["faint"].match(said, start, stop)
    if not match or not _is_name(match.group(1), 2) or patterns["nameless_or_end"].fullmatch(match.group()):
        return None
    end = match.end()
    return end if end == stop or patterns["after_faint"].match(said, end) or _narrowed(said, end) > end else None


def _by_office(said: str, start: int, stop: int) -> int | None:
    """Where the name of an office ends of which a part follows."""
    match = _patterns()["office"].match(said, start, stop)
    return match.end() if match and _narrowed(said, match.end()) > match.end() else None


def _shortest(end: "re.Match[str]") -> int:
    return int(str(end.lastgroup)[-1])


def _is_name(name: str, shortest: int) -> bool:
    if shortest == 0 or name and name in DISTRICTS:
        return len(name) <= LONGEST_NAME
    nameless = _patterns()["nameless" if shortest == 1 else "nameless_or_end"]  # but 学院路 is the name of a road
    return shortest <= len(name) <= LONGEST_NAME and not nameless.fullmatch(name)


def _narrowed(said: str, end: int) -> int:
    """Where a place that ends here ends with all that narrows it down."""
    while True:
        match = _patterns()["then"].match(said, end)
        further = match.end() if match else _further(said, end)
        if not further or further <= end:
            return end
        end = further


def _further(said: str, end: int) -> int | None:
    """The end of a further name that follows at once, or after `and`."""
    start = end + 1 if said[end : end + 1] in ("和", "与", "跟") else end
    broken = _patterns()["break"].search(said, start, start + FURTHER_REACH)
    shortest = 1 if start > end else 0
    ends = _ends(said, start, broken.start() if broken else start + FURTHER_REACH)
    return next((match.end() for match in ends if shortest <= match.start() - start <= LONGEST_BETWEEN), None)


def _ends(said: str, start: int, stop: int) -> "Iterator[re.Match[str]]":
    return (match for match in _patterns()["end"].finditer(said, start, stop) if match.lastgroup)


@lru_cache(maxsize=1)
def _words() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "places.yml").read_text("utf-8"))
    return content


@lru_cache(maxsize=1)
def _patterns() -> dict[str, Pattern]:
    words = _words()["place"]
    parts = {"UNIT": words["unit"], "CALLED": words["called"], "PART": _any(words["parts"])}
    then = "|".join(words["then"])
    for name, pattern in parts.items():
        then = then.replace(name, pattern)
    written = {
        "break": _any([r"[^一-龥A-Za-z0-9]", *words["breaks"]]),
        "end": _end(words),
        "nameless": f"(?:{_any(words['nameless'])})+",
        "nameless_or_end": f"(?:{_any([*words['nameless'], *words['ends'][2]])})+",
        "head": _any(words["heads"]),
        "then": then,
        **{name: words[name] for name in ("numbered", "marked", "faint", "after_faint", "office", "called")},
    }
    return {name: re.compile(pattern.replace("~", "[一-龥A-Za-z0-9]")) for name, pattern in written.items()}


def _end(words: dict[str, Any]) -> str:
    """A false friend, or an end in a group that tells how long a name it needs."""
    ends = [f"(?P<at_least_{shortest}>{_any(some)})" for shortest, some in words["ends"].items()]
    return "|".join([*words["false_friends"], *ends])


def _any(patterns: Iterable[str]) -> str:
    return "|".join(sorted(patterns, key=len, reverse=True))
