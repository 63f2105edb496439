"""The shipped corpus: every file is an entry, everything it names exists, no question has two homes."""

from collections import Counter
from functools import lru_cache
from pathlib import Path

import pytest
import yaml

from knowledge.calculators import CALCULATORS
from knowledge.entry import Entry, EntryError, parse
from knowledge.local import LocalValues
from knowledge.plain_language.entries import check_entry
from knowledge.publishing import CORPUS, SOURCES

FILES = sorted(CORPUS.glob("*/*.md"))
DOMAINS = (
    "户口与身份证 出入境 婚姻 生育与育儿 教育 就业与劳动 社保与退休 医保 公积金与住房 "
    "不动产 税 开办企业 车驾与交通 救助与残疾人 法律援助与信访 养老 消费维权 市政"
)


@lru_cache(maxsize=1)
def corpus() -> dict[Path, Entry]:
    return {path: parse(path.read_text(encoding="utf-8")) for path in FILES}


EVERYDAY = "户口与身份证 就业与劳动 社保与退休 医保 车驾与交通 市政"  # what people ask most


def test_there_are_enough_entries_in_every_domain() -> None:
    counts = Counter(entry.domain for entry in corpus().values())
    assert set(counts) == set(DOMAINS.split())
    assert counts.total() >= 260
    assert min(counts.values()) >= 10
    assert all(counts[domain] >= 20 for domain in EVERYDAY.split())


def test_every_entry_is_said_plainly() -> None:
    assert {entry.id: check_entry(entry).errors for entry in corpus().values() if check_entry(entry).errors} == {}


def test_an_entry_lies_in_its_domain_under_its_own_name() -> None:
    assert not [path for path, entry in corpus().items() if (path.parent.name, path.stem) != (entry.domain, entry.id)]


def test_every_source_is_described_and_every_verification_is_known() -> None:
    described = yaml.safe_load(SOURCES.read_text(encoding="utf-8"))
    cited = [citation for entry in corpus().values() for citation in entry.sources]
    cited += [citation for calculator in CALCULATORS.values() for citation in calculator.sources]
    assert {citation.source for citation in cited} == set(described)
    assert {citation.verified for citation in cited} <= {"read", "recalled"}


def test_everything_that_an_entry_points_to_exists() -> None:
    known = {entry.id for entry in corpus().values()}
    named = {name for entry in corpus().values() for name in (*entry.related, *(miss.entry for miss in entry.not_for))}
    assert named <= known


def test_no_question_stands_in_two_entries() -> None:
    asked = Counter(question for entry in corpus().values() for question in entry.questions)
    assert not [question for question, times in asked.items() if times > 1]


def test_every_local_fact_has_a_value_in_the_sample_city() -> None:
    local = LocalValues("示例市")
    for entry in corpus().values():
        text = "".join([entry.lead, entry.plain, *(facet.text for facet in entry.facets)])
        assert "{{" not in local.fill(text)


def test_entries_are_reviewed_within_a_year() -> None:
    assert not [entry.id for entry in corpus().values() if (entry.review_by - entry.checked_on).days > 366]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("id: id-card-lost", "id: 身份证"), "id"),
        (("kind: procedure", "kind: poem"), "kind"),
        (("## 说人话", "## 人话"), "说人话"),
        (("## 谁能办", "## 谁都能办"), "谁都能办"),
        (("checked_on: 2026-11-23", "checked_on: soon"), "checked_on"),
        (("review_by: 2027-05-23", "review_by: 2027-02-30"), "读不懂"),
        (("review_by: 2027-05-23", "review_by: 2027-05-23 00:00:00"), "review_by"),
        (("title: 身份证丢了怎么补", "title: [身份证, 丢了]"), "title"),
        (("official_names: ", "official_names: 补领身份证 # "), "official_names"),
        (("sources:", "sauces:"), "依据"),
    ],
)
def test_a_broken_file_is_refused_with_the_reason(change: tuple[str, str], reason: str) -> None:
    text = (CORPUS / "户口与身份证/id-card-lost.md").read_text(encoding="utf-8")
    with pytest.raises(EntryError, match=reason):
        parse(text.replace(*change))
