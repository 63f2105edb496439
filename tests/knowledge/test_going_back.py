"""Going back to an earlier snapshot: what is marked, and that it stands whatever is being built meanwhile."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from foundation.database import Database
from knowledge import pointer, publishing, snapshot
from knowledge.checks import Refused
from knowledge.local import LocalValues
from knowledge.publishing import CORPUS, build, roll_back, serve
from knowledge.set_back import SetBack
from knowledge.snapshot import Snapshot
from knowledge.store import Store

ENTRY = "id-card-lost"
TEXT = (CORPUS / "户口与身份证/id-card-lost.md").read_text(encoding="utf-8")
CHANGED = TEXT.replace("title: 身份证丢了怎么补", "title: 身份证丢了咋补")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A store with two revisions of one entry; a snapshot is what `serving` leaves, no more."""

    def load(folder: Path) -> SimpleNamespace:
        return SimpleNamespace(name=folder.name, model="m", revisions={ENTRY: int((folder / "holds").read_text())})

    monkeypatch.setattr(snapshot, "load", load)
    database = Database(f"sqlite:///{tmp_path / 'x.db'}")
    database.create_tables()
    store = Store(database)
    for text in (TEXT, CHANGED):
        store.seed(text)
    return store


def built(root: Path, day: int, revision: int) -> Path:
    """A folder as a build leaves it, as far as one who goes back looks into it."""
    folder = root / f"202611{day:02d}T100000000000"
    folder.mkdir(parents=True)
    pointer.withdraw(folder)
    (folder / "holds").write_text(str(revision))
    return folder


def serving(root: Path, day: int, revision: int = 1) -> Path:
    folder = built(root, day, revision)
    serve(folder)
    return folder


def test_a_snapshot_that_somebody_went_back_from_by_name_comes_back_by_no_step(tmp_path: Path, store: Store) -> None:
    root = tmp_path / "snapshots"
    good = serving(root, 1)
    bad = serving(root, 2, revision=2)
    assert roll_back(root, store, good.name) == good
    serving(root, 3)
    assert roll_back(root, store) == good and pointer.rolled_back(root)[0] == bad
    assert store.current(ENTRY).revision == 1


def test_all_that_served_after_the_one_gone_back_to_comes_back_by_no_step_and_stays_there(
    tmp_path: Path, store: Store
) -> None:
    root = tmp_path / "snapshots"
    good = serving(root, 1)
    later = [serving(root, 2, revision=2), serving(root, 3, revision=2)]
    assert roll_back(root, store, good.name) == good
    pointer.withdraw(built(root, 4, 1))  # refused
    serving(root, 5)
    assert pointer.rolled_back(root) == later, "whoever wants one of them can still choose it"
    assert roll_back(root, store) == good


def test_a_withdrawn_snapshot_that_is_named_is_a_good_one_again(tmp_path: Path, store: Store) -> None:
    root = tmp_path / "snapshots"
    serving(root, 1)
    later = serving(root, 2, revision=2)
    roll_back(root, store)
    assert roll_back(root, store, later.name) == later
    assert pointer.rolled_back(root) == [] and pointer.good(root)[-1] == later
    serving(root, 3)
    assert roll_back(root, store) == later


def test_a_build_begins_again_when_somebody_goes_back_meanwhile(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, said = tmp_path / "snapshots", list[str]()
    good = serving(root, 1)
    serving(root, 2, revision=2)
    days = iter((3, 4))

    def draw_up(*_: Any, **__: Any) -> Snapshot:
        new = built(root, next(days), store.current(ENTRY).revision)
        if not said:
            roll_back(root, store)
        return snapshot.load(new)

    monkeypatch.setattr(publishing, "draw_up", draw_up)
    new = build(root, store, None, LocalValues("示例市"), [], said.append)  # type: ignore[arg-type]  # no model
    assert said == [f"{ENTRY} 在建索引途中改动了,重新做一遍"]
    assert pointer.current(root) == root / new.name and new.revisions == {ENTRY: 1}
    assert store.current(ENTRY).revision == 1 and good in pointer.good(root)


def test_a_build_during_which_something_else_is_published_every_time_is_given_up(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, days = tmp_path / "snapshots", iter(range(1, 9))
    monkeypatch.setattr(publishing, "draw_up", lambda *_, **__: snapshot.load(built(root, next(days), 1)))
    with pytest.raises(Refused, match=ENTRY):
        build(root, store, None, LocalValues("示例市"), [], lambda _: None)  # type: ignore[arg-type]  # no model
    assert pointer.current(root) is None and pointer.good(root) == []


def test_what_was_set_back_is_published_again_with_a_snapshot_that_passes(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, days, again = (
        tmp_path / "snapshots",
        iter((2, 3)),
        SetBack(Database(f"sqlite:///{tmp_path / 'x.db'}"), {ENTRY}),
    )
    serving(root, 1)
    store.publish_exactly({ENTRY: 1})

    def draw_up(*_: Any, proposed: dict[str, int], despite: str, **__: Any) -> Snapshot:
        if not despite:
            raise Refused(["不像人话"])
        return snapshot.load(built(root, next(days), proposed.get(ENTRY, 1)))

    monkeypatch.setattr(publishing, "draw_up", draw_up)
    given: Any = (root, store, None, LocalValues("示例市"), [], lambda _: None)
    with pytest.raises(Refused):
        build(*given, again=again)
    assert store.current(ENTRY).revision == 1, "what is refused is not published"
    build(*given, despite="领导要求")
    assert store.current(ENTRY).revision == 1, "not unless asked"
    assert build(*given, despite="领导要求", again=again).revisions == {ENTRY: 2}
    assert store.current(ENTRY).revision == 2 and again.waiting() == {}
