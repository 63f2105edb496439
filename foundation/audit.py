"""The trace of what staff did: an append-only log whose rows are chained by keyed digests.

A row names people, acts and things by reference, never by personal words; of what stands elsewhere it may keep a keyed
digest, by which `altered` finds out that it was changed there. Whoever changes or removes a row without the
installation's secret key breaks the chain, and `broken` says where. The newest rows cannot be cut off unseen either:
a row of its own keeps the number and the digest of the last one, under the same key. Whoever puts a whole old copy of
the database back is found out by the last digest, which auditors keep elsewhere.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, Column, Index, Integer, String, Table, func, insert, select, text, update
from sqlalchemy.engine import Connection

from foundation.clock import now
from foundation.database import Instant, metadata

START = ""
COMMAND, OUTSIDER = "command", "-"  # actors that are no account: the command line, and whoever is not signed in
AT_ONCE = 1000  # rows that are held in memory
LOWEST = -(2**31)  # no number is lower
BY_SIGN = String(160).with_variant(String(160, collation="C"), "postgresql")  # ordered sign by sign, as in SQLite
CONTENT = "content"  # the fact that holds the digest of what stands elsewhere
Facts = Mapping[str, str | int | float | bool | None]
Contents = Callable[[Connection, Sequence[Any]], Mapping[int, object]]
"""What rows speak of, by their numbers, as it stands now; what may have been erased since is left out."""

log = Table(
    "audit_log",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("actor", String(80), nullable=False),  # an account, or `command` for the command line
    Column("act", String(60), nullable=False),  # such as content.publish
    Column("subject", BY_SIGN, nullable=False),  # such as entry:id-card-lost@3
    Column("facts", JSON, nullable=False),
    Column("digest", String(64), nullable=False),
    Index("audit_by_subject", "subject", "number"),
    Index("audit_by_actor_time", "actor", "at", "number"),
    Index("audit_by_act_time", "act", "at", "number"),
    Index("audit_by_time", "at", "number"),
)
head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # one row, 1
    Column("number", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("seal", String(64), nullable=False),
)
FIRST_HEAD = text(
    "INSERT INTO audit_head (id, number, digest, seal) VALUES (1, 0, :digest, :seal) ON CONFLICT (id) DO NOTHING"
)


class Audit:
    """Writes and checks the trace with the installation's key."""

    def __init__(self, key: str) -> None:
        self._key = hashlib.sha256(f"audit\0{key}".encode()).digest()

    def note(
        self,
        connection: Connection,
        actor: str,
        act: str,
        subject: str,
        facts: Facts | None = None,
        content: object = None,
    ) -> None:
        """Add one row, as the last thing in the transaction of the act itself: acts wait here for each other.

        Of a content that stands elsewhere, which JSON can say, the row keeps a digest.
        """
        told = dict(facts or {}) | ({} if content is None else {CONTENT: self.digest_of(content)})
        self.note_all(connection, actor, act, [(subject, told)])

    def note_all(self, connection: Connection, actor: str, act: str, told: Sequence[tuple[str, Facts]]) -> None:
        """Add a row for each of these things and its facts, quickly however many there are."""
        if not told:
            return
        last = connection.execute(select(head).with_for_update()).first()
        if last is None:
            # On PostgreSQL two may come here at once; the second waits, inserts nothing, and reads the first's.
            connection.execute(FIRST_HEAD, {"digest": START, "seal": self._seal(0, START)})
            last = connection.execute(select(head).with_for_update()).one()
        rows, digest, at = [], last.digest, now()
        for number, (subject, facts) in enumerate(told, last.number + 1):
            values = {"number": number, "at": at, "actor": actor, "act": act, "subject": subject, "facts": dict(facts)}
            digest = self._digest(digest, values)
            rows.append(values | {"digest": digest})
        connection.execute(insert(log), rows)
        number = last.number + len(rows)
        connection.execute(update(head).values(number=number, digest=digest, seal=self._seal(number, digest)))

    def broken(self, connection: Connection, end: "End | None" = None) -> Iterator[str]:
        """What does not hold up to an end, the present one unless it is given, in words; nothing when all is sound."""
        end = end or last_row(connection)
        expected, digest = 0, START
        for row in _rows(connection, end.number):
            expected += 1
            if row.number < expected:  # only rows below the first one are
                yield f"第 {row.number} 条是另外加进去的"
                expected -= 1
                continue
            if row.number > expected:
                yield _lost(expected, row.number - 1)
                expected = row.number
            elif not hmac.compare_digest(row.digest, self._digest(digest, dict(row._mapping))):
                yield f"第 {row.number} 条被改过"
            digest = row.digest
        if end.seal is None and end.highest:
            yield "末尾的封记不见了"
        elif end.seal is not None and not hmac.compare_digest(end.seal, self._seal(end.number, end.digest)):
            yield "末尾的封记被改过"
        if expected < end.number:
            yield _lost(expected + 1, end.number)
        elif end.digest != digest:
            yield "末尾的封记和最后一条对不上"
        if end.highest > end.number:
            yield f"第 {end.number + 1} 到 {end.highest} 条是另外加进去的"

    def altered(self, connection: Connection, end: "End", contents: Mapping[str, Contents]) -> Iterator[str]:
        """Contents that are no longer what they were when their rows were written, in words; by kind of subject."""
        for page in _pages(connection, end.number):
            for kind, read in contents.items():
                rows = [row for row in page if row.subject.startswith(f"{kind}:") and CONTENT in row.facts]
                found = read(connection, rows) if rows else {}
                for row in (row for row in rows if row.number in found):
                    if not hmac.compare_digest(str(row.facts[CONTENT]), self.digest_of(found[row.number])):
                        yield f"第 {row.number} 条记下的内容（{row.subject}）后来被改过"

    def digest_of(self, content: object) -> str:
        """Of a content: keyed, so that nobody without the key can guess from it what was said."""
        return hmac.new(self._key, f"content\0{_in_json(content)}".encode(), hashlib.sha256).hexdigest()

    def _digest(self, previous: str, values: Mapping[str, Any]) -> str:
        said = {name: values[name] for name in ("number", "actor", "act", "subject", "facts")}
        said |= {"at": values["at"].isoformat(), "previous": previous}
        return hmac.new(self._key, _in_json(said).encode(), hashlib.sha256).hexdigest()

    def _seal(self, number: int, digest: str) -> str:
        return hmac.new(self._key, f"{number}\0{digest}".encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class End:
    """Where the trace ends: what its seal says, and the highest number that a row has, both of one moment."""

    number: int
    digest: str
    seal: str | None  # None where nothing was ever written
    highest: int


def last_row(connection: Connection) -> End:
    """Where the trace ends now."""
    highest = select(func.max(log.c.number)).scalar_subquery()
    row = connection.execute(select(head, highest.label("highest"))).first()
    if row is None:
        return End(0, START, None, connection.execute(select(func.max(log.c.number))).scalar() or 0)
    return End(row.number, row.digest, row.seal, row.highest or 0)


def with_version(subject: str) -> tuple[str, int]:
    """The name and the version in a thing such as entry:id-card-lost@3; version 0 where there is none."""
    name, _, version = subject.partition(":")[2].rpartition("@")
    return name, int(version) if version.isascii() and version.isdigit() and len(version) <= 9 else 0


def unknown(connection: Connection, end: End, saved: str) -> str:
    """Why a digest that was kept elsewhere, or number:digest, is none of this trace, in words; empty when it is."""
    number, _, digest = saved.strip().rpartition(":")
    its = (log.c.digest == digest.lower(), log.c.number <= end.number)
    row = connection.execute(select(log.c.number).where(*its)).first()
    if row is None:
        return f"存下的摘要 {saved} 在记录里找不到：记录被换过或截掉过"
    return f"存下的摘要 {saved} 现在是第 {row.number} 条的" if number not in ("", str(row.number)) else ""


def _rows(connection: Connection, most: int) -> Iterator[Any]:
    """The rows up to a number in order, few of them in memory at a time."""
    for page in _pages(connection, most):
        yield from page


def _pages(connection: Connection, most: int) -> Iterator[list[Any]]:
    last = LOWEST
    while True:
        wanted = select(log).where(log.c.number > last, log.c.number <= most).order_by(log.c.number).limit(AT_ONCE)
        page = connection.execute(wanted).all()
        yield page
        if len(page) < AT_ONCE:
            return
        last = page[-1].number


def _in_json(content: object) -> str:
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _lost(first: int, last: int) -> str:
    return f"第 {first} 条不见了" if first == last else f"第 {first} 到 {last} 条不见了"
