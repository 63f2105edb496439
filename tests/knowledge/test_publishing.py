"""Publishing through the real model: checks keep a bad build from serving, and one step leads back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from foundation.database import Database
from foundation.settings import load_settings
from knowledge import pointer, snapshot
from knowledge.checks import Refused
from knowledge.embedder import Embedder
from knowledge.local import LocalValues
from knowledge.publishing import CORPUS, build, roll_back
from knowledge.store import Store

LOST = (CORPUS / "户口与身份证/id-card-lost.md").read_text(encoding="utf-8")
FILES = ("户口与身份证/id-card-renew.md", "户口与身份证/temporary-id-card.md", "婚姻/marriage-register.md")


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return Embedder(load_settings().model_dir, threads=2)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    database = Database(f"sqlite:///{tmp_path / 'x.db'}")
    database.create_tables()
    store = Store(database)
    for text in (LOST, *((CORPUS / name).read_text(encoding="utf-8") for name in FILES)):
        store.seed(text)
    yield store
    database.close()


def publish(root: Path, store: Store, embedder: Embedder, despite: str = "") -> Path:
    return root / build(root, store, embedder, LocalValues("示例市"), [], lambda text: None, despite=despite).name


def test_an_entry_in_officialese_is_refused_and_the_old_snapshot_goes_on(
    tmp_path: Path, store: Store, embedder: Embedder
) -> None:
    first = publish(tmp_path / "s", store, embedder)
    store.seed(LOST.replace("身份证丢了，您住的地方就能补", "申请人应当依法予以补领，逾期不予受理，您住的地方就能补"))
    with pytest.raises(Refused, match="id-card-lost 不像人话"):
        publish(tmp_path / "s", store, embedder)
    assert pointer.current(tmp_path / "s") == first
    forced = publish(tmp_path / "s", store, embedder, despite="领导要求原文上线")
    assert pointer.current(tmp_path / "s") == forced
    assert "领导要求原文上线" in (forced / "checks.json").read_text(encoding="utf-8")


def test_an_entry_that_its_own_questions_do_not_find_is_refused(
    tmp_path: Path, store: Store, embedder: Embedder
) -> None:
    head, questions, rest = LOST.partition("questions:\n")
    before, marker, after = rest.partition("not_for:")
    strange = "".join(f"  - 红烧肉第{number}种做法放多少糖\n" for number in range(len(before.splitlines())))
    store.seed(head + questions + strange + marker + after)
    with pytest.raises(Refused, match="id-card-lost 用自己的问法找不到"):
        publish(tmp_path / "s", store, embedder)
    assert pointer.current(tmp_path / "s") is None


def test_rolling_back_brings_the_snapshot_and_the_published_revisions_of_before(
    tmp_path: Path, store: Store, embedder: Embedder
) -> None:
    first = publish(tmp_path / "s", store, embedder)
    store.seed(LOST.replace("title: 身份证丢了怎么补", "title: 身份证丢了咋补办"))
    second = publish(tmp_path / "s", store, embedder)
    assert snapshot.load(second).revisions["id-card-lost"] == 2

    def untold(*_: object) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        roll_back(tmp_path / "s", store, told=untold)
    assert pointer.current(tmp_path / "s") == second and store.current("id-card-lost").revision == 2, (
        "what is not noted"
    )
    told: list[tuple[str, Path | None]] = []
    root = tmp_path / "s"
    assert roll_back(root, store, told=lambda _, to: told.append((to.name, pointer.current(root)))) == first
    assert told == [(first.name, second)], "noted before it serves"
    assert pointer.current(tmp_path / "s") == first
    assert store.current("id-card-lost").revision == 1
    assert roll_back(tmp_path / "s", store, second.name) == second
    assert store.current("id-card-lost").revision == 2
    with pytest.raises(LookupError, match="没有快照"):
        roll_back(tmp_path / "s", store, "20200101")


@pytest.mark.prove
def test_no_step_leads_back_to_a_refused_build_or_to_the_one_that_was_rolled_back(
    tmp_path: Path, store: Store, embedder: Embedder
) -> None:
    first = publish(tmp_path / "s", store, embedder)
    store.seed(LOST.replace("身份证丢了，您住的地方就能补", "申请人应当依法予以补领，逾期不予受理"))
    with pytest.raises(Refused):
        publish(tmp_path / "s", store, embedder)
    store.seed(LOST.replace("title: 身份证丢了怎么补", "title: 身份证丢了咋补办"))
    publish(tmp_path / "s", store, embedder)
    assert roll_back(tmp_path / "s", store) == first, "not the refused one between"
    assert store.titles(["id-card-lost"]) == {"id-card-lost": "身份证丢了怎么补"}
    publish(tmp_path / "s", store, embedder)
    assert roll_back(tmp_path / "s", store) == first, "not the one that was withdrawn"


def test_entries_of_other_cities_are_left_out(tmp_path: Path, store: Store, embedder: Embedder) -> None:
    store.seed(LOST.replace("region: 全国", "region: 别的市"))
    built = snapshot.load(publish(tmp_path / "s", store, embedder))
    assert "id-card-lost" not in built.revisions and "id-card-renew" in built.revisions


def test_a_publisher_signs_what_was_a_sample(store: Store) -> None:
    assert store.sign(["id-card-lost", "no-such"], "王敏") == ["id-card-lost"]
    assert {one.entry.id for one in store.published() if not one.sample} == {"id-card-lost"}
    assert store.sign(["id-card-lost"], "李强") == [], "what is signed is not signed again"
