"""A folder and a database of their own to publish in, with three entries, and jobs that load no model."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace

import pytest

from commands import publish_job
from foundation.database import Database
from knowledge import pointer, publish_jobs, snapshot
from knowledge.drafts import Drafts
from knowledge.publish_jobs import Job
from knowledge.publishing import CORPUS
from knowledge.store import Store
from tests.hotline.support import Desk
from tests.knowledge.import_files import LOCAL, citable

ROOT = Path(__file__).parents[2]
ENTRY = "id-card-lost"
FILES = ("户口与身份证/id-card-lost.md", "户口与身份证/id-card-renew.md", "婚姻/marriage-register.md")
TEXT = (CORPUS / FILES[0]).read_text(encoding="utf-8")
CHANGED = TEXT.replace("title: 身份证丢了怎么补", "title: 身份证丢了咋补")


@pytest.fixture
def place(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A folder of its own, where no saved cases lie, with three entries."""
    given = {"DATABASE_URL": desk.settings.database_url, "DATA_DIR": str(tmp_path), "SECRET_KEY": "secret"}
    given |= {"MODEL_DIR": str(ROOT / "models/embedding"), "DATA_KEYS": desk.settings.data_keys}
    for name, value in given.items():
        monkeypatch.setenv(f"WENZHENG_{name}", value)
    monkeypatch.chdir(tmp_path)
    for name in FILES:
        citable(desk.database).seed((CORPUS / name).read_text(encoding="utf-8"))
    yield desk


def approved(database: Database, text: str, entry: str = ENTRY) -> None:
    drafts = Drafts(database)
    with database.writing() as connection:
        draft = drafts.save(connection, entry, text, "bian-ji", 1, 0)
        draft = drafts.submit(connection, entry, draft.version, LOCAL)
        drafts.approve(connection, entry, "ke-zhang", draft.version)


def asked(database: Database, *entries: str, despite: str = "") -> int:
    with database.writing() as connection:
        return publish_jobs.ask(connection, "ke-zhang", entries, despite=despite)


def job(database: Database, number: int) -> Job:
    with database.reading() as connection:
        return publish_jobs.get(connection, number)


def published(place: Desk) -> dict[str, int]:
    """The published revisions."""
    return {one.entry.id: one.revision for one in Store(place.database).published()}


def built(place: Desk, name: str, revisions: Mapping[str, int]) -> Path:
    """A folder as a build of these revisions leaves it, as far as a job looks into it."""
    folder = place.settings.data_dir / "snapshots" / name
    folder.mkdir(parents=True)
    pointer.withdraw(folder)
    (folder / "checks.json").write_text('{"problems": []}')
    (folder / "manifest.json").write_text(json.dumps(revisions))
    return folder


@pytest.fixture
def without_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs that load neither the model nor what they built."""

    def load(folder: Path) -> SimpleNamespace:
        revisions = json.loads((folder / "manifest.json").read_text())
        return SimpleNamespace(name=folder.name, model="m", revisions=revisions)

    monkeypatch.setattr(publish_job, "Embedder", lambda *_, **__: None)
    monkeypatch.setattr(snapshot, "load", load)
    monkeypatch.setattr(publish_job, "note_serving", lambda *_: 0)
