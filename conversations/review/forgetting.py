"""What is deleted with a conversation, and what stays of it."""

from sqlalchemy import delete
from sqlalchemy.engine import Connection

from conversations.review import facts
from conversations.review.tables import judgements, sample_items
from knowledge import reviewed_cases


def forget(connection: Connection, conversation: str) -> None:
    """Delete what was said about a conversation; its cases lose their link, and who looked behind it stays known."""
    facts.forget(connection, conversation)
    for table in (judgements, sample_items):
        connection.execute(delete(table).where(table.c.conversation == conversation))
    reviewed_cases.unlink(connection, conversation)
