"""Drafts: what staff write before it is published; who wrote any version of one can neither approve nor publish it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import frontmatter
import yaml
from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from foundation.clock import now
from foundation.database import Database
from knowledge.entry import LONGEST, LONGEST_NAMES, EntryError, is_id
from knowledge.local import LocalValues
from knowledge.tables import drafts, entries, sources

DRAFT, IN_REVIEW, APPROVED, SENT_BACK, PUBLISHED, DROPPED = STATES = (
    "draft",
    "in_review",
    "approved",
    "sent_back",
    "published",
    "dropped",
)
OPEN_STATES = (DRAFT, IN_REVIEW, APPROVED, SENT_BACK)


class Stale(Exception):
    """Somebody else saved, or the draft went on, since this text was loaded; `by` says who did it last."""

    def __init__(self, by: str) -> None:
        super().__init__(f"{by} 已经改过这份草稿。")
        self.by = by


class NotAllowed(Exception):
    """A step that the draft's state or the rule of four eyes forbids; the message says why, in words for people."""


@dataclass(frozen=True)
class Draft:
    """One entry's text on its way to being published, as it stands now."""

    id: int
    entry: str
    title: str
    domain: str
    markdown: str
    base: int
    author: str
    authors: tuple[str, ...]
    state: str
    version: int
    note: str
    judged_by: str | None
    publish_on: datetime | None
    revision: int | None
    because: str
    because_at: datetime | None
    created_at: datetime
    changed_at: datetime
    published_at: datetime | None


