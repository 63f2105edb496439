"""Judging a turn, looking behind its tokens, and what becomes of it."""

import re
from typing import Any

import pytest
from sqlalchemy import delete, update

from conversations import record
from conversations.review.looks import contents as look_contents
from conversations.review.tables import judgements, looks, turn_facts, turn_pairs
from foundation import audit
from foundation.audit import Audit
from knowledge import reviewed_cases
from knowledge.store import Store
from knowledge.tables import reviewed_cases as cases
from tests.hotline.support import PHONE, Desk, everything_at_rest, in_threads, rows
from tests.service import ROOT
from tests.web.talk import say
from tests.web.test_desk_conversations import NASTY
from tests.web.visitor import Visitor, signed_in

CORPUS = ROOT / "knowledge/corpus/户口与身份证"
RENEW = "身份证到期或坏了怎么换"


@pytest.fixture
def home(desk: Desk) -> Desk:
    for name in ("id-card-lost", "id-card-renew"):
        Store(desk.database).seed((CORPUS / f"{name}.md").read_text(encoding="utf-8"))
    return desk


def judge(visitor: Visitor, turn: tuple[str, int], verdict: str, **form: str) -> str:
    address = f"/desk/conversations/{turn[0]}/turns/{turn[1]}"
    return visitor.send(f"{address}/judge", address, verdict=verdict, **form)


def saved(desk: Desk) -> list[dict[str, Any]]:
    with desk.database.reading() as connection:
        return reviewed_cases.all_cases(connection)


def test_the_evidence_stands_there_in_words(home: Desk) -> None:
    conversation, turn = say(home, "身份证丢了")
    page = signed_in(home, "auditor").see(f"/desk/conversations/{conversation}/turns/{turn}")
    words = re.sub(r"<[^>]+>|\s+", " ", page)
    for said in (
        "问政策和办事",
        "0.97",
        "直接回答",
        "有 0.93 的把握，达到了直接回答的门槛 0.70",
        "1.234",
        "检索 4 毫秒",
    ):
        assert said in words, said
    assert "理解和作答 150 毫秒" in words and "20261128T000000" in words
    assert "记下判断" not in page and "看一次" not in page


def test_a_judgement_becomes_a_case_and_can_be_changed_and_is_traced(home: Desk) -> None:
    turn, operator = say(home, f"快到期了怎么办,电话{PHONE}"), signed_in(home, "operator")
    page = judge(
        operator, turn, "wrong", entry=RENEW, question=f"身份证快到期了怎么办 {PHONE}", wording="提前三个月", asked="1"
    )
    assert "判断已记下。这一轮存成了题目。" in page
    [case] = rows(home.database, cases)
    asked = {"id": f"reviewed-{case['id']}", "question": "身份证快到期了怎么办", "relevant": ["id-card-renew"]}
    assert saved(home) == [asked | {"asks_back": False}]
    assert (case["corrects"], case["by"], case["revision"]) == (True, "one-operator", 1)
    assert [row["reviewed"] for row in rows(home.database, turn_facts)] == [True]
    judge(operator, turn, "right", question="身份证丢了怎么补", asked="1")
    [judged] = rows(home.database, judgements)
    assert (judged["verdict"], judged["first_verdict"], judged["wording"]) == ("right", "wrong", "")
    assert saved(home)[0]["relevant"] == ["id-card-lost"]
    acts = [(row["act"], row["subject"], row["facts"]["verdict"]) for row in rows(home.database, audit.log)]
    subject = f"conversation:{turn[0]}/{turn[1]}"
    assert acts == [("conversations.judge", subject, "wrong"), ("conversations.judge", subject, "right")]
    with home.database.reading() as connection:
        assert not list(Audit(home.settings.secret_key).broken(connection))


def test_two_reviewers_each_have_their_own_and_see_the_other(home: Desk) -> None:
    turn = say(home, "身份证丢了")
    judge(signed_in(home, "operator"), turn, "partly", note="少了费用")
    page = judge(signed_in(home, "editor"), turn, "right")
    assert "少了费用" in page and len(rows(home.database, judgements)) == 2


