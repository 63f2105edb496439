"""The rows that commands leave in the trace of what staff did."""

from foundation.audit import COMMAND, Audit, Facts
from foundation.database import Database
from foundation.settings import Settings


def note(
    database: Database, settings: Settings, act: str, subject: str, facts: Facts | None = None, content: object = None
) -> None:
    """Add a row for something that the command line did, in a transaction of its own."""
    with database.writing() as connection:
        Audit(settings.secret_key).note(connection, COMMAND, act, subject, facts, content)
