"""Review and publishing from the pages: by another person, on a day, taken back at once; every step leaves a trace."""

from datetime import timedelta
from typing import Any

import pytest

from foundation.audit import log
from foundation.clock import local, now
from knowledge import publish_jobs
from knowledge.drafts import Drafts
from knowledge.publish_jobs import Job
from knowledge.store import Store
from knowledge.withdrawn import Withdrawn
from tests.hotline.support import rows
from tests.web.content_pages import ENTRY, PAGE, TEXT, Team, judged, saved, shown
from tests.web.visitor import Visitor

CHANGED = TEXT.replace("title: 身份证丢了怎么补", "title: 身份证丢了咋补")


@pytest.fixture
def editor(team: Team) -> Visitor:
    """Somebody whose changed text waits for review."""
    visitor = team.member("bian-ji", "editor")
    page = saved(visitor, CHANGED, act="submit")
    assert "已经交审" in page
    return visitor


@pytest.fixture
def publisher(team: Team) -> Visitor:
    return team.member("ke-zhang", "publisher")


def jobs(team: Team) -> list[Job]:
    with team.desk.database.reading() as connection:
        return publish_jobs.latest(connection)


def state(team: Team) -> str:
    draft = Drafts(team.desk.database).of(ENTRY)
    return draft.state if draft else ""


def test_the_review_shows_the_words_that_changed(editor: Visitor, publisher: Visitor) -> None:
    page = publisher.see(f"{PAGE}/review")
    assert '<del><span class="unseen">去掉:</span>怎么</del><ins><span class="unseen">加上:</span>咋</ins>' in page


def test_another_person_approves_and_the_worker_is_asked(team: Team, editor: Visitor, publisher: Visitor) -> None:
    page = judged(publisher, "approve")
    assert "批准了" in page and state(team) == "approved"
    assert [(job.asked_by, job.entries, job.state) for job in jobs(team)] == [("ke-zhang", [ENTRY], "queued")]
    acts = [(row["actor"], row["act"]) for row in rows(team.desk.database, log)]
    assert acts == [("bian-ji", "content.draft"), ("bian-ji", "content.submit"), ("ke-zhang", "content.approve")]
    assert {row["subject"] for row in rows(team.desk.database, log)} == {f"entry:{ENTRY}"}, "one search finds its way"


def test_whoever_wrote_a_word_of_it_can_neither_approve_nor_publish(team: Team) -> None:
    author = team.member("zhu-bian", "editor", "publisher")
    saved(author, CHANGED, act="submit")
    page = author.see(f"{PAGE}/review")
    assert "要由另一位同事审核发布" in page and "批准发布" not in page
    assert "自己写过的内容要由别人审核发布" in judged(author, "approve")
    assert state(team) == "in_review" and jobs(team) == []
    judged(team.member("ke-zhang", "publisher"), "approve", publish_on="2999-01-01T08:00")
    judged(team.member("ke-zhang", "publisher"), "approve")
    before = jobs(team)
    assert f'value="{ENTRY}"' not in author.see("/content/publishing"), "it cannot even be chosen"
    page = author.send("/content/publish", "/content/publishing", entry=ENTRY)
    assert "自己写过的内容要由别人审核发布：身份证丢了咋补" in page and jobs(team) == before


def test_an_editor_can_not_publish(team: Team, editor: Visitor) -> None:
    for act in ("approve", "send-back", "withdraw"):
        editor.send(f"{PAGE}/{act}", PAGE, version="2", note="x", reason="x")
        assert editor.status == 403, act
    for address in ("/content/publish", "/content/rollback", "/content/sign", "/content/sign-calculators"):
        editor.send(address, "/content/publishing", entry=ENTRY)
        assert editor.status == 403, address
    assert state(team) == "in_review" and Store(team.desk.database).current(ENTRY).sample


def test_what_is_sent_back_says_why_on_its_own_page(team: Team, editor: Visitor, publisher: Visitor) -> None:
    assert "要写明原因" in judged(publisher, "send-back", note=" ") and state(team) == "in_review"
    judged(publisher, "send-back", note="时限<b>不对</b>")
    page = editor.see(PAGE)
    assert "退回原因：时限&lt;b&gt;不对" in page and state(team) == "sent_back"


def test_an_approval_of_what_was_changed_meanwhile_does_not_count(
    team: Team, editor: Visitor, publisher: Visitor
) -> None:
    saved(editor, CHANGED.replace("40元", "45元"), act="submit")
    publisher.send(f"{PAGE}/approve", f"{PAGE}/review", version="2")
    assert state(team) == "in_review" and jobs(team) == []


