"""Where Rasa keeps its trackers and locks: beside the database that the settings name, with Redis where it is given."""

import itertools
import json
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.lock_store import InMemoryLockStore, LockStore, RedisLockStore
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker
from redis.connection import parse_url
from sqlalchemy import create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.orm import sessionmaker
from sqlalchemy.pool import QueuePool

from foundation.settings import load_settings

STORED = "wenzheng_stored_events"  # on a tracker, which one process holds under its lock from loading to saving
LOCK_WAIT_SECONDS = 0.03  # Rasa polls once a second, which a second message of one citizen would feel


class Trackers(SQLTrackerStore):
    """Rasa's SQL tracker store on PostgreSQL, or on a SQLite file of its own in DATA_DIR."""

    def __init__(
        self, host: str | None = None, domain: Domain | None = None, event_broker: EventBroker | None = None
    ) -> None:
        settings = load_settings()
        self._unknown: set[str] = set()  # asked for and not there: whatever they become has nothing stored yet
        if settings.on_one_machine:
            settings.data_dir.mkdir(parents=True, exist_ok=True)
            super().__init__(domain, db=str(settings.data_dir / "rasa.db"), event_broker=event_broker)
            # Rasa opens and closes the file for each session, and closing it writes the whole journal back.
            self.engine = create_engine(
                self.engine.url, poolclass=QueuePool, connect_args={"check_same_thread": False, "timeout": 20}
            )
            event.listen(self.engine, "connect", _prepare)
            self.sessionmaker = sessionmaker(bind=self.engine)
        else:
            url = make_url(settings.database_url)
            super().__init__(
                domain, url.drivername, url.host, url.port, url.database, url.username, url.password, event_broker
            )

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The tracker since its last session; it remembers how many of its events are stored."""
        tracker = await super().retrieve(sender_id)
        if tracker is None:
            self._unknown.add(sender_id)
        else:
            setattr(tracker, STORED, len(tracker.events))
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Store the events that are not stored yet, all in one statement: one object for each was a third of a save."""
        await self.stream_events(tracker)
        rows = [
            _row(tracker.sender_id, event) for event in itertools.islice(tracker.events, self._stored(tracker), None)
        ]
        if rows:
            with self.session_scope() as session:
                session.execute(self.SQLEvent.__table__.insert(), rows)
                session.commit()
        setattr(tracker, STORED, len(tracker.events))

    def _stored(self, tracker: DialogueStateTracker) -> int:
        known = getattr(tracker, STORED, None)
        if known is not None:
            return int(known)
        if tracker.sender_id in self._unknown:
            self._unknown.discard(tracker.sender_id)
            return 0
        with self.session_scope() as session:
            return int(self._event_query(session, tracker.sender_id, False).count())


def _row(sender_id: str, event: Event) -> dict[str, Any]:
    """The columns of Rasa's own table of events."""
    data = event.as_dict()
    return {
        "sender_id": sender_id,
        "type_name": event.type_name,
        "timestamp": data.get("timestamp"),
        "intent_name": data.get("parse_data", {}).get("intent", {}).get("name"),
        "action_name": data.get("name"),
        "data": json.dumps(data),
    }


def _prepare(connection: Any, _record: Any) -> None:
    """A tracker can be rebuilt from the record of turns, so a power cut may cost its last write."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")


class Locks:
    """A lock store in memory, or in Redis where several machines serve; Rasa wants a class to call."""

    def __new__(cls, endpoint_config: Any) -> LockStore:  # type: ignore[misc]
        url = load_settings().redis_url
        if not url:
            return _WaitLess()
        parts = parse_url(url)
        return _RedisWaitLess(
            host=parts.get("host", "127.0.0.1"),
            port=parts.get("port", 6379),
            db=parts.get("db", 0),
            username=parts.get("username"),
            password=parts.get("password"),
        )


class _WaitLess(InMemoryLockStore):
    """Polls often: the wait costs nothing next to a second of a citizen's time."""

    async def _acquire_lock(self, conversation_id: str, ticket: int, wait_time_in_seconds: float) -> Any:
        return await super()._acquire_lock(conversation_id, ticket, LOCK_WAIT_SECONDS)


class _RedisWaitLess(RedisLockStore):
    """The same over Redis."""

    async def _acquire_lock(self, conversation_id: str, ticket: int, wait_time_in_seconds: float) -> Any:
        return await super()._acquire_lock(conversation_id, ticket, LOCK_WAIT_SECONDS)
