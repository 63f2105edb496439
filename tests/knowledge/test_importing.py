"""Import: every kind of file gives the same entries, what is wrong is said with its place, and nothing is written."""

from pathlib import Path
from typing import Any

import pytest

from foundation.database import Database, metadata
from foundation.sheet import sheet
from knowledge.drafts import Drafts, Stale
from knowledge.entry import parse
from knowledge.exporting import template_csv, template_xlsx
from knowledge.importing import File, Refused
from knowledge.importing.dry_run import DryRun
from knowledge.importing.markdown import bring_sources
from knowledge.importing.taking import Taking
from knowledge.sources import FIELDS, Shelf, every
from tests.hotline.support import rows as rows_of
from tests.knowledge.import_files import (
    ENTRY,
    EXAMPLE,
    HEADS,
    LOCAL,
    TEXT,
    archive,
    as_csv,
    as_xlsx,
    document,
    empty,
    in_word,
    in_word_table,
    one,
    rows,
    table,
    with_sources,
    workbook,
)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return empty(tmp_path)


def test_every_kind_of_file_gives_the_same_entry(database: Database) -> None:
    made = [as_csv({}), as_xlsx({}), document(in_word), document(in_word_table)]
    found = [one(database, file) for file in made]
    assert [row.problems for row in found] == [()] * len(made)
    texts = {row.markdown for row in found}
    assert len(texts) == 1
    entry = parse(texts.pop())
    assert (entry.id, entry.kind, entry.domain) == ("wild-animal", "procedure", "市政")
    assert len(entry.questions) == 8 and entry.facet("怎么办") is not None and entry.not_for[0].entry == "stray-dogs"
    markdown = File("x.md", found[0].markdown.encode())
    assert one(database, archive({"a/x.md": markdown.data, "sources.yml": b""})).problems == (
        "依据库里没有编号是“zhong-hua-ren-min-gong-he-guo-ye-sheng-dong-wu-bao-hu-fa-2022”的依据，请写上它的名称和年份。",
    )
    with database.writing() as connection:
        run = DryRun(database, LOCAL)
        taking = Taking("anna")
        taking.take(connection, taking.prepare(run.rows([as_csv({})])), {}, run.shelf)
    assert one(database, archive({"a/x.md": markdown.data})).state == "same", "a draft of the same text is there"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_is_read_in_the_encodings_that_people_have(database: Database, encoding: str) -> None:
    text = sheet(table({})).decode("utf-8-sig")
    assert one(database, File("a.csv", text.encode(encoding))).title == EXAMPLE["标题"]


def test_the_templates_own_example_is_no_entry_and_a_real_one_in_its_place_is_sound(database: Database) -> None:
    assert rows(database, File("a.xlsx", template_xlsx()), File("a.csv", template_csv())) == []
    row = one(database, as_xlsx({"编号": ""}))
    assert (row.state, row.problems, row.must_change) == ("new", (), 0)
    assert row.id == "he-bian-jian-dao-ye-sheng-xiao-dong-wu-zen-me-ban"


def test_what_is_wrong_is_said_all_at_once_with_its_place(database: Database) -> None:
    wrong = {
        "类型": "通知",
        "核对日期": "昨天",
        "问法": "怎么办\n咋办",
        "导语": "长" * 221,
        "说人话": "",
        "条款": "第一条\n第二条",
    }
    row = rows(database, as_csv({}, wrong | {"编号": "Wild Animal"}))[1]
    assert (row.state, row.place) == ("error", "条目.csv 第 3 行")
    assert row.problems == (
        "“依据”有 1 行，“条款”有 2 行。请一行对一行，缺的写“—”。",
        "编号“Wild Animal”不行：只能用小写英文字母、数字和短横，最多 80 个字符。",
        "“类型”写的是“通知”，只能是办事、规定或联系方式。",
        "“核对日期”写的是“昨天”，看不出是哪天。请写成 2026-11-23 这样。",
        "问法只有 2 个，至少要 8 个。",
        "导语有 221 个字，最多 220 个。",
        "没有“说人话”这一段。",
    )


def test_dates_and_numbers_of_excel_are_read_as_they_are_meant(database: Database) -> None:
    from datetime import datetime

    def fill(sheet: Any) -> None:
        sheet.cell(2, HEADS.index("核对日期") + 1).value = datetime(2026, 11, 5)
        sheet.cell(2, HEADS.index("复核日期") + 1).value = "2027年5月1日"
        sheet.cell(2, HEADS.index("年份") + 1).value = 2022.0

    row = one(database, workbook(fill))
    entry = parse(row.markdown)
    assert (row.problems, str(entry.checked_on), str(entry.review_by)) == ((), "2026-11-05", "2027-05-01")