@pytest.mark.parametrize(
    ("verdict", "form", "relevant"),
    [
        ("ticket", {}, None),
        ("ask_back", {}, None),
        ("wrong", {}, None),
        ("wrong", {"entry": "id-card-renew"}, ["id-card-renew"]),
        ("right", {}, ["id-card-lost"]),
        ("ask_back", {"entry": RENEW}, ["id-card-renew"]),
    ],
)
def test_only_what_a_search_can_get_right_is_asked_at_publishing(
    home: Desk, verdict: str, form: dict[str, str], relevant: list[str] | None
) -> None:
    judge(signed_in(home, "publisher"), say(home, "丢了"), verdict, question="身份证丢了", asked="1", **form)
    assert [case["relevant"] for case in saved(home)] == ([relevant] if relevant is not None else [])


def test_a_case_that_is_not_to_be_asked_is_kept_aside(home: Desk) -> None:
    turn, editor = say(home, "身份证丢了"), signed_in(home, "editor")
    judge(editor, turn, "wrong", entry=RENEW, question="快到期了")
    assert not saved(home) and [row["state"] for row in rows(home.database, cases)] == ["aside"]
    judge(editor, turn, "wrong", entry=RENEW, question="快到期了", asked="1")
    assert len(saved(home)) == 1
    address = f"/desk/conversations/cases/{rows(home.database, cases)[0]['id']}/aside"
    page = editor.send(address, "/desk/conversations/loop")
    assert "以后不再问了" in page and not saved(home)
    editor.send(address, f"/desk/conversations/{turn[0]}/turns/{turn[1]}")
    assert editor.status == 404


def test_bad_judgements_are_refused_and_what_was_typed_stays(home: Desk) -> None:
    turn, operator = say(home, "身份证丢了"), signed_in(home, "operator")
    for verdict, form, said in (
        ("", {}, "请选一个判断"),
        ("great", {}, "请选一个判断"),
        ("wrong", {"entry": "没有这一条"}, "没有叫这个名字的"),
        ("wrong", {"note": "长" * 2001}, "太长了"),
        ("wrong", {"question": "长" * 301}, "太长了"),
    ):
        page = judge(operator, turn, verdict, wording="我写的话", **form)
        assert operator.status == 422 and said in page and "我写的话" in page
    assert not rows(home.database, judgements) and not rows(home.database, audit.log)
    for number in (0, 2, 10**30):
        operator.send(f"/desk/conversations/{turn[0]}/turns/{number}/judge", "/desk/password", verdict="right")
        assert operator.status == 404


def test_html_in_every_field_is_shown_as_text(home: Desk) -> None:
    turn, operator = say(home, "身份证丢了"), signed_in(home, "operator")
    page = judge(operator, turn, "wrong", entry=RENEW, wording=NASTY, note=NASTY, question=NASTY, asked="1")
    operator.send(
        f"/desk/conversations/{turn[0]}/turns/{turn[1]}/behind",
        f"/desk/conversations/{turn[0]}/turns/{turn[1]}",
        reason=NASTY,
        before="0",
    )
    pages = [page, operator.see("/desk/conversations/loop"), judge(operator, turn, "bad", wording=NASTY, entry=NASTY)]
    pages.append(operator.see(f"/desk/conversations/{turn[0]}/turns/{turn[1]}"))
    for page in pages:
        assert "<script>alert" not in page and "<b>x" not in page and "{{ 7 * 7 }}" in page


