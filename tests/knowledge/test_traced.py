"""What the trace says of entries and snapshots is compared with what stands there."""

import json
from pathlib import Path

from sqlalchemy import update
from sqlalchemy.engine import Connection

from foundation.audit import Audit, Contents, last_row
from foundation.database import Database
from knowledge import traced
from knowledge.drafts import Drafts
from knowledge.publishing import CORPUS
from knowledge.releases import Releases
from knowledge.store import Store
from knowledge.tables import revisions
from tests.knowledge.import_files import LOCAL, with_sources

ENTRY = "id-card-lost"
TEXT = (CORPUS / "户口与身份证/id-card-lost.md").read_text(encoding="utf-8")
AUDIT = Audit("secret")


def published(connection: Connection, database: Database) -> None:
    """An entry's second revision, as a publish job brings it out, but for the trace."""
    drafts, releases = Drafts(database), Releases(database)
    draft = drafts.save(connection, ENTRY, TEXT.replace("怎么补", "咋补"), "bian-ji", 1, 0)
    draft = drafts.submit(connection, ENTRY, draft.version, LOCAL)
    drafts.approve(connection, ENTRY, "ke-zhang", draft.version, None)
    releases.publish(connection, releases.propose(connection, [ENTRY], "ke-zhang"))


def found(database: Database, root: Path) -> list[str]:
    with database.reading() as connection:
        readers: dict[str, Contents] = {"entry": traced.of_entries, "snapshot": traced.OfSnapshots(root)}
        altered = AUDIT.altered(connection, last_row(connection), readers)
        return [*traced.untraced(connection), *altered]


def test_a_published_text_that_was_altered_and_a_publishing_without_a_row_are_found(
    database: Database, tmp_path: Path
) -> None:
    with_sources(database).seed(TEXT)
    with database.writing() as connection:
        published(connection, database)
    assert found(database, tmp_path) == [f"条目 {ENTRY} 的第 2 版发布过，却没有记录"]
    with database.writing() as connection:
        [content] = traced.of_revisions(connection, {ENTRY: 2}).values()
        AUDIT.note(connection, "ke-zhang", "content.publish", f"entry:{ENTRY}@2", content=content)
    assert found(database, tmp_path) == []
    Store(database).sign([ENTRY], "科长")
    assert found(database, tmp_path) == [], "a signature is an act of its own"
    with database.writing() as connection:
        key = (revisions.c.entry == ENTRY, revisions.c.revision == 2)
        connection.execute(update(revisions).where(*key).values(markdown=TEXT))
    assert found(database, tmp_path) == [f"第 1 条记下的内容（entry:{ENTRY}@2）后来被改过"]


def test_a_snapshot_of_other_revisions_is_found_and_one_that_is_gone_is_not(database: Database, tmp_path: Path) -> None:
    for name in ("s1", "s2", "s3"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "manifest.json").write_text(json.dumps({"revisions": {ENTRY: 2, "b": 1}}))
        with database.writing() as connection:
            AUDIT.note(connection, "li", "content.publish", f"snapshot:{name}", content={"b": 1, ENTRY: 2})
    with database.writing() as connection:
        AUDIT.note(connection, "li", "content.publish", "snapshot:s4", content={ENTRY: 2})
    assert found(database, tmp_path) == []
    (tmp_path / "s1" / "manifest.json").write_text(json.dumps({"revisions": {ENTRY: 1, "b": 1}}))
    (tmp_path / "s2" / "manifest.json").unlink()
    assert found(database, tmp_path) == [
        f"第 {number} 条记下的内容（snapshot:s{number}）后来被改过" for number in (1, 2)
    ]