def test_a_later_day_is_kept_and_nothing_is_asked_before_it(team: Team, editor: Visitor, publisher: Visitor) -> None:
    assert "请选一个以后的日期" in judged(publisher, "approve", publish_on="2020-01-01T08:00")
    day = local(now() + timedelta(days=3), "Asia/Shanghai").strftime("%Y-%m-%dT08:00")
    assert "自动发布" in judged(publisher, "approve", publish_on=day)
    draft = Drafts(team.desk.database).of(ENTRY)
    assert draft and draft.publish_on and local(draft.publish_on, "Asia/Shanghai").strftime("%Y-%m-%dT%H:%M") == day
    assert jobs(team) == []


def test_what_has_a_later_day_is_not_sent_with_the_others_and_may_be_brought_forward(
    team: Team, editor: Visitor, publisher: Visitor
) -> None:
    judged(publisher, "approve", publish_on="2999-01-01T08:00")
    page = publisher.see("/content/publishing")
    assert "2999" in page and f'value="{ENTRY}"' not in page
    page = publisher.send("/content/publish", "/content/publishing", entry=ENTRY)
    assert "1 份没有发布" in page and ENTRY in page and jobs(team) == []
    assert "请先选" in publisher.send("/content/publish", "/content/publishing", act="chosen") and jobs(team) == []
    assert "正在发布" in judged(publisher, "approve")
    assert [job.entries for job in jobs(team)] == [[ENTRY]]


def test_an_entry_that_is_withdrawn_is_answered_from_no_more(team: Team, publisher: Visitor) -> None:
    store, known = Store(team.desk.database), Withdrawn(team.desk.database)
    assert not known.of({ENTRY: 1})
    assert "请写原因" in publisher.send(f"{PAGE}/withdraw", PAGE, reason=" ")
    page = publisher.send(f"{PAGE}/withdraw", PAGE, reason="收费<b>取消</b>了")
    assert "撤下了" in page and "收费&lt;b&gt;取消" in page
    known = Withdrawn(team.desk.database)
    assert known.of({ENTRY: 1, "id-card-renew": 1}) == {ENTRY}
    assert not known.of({ENTRY: 2})
    assert ENTRY not in store.titles([ENTRY]) and ENTRY not in {one.entry.id for one in store.published()}
    assert store.seed(TEXT.replace("40元", "45元")) == "draft", "a changed file does not bring it back"
    assert "已撤下" in publisher.see("/content?state=withdrawn")
    assert [(row["act"], row["subject"]) for row in rows(team.desk.database, log)] == [
        ("content.withdraw", f"entry:{ENTRY}@1")
    ]


def test_an_approved_draft_of_a_withdrawn_entry_waits_for_review_again_and_that_is_said(
    team: Team, editor: Visitor, publisher: Visitor
) -> None:
    judged(publisher, "approve", publish_on="2999-01-01T08:00")
    assert "要重新审核" in publisher.send(f"{PAGE}/withdraw", PAGE, reason="收费变了") and state(team) == "in_review"
    page = shown(publisher.see(f"{PAGE}/review"))
    assert "撤下，原因：收费变了。批准这份草稿，就又会回答" in page and "批准发布" in page


def test_samples_are_signed_one_by_one_or_by_domain(team: Team, publisher: Visitor) -> None:
    store = Store(team.desk.database)
    assert "签发了 1 条" in publisher.send("/content/sign", "/content", entry=ENTRY)
    assert not store.current(ENTRY).sample and store.current("id-card-renew").sample
    page = publisher.send("/content/sign", "/content", domain="户口与身份证", all="yes")
    assert "签发了 1 条" in page and not store.current("id-card-renew").sample
    assert store.current("marriage-register").sample, "another domain stays as it was"
    assert "没有要签发的" in publisher.send("/content/sign", "/content", entry="no-such")


def test_an_earlier_version_comes_back_as_a_draft(team: Team, editor: Visitor) -> None:
    store = Store(team.desk.database)
    editor.send(f"{PAGE}/drop", PAGE, version="2")
    with team.desk.database.writing() as connection:
        store.publish(connection, {ENTRY: store.append(connection, CHANGED, "bian-ji", "ke-zhang")})
    page = editor.see(f"{PAGE}/versions")
    assert "第 1 版到第 2 版" in page and "<del>" in page
    editor.send(f"{PAGE}/versions/1/restore", f"{PAGE}/versions")
    draft = Drafts(team.desk.database).of(ENTRY)
    assert draft and draft.markdown == TEXT and draft.base == 2
    assert "已经有草稿了" in editor.send(f"{PAGE}/versions/2/restore", f"{PAGE}/versions")


