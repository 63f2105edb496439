"""Files that wait between the dry run and the import; kept in the database, so that any machine can go on with them."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Column, Integer, LargeBinary, String, Table, delete, insert, select
from sqlalchemy.engine import Connection

from foundation.clock import now
from foundation.database import Instant, metadata
from knowledge.importing.piece import File, limits

staged = Table(
    "import_files",
    metadata,
    Column("import_id", String(32), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("author", String(80), nullable=False),
    Column("at", Instant, nullable=False, index=True),
    Column("name", String(200), nullable=False),
    Column("data", LargeBinary, nullable=False),
)


def keep(connection: Connection, author: str, files: Sequence[File]) -> str:
    """Keep somebody's files for a day, in place of earlier ones of theirs; the id by which they are found."""
    connection.execute(delete(staged).where((staged.c.author == author) | (staged.c.at < _oldest())))
    id = secrets.token_hex(16)
    for position, file in enumerate(files):
        values = {"import_id": id, "position": position, "author": author, "at": now()}
        connection.execute(insert(staged).values(**values, name=file.name[:200], data=file.data))
    return id


def kept(connection: Connection, id: str, author: str) -> list[File]:
    """The files of an import of this person. Raises LookupError when they are gone."""
    own = (staged.c.import_id == id, staged.c.author == author, staged.c.at >= _oldest())
    rows = connection.execute(select(staged.c.name, staged.c.data).where(*own).order_by(staged.c.position)).all()
    if not rows:
        raise LookupError(f"no import {id}")
    return [File(row.name, bytes(row.data)) for row in rows]


def forget(connection: Connection, id: str, author: str) -> None:
    """Delete the files of an import."""
    connection.execute(delete(staged).where(staged.c.import_id == id, staged.c.author == author))


def _oldest() -> datetime:
    return now() - timedelta(hours=limits()["hours"])
