"""Everything that is published, as files that people keep: Markdown, CSV and Excel; imported again, nothing differs."""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence

from foundation.sheet import sheet
from knowledge.entry import PLAIN_HEADING, Citation, Entry
from knowledge.importing.columns import columns, facets
from knowledge.importing.source_rows import NOTHING
from knowledge.importing.words import words
from knowledge.sources import as_yaml
from knowledge.store import Source, Store
from knowledge.workbook import written

SOURCES = "sources.yml"
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f/\\:*?"<>|]')
_DATE = (1980, 1, 1, 0, 0, 0)  # of every file in an archive, so that the same content gives the same bytes


def markdown_files(store: Store) -> Iterator[tuple[str, str]]:
    """The path and the very text of every published entry, and of the sources that they rest on."""
    published = store.published()
    for one in published:
        yield f"{_folder(one.entry.domain)}/{one.entry.id}.md", store.text(one.entry.id, one.revision)
    yield SOURCES, as_yaml(_cited(store, [one.entry for one in published]).values())


def _folder(domain: str) -> str:
    """A domain as the name of one folder, which leads nowhere else."""
    return _NOT_IN_NAMES.sub("-", domain).strip(". ") or "-"


def as_zip(store: Store) -> bytes:
    """The Markdown files in one archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in markdown_files(store):
            archive.writestr(zipfile.ZipInfo(path, _DATE), text, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def as_csv(store: Store) -> bytes:
    """The table of all entries in UTF-8 with its mark; no cell can begin a formula."""
    return sheet(_table(store))


def as_xlsx(store: Store) -> bytes:
    """The table of all entries as a workbook, with a sheet that explains its columns."""
    return xlsx_of(_table(store))


def template_csv() -> bytes:
    """The columns and one entry as an example."""
    return sheet(_example())


def template_xlsx() -> bytes:
    """The columns, one entry as an example, and what belongs where."""
    return xlsx_of(_example())


def xlsx_of(lines: Iterable[Sequence[str]]) -> bytes:
    """Lines of cells as a workbook with the sheet that explains."""
    names = words()["sheets"]
    needed = {True: "必填", False: ""}
    explained = [[column.name, needed[column.needed], column.explain] for column in columns()]
    return written({names["entries"]: lines, names["explained"]: [["列", "", "填什么"], *explained]})


def cells(entry: Entry, sources: Mapping[str, Source]) -> dict[str, str]:
    """An entry by column, as an import reads it."""
    named = {kind: name for name, kind in reversed(words()["kinds"].items())}
    by_facet = {facet.name: facet.text for facet in entry.facets}
    return {
        "编号": entry.id,
        "标题": entry.title,
        "领域": entry.domain,
        "类型": named[entry.kind],
        "导语": entry.lead,
        **{name: by_facet.get(name, "") for name in facets()},
        PLAIN_HEADING: entry.plain,
        "问法": "\n".join(entry.questions),
        "官方名称": "\n".join(entry.official_names),
        "别的条目的问法": "\n".join(f"{miss.question} → {miss.entry}" for miss in entry.not_for),
        "地区": entry.region,
        "生效日期": entry.valid_from.isoformat() if entry.valid_from else "",
        "失效日期": entry.valid_to.isoformat() if entry.valid_to else "",
        **_source_cells(entry.sources, sources),
        "相关网页": "\n".join(f"{link.title} {link.url}" for link in entry.links),
        "相关条目": "\n".join(entry.related),
        "核对日期": entry.checked_on.isoformat(),
        "复核日期": entry.review_by.isoformat(),
    }


def _source_cells(citations: Sequence[Citation], sources: Mapping[str, Source]) -> dict[str, str]:
    named = {value: name for name, value in words()["verified"].items()}
    lines: dict[str, list[str]] = {"依据": []}
    lines |= {column.name: [] for column in columns() if column.of_source}
    for citation in citations:
        source = sources[citation.source]
        lines["依据"].append(source.title)
        lines["依据编号"].append(source.id)
        lines["文号"].append(source.number)
        lines["发布机关"].append(source.issuer)
        lines["年份"].append(str(source.year))
        lines["依据网址"].append(source.url)
        lines["条款"].append(citation.article)
        lines["核对方式"].append(named[citation.verified])
    return {name: "\n".join(one or NOTHING for one in few) for name, few in lines.items()}


def _table(store: Store) -> Iterator[list[str]]:
    entries = [one.entry for one in store.published()]
    sources = _cited(store, entries)
    yield [column.name for column in columns()]
    for entry in entries:
        by_column = cells(entry, sources)
        yield [by_column[column.name] for column in columns()]


def _example() -> Iterator[list[str]]:
    yield [column.name for column in columns()]
    yield [column.example for column in columns()]


def _cited(store: Store, entries: Iterable[Entry]) -> dict[str, Source]:
    ids = {citation.source for entry in entries for citation in entry.sources}
    return dict(sorted(store.sources(ids).items()))