class Drafts:
    """Keeps drafts and takes them from step to step; each act runs in the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, entry: str) -> Draft | None:
        """The open draft of an entry, or None."""
        with self._database.reading() as connection:
            return _open(connection, entry)

    def count(self, *states: str) -> int:
        """How many drafts are in these states."""
        with self._database.reading() as connection:
            query = select(func.count()).select_from(drafts).where(drafts.c.state.in_(states))
            return int(connection.execute(query).scalar_one())

    def by_state(self, *states: str, limit: int | None = None) -> list[Draft]:
        """The drafts in these states, the last changed first; all of them, or so many."""
        query = (
            select(drafts).where(drafts.c.state.in_(states)).order_by(drafts.c.changed_at.desc(), drafts.c.id.desc())
        )
        with self._database.reading() as connection:
            return [draft_of(row) for row in connection.execute(query.limit(limit))]

    def save(
        self,
        connection: Connection,
        entry: str,
        markdown: str,
        author: str,
        base: int,
        version: int,
        *,
        because: str = "",
        because_at: datetime | None = None,
    ) -> Draft:
        """Keep a text, finished or not; `version` is the one that the author saw, 0 where there was no open draft.

        A text that was in review or approved is a draft again. `because` refers to what asked for the change and
        `because_at` is when. Raises Stale when somebody else saved meanwhile, or when a new draft would start from
        another revision than the published one, EntryError for an unusable id or length. A text that its own author
        sends once more is there already, whichever version it was sent with.
        """
        check_text(entry, markdown)
        known = _open(connection, entry, lock=True)
        if known and known.markdown == markdown and (known.version == version or known.author == author):
            return known
        is_overtaken = known.version != version if known else version or base != published_revision(connection, entry)
        if is_overtaken:
            raise Stale(known.author if known else _last_hand(connection, entry))
        values = described(markdown) | {"markdown": markdown, "author": author, "state": DRAFT, "changed_at": now()}
        if because:
            values |= {"because": because, "because_at": because_at or now()}
        values["revision"] = None
        if known is None:
            return _begin(connection, {"entry": entry, "base": base, "authors": [author]} | values)
        authors = list(dict.fromkeys((*known.authors, author)))
        return _change(connection, known, values | {"authors": authors, "judged_by": None, "publish_on": None})

    def submit(self, connection: Connection, entry: str, version: int, local: LocalValues) -> Draft:
        """Ask for review. Raises EntryError when the text is no whole entry, Stale, NotAllowed."""
        from knowledge.importing.faults import look  # brings the readers of files along, which few processes need

        draft = _expected(connection, entry, version, DRAFT, SENT_BACK)
        found = look(draft.markdown, set(connection.execute(select(sources.c.id)).scalars()), local)
        if found.problems:
            raise EntryError("".join(found.problems))
        if found.id != entry:
            raise EntryError(f"编号要和草稿一样,是 {entry}")
        return _change(connection, draft, {"state": IN_REVIEW, "note": ""})

    def approve(
        self, connection: Connection, entry: str, by: str, version: int, publish_on: datetime | None = None
    ) -> Draft:
        """Approve what is in review, or set another moment from which it is to be published by itself, or none.

        Raises NotAllowed for its authors, Stale.
        """
        draft = _expected(connection, entry, version, IN_REVIEW, APPROVED)
        _check_four_eyes(by, draft)
        return _change(connection, draft, {"state": APPROVED, "judged_by": by, "publish_on": publish_on})

    def send_back(self, connection: Connection, entry: str, by: str, version: int, note: str) -> Draft:
        """Give what is in review or approved back to its authors with a reason. Raises NotAllowed, Stale."""
        if not note.strip():
            raise NotAllowed("退回要写明原因。")
        draft = _expected(connection, entry, version, IN_REVIEW, APPROVED)
        values = {"state": SENT_BACK, "note": note.strip(), "judged_by": by, "publish_on": None}
        return _change(connection, draft, values)

    def drop(self, connection: Connection, entry: str, version: int) -> Draft:
        """Give a draft up; what is published stays. Raises NotAllowed, Stale."""
        return _change(connection, _expected(connection, entry, version, *OPEN_STATES), {"state": DROPPED})

    def approved(self, connection: Connection, entries: Sequence[str], by: str) -> list[Draft]:
        """The approved drafts of these entries that have no later day. Raises NotAllowed where `by` wrote in one."""
        is_time = or_(drafts.c.publish_on.is_(None), drafts.c.publish_on <= now())
        wanted = (drafts.c.entry.in_(entries), drafts.c.state == APPROVED, is_time)
        found = [draft_of(row) for row in connection.execute(select(drafts).where(*wanted).order_by(drafts.c.entry))]
        _check_four_eyes(by, *found)
        return found


def _begin(connection: Connection, values: Mapping[str, Any]) -> Draft:
    """A new draft; where two begin at once, the database lets the first through and the other learns of it.

    It counts on from the entry's earlier drafts: a page that still shows one of those must not fit it by chance.
    """
    earlier = select(func.max(drafts.c.version)).where(drafts.c.entry == values["entry"])
    version = (connection.execute(earlier).scalar() or 0) + 1
    kept = {**values, "version": version, "created_at": values["changed_at"]}
    try:
        with connection.begin_nested():
            number = connection.execute(insert(drafts).values(**kept)).inserted_primary_key[0]
    except IntegrityError as error:
        raise Stale(_last_hand(connection, values["entry"])) from error
    return draft_of(connection.execute(select(drafts).where(drafts.c.id == number)).one())


def _change(connection: Connection, draft: Draft, values: Mapping[str, Any]) -> Draft:
    key = (drafts.c.id == draft.id, drafts.c.version == draft.version)
    changed = {"version": draft.version + 1, "changed_at": now(), **values}
    if not connection.execute(update(drafts).where(*key).values(**changed)).rowcount:
        raise Stale(_last_hand(connection, draft.entry))
    return draft_of(connection.execute(select(drafts).where(drafts.c.id == draft.id)).one())


def _expected(connection: Connection, entry: str, version: int, *states: str) -> Draft:
    draft = _open(connection, entry, lock=True)
    if draft is None:
        raise NotAllowed("这份草稿已经不在了。")
    if draft.version != version:
        raise Stale(draft.author)
    if draft.state not in states:
        raise NotAllowed("草稿现在的状态不能做这一步。")
    return draft


def _check_four_eyes(by: str, *found: Draft) -> None:
    own = [draft.title or draft.entry for draft in found if by in draft.authors]
    if own:
        raise NotAllowed(f"自己写过的内容要由别人审核发布：{'、'.join(own)}。")


def check_text(entry: str, markdown: str) -> None:
    """Raises EntryError for an unusable id or length, which no draft can have."""
    if not is_id(entry):
        raise EntryError("编号只能用小写英文字母、数字和短横,最多 80 个字符")
    if len(markdown) > LONGEST or "\0" in markdown:
        raise EntryError(f"全文最多 {LONGEST} 个字,不能有控制字符")


def described(markdown: str) -> dict[str, str]:
    """Title and domain as far as an unfinished text gives them, for lists."""
    try:
        meta, _ = frontmatter.parse(markdown)
    except (yaml.YAMLError, ValueError, TypeError):
        meta = {}
    given = {"title": meta.get("title"), "domain": meta.get("domain")}
    return {name: value[: LONGEST_NAMES[name]] if isinstance(value, str) else "" for name, value in given.items()}


def _open(connection: Connection, entry: str, *, lock: bool = False) -> Draft | None:
    query = select(drafts).where(drafts.c.entry == entry, drafts.c.state.in_(OPEN_STATES))
    row = connection.execute(query.with_for_update() if lock else query).first()
    return draft_of(row) if row else None


def published_revision(connection: Connection, entry: str) -> int:
    """The published revision of an entry; 0 for none."""
    return int(connection.execute(select(entries.c.published_revision).where(entries.c.id == entry)).scalar() or 0)


def _last_hand(connection: Connection, entry: str) -> str:
    latest = select(func.max(drafts.c.id)).where(drafts.c.entry == entry).scalar_subquery()
    return str(connection.execute(select(drafts.c.author).where(drafts.c.id == latest)).scalar() or "别人")


def draft_of(row: Any) -> Draft:
    """The draft in a row of the table."""
    return Draft(**{**row._mapping, "authors": tuple(row.authors)})
