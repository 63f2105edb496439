"""Sources from the pages: a new one at once, a change of what live cards show by two people, undone in one step."""

import pytest

from foundation.audit import log
from knowledge import source_changes, tables
from knowledge.drafts import NotAllowed
from knowledge.store import Source, Store
from tests.hotline.support import rows
from tests.web.content_pages import Team, seeded, shown
from tests.web.visitor import Visitor

LAW = "resident-id-card-law"
ADDRESS = f"/content/basis/{LAW}"
GOOD = {"title": "测试管理办法", "number": "测发〔2026〕1号", "issuer": "测试局", "year": "2026", "url": "https://x.cn"}


@pytest.fixture
def editor(team: Team) -> Visitor:
    return team.member("bian-ji", "editor")


@pytest.fixture
def publisher(team: Team) -> Visitor:
    return team.member("ke-zhang", "publisher")


def law(team: Team) -> Source:
    return Store(team.desk.database).sources([LAW])[LAW]


@pytest.mark.parametrize(
    ("name", "value"),
    [("title", ""), ("year", "20"), ("year", "x"), ("url", "javascript:alert(1)"), ("number", "x" * 81)],
)
def test_a_wrong_source_is_said_beside_its_field(editor: Visitor, name: str, value: str) -> None:
    page = editor.send("/content/basis", "/content/basis", **GOOD | {name: value})
    assert editor.status == 422 and f'id="problem-{name}"' in page


def test_a_new_source_is_there_at_once(team: Team, editor: Visitor) -> None:
    assert "存好了" in editor.send("/content/basis", "/content/basis", **GOOD | {"title": "测试管理办法<i>"})
    page = editor.see("/content/basis?words=测发")
    assert "测试管理办法" in shown(page) and "<i>" not in page.replace("<input", "")
    [id] = [row["subject"].removeprefix("source:") for row in rows(team.desk.database, log)]
    assert Store(team.desk.database).sources([id])[id].touched, "files change it no more"


def test_what_an_editor_changes_shows_once_another_person_accepted_it(
    team: Team, editor: Visitor, publisher: Visitor
) -> None:
    before = law(team)
    assert "等另一位同事确认" in editor.send(ADDRESS, ADDRESS, **GOOD | {"title": "改<i>了"})
    assert law(team) == before and "改&lt;i&gt;了" in editor.see(ADDRESS)
    editor.send(f"{ADDRESS}/accept", ADDRESS, version="1")
    assert editor.status == 403 and law(team) == before
    assert "等确认的改动 1 处" in shown(publisher.see("/content/basis"))
    assert "依据库有 1 处改动等确认" in publisher.see("/content/publishing")
    assert "确认了" in publisher.send(f"{ADDRESS}/accept", ADDRESS, version="1")
    assert (law(team).title, law(team).url, law(team).touched) == ("改<i>了", "https://x.cn", True)
    seeded(team.desk)
    assert law(team).title == "改<i>了", "files change it no more"
    [kept] = rows(team.desk.database, tables.source_changes)
    assert (kept["before"]["title"], kept["by"], kept["judged_by"]) == (before.title, "bian-ji", "ke-zhang")
    assert [(row["actor"], row["act"], row["subject"]) for row in rows(team.desk.database, log)] == [
        ("bian-ji", "content.propose_source", f"source:{LAW}@1"),
        ("ke-zhang", "content.accept_source", f"source:{LAW}@1"),
    ]


def test_nobody_accepts_a_change_of_their_own(team: Team, publisher: Visitor) -> None:
    before = law(team)
    publisher.send(ADDRESS, ADDRESS, **GOOD)
    assert "自己改的依据要由别人确认" in publisher.send(f"{ADDRESS}/accept", ADDRESS, version="1")
    assert law(team) == before
    assert "放弃了" in publisher.send(f"{ADDRESS}/drop", ADDRESS, version="1") and law(team) == before


def test_of_two_who_change_a_source_at_once_the_second_is_told(team: Team, editor: Visitor, publisher: Visitor) -> None:
    editor.send(ADDRESS, ADDRESS, **GOOD, version="0")
    publisher.send(ADDRESS, ADDRESS, **GOOD | {"title": "别的"}, version="0")
    assert publisher.status == 409
    publisher.send(f"{ADDRESS}/accept", ADDRESS, version="1")
    editor.send(ADDRESS, ADDRESS, **GOOD | {"title": "别的"}, version="0")
    assert editor.status == 409 and law(team).title == GOOD["title"]
    assert "别人刚才动过" in publisher.send(f"{ADDRESS}/accept", ADDRESS, version="1")


def test_a_change_of_what_files_changed_meanwhile_is_not_accepted(team: Team, editor: Visitor) -> None:
    editor.send(ADDRESS, ADDRESS, **GOOD)
    store, changed = Store(team.desk.database), Source(**vars(law(team)) | {"number": "新文号"})
    store.save_sources([changed])
    with pytest.raises(NotAllowed, match="又变过"), team.desk.database.writing() as connection:
        source_changes.accept(connection, LAW, "ke-zhang", 1)
    assert law(team) == changed


def test_an_accepted_change_is_undone_in_one_step(team: Team, editor: Visitor, publisher: Visitor) -> None:
    before = law(team)
    editor.send(ADDRESS, ADDRESS, **GOOD)
    publisher.send(f"{ADDRESS}/accept", ADDRESS, version="1")
    editor.send(f"{ADDRESS}/undo", ADDRESS, version="1")
    assert editor.status == 403
    assert "撤销了" in publisher.send(f"{ADDRESS}/undo", ADDRESS, version="1")
    assert (law(team).title, law(team).url) == (before.title, before.url)
    assert "别人刚才动过" in publisher.send(f"{ADDRESS}/undo", ADDRESS, version="1"), "once only"
    assert "没有改动" in editor.send(
        ADDRESS, ADDRESS, version="2", **{name: str(getattr(before, name)) for name in GOOD}
    )
