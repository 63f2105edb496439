"""A second receiver, entered by staff, and short ways to use it."""

import time
from typing import Any

from hotline import attempts, destination
from hotline.tables import deliveries
from tests.hotline.support import Desk, rows

ARCHIVE = "档案馆"


def enter(desk: Desk, url: str, name: str = ARCHIVE) -> str:
    return destination.enter(desk.database, desk.vault, desk.settings, name, url)


def rotate(desk: Desk, mark: str | None = None) -> str:
    with desk.database.writing() as connection:
        return destination.rotate(connection, desk.vault, ARCHIVE, mark)


def remove(desk: Desk, name: str = ARCHIVE) -> None:
    with desk.database.writing() as connection:
        destination.remove(connection, desk.vault, name)


def entries(desk: Desk) -> list[destination.Entry]:
    with desk.database.reading() as connection:
        return destination.entries(connection, desk.settings)


def send_to(desk: Desk, place: int) -> int:
    """Send what is due to the hotline (0) or to the archive (1), once each; how many."""
    courier = desk.courier(destination=place)
    claimed = courier.claim(100)
    for delivery in claimed:
        courier.deliver(delivery)
    return len(claimed)


def send_all_to(desk: Desk, place: int) -> None:
    """Send until nothing is left that may go."""
    deadline = time.monotonic() + 60
    while _waiting(desk, desk.courier(destination=place).destination):
        assert time.monotonic() < deadline, "waited in vain"
        if not send_to(desk, place):
            time.sleep(0.01)


def _waiting(desk: Desk, name: str) -> bool:
    with desk.database.reading() as connection:
        return bool(attempts.listed(connection, destination=name, state="pending"))


def with_three_messages(desk: Desk) -> str:
    number = desk.open()
    desk.tickets.supplement(number, "第三盏")
    desk.tickets.urge(number)
    return number


def of(desk: Desk, number: str, name: str) -> list[dict[str, Any]]:
    return [row for row in rows(desk.database, deliveries) if (row["ticket"], row["destination"]) == (number, name)]
