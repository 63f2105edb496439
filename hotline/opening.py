"""Making a new ticket."""

from typing import Any

from sqlalchemy import insert, select, text
from sqlalchemy.engine import Connection

from foundation.clock import local, now
from foundation.privacy import Vault
from foundation.settings import Settings
from hotline import callers
from hotline.access import keyed_digest, new_code, new_token, token_digest
from hotline.appeal import Appeal
from hotline.catalogue import catalogue
from hotline.pictures.store import attach
from hotline.steps import Steps
from hotline.tables import tickets
from hotline.words import own_contact, own_words, owner

TEXTS = {"what": own_words, "place": own_words, "time_of_event": own_words, "contact": own_contact}
NEXT_NUMBER = text(
    "INSERT INTO ticket_counters (day, last) VALUES (:day, 1)"
    " ON CONFLICT (day) DO UPDATE SET last = ticket_counters.last + 1 RETURNING last"
)


class Opening:
    """Writes a ticket with its first event and its deliveries, in the caller's transaction."""

    def __init__(self, vault: Vault, settings: Settings) -> None:
        self._vault = vault
        self._settings = settings
        self._steps = Steps(vault, settings)

    def of_instance(self, connection: Connection, instance: str) -> Any:
        """The row of the ticket that this instance opened, or None."""
        return connection.execute(select(tickets).where(tickets.c.instance == self._digest(instance))).first()

    def write(self, connection: Connection, appeal: Appeal, *, role: str = "citizen", actor: str = "") -> Any:
        """The row of a new ticket; raises IntegrityError when the instance opened one at the same moment."""
        number = self._next_number(connection)
        columns = self._columns(connection, number, appeal)
        connection.execute(insert(tickets).values(number=number, **columns))
        if not appeal.anonymous:
            callers.remember(connection, self._vault, self._settings.secret_key, number, columns["contact"])
        attach(connection, number, appeal.uploader, appeal.pictures)
        self._steps.take(connection, number, "submit", role, _first_fields(appeal), actor=actor)
        return self.of_instance(connection, appeal.instance)

    def conversation_digest(self, conversation: str) -> str:
        """What an anonymous ticket is found by."""
        return self._digest(conversation)

    def _next_number(self, connection: Connection) -> str:
        day = local(now(), self._settings.timezone).strftime("%Y%m%d")
        return f"{day}-{connection.execute(NEXT_NUMBER, {'day': day}).scalar_one():06d}"

    def _columns(self, connection: Connection, number: str, appeal: Appeal) -> dict[str, Any]:
        at, token = now(), new_token()
        return {
            "instance": self._digest(appeal.instance),
            "channel": appeal.channel,
            "kind": "",  # the first event sets it
            "street": catalogue().street_of(appeal.place),
            "latitude": appeal.latitude,
            "longitude": appeal.longitude,
            "entry": appeal.entry,
            "audience": appeal.audience,
            "parent": appeal.parent,
            "anonymous": appeal.anonymous,
            "handled_by": self._handled_by(appeal),
            "state": "",
            "version": 0,
            "opened_at": at,
            "changed_at": at,
            "code": self._vault.seal(connection, owner(number), new_code()),
            "token": self._vault.seal(connection, owner(number), token),
            "token_digest": token_digest(token),
            **self._link(appeal),
            **self._texts(connection, number, appeal),
        }

    def _handled_by(self, appeal: Appeal) -> str:
        """Our own desk, or the hotline: as the category says, else as the settings do."""
        if appeal.audience == "supervisors":
            return "local"  # what citizens say of the hotline and the departments goes to supervisors, not to them
        leaf = catalogue().categories.get(appeal.category)
        return (leaf.handled_by if leaf else "") or self._settings.handling

    def _texts(self, connection: Connection, number: str, appeal: Appeal) -> dict[str, str]:
        return {
            name: keep(connection, self._vault, number, getattr(appeal, name), appeal.conversation)
            for name, keep in TEXTS.items()
        }

    def _link(self, appeal: Appeal) -> dict[str, str]:
        """How the conversation finds its ticket; from an anonymous ticket nothing leads back to it."""
        if not appeal.conversation:
            return {}
        if appeal.anonymous:
            return {"anonymous_conversation": self._digest(appeal.conversation)}
        return {"conversation": appeal.conversation}

    def _digest(self, value: str) -> str:
        return keyed_digest(self._settings.secret_key, value)


def _first_fields(appeal: Appeal) -> dict[str, str]:
    return {
        "kind": appeal.kind,
        "category": appeal.category,
        "urgency": appeal.urgency,
        "district": appeal.district or catalogue().district_of(appeal.place),
    }
