"""Everything that is published, as files; and empty tables to fill in."""

from collections.abc import Callable

from flask import Blueprint, Response, abort

from knowledge import exporting
from web.content.desk import desk, today
from web.desk.access import allowed

pages = Blueprint("content_exports", __name__, url_prefix="/content/exports")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV, ZIP = "text/csv", "application/zip"
FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "entries.zip": (lambda: exporting.as_zip(desk().store), ZIP),
    "entries.csv": (lambda: exporting.as_csv(desk().store), CSV),
    "entries.xlsx": (lambda: exporting.as_xlsx(desk().store), XLSX),
    "template.csv": (exporting.template_csv, CSV),
    "template.xlsx": (exporting.template_xlsx, XLSX),
}


@pages.get("/<name>")
@allowed("content.see")
def file(name: str) -> Response:
    """One of the files."""
    if name not in FILES:
        abort(404)
    made, kind = FILES[name]
    stem, _, suffix = name.partition(".")
    day = f"-{today()}" if stem == "entries" else ""
    return Response(
        made(), mimetype=kind, headers={"Content-Disposition": f'attachment; filename="{stem}{day}.{suffix}"'}
    )
