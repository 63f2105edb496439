"""Export: what goes out comes in again as the same, in every kind of file, for all that ships."""

import io
import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook

from foundation.database import Database
from knowledge import exporting
from knowledge.entry import parse
from knowledge.importing import File
from knowledge.importing.columns import columns
from knowledge.importing.dry_run import DryRun
from knowledge.publishing import CORPUS, seed
from knowledge.rendering import as_markdown
from knowledge.store import Store
from tests.knowledge.import_files import HEADS, LOCAL, TEXT, empty, rows

MADE = {"a.zip": exporting.as_zip, "a.csv": exporting.as_csv, "a.xlsx": exporting.as_xlsx}


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Database:
    database = empty(tmp_path_factory.mktemp("shipped"))
    seed(Store(database))
    return database


def test_the_canonical_text_is_the_same_entry_and_stays_the_same_text() -> None:
    for path in sorted(CORPUS.glob("*/*.md")):
        entry = parse(path.read_text(encoding="utf-8"))
        text = as_markdown(entry)
        assert parse(text) == entry, path.name
        assert as_markdown(parse(text)) == text


@pytest.mark.parametrize(
    "title",
    [
        "是",
        "yes",
        "2026-01-01",
        "a: b",
        "- x",
        "#井号",
        "'引号\"",
        "{花}",
        "[方]",
        "& *",
        "null",
        "1",
        "尾巴 ",
        "换\n行",
        "🙂",
        "\\",
    ],
)
def test_any_text_survives_its_rendering(title: str) -> None:
    from dataclasses import replace

    entry = replace(parse(TEXT), title=title, questions=tuple(title + str(n) for n in range(8)), related=(title,))
    assert parse(as_markdown(entry)) == entry


@pytest.mark.parametrize("name", MADE)
def test_all_that_ships_is_the_same_again_in_an_empty_database(shipped: Database, tmp_path: Path, name: str) -> None:
    store = Store(shipped)
    published = {one.entry.id: one.entry for one in store.published()}
    assert len(published) >= 436
    file = File(name, MADE[name](store))
    assert {row.state for row in rows(shipped, file)} == {"same"}
    other = empty(tmp_path)
    run = DryRun(other, LOCAL)
    found = list(run.rows([file]))
    assert [row.problems for row in found if row.problems] == []
    assert {row.id: as_markdown(parse(row.markdown)) for row in found} == {
        id: as_markdown(entry) for id, entry in published.items()
    }
    assert {id: run.shelf.brought[id] for row in found for id in row.sources} == store.sources(
        {citation.source for entry in published.values() for citation in entry.sources}
    )


def test_the_zip_holds_the_very_texts_and_is_the_same_each_time(shipped: Database) -> None:
    store = Store(shipped)
    with zipfile.ZipFile(io.BytesIO(exporting.as_zip(store))) as archive:
        assert archive.read("户口与身份证/id-card-lost.md").decode() == TEXT
        assert len(archive.namelist()) == len(store.published()) + 1
    assert exporting.as_zip(store) == exporting.as_zip(store)


@pytest.mark.parametrize("domain", ["/tmp/x", "../../x", "a\\..\\b", ".."])
def test_no_domain_leads_out_of_the_folder_of_an_export(tmp_path: Path, domain: str) -> None:
    store = Store(empty(tmp_path))
    store.seed(TEXT.replace("domain: 户口与身份证", f"domain: {domain}"))
    [path, _] = [Path(name) for name, _ in exporting.markdown_files(store)]
    assert len(path.parts) == 2 and ".." not in path.parts and not path.is_absolute()


def test_no_cell_of_a_spreadsheet_begins_a_formula(shipped: Database) -> None:
    table = exporting.as_csv(Store(shipped)).decode("utf-8-sig")
    assert "\n=" not in table and ',"- ' not in table and ",'- " in table.replace('"', "")
    made = exporting.xlsx_of([["标题"], ["=1+1"], ["+1"]])
    sheet = load_workbook(io.BytesIO(made))["条目"]
    assert [(cell.value, cell.data_type) for cell in sheet["A"]] == [("标题", "s"), ("=1+1", "s"), ("+1", "s")]


def test_the_templates_sheet_explains_every_column() -> None:
    book = load_workbook(io.BytesIO(exporting.template_xlsx()))
    assert [cell.value for cell in book["条目"][1]] == HEADS
    explained = {row[0]: row[2] for row in book["怎么填"].iter_rows(min_row=2, values_only=True)}
    assert all(explained[column.name] for column in columns())