def test_going_on_in_spite_of_a_refusal_needs_a_reason(team: Team, editor: Visitor, publisher: Visitor) -> None:
    judged(publisher, "approve")
    with team.desk.database.writing() as connection:
        job = publish_jobs.claim(connection)
        assert job
        publish_jobs.end(connection, job.id, "refused", "没通过", {"problems": ["<b>x</b> 不像人话"]})
    page = publisher.see("/content/publishing")
    assert "&lt;b&gt;x&lt;/b&gt; 不像人话" in page and "照样发布" in page
    assert "请写原因" in publisher.send("/content/publish", "/content/publishing", entry=ENTRY, again="despite")
    publisher.send("/content/publish", "/content/publishing", entry=ENTRY, again="despite", despite="文件规定的说法")
    assert jobs(team)[0].despite == "文件规定的说法"


def test_a_publishing_that_did_not_go_through_is_said_where_everybody_begins(
    team: Team, editor: Visitor, publisher: Visitor
) -> None:
    judged(publisher, "approve")
    assert "发布没有成功" not in publisher.see("/content")
    with team.desk.database.writing() as connection:
        job = publish_jobs.claim(connection)
        assert job
        publish_jobs.end(connection, job.id, "refused", "没通过")
    for visitor in (editor, publisher):
        assert "发布没有成功：《身份证丢了咋补》" in visitor.see("/content")
    with team.desk.database.writing() as connection:
        publish_jobs.ask(connection, "du-ban", [])
    assert "照样发布" in publisher.see("/content/publishing"), "also when another job follows"
    publisher.send("/content/publish", "/content/publishing", entry=ENTRY)
    assert "发布没有成功" not in publisher.see("/content"), "it is tried again"


def test_who_goes_back_reads_when_each_snapshot_was_built_and_what_it_brought(team: Team, publisher: Visitor) -> None:
    for name in ("20261122T000000000000", "20261123T003000000000"):
        (team.desk.settings.data_dir / "snapshots" / name).mkdir(parents=True)
    with team.desk.database.writing() as connection:
        job = publish_jobs.ask(connection, "ke-zhang", [ENTRY])
        publish_jobs.claim(connection)
        publish_jobs.note(connection, job, snapshot="20261123T003000000000")
    page = shown(publisher.see("/content/publishing"))
    assert "11月23日 08:30 · 发布《身份证丢了怎么补》 · ke-zhang 的姓名" in page and "T003000" not in page


def test_the_review_says_that_something_else_was_published_since_the_draft_began(
    team: Team, editor: Visitor, publisher: Visitor
) -> None:
    store = Store(team.desk.database)
    with team.desk.database.writing() as connection:
        store.publish(connection, {ENTRY: store.append(connection, TEXT, "xiao-wang", "ke-zhang")})
    assert "从第 1 版写起，现在发布的是第 2 版" in shown(publisher.see(f"{PAGE}/review"))


def test_what_one_person_approves_before_the_worker_begins_goes_out_together(team: Team, publisher: Visitor) -> None:
    editor = team.member("bian-ji", "editor")
    for name in (ENTRY, "id-card-renew"):
        text = Store(team.desk.database).text(name, 1)
        saved(editor, text.replace("## 说人话\n", "## 说人话\n您好。"), name, act="submit")
        judged(publisher, "approve", name)
    assert [job.entries for job in jobs(team)] == [[ENTRY, "id-card-renew"]]


def test_many_drafts_are_handed_over_and_approved_at_once_but_nobody_approves_their_own(team: Team) -> None:
    author, publisher = team.member("zhu-bian", "editor", "publisher"), team.member("ke-zhang", "publisher")
    for name in (ENTRY, "id-card-renew"):
        text = Store(team.desk.database).text(name, 1)
        saved(author, text.replace("## 说人话\n", "## 说人话\n您好。"), name)
    saved(author, "没写完", "marriage-register")
    chosen = [f"{name}@1" for name in (ENTRY, "id-card-renew", "marriage-register")]
    page = send_all(author, "/content/submit", chosen)
    assert "交审了 2 份" in page and "1 份没有动" in page and "marriage-register" in page
    submitted = [f"{name}@2" for name in (ENTRY, "id-card-renew")]
    assert "没有批准任何一份" in send_all(author, "/content/approve", submitted) and jobs(team) == []
    assert "没有批准任何一份" in send_all(publisher, "/content/approve", chosen), "not what was chosen"
    assert "批准了 2 份" in send_all(publisher, "/content/approve", submitted)
    assert [job.entries for job in jobs(team)] == [[ENTRY, "id-card-renew"]]


def send_all(visitor: Visitor, address: str, chosen: list[str]) -> str:
    form: Any = {"draft": chosen}
    return visitor.send(address, "/content/publishing", **form)
