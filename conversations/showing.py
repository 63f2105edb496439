"""What was said, as its citizen may see it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from conversations import record
from foundation.privacy import Vault


def turn_shown(
    vault: Vault, connection: Connection, conversation: str, turn: int
) -> tuple[str, datetime | None, list[dict[str, Any]]]:
    """What the citizen said in a turn, when it began, and what was replied; nothing where it was erased."""
    row = record.one(connection, conversation, turn)
    if row is None:
        return "", None, []
    said, replies = show(vault, connection, conversation, [row.text or "", row.replies or []])
    return said, row.at, replies


def show(vault: Vault, connection: Connection, conversation: str, value: Any) -> Any:
    """Texts, lists and objects with every token as its citizen may see it: 138****5678."""
    return _shown(lambda text: vault.hint(connection, f"conversation:{conversation}", text), value)


def show_to_staff(vault: Vault, connection: Connection, conversation: str, value: Any) -> Any:
    """The same as staff may see it: without what opens a ticket."""
    return _shown(lambda text: vault.hint_to_staff(connection, f"conversation:{conversation}", text), value)


def _shown(hint: Callable[[str], str], value: Any) -> Any:
    if isinstance(value, str):
        return hint(value) if "〔" in value else value
    if isinstance(value, list):
        return [_shown(hint, one) for one in value]
    if isinstance(value, dict):
        return {name: _shown(hint, one) for name, one in value.items()}
    return value
