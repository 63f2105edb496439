"""Import refuses what it cannot or must not read, in words, and one bad entry spoils no other."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from foundation.database import Database
from foundation.sheet import sheet
from knowledge.importing import File, Refused
from tests.knowledge.import_files import (
    EXAMPLE,
    HEADS,
    TEXT,
    archive,
    as_xlsx,
    document,
    empty,
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


@pytest.mark.parametrize(
    "code", ["<script>alert(1)</script>", '<img src=x onerror="x">', "[点这里](javascript:alert(1))"]
)
@pytest.mark.parametrize("column", ["标题", "导语", "怎么办", "说人话", "问法", "条款", "别的条目的问法"])
def test_html_is_refused_in_every_field(database: Database, code: str, column: str) -> None:
    text = f"{EXAMPLE[column]}{code} → stray-dogs" if column == "别的条目的问法" else f"{EXAMPLE[column]}{code}"
    row = one(database, as_xlsx({column: text}))
    assert row.state == "error" and any("网页代码" in said for said in row.problems)


def test_formulas_errors_of_excel_and_headings_in_cells_are_refused(database: Database) -> None:
    def fill(sheet: Any) -> None:
        sheet.cell(2, HEADS.index("标题") + 1).value = '=HYPERLINK("http://evil","x")'
        sheet.cell(2, HEADS.index("条款") + 1).value = "#REF!"
        sheet.cell(2, HEADS.index("注意") + 1).value = "好\n## 说人话\n坏"

    problems = one(database, workbook(fill)).problems
    assert problems[:2] == (
        "“标题”是公式，请改成文字（复制后“只粘贴值”）。",
        "“条款”是 Excel 的错误值（#REF!），请改成文字。",
    )
    assert "“注意”里有以 ## 开头的行，会被当成新的一段，请去掉 ##。" in problems
    assert (
        "“标题”是公式" in one(database, File("a.csv", sheet(table({"标题": "X"})).replace(b"X", b"=1+1"))).problems[0]
    )


def bomb() -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made,
        made.open("xl/big.xml", "w", force_zip64=True) as file,
    ):
        for _ in range(260):
            file.write(b"0" * 1024 * 1024)
    return out.getvalue()


REFUSALS: dict[str, tuple[Callable[[], File], str]] = {
    "merged": (lambda: workbook(lambda sheet: sheet.merge_cells("A2:A5")), "合并的单元格（A2:A5）"),
    "bomb": (lambda: File("a.xlsx", bomb()), "解开以后太大"),
    "bomb as zip": (lambda: File("a.zip", bomb()), "解开以后太大"),
    "many members": (lambda: archive({f"{n}.md": b"" for n in range(5001)}), "最多 5000 个"),
    "too large": (lambda: File("a.csv", b"x" * 42_000_000), "一次最多导入 40 MB"),
    "no archive": (lambda: File("a.docx", b"PK\x03\x04 but then nothing"), "打不开"),
    "empty": (lambda: File("a.xlsx", b""), "打不开"),
    "zip that is no workbook": (lambda: File("a.xlsx", archive({"a.md": b"x"}).data), "打不开"),
    "old": (lambda: File("a.xls", b""), "旧版 Office"),
    "password": (lambda: File("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600), "加了密码"),
    "strange": (lambda: File("a.pdf", b"%PDF"), "不认识“a.pdf”"),
    "encoding": (lambda: File("a.csv", b"\x81\xff\xfe\x00"), "编码认不出来"),
    "no heads": (lambda: File("a.csv", "甲,乙\n1,2\n".encode()), "没有认出列名"),
    "same heads": (lambda: File("a.csv", "标题,题目,问法\n".encode()), "“标题”这一列出现了两次"),
    "no sources": (lambda: archive({"sources.yml": b"a: [1, 2]"}), "“sources.yml”读不懂"),
    "script as address": (
        lambda: archive(
            {"sources.yml": b"a: {title: x, number: x, issuer: x, year: 2026, url: 'javascript:alert(1)'}"}
        ),
        "要以 https:// 或 http:// 开头",
    ),
}


def test_a_source_in_a_table_has_an_address_of_the_web_or_none(database: Database) -> None:
    [row] = rows(database, as_xlsx({"依据网址": "javascript:alert(1)"}))
    assert row.state == "error" and any("要以 https:// 或 http:// 开头" in one for one in row.problems)


@pytest.mark.parametrize("name", REFUSALS)
def test_what_cannot_be_read_is_refused_in_words(database: Database, name: str) -> None:
    made, said = REFUSALS[name]
    with pytest.raises(Refused, match=said):
        rows(database, made())


def test_a_merged_table_in_word_is_refused(database: Database) -> None:
    def fill(made: Any) -> None:
        in_word_table(made)
        made.tables[0].cell(1, 0).merge(made.tables[0].cell(1, 1))

    with pytest.raises(Refused, match="合并的单元格"):
        rows(database, document(fill))


@pytest.mark.parametrize(
    "front",
    [
        "a: &a [1, 1]\nb: [*a, *a]",
        "a: [[[[[[1]]]]]]",
        "a: [",
        "checked_on: 2026-02-31",
        "a: !!python/object:os.system x",
    ],
)
def test_front_matter_that_is_broken_or_hostile_is_an_error_of_that_file_only(database: Database, front: str) -> None:
    with_sources(database)
    bad = f"---\n{front}\n---\nText".encode()
    found = rows(database, archive({"bad.md": bad, "good.md": TEXT.encode(), "x.exe": b"MZ", "__MACOSX/x": b""}))
    assert [(row.place, row.state) for row in found] == [("bad.md", "error"), ("good.md", "new"), ("x.exe", "error")]


def test_names_that_windows_packed_are_read(database: Database) -> None:
    with_sources(database)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr(zipfile.ZipInfo("pretend.md"), TEXT)
    renamed = out.getvalue().replace(b"pretend.md", "身份证.md".encode("gb18030").ljust(10, b"d"))
    assert rows(database, File("a.zip", renamed))[0].place.startswith("身份证")
