"""Short ways to use the desk's pages of tickets."""

import re
from typing import Any

from sqlalchemy import select

from hotline.tables import ticket_events, tickets
from tests.hotline.support import Desk
from tests.web.visitor import Visitor

PARKS = "parks"


def row(desk: Desk, number: str) -> Any:
    """A ticket as it stands in the database."""
    with desk.database.reading() as connection:
        return connection.execute(select(tickets).where(tickets.c.number == number)).one()


def last_event(desk: Desk, number: str) -> Any:
    """The latest line of its log."""
    own = select(ticket_events).where(ticket_events.c.ticket == number).order_by(ticket_events.c.position.desc())
    with desk.database.reading() as connection:
        return connection.execute(own).first()


def act(visitor: Visitor, number: str, step: str, page: str = "", **form: Any) -> str:
    """Send one of the forms of a ticket's page, as a browser does that shows the page (or saw it earlier)."""
    address = f"/desk/tickets/{number}"
    [version] = set(re.findall(r'name="version" value="(\d+)"', page or visitor.see(address)))
    return visitor.send(f"{address}/{step}", address, **{"version": version, **form})


def offered(page: str, number: str) -> set[str]:
    """The acts that a ticket's page has forms for."""
    return set(re.findall(rf'action="/desk/tickets/{number}/(\w+)"', page))


def listed(page: str) -> list[str]:
    """The numbers of the tickets on a page of the list, in order."""
    return re.findall(r'<td class="tickets-what">\s*<a href="/desk/tickets/([\d-]+)"', page)


def dispatched(desk: Desk, to: str = PARKS, **told: Any) -> str:
    """The number of a ticket that a department has."""
    number = desk.open(**told)
    desk.staff(number, "accept", "operator")
    desk.staff(number, "dispatch", "operator", department=to)
    return number
