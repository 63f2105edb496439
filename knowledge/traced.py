"""What the trace says of entries and snapshots, as it stands now, so that it can be compared."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import String, cast, exists, literal, select, tuple_
from sqlalchemy.engine import Connection

from foundation.audit import log, with_version
from knowledge.tables import drafts, revisions


def of_revisions(connection: Connection, wanted: Mapping[str, int]) -> dict[str, object]:
    """What stands in revisions, by entry."""
    return {entry: content for (entry, _), content in _texts(connection, list(wanted.items())).items()}


def of_entries(connection: Connection, rows: Sequence[Any]) -> dict[int, object]:
    """What rows of the trace say of revisions; of one that is gone, None."""
    named = {row.number: with_version(row.subject) for row in rows}
    found = _texts(connection, list(named.values()))
    return {number: found.get(key) for number, key in named.items()}


class OfSnapshots:
    """What snapshots hold that are still there: which revisions."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def __call__(self, _: Connection, rows: Sequence[Any]) -> dict[int, object]:
        """By the rows' numbers; what cannot be read is None."""
        folders = {row.number: self._root / Path(row.subject.removeprefix("snapshot:")).name for row in rows}
        return {number: _manifest(folder) for number, folder in folders.items() if folder.is_dir()}


def untraced(connection: Connection) -> list[str]:
    """Revisions that went out although the trace knows nothing of it, in words."""
    subject = literal("entry:").concat(drafts.c.entry).concat("@").concat(cast(drafts.c.revision, String))
    told = exists().where(log.c.subject == subject, log.c.act == "content.publish")
    missing = select(drafts).where(drafts.c.published_at.is_not(None), ~told).order_by(drafts.c.id)
    return [f"条目 {row.entry} 的第 {row.revision} 版发布过，却没有记录" for row in connection.execute(missing)]


def _texts(connection: Connection, keys: Sequence[tuple[str, int]]) -> dict[tuple[str, int], object]:
    columns = (revisions.c.entry, revisions.c.revision, revisions.c.markdown, revisions.c.author)
    found = connection.execute(select(*columns).where(tuple_(*columns[:2]).in_(keys)))
    return {(row.entry, row.revision): {"text": row.markdown, "author": row.author} for row in found}


def _manifest(folder: Path) -> object:
    try:
        return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["revisions"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
