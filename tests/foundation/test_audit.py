"""The trace: whole while nobody touches it, and whoever touches it is found out."""

import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, insert, update

from foundation import audit_search
from foundation.audit import Audit, Contents, head, last_row, log, unknown
from foundation.audit_search import Search
from foundation.audit_sheet import written
from foundation.database import Database
from tests.hotline.clock import Clock, shanghai
from tests.hotline.support import in_threads, rows

AUDIT = Audit("secret")


def act(
    database: Database, count: int = 1, actor: str = "li", name: str = "ticket.accept", to: str = "ticket:1"
) -> None:
    for _ in range(count):
        with database.writing() as connection:
            AUDIT.note(connection, actor, name, to, {"position": 2})


def broken(database: Database, audit: Audit = AUDIT) -> list[str]:
    with database.reading() as connection:
        return list(audit.broken(connection))


def change(database: Database, statement: Any) -> None:
    with database.writing() as connection:
        connection.execute(statement)


def numbers(database: Database, **wanted: Any) -> list[int]:
    with database.reading() as connection:
        return [row.number for row in audit_search.found(connection, Search(**wanted))]


def test_a_trace_that_nobody_touched_is_whole_also_when_it_is_empty(database: Database) -> None:
    assert broken(database) == []
    act(database, 5)
    assert broken(database) == []
    assert [row["number"] for row in rows(database, log)] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("touch", "said"),
    [
        (update(log).where(log.c.number == 2).values(actor="wang"), "第 2 条被改过"),
        (update(log).where(log.c.number == 2).values(facts={}), "第 2 条被改过"),
        (update(log).where(log.c.number == 2).values(at=shanghai("2020-01-01 00:00")), "第 2 条被改过"),
        (update(log).where(log.c.number == 2).values(digest="0" * 64), "第 2 条被改过"),
        (delete(log).where(log.c.number == 2), "第 2 条不见了"),
        (delete(log).where(log.c.number.in_((1, 2))), "第 1 到 2 条不见了"),
        (delete(log).where(log.c.number == 4), "第 4 条不见了"),
        (delete(log), "第 1 到 4 条不见了"),
        (delete(head), "末尾的封记不见了"),
        (update(head).values(number=3), "末尾的封记被改过"),
        (update(log).where(log.c.number == 4).values(number=5), "第 4 条不见了"),
    ],
)
def test_what_is_changed_removed_or_cut_off_is_named(database: Database, touch: Any, said: str) -> None:
    act(database, 4)
    change(database, touch)
    assert said in broken(database)


def test_a_row_put_in_is_named_wherever_it_stands(database: Database) -> None:
    act(database, 3)
    forged = rows(database, log)[1] | {"number": 4, "act": "ticket.merge"}
    change(database, insert(log).values(**forged))
    assert broken(database) == ["第 4 到 4 条是另外加进去的"]
    change(database, delete(log).where(log.c.number == 4))
    change(database, update(log).where(log.c.number == 3).values(number=4))
    change(database, insert(log).values(**forged | {"number": 3}))
    assert "第 3 条被改过" in broken(database)


def test_a_row_put_in_before_the_first_one_is_named(database: Database) -> None:
    act(database, 2)
    for number in (0, -5):
        change(database, insert(log).values(**rows(database, log)[-1] | {"number": number}))
    assert broken(database) == ["第 -5 条是另外加进去的", "第 0 条是另外加进去的"]


def test_who_has_not_the_key_cannot_make_a_chain_that_holds(database: Database) -> None:
    with database.writing() as connection:
        Audit("guessed").note(connection, "li", "ticket.accept", "ticket:1")
    assert broken(database) == ["第 1 条被改过", "末尾的封记被改过"]


def test_a_cut_with_an_older_seal_put_back_shows_in_the_last_digest(database: Database) -> None:
    act(database, 3)
    [older] = rows(database, head)
    act(database, 2)
    with database.reading() as connection:
        told = last_row(connection).digest
    change(database, delete(log).where(log.c.number > 3))
    change(database, update(head).values(**older))
    with database.reading() as connection:
        assert last_row(connection).digest != told


def test_a_digest_that_was_kept_elsewhere_finds_a_trace_that_was_put_in_its_place(database: Database) -> None:
    act(database, 3)
    kept = [row["digest"] for row in rows(database, log)]

    def said(saved: str) -> str:
        with database.reading() as connection:
            return unknown(connection, last_row(connection), saved)

    assert [said(saved) for saved in (kept[2], f"3:{kept[2]}", f" 1:{kept[0].upper()} ")] == ["", "", ""]
    assert "现在是第 1 条的" in said(f"2:{kept[0]}")
    for wrong in ("", "3", "3:", "x:y:z", kept[0][:-1]):
        assert "找不到" in said(wrong)
    change(database, delete(log))
    change(database, delete(head))
    act(database, 3, actor="wang")
    assert broken(database) == [], "a whole new chain is sound in itself"
    assert "找不到" in said(f"3:{kept[2]}")


