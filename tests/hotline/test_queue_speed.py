"""The staff's list is as quick with many tickets as with few: it is read along an index, and no further than shown."""

from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.engine import Connection

from foundation.database import Database
from hotline.desk import Actor
from hotline.filters import Filters
from hotline.queue import page
from tests.hotline.support import Desk

ZONE = "Asia/Shanghai"
OPERATOR = Actor("operator", ("operator",))
SUPERVISOR = Actor("supervisor", ("supervisor",))
OFFICER = Actor("officer", ("officer",), "parks")


@pytest.mark.parametrize("actor", [OPERATOR, SUPERVISOR, OFFICER], ids=lambda actor: str(actor.name))
@pytest.mark.parametrize("filters", [Filters(), Filters(state="accepted"), Filters(limit="soon", kind="投诉")])
def test_the_list_is_read_along_its_index_and_never_sorted(desk: Desk, actor: Actor, filters: Filters) -> None:
    with desk.database.reading() as connection:
        if not desk.database.on_sqlite:
            connection.execute(text("SET LOCAL enable_seqscan = off"))
            connection.execute(text("SET LOCAL enable_sort = off"))
        plan = _plan(connection, desk.database, lambda: page(connection, actor, filters, ZONE))
    assert "tickets_to_do" in plan
    assert "B-TREE FOR ORDER" not in plan and "Sort" not in plan


def test_an_earlier_database_gets_the_new_indexes(desk: Desk) -> None:
    with desk.database.writing() as connection:
        connection.execute(text("DROP INDEX tickets_to_do"))
    for _ in range(2):
        desk.database.create_tables()
    with desk.database.writing() as connection:
        connection.execute(text("DROP INDEX tickets_to_do"))
    desk.database.create_tables()


def _plan(connection: Connection, database: Database, query: Any) -> str:
    """How the database goes about the last statement that `query` runs."""
    caught: list[tuple[str, Any]] = []

    def catch(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        caught.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", catch)
    query()
    event.remove(connection, "before_cursor_execute", catch)
    statement, parameters = caught[-1]
    how = "EXPLAIN QUERY PLAN " if database.on_sqlite else "EXPLAIN "
    return "\n".join(str(row) for row in connection.exec_driver_sql(how + statement, parameters))
