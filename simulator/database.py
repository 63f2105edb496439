"""A SQLite file that several threads read and write."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Row = dict[str, Any]


class File:
    """One file with its tables, readable by its owner only: it holds citizens' words and phones."""

    def __init__(self, path: Path, tables: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        connection = self._connect()
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(tables)
        connection.close()
        os.chmod(path, 0o600)

    def rows(self, query: str, *values: Any) -> list[Row]:
        """Return what a query finds."""
        connection = self._connect()
        try:
            return [dict(row) for row in connection.execute(query, values)]
        finally:
            connection.close()

    def write(self, statement: str, *values: Any) -> int:
        """Carry out one statement and return how many rows it changed."""
        with self.writing() as connection:
            return connection.execute(statement, values).rowcount

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Several statements, all or none."""
        connection = self._connect()
        try:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
        finally:
            connection.close()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=30, isolation_level=None)
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.row_factory = sqlite3.Row
        return connection
