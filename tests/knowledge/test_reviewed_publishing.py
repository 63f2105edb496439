"""A publish that breaks a reviewed case is refused unless a publisher gives a reason."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from foundation.database import Database
from foundation.settings import load_settings
from knowledge import pointer
from knowledge.checks import Refused
from knowledge.drafts import Drafts
from knowledge.embedder import Embedder
from knowledge.entry import parse
from knowledge.local import LocalValues
from knowledge.publishing import CORPUS, draw_up, serve
from knowledge.releases import Releases
from knowledge.rendering import as_markdown
from knowledge.store import Store
from tests.knowledge.import_files import citable

FILES = ("户口与身份证/id-card-lost.md", "户口与身份证/id-card-renew.md", "婚姻/marriage-register.md")
LOST = parse((CORPUS / FILES[0]).read_text(encoding="utf-8"))
REVIEWED = {"id": "reviewed-1", "question": "昨晚把身份证弄没了，补一张要几天", "relevant": [LOST.id]}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    database = Database(f"sqlite:///{tmp_path / 'x.db'}")
    database.create_tables()
    for name in FILES:
        store = citable(database)
        store.seed((CORPUS / name).read_text(encoding="utf-8"))
    yield store
    database.close()


def strange() -> str:
    """The entry's text, speaking of something else altogether."""
    facets = tuple(replace(facet, text="先炒糖色，再炖一小时，您别急。") for facet in LOST.facets)
    questions = tuple(f"红烧肉第{number}种做法放多少糖" for number in range(10))
    lead = "您先炒糖色，再炖一小时，最后收汁。"
    return as_markdown(
        replace(
            LOST, title="红烧肉怎么做", official_names=(), questions=questions, lead=lead, facets=facets, plain=lead
        )
    )


def test_a_proposed_draft_that_breaks_a_reviewed_case_serves_only_with_a_reason(tmp_path: Path, store: Store) -> None:
    database, root = Database(f"sqlite:///{tmp_path / 'x.db'}"), tmp_path / "s"
    drafts, releases = Drafts(database), Releases(database)
    embedder, local = Embedder(load_settings().model_dir, threads=2), LocalValues("示例市")
    given: tuple[Any, ...] = (root, store, embedder, local, [], lambda text: None)
    first = root / draw_up(*given, reviewed=[REVIEWED]).name
    serve(first)
    with database.writing() as connection:
        draft = drafts.save(connection, LOST.id, strange(), "bian-ji", 1, 0)
        draft = drafts.submit(connection, LOST.id, draft.version, local)
        drafts.approve(connection, LOST.id, "ke-zhang", draft.version)
        proposed = releases.propose(connection, [LOST.id], "ke-zhang")
    with pytest.raises(Refused, match="审过的题“昨晚把身份证弄没了") as refused:
        draw_up(*given, reviewed=[REVIEWED], proposed=proposed)
    assert refused.value.checked and refused.value.checked.broken == [REVIEWED["question"]]
    assert store.current(LOST.id).revision == 1, "what is proposed is not published"
    assert pointer.good(root) == [first]
    folder = root / draw_up(*given, reviewed=[REVIEWED], proposed=proposed, despite="条目已改为别的内容").name
    with database.writing() as connection:
        releases.publish(connection, proposed)
    serve(folder)
    assert pointer.current(root) == folder and store.current(LOST.id).entry.title == "红烧肉怎么做"
    database.close()
