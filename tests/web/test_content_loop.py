"""Official text, laws that changed, reviews and gaps, as pages."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from foundation.audit import log
from foundation.clock import now
from knowledge.drafts import Drafts
from knowledge.entry import parse
from knowledge.gaps import Gaps
from knowledge.importing.faults import front
from tests.hotline.clock import clock_at
from tests.hotline.support import rows
from tests.knowledge.test_official_text import GUIDE
from tests.web.content_pages import ENTRY, TEXT, Team, shown
from tests.web.visitor import Visitor

SCRIPT = "<script>alert(1)</script>"
LAW = "resident-id-card-law"


@pytest.fixture
def editor(team: Team) -> Visitor:
    return team.member("bian-ji", "editor")


@pytest.fixture
def early() -> Iterator[None]:
    """A day on which none of the entries is to be reviewed yet."""
    with clock_at("2026-11-28 10:00"):
        yield


def acts(team: Team) -> list[tuple[str, str, str]]:
    return [(row["actor"], row["act"], row["subject"]) for row in rows(team.desk.database, log)]


def test_an_official_guide_becomes_a_draft_that_is_not_plain_yet(team: Team, editor: Visitor) -> None:
    address = "/content/official-text"
    page = editor.send(address, address, text=GUIDE, act="cut")
    assert "分成了 6 段" in page and "依据库里有" in page and "看不出是哪年的" in page
    assert Drafts(team.desk.database).by_state("draft") == []
    told = {"title": "身份证到期了怎么换", "id": "id-card-renew-new", "domain": "户口与身份证"}
    page = editor.send(address, address, text=GUIDE, act="keep", **told)
    assert "居民户口簿原件" in page
    assert "由官方原文分段而来，还不是人话" in editor.see("/content/id-card-renew-new"), "also when it is opened again"
    draft = Drafts(team.desk.database).of("id-card-renew-new")
    assert draft and (draft.author, draft.because, draft.base) == ("bian-ji", "official-text", 0)
    assert acts(team) == [("bian-ji", "content.official_text", f"entry:{draft.entry}")]
    assert "已经有编号" in editor.send(address, address, text=GUIDE, act="keep", **told)
    assert "编号只能用" in editor.send(address, address, text=GUIDE, act="keep", id="A B", title="x")
    assert editor.status == 422


@pytest.mark.parametrize("text", ["", "长" * 40_001, SCRIPT, f"申请材料：{SCRIPT}\n《{SCRIPT}》第一条"])
def test_any_text_may_be_pasted(editor: Visitor, text: str) -> None:
    page = editor.send(
        "/content/official-text", "/content/official-text", text=text, act="cut", title=SCRIPT, domain=SCRIPT
    )
    assert editor.status in (200, 422) and SCRIPT not in page


@pytest.mark.usefixtures("early")
def test_a_law_that_changed_marks_its_entries_with_the_reason(team: Team, editor: Visitor) -> None:
    page = editor.see("/content/sources?words=居民身份证法")
    assert re.search(rf'/content/sources/{LAW}">.*?<td class="number">2</td>', page, re.DOTALL)
    page = editor.see(f"/content/sources/{LAW}")
    assert "身份证丢了怎么补" in page
    address = f"/content/sources/{LAW}/check"
    assert "请写明哪里变了" in editor.send(address, f"/content/sources/{LAW}", reason=" ")
    page = editor.send(address, f"/content/sources/{LAW}", reason=f"第十条改了{SCRIPT}")
    assert "2 条标成了要复核" in page and "第十条改了&lt;script&gt;" in page and SCRIPT not in page
    assert ("bian-ji", "content.recheck", f"source:{LAW}") in acts(team)
    assert "已经标过了" in editor.send(address, f"/content/sources/{LAW}", reason="又一次")
    assert re.search(r"复核.*2.*条该复核了", shown(editor.see("/content")), re.DOTALL), (
        "the reminder stands on every page"
    )
    assert "有 2 条该复核了" in editor.see("/content")
    page = editor.send(f"/content/reviews/{ENTRY}/unmark", "/content/reviews")
    assert "标记取消了" in page and "该复核了 1 条" in shown(page)


def test_only_the_chosen_articles_are_marked(team: Team, editor: Visitor) -> None:
    page = editor.see(f"/content/sources/{LAW}")
    [article] = re.findall(r'name="article" value="([^"]*第十六条[^"]*)"', page)
    page = editor.send(f"/content/sources/{LAW}/check", f"/content/sources/{LAW}", reason="改了", article=article)
    assert "1 条标成了要复核" in page


def test_checked_and_unchanged_gives_a_draft_with_new_dates_for_somebody_else(team: Team, editor: Visitor) -> None:
    page = editor.send(f"/content/reviews/{ENTRY}/checked", "/content/sources")
    assert editor.status in (200, 403)
    editor.send(f"/content/sources/{LAW}/check", f"/content/sources/{LAW}", reason="改了")
    page = editor.send(f"/content/reviews/{ENTRY}/checked", "/content/reviews")
    assert "已经有草稿" in page or "核对日期改成了今天" in page
    draft = Drafts(team.desk.database).of(ENTRY)
    assert draft and draft.author == "bian-ji"
    entry = parse(draft.markdown)
    assert abs(entry.checked_on - now().date()) <= timedelta(days=1) and entry.lead == parse(TEXT).lead


def test_what_many_asked_becomes_a_draft_with_their_questions(team: Team, editor: Visitor) -> None:
    for number in range(23):
        Gaps(team.desk.database).note(f"渔船证怎么办{'呢' * (number % 2)}", f"c{number}")
    page = editor.see("/content/gaps")
    assert "23 人问过,没有条目" in shown(page).replace("，", ",")
    keys = re.findall(r'name="key" value="(\w+)"', page)
    assert len(keys) == 2
    form: dict[str, Any] = {"key": keys}
    editor.send("/content/gaps/draft", "/content/gaps", **form)
    assert editor.status == 200
    [draft] = Drafts(team.desk.database).by_state("draft")
    meta, _, _ = front(draft.markdown)
    assert set(meta["questions"]) == {"渔船证怎么办", "渔船证怎么办呢"} and draft.because.startswith("gap:")
    assert draft.because_at and draft.because_at < draft.created_at
    assert ("bian-ji", "content.gap", f"entry:{draft.entry}") in acts(team)
    page = editor.see("/content/gaps")
    assert "人问过，没有条目" not in shown(page) and "写成了" in page
    editor.send("/content/gaps/draft", "/content/gaps", **form)
    assert len(Drafts(team.desk.database).by_state("draft")) == 1, "asked twice, written once"


def test_a_need_whose_every_wording_holds_a_number_begins_a_draft_without_them(team: Team, editor: Visitor) -> None:
    Gaps(team.desk.database).note("〔电话1〕是诈骗吗", "c")
    [key] = re.findall(r'name="key" value="(\w+)"', editor.see("/content/gaps"))
    page = editor.send("/content/gaps/draft", "/content/gaps", key=key)
    [draft] = Drafts(team.desk.database).by_state("draft")
    assert "标题和问法请您写" in page and "〔" not in draft.markdown
    assert "人问过，没有条目" not in shown(editor.see("/content/gaps"))


def test_a_need_waits_again_when_its_draft_is_given_up(team: Team, editor: Visitor) -> None:
    Gaps(team.desk.database).note("渔船证怎么办", "c")
    [key] = re.findall(r'name="key" value="(\w+)"', editor.see("/content/gaps"))
    editor.send("/content/gaps/draft", "/content/gaps", key=key)
    [draft] = Drafts(team.desk.database).by_state("draft")
    editor.send(f"/content/{draft.entry}/drop", f"/content/{draft.entry}", version="1")
    assert "1 人问过，没有条目" in shown(editor.see("/content/gaps"))


def test_a_gap_is_put_aside_with_a_reason_only(team: Team, editor: Visitor) -> None:
    Gaps(team.desk.database).note(f"{SCRIPT}怎么办", "c")
    page = editor.see("/content/gaps")
    assert SCRIPT not in page
    [key] = re.findall(r'name="key" value="(\w+)"', page)
    assert "请写明为什么不写" in editor.send("/content/gaps/dismiss", "/content/gaps", key=key, reason="")
    assert editor.status == 422
    page = editor.send("/content/gaps/dismiss", "/content/gaps", key=key, reason=f"不归我们{SCRIPT}")
    assert "不写：不归我们" in page and SCRIPT not in page
    page = editor.send(f"/content/gaps/{key}/reopen", "/content/gaps")
    assert "又放回了名单" in page
    assert [act for _, act, _ in acts(team)] == ["content.dismiss_gap", "content.reopen_gap"]


def test_a_supervisor_sees_and_changes_nothing(team: Team) -> None:
    supervisor = team.member("du-ban", "supervisor")
    for page in ("/content/sources", f"/content/sources/{LAW}", "/content/reviews", "/content/gaps"):
        supervisor.see(page)
        assert supervisor.status == 200, page
        assert "<button" not in supervisor.see(page).partition("<main")[2].replace("查看</button>", "").replace(
            '<button type="submit">', ""
        )
    supervisor.see("/content/official-text")
    assert supervisor.status == 403
