"""What an action says, on a database of its own."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.parts import parts
from foundation.database import Database


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """The database that the actions of this process work on."""
    database = Database(f"sqlite:///{tmp_path / 'wenzheng.db'}")
    monkeypatch.setenv("WENZHENG_DATABASE_URL", str(database.url))
    monkeypatch.setenv("WENZHENG_DATA_DIR", str(tmp_path))
    parts.cache_clear()
    database.create_tables()
    yield database
    parts.cache_clear()
    database.close()


def run(action: Any, slots: dict[str, Any], text: str = "/ask", **entities: str) -> tuple[list[Any], dict[str, Any]]:
    """What an action says to a message with these entities, and the slots that it sets."""
    found = [{"entity": name, "value": value} for name, value in entities.items()]
    message = {"text": text, "intent": {"name": "ask"}, "entities": found}
    dispatcher = CollectingDispatcher()
    events = action.run(dispatcher, Tracker("c1", slots, message, [], False, None, {}, None), {})
    return dispatcher.messages, {event["name"]: event["value"] for event in events if event["event"] == "slot"}


def said(action: Any, slots: dict[str, Any], **entities: str) -> list[Any]:
    """Only what it says."""
    return run(action, slots, **entities)[0]
