"""The weekly sample, unanswered questions, and the way from a judgement to citizens."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import update

from conversations.review import sampling
from conversations.review.agreement import agreement
from conversations.review.tables import sample_items, samples
from foundation.clock import now
from knowledge import reviewed_cases
from knowledge.gaps import Gaps
from knowledge.store import Store
from knowledge.tables import reviewed_cases as cases
from tests.hotline.support import PHONE, Desk, in_threads, rows
from tests.web.talk import begin, say
from tests.web.test_desk_review import home, judge
from tests.web.visitor import signed_in

__all__ = ["home"]
ZONE = "Asia/Shanghai"
WEEK = date(2026, 11, 16)
IN_WEEK = datetime(2026, 11, 17, 2, tzinfo=UTC)


def week_of_turns(desk: Desk, count: int) -> None:
    conversation = begin(desk)
    for place in range(count):
        say(desk, f"第{place}个问题", conversation, at=IN_WEEK + timedelta(minutes=place))
    say(desk, "上一周的", at=IN_WEEK - timedelta(days=7))
    say(desk, "填表的", at=IN_WEEK, outcome="collecting")


def test_a_week_is_drawn_once_and_its_seed_gives_the_same_turns_again(home: Desk) -> None:
    week_of_turns(home, 40)
    drawn = in_threads(3, lambda _: sampling.draw(home.database, WEEK, ZONE))
    assert sorted(drawn) == [False, False, True]
    [sample] = rows(home.database, samples)
    items = [(row["conversation"], row["turn"]) for row in rows(home.database, sample_items)]
    assert (sample["turns"], len(items), len(set(items))) == (40, 30, 30)
    with home.database.reading() as connection:
        found = sampling.turns_of(connection, WEEK, ZONE)
    assert sampling.chosen(found, sample["seed"]) == items
    assert sampling.chosen(found, sample["seed"] + 1) != items
    assert not sampling.draw(home.database, WEEK + timedelta(days=7), ZONE)


def test_reviewers_of_a_sample_do_not_see_each_other_before_they_have_judged(home: Desk) -> None:
    week_of_turns(home, 1)
    sampling.draw(home.database, WEEK, ZONE)
    [item] = rows(home.database, sample_items)
    turn = (item["conversation"], item["turn"])
    operator, editor, publisher = (signed_in(home, role) for role in ("operator", "editor", "publisher"))
    assert "等您" in operator.see("/desk/conversations/sample")
    judge(operator, turn, "wrong", entry="id-card-renew", question="我看是这样问", note="我的理由", asked="1")
    page = editor.see(f"/desk/conversations/{turn[0]}/turns/{turn[1]}?week={WEEK}")
    assert not [word for word in ("我的理由", "我看是这样问", "one-operator") if word in page]
    assert "您判断以后，才看得到别人的判断" in page
    assert "我看是这样问" not in editor.see("/desk/conversations/loop")
    assert "我的理由" in signed_in(home, "auditor").see(f"/desk/conversations/{turn[0]}/turns/{turn[1]}")
    page = judge(editor, turn, "partly")
    assert "我的理由" in page
    assert "您判过" in editor.see("/desk/conversations/sample")
    page = publisher.see("/desk/conversations/sample")
    assert "够了" in page and "2 人" in page
    assert re.search(r"1 轮有两个人判断，一致的占 <strong>0%</strong>，科恩 κ\s+<strong>0.00", page)
    judge(editor, turn, "wrong", entry="id-card-renew")
    assert "一致的占 <strong>0%" in publisher.see("/desk/conversations/sample")


def test_turns_judged_before_they_were_drawn_count_in_no_agreement(home: Desk) -> None:
    week_of_turns(home, 1)
    with home.database.reading() as connection:
        [turn] = sampling.turns_of(connection, WEEK, ZONE)
    judge(signed_in(home, "operator"), turn, "right")
    assert sampling.draw(home.database, WEEK, ZONE)
    judge(signed_in(home, "editor"), turn, "right")
    with home.database.reading() as connection:
        assert not sampling.verdict_pairs(connection) and not sampling.verdict_pairs(connection, WEEK.isoformat())


def test_agreement_is_the_share_and_kappa_of_cohen() -> None:
    assert agreement([]).share is None
    same = agreement([("right", "right")] * 5)
    assert (same.share, same.kappa) == (1.0, None)
    table = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    found = agreement(table)
    assert (found.turns, found.share) == (50, 0.7)
    assert found.kappa == pytest.approx(0.4)


def test_unanswered_questions_that_mean_the_same_stand_together(home: Desk) -> None:
    gaps, conversations = Gaps(home.database), [begin(home) for _ in range(5)]
    for conversation, question in zip(
        conversations, ["养狗要办证吗", "养狗要办证吗?", "养狗证在哪里办", "无人机能飞吗", "<b>奇怪</b>"], strict=True
    ):
        gaps.note(question, conversation)
    page = signed_in(home, "editor").see("/desk/conversations/unanswered")
    counted = [int(number) for number in re.findall(r'<td class="number">(\d+)</td>', page)]
    assert counted[0] >= 2 and sum(counted) == 5
    assert f'href="/desk/conversations/{conversations[3]}"' in page
    assert "<b>奇怪" not in page and "&lt;b&gt;奇怪" in page


def test_the_time_from_a_judgement_to_citizens_is_measured(home: Desk) -> None:
    editor = signed_in(home, "editor")
    judge(editor, say(home, "快到期了"), "wrong", entry="id-card-renew", question="身份证快到期了咋办", asked="1")
    judge(editor, say(home, "丢了"), "partly", entry="id-card-lost", question="身份证掉了", asked="1")
    judge(editor, say(home, "好的"), "right", question="身份证丢了怎么补", asked="1")
    assert "还没有已经上线的更正" in editor.see("/desk/conversations/loop")
    ids = [row["id"] for row in rows(home.database, cases)]
    with home.database.writing() as connection:
        connection.execute(update(cases).values(judged_at=now() - timedelta(minutes=90)))
        same = {"id-card-renew": 1, "id-card-lost": 1}
        newer = same | {"id-card-renew": 2}
        assert reviewed_cases.note_live(connection, "s1", newer, right=[]) == 0
        assert reviewed_cases.note_live(connection, "s2", newer, right=ids[:1]) == 1
        assert reviewed_cases.note_live(connection, "s3", same, right=ids[1:]) == 1
    page = editor.see("/desk/conversations/loop")
    assert "1 小时 30 分" in page and "条目更新了" in page and "已经答对" in page and "最近 2 次" in page
    assert "到能把这道题答对的索引快照启用为止" in page, "a newer revision alone brings nothing"
    judge(
        editor,
        (rows(home.database, cases)[0]["conversation"], 1),
        "wrong",
        entry="id-card-lost",
        question="换一个",
        asked="1",
    )
    assert "还没有</span>" in editor.see("/desk/conversations/loop")


def test_the_case_keeps_when_it_went_live_unless_something_else_is_expected(home: Desk) -> None:
    editor, turn = signed_in(home, "editor"), say(home, "快到期了")
    judge(editor, turn, "wrong", entry="id-card-renew", question="快到期了", asked="1")
    case = rows(home.database, cases)[0]["id"]
    with home.database.writing() as connection:
        reviewed_cases.note_live(connection, "s1", {}, right=[case])
    judge(editor, turn, "partly", entry="id-card-renew", question="快到期了", note="又想了想", asked="1")
    assert rows(home.database, cases)[0]["live_snapshot"] == "s1"
    judge(editor, turn, "partly", entry="id-card-lost", question="快到期了", asked="1")
    assert rows(home.database, cases)[0]["live_at"] is None


def test_numbers_in_unanswered_questions_are_hints(home: Desk) -> None:
    conversation = begin(home)
    Gaps(home.database).note(home.tokenized(f"{PHONE}是谁的号", conversation), conversation)
    page = signed_in(home, "operator").see("/desk/conversations/unanswered")
    assert "138****5678" in page and PHONE not in page


def test_an_unanswered_question_leads_to_its_turn_and_to_where_entries_begin(home: Desk) -> None:
    conversation, turn = say(home, "养狗要办证吗", outcome="no_answer")
    Gaps(home.database).note("养狗要办证吗", conversation)
    say(home, "好的", conversation, outcome="small_talk")
    page = signed_in(home, "editor").see("/desk/conversations/unanswered")
    assert f'href="/desk/conversations/{conversation}/turns/{turn}"' in page and 'href="/content/gaps"' in page


def test_the_tabs_count_what_waits(home: Desk) -> None:
    for place in range(3):
        say(home, f"拿不准{place}", outcome="no_answer", probability=0.1)
    operator = signed_in(home, "operator")
    assert re.search(r"<strong>3</strong>\s*把握低", operator.see("/desk/conversations"))
    judge(operator, say(home, "又一个", outcome="no_answer", probability=0.1), "right")
    assert re.search(r"<strong>3</strong>\s*把握低", operator.see("/desk/conversations"))
    assert Store(home.database).domains() == ["户口与身份证"]
