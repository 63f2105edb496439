"""Entries from files: first what an import would do, then the drafts."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from flask import Blueprint, Response, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from foundation.sheet import BOM
from foundation.sheet import rows as sheet_rows
from knowledge.drafts import Stale
from knowledge.importing import KINDS, File, Refused, staging
from knowledge.importing.archives import MEGABYTE
from knowledge.importing.dry_run import ERROR, SAME, STATES, DryRun, Row
from knowledge.importing.piece import limits
from knowledge.importing.taking import Taking
from knowledge.importing.words import refused, words
from web.content.desk import desk, note, people
from web.desk.access import allowed
from web.parts import parts

FORM_BYTES = 64 * 1024  # for what stands around the files
GONE = "这些文件已经不在了（最多留一天，再导入别的就换掉）。请重新选择。"
pages = Blueprint("content_imports", __name__, url_prefix="/content/imports")


@dataclass
class Summary:
    """What a page shows of a dry run, however long it is."""

    counts: Counter[str] = field(default_factory=Counter)
    shown: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    noted: int = 0
    must_change: int = 0
    unchecked: int = 0
    of_others: int = 0

    def add(self, row: Row) -> None:
        """Count a row, and keep it while there is room among those of its state."""
        self.counts[row.state] += 1
        self.noted += bool(row.notes)
        self.must_change += bool(row.must_change)
        self.unchecked += row.score is None and row.state not in (ERROR, SAME)
        self.of_others += row.draft is not None and row.draft.author != g.staff.name and row.state != SAME
        if len(self.shown[row.state]) < limits()["shown"]:
            self.shown[row.state].append(row)


@pages.before_request
def let_files_in() -> None:
    """More than other forms may bring; what is larger still is refused by its length, unread."""
    if request.method == "POST" and request.path == pages.url_prefix:
        request.max_content_length = limits()["bytes"] + FORM_BYTES


@pages.errorhandler(RequestEntityTooLarge)
def too_large(error: RequestEntityTooLarge) -> ResponseReturnValue:
    """Say how much may come at once."""
    most, given = limits()["bytes"] // MEGABYTE, (request.content_length or 0) // MEGABYTE
    return _form(str(refused("too_large", megabytes=most, given=given))), 413


@pages.get("")
@allowed("content.edit")
def form() -> str:
    """Where files are chosen, with the templates and everything that can be taken out."""
    return _form()


@pages.post("")
@allowed("content.edit")
def look() -> ResponseReturnValue:
    """Keep the files for a day and show what importing them would do."""
    files = [File(one.filename or "", one.read()) for one in request.files.getlist("files") if one.filename]
    if not files:
        return _form("请先选择文件。"), 422
    with parts().database.writing() as connection:
        id = staging.keep(connection, g.staff.name, files)
    return redirect(f"{pages.url_prefix}/{id}", 303)


@pages.get("/<id>")
@allowed("content.edit")
def dry_run(id: str) -> ResponseReturnValue:
    """What an import would do; nothing is written."""
    try:
        files, summary = _files(id), Summary()
        for row in DryRun(parts().database, desk().local).rows(files):
            summary.add(row)
    except (LookupError, Refused) as error:
        return _form(str(error) if isinstance(error, Refused) else GONE), 422
    return render_template(
        "content/import.html",
        id=id,
        names=[file.name for file in files],
        summary=summary,
        states={name: words()["states"][name] for name in (ERROR, *STATES[:-1])},
        most=limits()["shown"],
        few=limits()["findings"],
    )


@pages.get("/<id>/report.csv")
@allowed("content.edit")
def report(id: str) -> ResponseReturnValue:
    """Every row of the dry run for a spreadsheet."""
    try:
        files = _files(id)
        rows = DryRun(parts().database, desk().local).rows(files)
    except (LookupError, Refused) as error:
        return _form(str(error) if isinstance(error, Refused) else GONE), 422
    disposition = {"Content-Disposition": 'attachment; filename="import-report.csv"'}
    return Response(_lines(rows), mimetype="text/csv", headers=disposition)


@pages.post("/<id>/take")
@allowed("content.edit")
def take(id: str) -> ResponseReturnValue:
    """Make drafts of what was shown, all in one transaction."""
    faulty, over = request.form.get("faulty") == "yes", request.form.get("over") == "yes"
    taking = Taking(g.staff.name, also_faulty=faulty, over_others=over)
    try:
        run = DryRun(parts().database, desk().local)
        prepared = taking.prepare(run.rows(_files(id)))
        with parts().database.writing() as connection:
            taken = taking.take(connection, prepared, run.revisions, run.shelf)
            counts = taken.counts
            note(connection, "import", f"import:{id}", {name: counts[name] for name in sorted(counts)})
            under = [(f"entry:{entry}", {"draft": draft, "import": id}) for entry, draft in taken.drafts]
            parts().audit.note_all(connection, g.staff.name, "content.import", under)
            staging.forget(connection, id, g.staff.name)
    except (LookupError, Refused) as error:
        return _form(str(error) if isinstance(error, Refused) else GONE), 422
    except Stale as stale:
        flash(f"{people().get(stale.by, stale.by)}已经改过其中一份。一条也没有导入，请再看一遍。")
        return redirect(f"{pages.url_prefix}/{id}")
    made = sum(counts.values()) - counts["unusable"]
    flash(f"导入好了：{made} 份草稿。" if made else "没有可以导入的，什么也没有改。")
    return redirect("/content?state=draft" if made else pages.url_prefix or "")


@pages.post("/<id>/drop")
@allowed("content.edit")
def drop(id: str) -> ResponseReturnValue:
    """Forget the files."""
    with parts().database.writing() as connection:
        staging.forget(connection, id, g.staff.name)
    flash("没有导入，文件已经删掉。")
    return redirect(pages.url_prefix or "")


def _files(id: str) -> list[File]:
    with parts().database.reading() as connection:
        return staging.kept(connection, id, g.staff.name)


def _form(problem: str = "") -> str:
    kinds, most = ",".join(KINDS), limits()["bytes"]
    return render_template("content/imports.html", problem=problem, kinds=kinds, most=most, megabytes=most // MEGABYTE)


def _lines(rows: Iterator[Row]) -> Iterator[str]:
    """The report line by line, while the files are read; one that turns out to be unreadable ends with the reason."""
    yield BOM + sheet_rows([["位置", "编号", "标题", "结果", "要改的错误", "请看一下", "人话得分", "不像人话的地方"]])
    try:
        for row in rows:
            yield sheet_rows([_cells(row)])
    except Refused as error:
        yield sheet_rows([[str(error)]])


def _cells(row: Row) -> list[str]:
    found = [f"{one.where} {one.why} {one.better}" for one in row.findings]
    score = "" if row.score is None else str(row.score)
    return [
        row.place,
        row.id,
        row.title,
        row.label,
        "\n".join(row.problems),
        "\n".join(row.notes),
        score,
        "\n".join(found),
    ]