def test_a_content_that_is_changed_elsewhere_is_found_and_one_that_was_erased_is_not(database: Database) -> None:
    stands: dict[int, object] = {1: {"reason": "台风"}, 2: {"reason": "换人"}, 3: "erased soon"}
    with database.writing() as connection:
        for content in (*stands.values(), None):
            AUDIT.note(connection, "li", "control.change", "control:tone@1", {"a": 1}, content)
    assert not [word for word in ("台风", "换人") if word in str(rows(database, log))]
    assert "content" not in rows(database, log)[3]["facts"]

    def altered(audit: Audit = AUDIT) -> list[str]:
        readers: dict[str, Contents] = {"control": lambda *_: stands, "entry": lambda *_: {}}
        with database.reading() as connection:
            return list(audit.altered(connection, last_row(connection), readers))

    assert altered() == []
    del stands[3]
    stands[2] = {"reason": "别的"}
    assert altered() == ["第 2 条记下的内容（control:tone@1）后来被改过"]
    stands[2] = {"reason": "换人"}
    assert len(altered(Audit("guessed"))) == 2, "nobody without the key can make such a digest"


def test_the_very_first_acts_at_the_same_moment_all_stand_in_one_chain(database: Database) -> None:
    in_threads(8, lambda place: act(database, 3, actor=f"one-{place}"))
    assert [row["number"] for row in rows(database, log)] == list(range(1, 25))
    assert broken(database) == []


def test_an_act_that_fails_leaves_no_row_and_the_next_one_takes_its_number(database: Database) -> None:
    act(database)
    with pytest.raises(ZeroDivisionError), database.writing() as connection:
        AUDIT.note(connection, "li", "ticket.accept", "ticket:1")
        raise ZeroDivisionError
    act(database)
    assert [row["number"] for row in rows(database, log)] == [1, 2]
    assert broken(database) == []


def test_acts_that_come_while_the_trace_is_checked_are_no_break(database: Database) -> None:
    act(database, 3)
    with database.reading() as connection:
        checking = AUDIT.broken(connection)
        end = last_row(connection)
        if not database.on_sqlite:  # there one reading sees one state
            act(database, 2)
        assert list(AUDIT.broken(connection, end)) == list(checking) == []


def filled(database: Database, count: int) -> None:
    with database.writing() as connection:
        for _ in range(count):
            AUDIT.note(connection, "li", "ticket.accept", "ticket:1")


def memory(work: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_checking_a_long_trace_takes_no_more_memory_than_a_short_one(tmp_path: Any) -> None:
    database = Database(f"sqlite:///{tmp_path / 'wenzheng.db'}")
    database.create_tables()
    filled(database, 2500)
    short = memory(lambda: broken(database))
    filled(database, 7500)
    assert memory(lambda: broken(database)) < 1.5 * short
    assert broken(database) == []
    database.close()


def test_rows_are_found_by_actor_act_thing_and_day_the_newest_first(database: Database, clock: Clock) -> None:
    act(database, actor="li")
    act(database, actor="wang", name="content.publish", to="entry:id-card@3")
    clock.move(days=1)
    act(database, actor="li", name="account.sign_in", to="account:li")
    assert numbers(database) == [3, 2, 1]
    assert numbers(database, actor="li") == [3, 1]
    assert numbers(database, act="content.publish") == [2]
    assert numbers(database, subject="account:li", actor="wang") == []
    assert numbers(database, since=shanghai("2026-09-22 00:00")) == [3]
    assert numbers(database, until=shanghai("2026-09-22 00:00")) == [2, 1]
    assert numbers(database, since=shanghai("2027-01-01 00:00")) == []
    with database.reading() as connection:
        assert [row.number for row in audit_search.found(connection, Search(), before=3, limit=1)] == [2]


def test_days_are_found_also_when_the_clock_was_set_back(database: Database, clock: Clock) -> None:
    act(database, 2)
    clock.move(days=-20)
    act(database, 2)
    clock.move(days=21)
    act(database)
    assert numbers(database) == [5, 2, 1, 4, 3], "the newest by the clock come first"
    assert numbers(database, since=shanghai("2026-09-21 00:00"), until=shanghai("2026-09-22 00:00")) == [2, 1]
    assert numbers(database, until=shanghai("2026-09-02 00:00")) == [4, 3]
    with database.reading() as connection:
        assert [row["number"] for row in audit_search.every(connection, Search(), at_once=2)] == [5, 2, 1, 4, 3]
        until = Search(until=shanghai("2026-09-22 00:00"))
        assert [row["number"] for row in audit_search.every(connection, until, at_once=1)] == [2, 1, 4, 3]
        assert [row.number for row in audit_search.found(connection, until, before=5)] == [2, 1, 4, 3]
        assert audit_search.found(connection, Search(), before=77) == []


def test_a_thing_is_found_with_its_revisions_and_turns_and_nothing_that_only_begins_alike(database: Database) -> None:
    for to in ("entry:id", "entry:id@3", "entry:id@12", "entry:id-card@3", "entry:idle", "entry:i", "entry:id/2"):
        act(database, to=to)
    assert numbers(database, subject="entry:id") == [7, 3, 2, 1]
    assert numbers(database, subject="entry:id@3") == [2]
    assert numbers(database, subject="entry:id%") == []


def test_a_file_for_a_spreadsheet_cannot_begin_a_formula(database: Database) -> None:
    with database.writing() as connection:
        AUDIT.note(connection, "=cmd()", "ticket.accept", "+1", {"name": "<b>"})
        AUDIT.note(connection, "-", "account.locked", "account:li")
    with database.reading() as connection:
        told = b"".join(written(audit_search.every(connection, Search()), "csv")).decode("utf-8-sig").splitlines()
    assert told[0] == "number,at,actor,act,subject,facts,digest"
    assert ",-,account.locked," in told[1]
    assert ",'=cmd(),ticket.accept,'+1," in told[2]