def test_twice_the_same_is_noticed_by_id_title_question_and_words(database: Database) -> None:
    store = with_sources(database)
    store.seed(TEXT)
    lost = parse(TEXT)
    same_title = {"编号": "a", "标题": lost.title}
    same_question = {"编号": "b", "标题": "另一件事", "问法": "\n".join([*"甲乙丙丁戊己庚", f"{lost.questions[0]}？"])}
    words = {"编号": "c", "标题": lost.title + "啊", "导语": lost.lead, "问法": "\n".join(lost.questions)}
    found = rows(database, as_xlsx(same_title, same_question, words, {}, {"标题": "又一次"}))
    assert any(f"标题和“{lost.title}”（{ENTRY}）一样" in note for note in found[0].notes)
    assert any(f"（{ENTRY}）里也有" in note for note in found[1].notes)
    assert any("% 的字句相同" in note for note in found[2].notes)
    assert found[4].problems == ("编号和“条目.xlsx 第 5 行”一样，一次只能导入一条。",)


def test_sources_are_found_by_title_however_written_and_new_ones_need_a_year(database: Database) -> None:
    with_sources(database)
    law = "《中华人民共和国居民身份证法》\n民法典\n某某办法"
    many = {
        "依据": law,
        "条款": "第三条\n—\n第一条",
        "年份": "—\n—\n2024",
        "发布机关": "",
        "依据网址": "",
        "核对方式": "看过原文\n\n凭记忆",
    }
    row = one(database, as_xlsx(many))
    assert row.sources == ("resident-id-card-law", "civil-code", "mou-mou-ban-fa-2024")
    assert [(c.article, c.verified) for c in parse(row.markdown).sources] == [
        ("第三条", "read"),
        ("", "recalled"),
        ("第一条", "recalled"),
    ]
    assert "《某某办法》是新的依据，导入时一起记进依据库。" in row.notes
    assert one(database, as_xlsx(many | {"年份": ""})).problems[0] == (
        "依据库里没有《某某办法》，是新的依据，请写上年份（四位数字）。"
    )


def test_a_new_source_that_is_longer_than_the_columns_is_said_in_the_dry_run(database: Database) -> None:
    long = {"依据": "某某办法", "年份": "2024", "条款": "", "依据网址": "", "核对方式": ""}
    for column, most in (("发布机关", 120), ("文号", 80), ("依据编号", 80)):
        given = {name: "" for name in ("发布机关", "文号", "依据编号")} | {column: "长" * (most + 1)}
        assert one(database, as_xlsx(long | given)).problems[0] == f"“{column}”有 {most + 1} 个字，最多 {most} 个。"
    assert one(database, as_xlsx(long | {"发布机关": "长" * 120})).problems == ()
    listed = "law:\n" + "".join(f"  {name}: {'长' * 121 if name == 'issuer' else ''!r}\n" for name in FIELDS)
    for said, text in (
        ("最多 120 个", listed.replace("year: ''", "year: 2024")),
        ("99999", listed.replace("year: ''", "year: 99999").replace("长", "")),
    ):
        with pytest.raises(Refused, match=said):
            bring_sources(File("sources.yml", text.encode()), Shelf([]))


def test_a_dry_run_writes_nothing_and_taking_makes_drafts_of_the_sound_ones_or_of_all(database: Database) -> None:
    with_sources(database).seed(TEXT)
    before = {table.name: rows_of(database, table) for table in metadata.sorted_tables}
    changed = {"编号": ENTRY, "标题": "身份证丢了咋补"}
    file = as_xlsx({}, changed, {"编号": "bad", "核对日期": ""}, {"编号": "!!", "标题": "？"})
    run = DryRun(database, LOCAL)
    found = list(run.rows([file]))
    assert {table.name: rows_of(database, table) for table in metadata.sorted_tables} == before
    taking = Taking("anna")
    with database.writing() as connection:
        taken = taking.take(connection, taking.prepare(found), run.revisions, run.shelf)
    assert taken.counts == {"new": 1, "changed": 1}
    drafts = {draft.entry: draft for draft in Drafts(database).by_state("draft")}
    assert {name: (draft.author, draft.base) for name, draft in drafts.items()} == {
        "wild-animal": ("anna", 0),
        ENTRY: ("anna", 1),
    }
    with database.reading() as connection:
        assert any(source.title == "中华人民共和国野生动物保护法" for source in every(connection))
    run = DryRun(database, LOCAL)
    taking = Taking("anna", also_faulty=True)
    prepared = taking.prepare(run.rows([file]))
    with database.writing() as connection:
        assert taking.take(connection, prepared, run.revisions, run.shelf).counts == {"error": 1, "unusable": 1}


def test_a_colleagues_draft_is_replaced_only_where_that_is_asked_for_and_never_unseen(database: Database) -> None:
    run = DryRun(database, LOCAL)
    seen_before = list(run.rows([as_xlsx({})]))
    with database.writing() as connection:
        Drafts(database).save(connection, "wild-animal", "halb", "bob", 0, 0)
        with pytest.raises(Stale):
            taking = Taking("anna")
            taking.take(connection, taking.prepare(seen_before), {}, run.shelf)
    run = DryRun(database, LOCAL)
    found = list(run.rows([as_xlsx({})]))
    assert "这条有一份bob还没发布的草稿，导入会盖掉它。" in found[0].notes
    assert list(Taking("anna").wanted(found)) == []
    assert list(Taking("bob").wanted(found)) == found
    assert list(Taking("anna", over_others=True).wanted(found)) == found
