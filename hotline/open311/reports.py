"""A report that another program brings: the same appeal as from every channel."""

import json
import re
from datetime import timedelta
from typing import Any

from sqlalchemy.engine import Connection

from foundation.clock import now
from foundation.controls import Controls
from foundation.database import Database
from foundation.identifying import find_numbers
from foundation.privacy import Vault
from foundation.settings import Settings
from hotline.appeal import Appeal
from hotline.open311.query import Fields, one
from hotline.open311.questions import answers
from hotline.open311.refusal import Refused, words
from hotline.open311.services import service
from hotline.opening import Opening
from hotline.ticket import Opened, Tickets, TicketsOff
from hotline.words import has_number

CHANNEL, KIND = "open311", "求助"
SAME_WITHIN = timedelta(seconds=60)
LONGEST = {"description": 4000, "address_string": 300, "first_name": 60, "last_name": 60, "phone": 60, "email": 200}
_ATTRIBUTE = re.compile(r"attribute\[([^\[\]]+)\](?:\[\])?")


class Reports:
    """Opens tickets for the programs that have a key."""

    def __init__(self, database: Database, vault: Vault, settings: Settings, controls: Controls | None = None) -> None:
        self._database = database
        self._controls = controls or Controls(database, settings)
        self._opening = Opening(vault, settings)
        self._tickets = Tickets(database, vault, settings, self._controls)

    def take(self, key: str, fields: Fields) -> list[dict[str, Any]]:
        """Open a ticket and tell its number, code and link; equal fields from the same key within 60 s are one report.

        `key` is the name of the caller's key. Raises Refused.
        """
        off = self._controls.switched_off(CHANNEL, f"key:{key}")
        if off:
            raise Refused("paused", **self._controls.words(off))
        appeal = _appeal(fields, self._instance(key, fields))
        try:
            return [_receipt(self._tickets.open(appeal), fields)]
        except TicketsOff as closed:
            raise Refused("paused", **self._controls.words(closed.off)) from closed

    def number_of(self, token: str) -> list[dict[str, Any]]:
        """The number of the ticket whose view link ends in this token; raises Refused."""
        ticket = self._tickets.by_token(token)
        if ticket is None:
            raise Refused("token_unknown")
        return [{"service_request_id": ticket.number, "token": token}]

    def _instance(self, key: str, fields: Fields) -> str:
        """What names this report: its words and its minute, or the minute before where it was first sent then."""
        told = json.dumps([key, sorted((name, list(given)) for name, given in fields.items() if name != "api_key")])
        minute = int(now().timestamp() // SAME_WITHIN.total_seconds())
        earlier = f"{CHANNEL}:{minute - 1}:{told}"
        with self._database.reading() as connection:
            return earlier if self._is_recent(connection, earlier) else f"{CHANNEL}:{minute}:{told}"

    def _is_recent(self, connection: Connection, instance: str) -> bool:
        known = self._opening.of_instance(connection, instance)
        return known is not None and now() - known.opened_at <= SAME_WITHIN


def _appeal(fields: Fields, instance: str) -> Appeal:
    for name, most in LONGEST.items():
        if len(one(fields, name)) > most:
            raise Refused("too_long", field=name, most=most)
    leaf = service(one(fields, "service_code"))
    latitude, longitude = _coordinates(one(fields, "lat"), one(fields, "long"))
    place, contact = one(fields, "address_string"), _contact(fields)
    if not place and latitude is None:
        raise Refused("place_missing")
    return Appeal(
        instance=instance,
        kind=KIND,
        what="\n".join([one(fields, "description") or leaf.label, *answers(leaf.id, _attributes(fields))]),
        place=place,
        contact=contact,
        anonymous=not contact,
        channel=CHANNEL,
        category=leaf.id,
        latitude=latitude,
        longitude=longitude,
    )


def _coordinates(latitude: str, longitude: str) -> tuple[float | None, float | None]:
    if not latitude and not longitude:
        return None, None
    try:
        degrees = float(latitude), float(longitude)
    except ValueError as error:
        raise Refused("coordinates") from error
    if not (abs(degrees[0]) <= 90 and abs(degrees[1]) <= 180):
        raise Refused("coordinates")
    return degrees


def _contact(fields: Fields) -> str:
    """Who it is and how to reach them; a phone or an address that the vault would not know is refused."""
    phone, email = one(fields, "phone"), one(fields, "email")
    if phone and not has_number(phone):
        raise Refused("phone")
    if email and [number.value for number in find_numbers(email)] != [email]:
        raise Refused("email")
    name = one(fields, "last_name") + one(fields, "first_name")
    return " ".join(part for part in (name, phone, email) if part)


def _attributes(fields: Fields) -> dict[str, list[str]]:
    """The answers, which arrive as attribute[code]=value or, where there are several, attribute[code][]=value."""
    given: dict[str, list[str]] = {}
    for name, values in fields.items():
        if match := _ATTRIBUTE.fullmatch(name):
            given.setdefault(match.group(1), []).extend(values)
    return given


def _receipt(opened: Opened, fields: Fields) -> dict[str, Any]:
    view = opened.view
    note = words()["no_media"] if one(fields, "media_url") else ""
    notice = words()["notice"].format(received=view.events[0]["text"], note=note, code=opened.code, link=view.link)
    return {
        "service_request_id": view.number,
        "service_notice": notice,
        "account_id": one(fields, "account_id") or None,
    }
