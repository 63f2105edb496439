"""An entry checked as a whole: each part by the rules, and what only the whole can show."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

from knowledge.entry import PLAIN_HEADING, Entry, EntryError, parse
from knowledge.plain_language import Report, findings, score_of
from knowledge.plain_language.finding import WHOLE, Finding
from knowledge.plain_language.rules import points_of, read, words_of

LEAD = "开头"
READ_FIRST = (LEAD, PLAIN_HEADING)  # here a word of the office is an error, unless it is mild
ALWAYS_ERRORS = ("score", "entry")


def check_entry(entry: Entry) -> Report:
    """Findings and score of a whole entry; a finding with `is_error` must be put right before publishing."""
    parts = parts_of(entry)
    found = [finding for part, text in parts.items() for finding in _of_part(part, text)]
    found = _strange_terms(found, entry) + list(_of_whole(entry))
    points, limit = score_of(found, "\n".join(parts.values())), read("rules")["score"]["entry"]
    too_low = [_about_whole("score", score=points, limit=limit)] if points < limit else []
    return Report(points, (*too_low, *found))


def check_file(path: Path) -> Report:
    """The report on one file of the corpus; a file that is no entry has score 0 and an error that says why."""
    try:
        return check_entry(parse(path.read_text(encoding="utf-8")))
    except (EntryError, UnicodeDecodeError) as error:
        return Report(0.0, (_about_whole("entry", reason=error),))


def parts_of(entry: Entry) -> dict[str, str]:
    """The parts that a citizen reads, by heading."""
    return {LEAD: entry.lead} | {facet.name: facet.text for facet in entry.facets} | {PLAIN_HEADING: entry.plain}


def _of_part(part: str, text: str) -> Iterator[Finding]:
    for finding in findings(text):
        strict = part in READ_FIRST and finding.rule == "officialese" and finding.size != "mild"
        yield replace(finding, part=part, is_error=finding.is_error or strict)


def _strange_terms(found: list[Finding], entry: Entry) -> list[Finding]:
    """The findings, where a term counts once an entry, and the entry's own subject is no strange term."""
    seen: set[str] = set()
    subject = " ".join([entry.title, *entry.official_names])
    kept = []
    for finding in found:
        if finding.rule == "term":
            if finding.words in seen or finding.words in subject:
                continue
            seen.add(finding.words)
        kept.append(finding)
    return kept


def _of_whole(entry: Entry) -> Iterator[Finding]:
    if "您" not in "".join(parts_of(entry).values()):
        yield _about_whole("no_you")
    opening = _bad_opening().match(entry.lead)
    if opening:
        said = words_of("lead_order")
        points = points_of("lead_order")
        yield Finding("lead_order", opening[0], 0, said["why"], said["better"], "lead_order", points, LEAD)


def _about_whole(rule: str, **values: object) -> Finding:
    said = words_of(rule)
    why = said["why"].format(**values)
    return Finding(rule, WHOLE, 0, why, said["better"], rule, points_of(rule), is_error=rule in ALWAYS_ERRORS)


@cache
def _bad_opening() -> re.Pattern[str]:
    return re.compile("|".join(read("rules")["lead_opens_badly"]))
