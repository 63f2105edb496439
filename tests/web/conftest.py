"""The same databases as the tests of hotline/, places that several files share, and a watch on every act of staff."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import has_request_context, request
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

from tests.hotline.conftest import archive, clock, database, desk, receiver
from tests.hotline.support import Desk
from tests.web.content_pages import Team, seeded
from tests.web.fake_rasa import FakeRasa, answering
from tests.web.person_desk import Floor

__all__ = ["archive", "clock", "database", "desk", "receiver"]
OF_STAFF = ("/desk", "/admin", "/content")
TRACE = "audit_log"
UNTRACED = {
    "audit_head",  # belongs to the trace itself
    "staff_sessions",  # that a session is in use is no act
    "desk_presence",  # nor that an operator is there
    "drafts_editing",  # nor that a page is open
    "import_files",  # nor to look at a file: what is taken from it is one
    "vault_items",  # nor to keep a number safe: what it is kept for is one
}
_WRITES = re.compile(r"^\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)


@pytest.fixture
def rasa() -> Iterator[FakeRasa]:
    with answering() as rasa:
        yield rasa


@pytest.fixture
def floor(desk: Desk, rasa: FakeRasa) -> Floor:
    return Floor(desk, rasa)


@pytest.fixture
def team(desk: Desk) -> Team:
    """A content team over three entries."""
    seeded(desk)
    return Team(desk)


@pytest.fixture(autouse=True)
def untraced() -> Iterator[list[str]]:
    """Fails a test in which a page of staff changed something without a row in the trace, in the same transaction."""
    found: list[str] = []

    def remember(connection: Connection, cursor: Any, statement: str, *_: Any) -> None:
        written = _WRITES.match(statement)
        if written and cursor.rowcount and has_request_context() and request.path.startswith(OF_STAFF):
            connection.info.setdefault("written", set()).add(written.group(1))

    def look(connection: Connection) -> None:
        written = connection.info.pop("written", set()) - UNTRACED
        if written and TRACE not in written:
            found.append(f"{request.method} {request.path} wrote {', '.join(sorted(written))}")

    def forget(connection: Connection) -> None:
        connection.info.pop("written", None)

    hooks = (("after_cursor_execute", remember), ("commit", look), ("rollback", forget))
    for name, hook in hooks:
        event.listen(Engine, name, hook)
    yield found
    for name, hook in hooks:
        event.remove(Engine, name, hook)
    assert not found, f"without a row in the trace: {found}"
