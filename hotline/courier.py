"""Carries deliveries to one destination: claim, send, write down."""

import json
import logging
from datetime import timedelta

from foundation.database import Database
from foundation.privacy import Vault
from foundation.settings import Settings
from hotline import outbox
from hotline.destination import Destination
from hotline.message import revealed
from hotline.outbox import Claimed
from hotline.pictures.links import with_urls
from hotline.webhook import ERASED, Result, send
from hotline.words import owner as owner_of

LEASE_MARGIN = timedelta(seconds=5)
log = logging.getLogger(__name__)


class Courier:
    """Several may work at once, in one process or in many; `owner` names this one."""

    def __init__(
        self, database: Database, vault: Vault, settings: Settings, destination: Destination, owner: str
    ) -> None:
        self._database = database
        self._vault = vault
        self._settings = settings
        self._destination = destination
        self._owner = owner
        self._seconds = settings.hotline_timeout_seconds
        self._delays = settings.hotline_retry_seconds
        self._networks = settings.networks

    @property
    def destination(self) -> str:
        """The name of the destination."""
        return self._destination.name

    def claim(self, limit: int) -> list[Claimed]:
        """Take at most `limit` deliveries that are due."""
        with self._database.reading() as connection:
            rows = outbox.due(connection, self._destination.name, limit)
        if not rows:
            return []
        lease = timedelta(seconds=self._seconds) + LEASE_MARGIN
        with self._database.writing() as connection:
            claimed = [outbox.claim(connection, row, self._owner, lease) for row in rows]
        return [delivery for delivery in claimed if delivery]

    def deliver(self, delivery: Claimed) -> None:
        """Try once and write down how it went; whoever dies in between leaves the lease to end."""
        result = self._sent(delivery)
        log.info("delivery %s of ticket %s: %s", delivery.webhook_id, delivery.ticket, result.status or result.note)
        with self._database.writing() as connection:
            outbox.finish(connection, delivery, self._destination.name, result, self._delays)

    def _sent(self, delivery: Claimed) -> Result:
        try:
            with self._database.reading() as connection:
                sealed = self._vault.unseal(connection, owner_of(delivery.ticket), delivery.body)
                body = revealed(connection, self._vault, delivery.ticket, json.loads(sealed))
        except KeyError:
            return Result(None, 0, note=ERASED)
        text = json.dumps(with_urls(body, self._settings), ensure_ascii=False)
        return send(self._destination, delivery.webhook_id, text, self._seconds, self._networks)
