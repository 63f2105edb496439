"""What the public may read of tickets: summaries that staff approved, never anyone's own words."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from foundation.clock import local
from foundation.database import Database
from foundation.settings import Settings
from hotline.catalogue import catalogue
from hotline.followers import ENDED
from hotline.lifecycle import lifecycle
from hotline.open311.query import Query, is_number
from hotline.open311.refusal import Refused
from hotline.public import public, without_numbers
from hotline.tables import tickets, uploads

DECIMALS = 3  # of a degree: about 100 metres, so that no door is pointed at
STATES = {"closed": ENDED, "open": tuple(state for state in lifecycle().states if state not in ENDED)}


class PublicRequests:
    """Tickets as GeoReport's service requests."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings

    def one(self, number: str) -> list[dict[str, Any]]:
        """The ticket, alone in its list; raises Refused in the same words for one that is unknown or not public."""
        if not is_number(number):
            raise Refused("request_unknown")
        found = self._read(select(tickets).where(public(), tickets.c.number == number))
        if not found:
            raise Refused("request_unknown")
        return found

    def found(self, query: Query) -> list[dict[str, Any]]:
        """The tickets that the filters let through, the latest first."""
        latest_first = (tickets.c.opened_at.desc(), tickets.c.number.desc())
        wanted = select(tickets).where(public(), *_conditions(query)).order_by(*latest_first)
        return self._read(wanted.limit(query.page_size).offset((query.page - 1) * query.page_size))

    def _read(self, query: Any) -> list[dict[str, Any]]:
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
            pictures = _pictures(connection, [row.number for row in rows])
        return [self._request(row, pictures.get(row.number)) for row in rows]

    def _request(self, ticket: Any, picture: str | None) -> dict[str, Any]:
        closed = ticket.state in ENDED
        return {
            "service_request_id": ticket.number,
            "status": "closed" if closed else "open",
            "status_notes": lifecycle().states[ticket.state],
            "service_name": catalogue().category_label(ticket.category) or None,
            "service_code": ticket.category or None,
            "description": without_numbers(ticket.summary),
            "agency_responsible": without_numbers(catalogue().department_label(ticket.department)) or None,
            "service_notice": None,
            "requested_datetime": self._moment(ticket.opened_at),
            "updated_datetime": self._moment((closed and ticket.closed_at) or ticket.changed_at),
            "expected_datetime": self._moment(ticket.handle_by),
            "address": f"{catalogue().district_label(ticket.district)}{ticket.street}" or None,
            "address_id": None,
            "zipcode": None,
            "lat": _blurred(ticket.latitude),
            "long": _blurred(ticket.longitude),
            "media_url": f"{self._settings.site}/pictures/{picture}" if picture else None,
        }

    def _moment(self, moment: Any) -> str | None:
        return local(moment, self._settings.timezone).isoformat(timespec="seconds") if moment else None


def _conditions(query: Query) -> list[Any]:
    if query.named:
        return [tickets.c.number.in_(query.numbers)]
    conditions = [tickets.c.opened_at >= query.start, tickets.c.opened_at <= query.end]
    if query.codes:
        conditions.append(tickets.c.category.in_(set(query.codes) & catalogue().categories.keys()))
    if query.statuses:
        conditions.append(tickets.c.state.in_([state for name in query.statuses for state in STATES[name]]))
    return conditions


def _pictures(connection: Connection, numbers: list[str]) -> dict[str, str]:
    """The first picture of each ticket that staff made public."""
    shown = select(uploads.c.ticket, uploads.c.id).where(
        uploads.c.ticket.in_(numbers), uploads.c.visibility == "public"
    )
    last_first = connection.execute(shown.order_by(uploads.c.position.desc()))
    return {row.ticket: row.id for row in last_first}


def _blurred(degrees: float | None) -> float | None:
    return None if degrees is None else round(degrees, DECIMALS)
