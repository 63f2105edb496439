"""Suggestions while typing: what is found, in which order, and how fast."""

import time
from collections.abc import Callable
from datetime import date
from itertools import islice
from random import Random

import pytest

from knowledge.entry import parse
from knowledge.store import Revision
from knowledge.suggestions import MOST, Question, Suggestions, questions
from tests.service import ROOT

TODAY = date(2026, 11, 28)
FAST_SECONDS = 0.05
TRIES = 1000
ASKED = (
    ("lost", "身份证丢了怎么补"),
    ("lost", "身份证掉了咋办"),
    ("renew", "身份证到期怎么换"),
    ("etc", "ETC怎么办"),
    ("household", "怎么补办户口本"),
    ("light", "路灯坏了找谁"),
)


@pytest.fixture(scope="module")
def shipped() -> list[Revision]:
    """The entries that ship with the product."""
    paths = sorted((ROOT / "knowledge" / "corpus").rglob("*.md"))
    return [Revision(parse(path.read_text(encoding="utf-8")), 1, sample=True) for path in paths]


def found(typed: str) -> list[str]:
    return [one.text for one in Suggestions([Question(*pair) for pair in ASKED]).find(typed)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("身份", "身份证丢了怎么补"),
        ("补办", "怎么补办户口本"),
        ("坏了", "路灯坏了找谁"),
        ("身份证换", "身份证到期怎么换"),
        ("证 换", "身份证到期怎么换"),
        ("路灯 谁", "路灯坏了找谁"),
        ("sfzd", "身份证丢了怎么补"),
        ("hkb", "怎么补办户口本"),
        ("ludeng", "路灯坏了找谁"),
        ("ld", "路灯坏了找谁"),
        ("etc", "ETC怎么办"),
        ("ETC", "ETC怎么办"),
    ],
)
def test_a_beginning_a_middle_initials_and_sounds_lead_to_the_question(typed: str, first: str) -> None:
    assert found(typed)[0] == first


@pytest.mark.parametrize("typed", ["", " ", "\n", "。。。", "股票", "zzz", "丢 换", "补丢"])
def test_nothing_is_suggested_where_nothing_fits(typed: str) -> None:
    assert found(typed) == []


def test_what_begins_so_comes_before_what_only_holds_it() -> None:
    assert found("怎么") == ["怎么补办户口本", "身份证丢了怎么补", "身份证到期怎么换", "ETC怎么办"]


def test_an_entry_is_suggested_once_and_no_more_than_five_are(shipped: list[Revision]) -> None:
    index = Suggestions(questions(shipped, {}, TODAY))
    for typed in ("怎么", "身份证", "s", "sb", "社保"):
        entries = [one.entry for one in index.find(typed)]
        assert 1 <= len(entries) <= MOST and len(set(entries)) == len(entries), typed


def test_titles_come_first_and_what_is_asked_most_before_them(shipped: list[Revision]) -> None:
    def first(asked: dict[str, int]) -> str:
        return Suggestions(questions(shipped, asked, TODAY)).find("身份证")[0].entry

    titles = {revision.entry.title for revision in shipped}
    ordered = questions(shipped, {}, TODAY)
    assert {one.text for one in ordered[: len(shipped)]} == titles
    assert first({}) != "temporary-id-card"
    assert first({"temporary-id-card": 3}) == "temporary-id-card"


def test_entries_out_of_force_are_not_suggested(shipped: list[Revision]) -> None:
    limited = [one for one in shipped if one.entry.valid_to]
    if not limited:
        pytest.skip("no entry ends")
    [entry] = {one.entry.id for one in limited[:1]}
    assert entry in {one.entry for one in questions(shipped, {}, limited[0].entry.valid_to or TODAY)}
    assert entry not in {one.entry for one in questions(shipped, {}, date(2999, 1, 1))}


@pytest.mark.prove
def test_typing_waits_less_than_50_milliseconds(shipped: list[Revision], record_property: Callable[..., None]) -> None:
    own = questions(shipped, {}, TODAY)
    seeds = [one.text for one in own]
    many = list(islice((Question(f"e{n}", f"{seeds[n % len(seeds)]}{n}") for n in range(10**6)), 100_000))
    for name, ordered in ((f"{len(shipped)} entries", own), ("100,000 questions", many)):
        seconds = measured(Suggestions(ordered), seeds)
        middle, late = seconds[TRIES // 2], seconds[TRIES * 95 // 100]
        record_property(name, late)
        print(f"{name}: 50 % within {middle * 1000:.2f} ms, 95 % within {late * 1000:.2f} ms")
        assert late < FAST_SECONDS, name


def measured(index: Suggestions, seeds: list[str]) -> list[float]:
    """How long each of many lookups took, the shortest first: beginnings, middles, gaps, nonsense, initials."""
    random = Random(20261128)
    kinds: list[Callable[[str], str]] = [
        lambda seed: seed[: random.randint(1, 6)],
        lambda seed: seed[2 : 2 + random.randint(1, 4)],
        lambda seed: seed[:10:2],
        lambda _: "".join(random.choice(seeds)[0] for _ in range(4)),
        lambda _: "".join(random.choices("abcdefghijklmnopqrstuvwxyz", k=random.randint(1, 6))),
    ]
    seconds = []
    for number in range(TRIES):
        typed = kinds[number % len(kinds)](random.choice(seeds))
        began = time.process_time()
        index.find(typed)
        seconds.append(time.process_time() - began)
    return sorted(seconds)
