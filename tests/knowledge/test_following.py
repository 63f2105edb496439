"""A reader follows the pointer through whatever goes wrong for a moment; what it loads is a name here."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from knowledge import pointer, snapshot
from knowledge.snapshot import SnapshotReader

PATIENCE = 120.0  # seconds for what takes a few thousandths


class Following:
    """A reader, what it does when it looks and loads, and how often it has."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root, self.seen = root, threading.Condition()
        self.looks, self.loads = 0, list[str]()
        self.broken: set[str] = set()
        self.blind = 0  # looks that fail
        monkeypatch.setattr(snapshot, "load", self._load)
        monkeypatch.setattr(snapshot, "current", self._current)

    def point_to(self, name: str) -> None:
        (self.root / name).mkdir(exist_ok=True)
        pointer.point_to(self.root / name)

    def until(self, come: Callable[[], bool]) -> None:
        with self.seen:
            assert self.seen.wait_for(come, PATIENCE)

    def after_looks(self) -> None:
        """When the reader has begun and ended a look since now."""
        begun = self.looks
        self.until(lambda: self.looks >= begun + 2)

    def _current(self, root: Path) -> Path | None:
        with self.seen:
            self.looks += 1
            self.seen.notify_all()
            if self.blind:
                self.blind -= 1
                raise OSError("too many open files")
        return pointer.current(root)

    def _load(self, folder: Path) -> SimpleNamespace:
        with self.seen:
            self.loads.append(folder.name)
            self.seen.notify_all()
        if folder.name in self.broken:
            raise MemoryError
        return SimpleNamespace(name=folder.name)


@pytest.fixture
def following(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Following:
    following = Following(tmp_path, monkeypatch)
    following.point_to("a")
    return following


@pytest.fixture
def begun(following: Following) -> Iterator[Callable[[float], SnapshotReader]]:
    readers: list[SnapshotReader] = []

    def begin(again_after: float) -> SnapshotReader:
        readers.append(SnapshotReader(following.root, every=0.001, again_after=again_after))
        return readers[-1]

    yield begin
    for reader in readers:
        reader.close()


Begin = Callable[[float], SnapshotReader]


def test_what_could_not_be_loaded_is_loaded_later(following: Following, begun: Begin) -> None:
    reader = begun(0.0)
    following.broken.add("b")
    following.point_to("b")
    following.until(lambda: following.loads.count("b") > 1)
    assert reader.snapshot.name == "a"
    following.broken.clear()
    following.until(lambda: reader.snapshot.name == "b")


def test_what_could_not_be_loaded_is_not_tried_at_every_look_but_when_the_pointer_comes_back_to_it(
    following: Following, begun: Begin
) -> None:
    reader = begun(1e9)
    following.broken.add("b")
    following.point_to("b")
    following.until(lambda: "b" in following.loads)
    following.after_looks()
    assert following.loads.count("b") == 1 and reader.snapshot.name == "a"
    following.broken.clear()
    following.point_to("a")
    following.after_looks()
    following.point_to("b")
    following.until(lambda: reader.snapshot.name == "b")


def test_a_pointer_that_cannot_be_read_for_a_moment_ends_nothing(following: Following, begun: Begin) -> None:
    reader = begun(1e9)
    following.blind = 2
    following.until(lambda: not following.blind)
    following.point_to("b")
    following.until(lambda: reader.snapshot.name == "b")
