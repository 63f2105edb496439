"""Reports by Open311, for tests, and what staff do with them."""

from typing import Any

from sqlalchemy import update

from hotline.desk import Actor
from hotline.desk import Desk as StaffDesk
from hotline.open311.reports import Reports
from hotline.tables import tickets
from tests.hotline.support import Desk, rows

OPERATOR = Actor("wang", ("operator",))
GIVEN = {"service_code": "street-light", "address_string": "湖滨街道幸福路", "description": "路灯坏了"}


def take(desk: Desk, key: str = "app", **other: Any) -> dict[str, Any]:
    """What the program is told that reports a broken light, or what else is given."""
    given = {name: value if isinstance(value, list) else [value] for name, value in (GIVEN | other).items()}
    [told] = Reports(desk.database, desk.vault, desk.settings).take(key, given)
    return told


def reported(desk: Desk, **other: Any) -> str:
    """The number of a new ticket; no two are equal."""
    return str(take(desk, description=f"路灯坏了{len(rows(desk.database, tickets))}", **other)["service_request_id"])


def staff(desk: Desk, number: str, step: str, **fields: Any) -> None:
    """An operator takes a step."""
    [version] = [row["version"] for row in rows(desk.database, tickets) if row["number"] == number]
    StaffDesk(desk.database, desk.vault, desk.settings).take(number, step, OPERATOR, fields, version)


def published(desk: Desk, summary: str = "路灯不亮", **other: Any) -> str:
    """The number of a new ticket whose summary an operator approved."""
    number = reported(desk, **other)
    staff(desk, number, "publish", summary=summary)
    return number


def change(desk: Desk, number: str, **values: Any) -> None:
    """Make a ticket's row what it would be after a longer story."""
    with desk.database.writing() as connection:
        connection.execute(update(tickets).where(tickets.c.number == number).values(values))
