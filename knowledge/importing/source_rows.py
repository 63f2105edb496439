"""What an entry of a table rests on: lines of several columns that belong together."""

import re
from collections.abc import Callable

from knowledge.importing.columns import columns
from knowledge.importing.words import problem, too_long, words
from knowledge.sources import Shelf, bare, is_web_address
from knowledge.store import Source

NOTHING = "—"
_NOTHINGS = {"", NOTHING, "-", "－", "——", "无"}
_YEAR = re.compile(r"(?:19|20)\d{2}")
Citation = dict[str, str]


def cited(
    lines: Callable[[str], list[str]], text: Callable[[str], str], shelf: Shelf, problems: list[str]
) -> list[Citation]:
    """The citations of a row; what is wrong with them goes to the problems."""
    titles = [title.strip("《》 ") for title in lines("依据")]
    parts = {column.name: _parallel(column.name, titles, text, problems) for column in columns() if column.of_source}
    found = []
    for place, title in enumerate(titles):
        values = {name: lines_of[place] for name, lines_of in parts.items()}
        source = _source(title, values, shelf, problems)
        if source:
            found.append({"source": source, "article": values["条款"], "verified": _verified(values, problems)})
    return found


def _parallel(column: str, titles: list[str], text: Callable[[str], str], problems: list[str]) -> list[str]:
    """The lines of a column that goes along with 依据; an empty column is empty for each."""
    given = [line.strip() for line in text(column).split("\n")]
    if given == [""] or len(given) != len(titles):
        if given != [""]:
            problems.append(problem("lines", given=len(titles), column=column, count=len(given)))
        return [""] * len(titles)
    return ["" if line in _NOTHINGS else line for line in given]


def _source(title: str, values: dict[str, str], shelf: Shelf, problems: list[str]) -> str:
    """The id of the source that is meant; a new one is put on the shelf. Empty where there is none."""
    id, year = values["依据编号"], _YEAR.fullmatch(values["年份"])
    known = shelf.get(id) if id else shelf.find(title, values["文号"], int(year[0]) if year else None)
    if known:
        if bare(known.title) != bare(title):
            problems.append(problem("source_named", id=id, stored=known.title, title=title))
        return known.id
    if not year:
        problems.append(problem("source_year", title=title))
        return ""
    if not is_web_address(values["依据网址"]):
        problems.append(problem("web_address", url=values["依据网址"][:80]))
        return ""
    new = Source(
        id=id or shelf.free_id(title, int(year[0])),
        title=title,
        number=values["文号"],
        issuer=values["发布机关"],
        year=int(year[0]),
        url=values["依据网址"],
    )
    refused = too_long(new)
    if refused:
        problems.append(refused)
        return ""
    shelf.bring(new)
    return new.id


def _verified(values: dict[str, str], problems: list[str]) -> str:
    """How the source was checked; unless somebody says it was read, it was not."""
    known: dict[str, str] = words()["verified"]
    given = values["核对方式"]
    if given and given not in known and given not in known.values():
        problems.append(problem("verified", value=given))
    return known.get(given, given if given in known.values() else "recalled")