def test_a_look_needs_a_reason_shows_once_and_leaves_a_trace(home: Desk) -> None:
    turn = say(home, f"我的电话{PHONE},工单20261123-000123查询码K7M2P9QX")
    address, supervisor = f"/desk/conversations/{turn[0]}/turns/{turn[1]}", signed_in(home, "supervisor")
    assert PHONE not in supervisor.send(f"{address}/behind", address, reason="看", before="0")
    assert supervisor.status == 422 and not rows(home.database, looks)
    page = supervisor.send(f"{address}/behind", address, reason=f"市民要求回电 {PHONE}", before="0")
    assert PHONE in page and "K7M2P9QX" not in page
    again = supervisor.send(f"{address}/behind", address, reason="市民要求回电", before="0")
    assert supervisor.status == 409 and PHONE not in again
    [look] = rows(home.database, looks)
    assert (look["actor"], look["reason"]) == ("one-supervisor", "市民要求回电 〔电话1〕")
    [noted] = rows(home.database, audit.log)
    assert (noted["act"], noted["subject"]) == ("conversations.reveal", f"conversation:{turn[0]}/{turn[1]}")
    assert PHONE not in everything_at_rest(home.database)
    page = supervisor.see(address)
    assert "市民要求回电 〔电话1〕" in page and PHONE not in page
    for change, found in ((update(looks).values(reason="好奇"), 1), (delete(looks), 0)):
        with home.database.writing() as connection:
            connection.execute(change)
            kinds = {"conversation": look_contents}
            altered = list(Audit("secret").altered(connection, audit.last_row(connection), kinds))
        assert len(altered) == found, "altered is found, erased is not"


def test_only_those_who_may_look_behind_do(home: Desk) -> None:
    turn = say(home, f"我的电话{PHONE}")
    for role in ("editor", "publisher", "auditor", "officer", "administrator"):
        visitor = signed_in(home, role, "parks" if role == "officer" else "")
        address = f"/desk/conversations/{turn[0]}/turns/{turn[1]}"
        page = visitor.send(f"{address}/behind", "/desk/password", reason="想看一看", before="0")
        assert visitor.status == 403 and PHONE not in page
    assert not rows(home.database, looks)


def test_an_erased_conversation_leaves_the_case_without_a_way_back(home: Desk) -> None:
    turn = say(home, f"身份证丢了,电话{PHONE}")
    judge(signed_in(home, "operator"), turn, "wrong", entry=RENEW, question="身份证快到期了", note="备注", asked="1")
    with home.database.writing() as connection:
        record.erase(connection, turn[0])
        home.vault.erase(connection, f"conversation:{turn[0]}")
    [case] = rows(home.database, cases)
    assert (case["conversation"], case["turn"], case["question"]) == (None, None, "身份证快到期了")
    assert len(saved(home)) == 1 and not rows(home.database, judgements)
    assert "身份证快到期了" in signed_in(home, "editor").see("/desk/conversations/loop")


def test_many_judgements_at_once_leave_one_for_each_reviewer_and_one_case(home: Desk) -> None:
    turn = say(home, "身份证丢了")
    visitors = [signed_in(home, role) for role in ("operator", "editor", "publisher", "supervisor")]

    def send(place: int) -> int:
        judge(visitors[place % 4], turn, "wrong", entry=RENEW, question="快到期了", asked="1")
        return visitors[place % 4].status

    assert set(in_threads(4, send)) == {200}
    assert len(rows(home.database, judgements)) == 4 and len(rows(home.database, cases)) == 1
    with home.database.reading() as connection:
        assert not list(Audit(home.settings.secret_key).broken(connection))


def test_an_end_that_comes_during_the_erasing_leaves_nothing(home: Desk) -> None:
    conversations = [say(home, "身份证丢了")[0] for _ in range(8)]

    def act(place: int) -> None:
        with home.database.writing() as connection:
            if place % 2:
                record.end_turn(connection, conversations[place // 2], 1, outcome="answered")
            else:
                record.erase(connection, conversations[place // 2])

    in_threads(16, act)
    assert not rows(home.database, turn_facts) and not rows(home.database, turn_pairs)


def test_from_the_list_one_goes_on_to_the_next(home: Desk) -> None:
    turns = [say(home, f"身份证丢了{place}") for place in range(3)]
    operator = signed_in(home, "operator")
    page = operator.see("/desk/conversations?outcome=answered")
    [first, *_] = re.findall(r'<a href="(/desk/conversations/\w{32}/turns/1\?[^"]+)"', page)
    assert turns[2][0] in first
    [following] = re.findall(r'href="([^"]+)">下一条', operator.see(first))
    assert turns[1][0] in following and "list=outcome%3Danswered" in following
    [last] = re.findall(r'href="([^"]+)">下一条', operator.see(following))
    assert turns[0][0] in last and "下一条 →" not in operator.see(last)
