"""What the pages of figures share: files for a spreadsheet, and how fresh the figures are."""

from datetime import datetime, timedelta
from typing import Any

from flask import Response, make_response

from foundation.clock import local, now
from foundation.sheet import sheet
from web.parts import parts

STALE = timedelta(minutes=10)


def download(lines: list[list[object]], name: str) -> Response:
    """The lines as a file."""
    response = make_response(sheet(lines))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def freshness(at: datetime | None) -> dict[str, Any]:
    """When the figures were counted, on the city's clocks, and whether that is long ago."""
    return {"at": at and local(at, parts().settings.timezone), "is_stale": bool(at and now() - at > STALE)}
