"""Plain language: each rule by itself, the score, whole entries, and how well officialese is told from plain words."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from sklearn.metrics import roc_auc_score

from commands.knowledge import knowledge
from knowledge.entry import Entry, Facet, parse
from knowledge.plain_language import check, findings, pairs, score
from knowledge.plain_language.entries import check_entry, check_file, parts_of
from knowledge.plain_language.rules import read
from knowledge.publishing import CORPUS

HERE = Path(__file__).parent
ENTRY = CORPUS / "户口与身份证/id-card-lost.md"
NOT_PLAIN = read("rules")["score"]["plain"]


@pytest.fixture
def entry() -> Entry:
    """An entry of the corpus in which the whole is sound, its words replaced by plain ones."""
    shipped = parse(ENTRY.read_text(encoding="utf-8"))
    facet = Facet("多久", "从您交表那天算，60天内给您新证。")
    return replace(shipped, lead="身份证丢了，您住的地方就能补。", facets=(facet,), plain="带上户口簿去派出所补。")


def rules_in(text: str) -> set[str]:
    return {finding.rule for finding in findings(text)}


@pytest.mark.parametrize(
    ("rule", "officialese", "plain"),
    [
        ("long_sentence", "您先去派出所，" * 10 + "拿回执。", "您先去派出所，拿回执。"),
        (
            "long_clause",
            "您先去派出所户籍窗口把身份证丢失的登记表填好再交给里面的民警",
            "您先去派出所，填好登记表，再交上去",
        ),
        ("officialese", "对符合条件的予以补贴", "够条件的，给补贴"),
        ("officialese", "申请材料于3月1日前交到窗口", "材料在3月1日前交到窗口"),
        ("officialese", "本人持身份证到窗口", "您带身份证到窗口"),
        ("officialese", "自受理之日起算", "从收下那天算"),
        ("nominal_verb", "窗口对您的材料进行审核", "窗口看您的材料"),
        ("double_negative", "未登记的车辆不得上路", "车登记了才能上路"),
        ("passive", "经主管机关批准后生效", "规划局同意以后生效"),
        ("noun_pile", "企业职工基本养老保险关系转移接续手续", "把养老保险转过去"),
        ("noun_pile", "您的孩子的学校的老师的电话", "孩子老师的电话"),
        ("term", "这件事可以容缺受理", "材料差一样也先收"),
        ("slogan", "我局切实提升服务水平", "我局周六也开门"),
        ("slogan", "打通服务群众最后一公里", "家门口就能办"),
        ("slogan", "不断提升群众满意度", "您可以对这次服务打分，看看满意度"),
        ("slogan", "群众满意度稳步提升", "满意度调查的电话会打给您"),
        ("slogan", "措施有效保障供应", "您的车有效保障期是1年"),
        ("slogan", "为维护市场秩序，现就有关事项通知如下", "为了维护自己的权益，您可以打12348"),
        ("slogan", "为了保障安全生产，特制定本办法", "为了保障安全，充电要在楼外"),
    ],
)
def test_a_rule_finds_officialese_and_leaves_plain_words_alone(rule: str, officialese: str, plain: str) -> None:
    assert rule in rules_in(officialese)
    assert rule not in rules_in(plain)


@pytest.mark.parametrize(
    "harmless",
    [
        "大学文凭",
        "凭什么不给办",
        "必须来",
        "平均多少钱",
        "以及时间",
        "其他人",
        "应急电话",
        "地方可以办",
        "舍不得",
        "自己去",
        "于是就",
    ],
)
def test_a_listed_word_inside_a_harmless_one_is_no_finding(harmless: str) -> None:
    assert not [
        finding
        for finding in findings(harmless)
        if finding.words in ("凭", "须", "均", "及", "其", "应", "方可", "不得", "自", "于")
    ]


def test_a_word_on_a_button_or_in_a_title_is_not_ours_to_change() -> None:
    assert findings("点“逾期缴纳”，再看《关于予以补贴的通知》。") == []


def test_a_term_that_is_explained_at_once_is_no_finding() -> None:
    assert "term" in rules_in("先过起付标准再报。")
    assert "term" not in rules_in("先过起付标准（门槛，花到这么多才开始报）再报。")


def test_a_finding_says_where_why_and_better() -> None:
    (found,) = findings("逾期不候")
    assert found.as_json() == {
        "rule": "officialese",
        "where": "逾期不（第1字）",
        "why": "公文用语，平常没人这么说",
        "better": "过了期限还不",
    }


def test_half_width_punctuation_ends_a_clause_too() -> None:
    assert "long_clause" not in rules_in("您先去派出所的户籍窗口,填好丢失登记表再交给民警,过几天拿新证")


def test_the_word_list_is_long_and_offers_a_different_word_for_each() -> None:
    assert len(pairs()) >= 300
    assert not [word for word, better in pairs().items() if not better or better == word]


def test_every_pattern_and_word_has_a_known_size() -> None:
    weights = read("rules")["weights"]
    assert {pattern["size"] for pattern in read("patterns")["patterns"]} <= set(weights)


def test_the_score_falls_with_findings_and_stays_within_its_range() -> None:
    plain, mixed, official = (
        "您带身份证来就行。",
        "您持有效证件来就行。",
        "兹有申请人逾期未予缴纳，依照本办法不予受理。",
    )
    assert 100 == score(plain) > score(mixed) > score(official) > 0
    assert score("") == 100
    assert score(official * 50) == pytest.approx(score(official), abs=25)


def test_one_word_sinks_a_sentence_more_than_a_page() -> None:
    page = "您带身份证去窗口，当场就能办好。" * 30
    assert score("予以办好。") < NOT_PLAIN < 95 < score(page + "予以办好。")


def test_a_good_entry_has_no_finding(entry: Entry) -> None:
    assert check_entry(entry).findings == ()


@pytest.mark.parametrize(
    ("rule", "change", "is_error"),
    [
        ("officialese", {"lead": "身份证丢了，您逾期不补也没事。"}, True),
        ("officialese", {"plain": "身份证丢了，予以补发。"}, True),
        ("officialese", {"facets": (Facet("多久", "逾期不补也没事。"),)}, False),
        ("slogan", {"facets": (Facet("多久", "我们切实提升速度。"),)}, True),
        ("long_sentence", {"facets": (Facet("多久", "您先去派出所，" * 10),)}, False),
        ("long_sentence", {"facets": (Facet("多久", "您先去派出所，" * 20),)}, True),
        ("lead_order", {"lead": "根据身份证法，您可以补。"}, False),
        ("lead_order", {"lead": "身份证，是指证明身份的证件，您可以补。"}, False),
        ("lead_order", {"lead": "公安机关负责补证，您去就行。"}, False),
        ("no_you", {"lead": "身份证丢了，就近能补。", "facets": ()}, False),
        ("score", {"facets": (Facet("多久", "兹有申请人逾期未予缴纳，依照本办法不予受理。" * 9),)}, True),
    ],
)
def test_an_entry_is_judged_as_a_whole(entry: Entry, rule: str, change: dict[str, object], is_error: bool) -> None:
    found = [finding for finding in check_entry(replace(entry, **change)).findings if finding.rule == rule]  # type: ignore[arg-type]
    assert [finding.is_error for finding in found][:1] == [is_error]


def test_the_subject_of_an_entry_is_no_strange_term(entry: Entry) -> None:
    about_it = replace(entry, facets=(Facet("多久", "容缺受理当天办。"),))
    assert "term" in {finding.rule for finding in check_entry(about_it).findings}
    assert check_entry(replace(about_it, title="什么是容缺受理")).findings == ()


def test_a_file_that_is_no_entry_is_an_error_that_says_why(tmp_path: Path) -> None:
    (tmp_path / "broken.md").write_text("没有文件头", encoding="utf-8")
    report = check_file(tmp_path / "broken.md")
    assert (report.score, [finding.rule for finding in report.errors]) == (0, ["entry"])


def test_lines_are_numbered_from_one_and_never_fail(tmp_path: Path) -> None:
    (tmp_path / "lines.txt").write_text("您来就行。\n\n逾期不予受理。\n", encoding="utf-8")
    result = CliRunner().invoke(knowledge, ["lint", "--lines", str(tmp_path / "lines.txt")])
    rows = [json.loads(row) for row in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert [row["line"] for row in rows] == [1, 2, 3]
    assert all(set(row) == {"line", "score", "findings"} for row in rows)
    assert set(rows[2]["findings"][0]) == {"rule", "where", "why", "better"}


def test_one_entry_can_be_checked_alone_and_an_unknown_one_is_refused() -> None:
    result = CliRunner().invoke(knowledge, ["lint", "id-card-lost"])
    assert [json.loads(row)["entry"] for row in result.stdout.splitlines()] == ["id-card-lost"]
    assert CliRunner().invoke(knowledge, ["lint", "no-such-entry"]).exit_code == 2
    assert "平均" in CliRunner().invoke(knowledge, ["lint", "id-card-lost", "--summary"]).stdout


def test_an_error_in_an_entry_fails_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("knowledge.publishing.CORPUS", tmp_path)
    shipped = ENTRY.read_text(encoding="utf-8")
    (tmp_path / "户口与身份证").mkdir()
    file = tmp_path / "户口与身份证/id-card-lost.md"
    for text, status in (
        (shipped, 0),
        (shipped.replace("## 说人话", "## 说人话\n逾期不补也没事。"), 1),
        ("不是条目", 1),
    ):
        file.write_text(text, encoding="utf-8")
        assert CliRunner().invoke(knowledge, ["lint"]).exit_code == status


def is_caught(line: str) -> bool:
    report = check(line)
    return report.score < NOT_PLAIN or any(not finding.rule.startswith("long_") for finding in report.findings)


def share_caught(name: str) -> float:
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    assert len(lines) == 60
    return sum(map(is_caught, lines)) / len(lines)


def test_sentences_written_without_sight_of_the_list_are_told_apart() -> None:
    assert share_caught("officialese.txt") >= 0.9
    assert share_caught("plain.txt") <= 0.05


def test_the_score_tells_statutes_from_entries_and_from_their_parts() -> None:
    shared = os.environ.get("WENZHENG_SHARED_DATA")
    if not shared:
        pytest.skip("WENZHENG_SHARED_DATA is not set: the statutes are not here")
    rows = (Path(shared) / "statutes/documents.jsonl").read_text(encoding="utf-8").splitlines()
    statutes = [score(json.loads(row)["text"]) for row in rows]
    entries = [parts_of(parse(path.read_text(encoding="utf-8"))) for path in CORPUS.glob("*/*.md")]
    whole = [score("\n".join(parts.values())) for parts in entries]
    single = [score(text) for parts in entries for text in parts.values()]
    for pieces in (whole, single):
        assert roc_auc_score([1] * len(pieces) + [0] * len(statutes), pieces + statutes) >= 0.97
