"""The trace of what staff did: searched, checked whether it is whole, taken out as a file."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml
from flask import Blueprint, Response, abort, g, render_template, request
from werkzeug.datastructures import MultiDict

from foundation.audit import last_row
from foundation.audit_search import PAGE, Search, every, found
from foundation.audit_sheet import FORMS, written
from foundation.clock import day_asked, now
from foundation.database import LARGEST_INTEGER
from web.admin.checking import Checked, check
from web.desk.access import allowed
from web.desk.fields import moment
from web.desk.fields import written as clean
from web.parts import parts

MOST_SAID = 20
TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson; charset=utf-8"}
pages = Blueprint("admin_audit", __name__, url_prefix="/admin/audit")


@pages.get("")
@allowed("audit.see")
def listing() -> str:
    """The newest rows that the filters let through."""
    return _page()


@pages.post("/verify")
@allowed("audit.see")
def verify() -> str:
    """Check the whole trace; nothing changes."""
    expected = [saved for saved in [clean(request.form.get("expect", ""))] if saved]
    with parts().database.reading() as connection:
        checked = check(connection, parts().audit, parts().settings.data_dir / "snapshots", expected)
    return _page(checked, " ".join(expected))


@pages.post("/export")
@allowed("audit.see")
def export() -> Response:
    """All rows that the filters let through as a file; taking them out leaves a row itself."""
    form = request.form.get("form", "")
    if form not in FORMS:
        abort(400)
    search = _search(request.form)
    with parts().database.writing() as connection:
        parts().audit.note(connection, g.staff.name, "audit.export", f"audit:{form}")
    name = f'attachment; filename="audit-{moment(now())[:10]}.{form}"'
    return Response(_pieces(search, form), content_type=TYPES[form], headers={"Content-Disposition": name})


def _pieces(search: Search, form: str) -> Iterator[bytes]:
    database = parts().database  # now: while the file goes out there is no request any more

    def pieces() -> Iterator[bytes]:
        with database.reading() as connection:
            yield from written(every(connection, search), form)

    return pieces()


def _page(checked: Checked | None = None, expected: str = "") -> str:
    search, given = _search(request.args), request.args.get("before", "")
    before = min(int(given), LARGEST_INTEGER) if given.isascii() and given.isdigit() else None
    with parts().database.reading() as connection:
        rows, end = found(connection, search, before, PAGE + 1), last_row(connection)
    wanted = {name: value for name in _words()["filters"] if (value := clean(request.args.get(name, "")))}
    return render_template(
        "admin/audit.html",
        rows=rows[:PAGE],
        older={**wanted, "before": rows[PAGE - 1].number} if len(rows) > PAGE else None,
        wanted=wanted,
        words=_words(),
        checked=checked,
        expected=expected,
        last=f"{end.number}:{end.digest}" if end.number else "",
        most=MOST_SAID,
        when=moment,
    )


def _search(given: "MultiDict[str, str]") -> Search:
    texts = {name: clean(given.get(name, "")) for name in ("actor", "act", "subject")}
    until = _day(given.get("until", ""))
    return Search(**texts, since=_day(given.get("since", "")), until=until + timedelta(days=1) if until else None)


def _day(text: str) -> datetime | None:
    """The first moment of a day in the city; what is no day asks for nothing."""
    day = day_asked(text)
    return datetime.combine(day, time.min, ZoneInfo(parts().settings.timezone)) if day else None


@cache
def _words() -> dict[str, dict[str, str]]:
    content: dict[str, dict[str, str]] = yaml.safe_load((Path(__file__).parent / "audit.yml").read_text("utf-8"))
    return content
