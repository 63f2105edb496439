"""What several reviewers say of one turn: no opinion overwrites another, and who disagree are seen."""

import re

from conversations.review.tables import turn_facts
from knowledge.tables import reviewed_cases as cases
from tests.hotline.support import Desk, rows
from tests.web.talk import say
from tests.web.test_desk_review import RENEW, home, judge, saved
from tests.web.visitor import signed_in

__all__ = ["home"]


def test_wrong_without_an_entry_undoes_no_correction(home: Desk) -> None:
    turn = say(home, "快到期了")
    judge(signed_in(home, "operator"), turn, "wrong", entry=RENEW, question="身份证快到期了", asked="1")
    for role, verdict in (("editor", "wrong"), ("publisher", "partly")):
        judge(signed_in(home, role), turn, verdict, question="快到期了")
        assert [case["relevant"] for case in saved(home)] == [["id-card-renew"]]
    [case] = rows(home.database, cases)
    assert (case["question"], case["by"], case["corrects"]) == ("身份证快到期了", "one-operator", True)
    assert [row["disputed"] for row in rows(home.database, turn_facts)] == [None]


def test_right_against_a_correction_is_decided_by_a_third_reviewer(home: Desk) -> None:
    turn = say(home, "快到期了")
    operator, editor = signed_in(home, "operator"), signed_in(home, "editor")
    judge(operator, turn, "wrong", entry=RENEW, question="身份证快到期了", asked="1")
    page = judge(editor, turn, "right", question="快到期了", asked="1")
    assert "判断有分歧" in page and "放进了“有分歧”" in page
    assert not saved(home) and rows(home.database, cases)[0]["entry"] == "id-card-renew"
    queue = editor.see("/desk/conversations?reviewed=disputed")
    assert turn[0] in queue and re.search(r"<strong>1</strong>\s*有分歧", queue)
    assert '<span class="mark soon">有分歧</span>' in editor.see("/desk/conversations/loop")
    judge(signed_in(home, "publisher"), turn, "wrong")
    assert [case["relevant"] for case in saved(home)] == [["id-card-renew"]]
    judge(signed_in(home, "supervisor"), turn, "right", question="快到期了", asked="1")
    assert not saved(home)
    judge(operator, turn, "right", question="快到期了", asked="1")
    assert [case["relevant"] for case in saved(home)] == [["id-card-lost"]]
    assert turn[0] not in editor.see("/desk/conversations?reviewed=disputed")


def test_whoever_corrects_after_a_right_brings_the_correction_into_the_loop(home: Desk) -> None:
    turn = say(home, "快到期了")
    judge(signed_in(home, "operator"), turn, "right", question="快到期了", asked="1")
    judge(signed_in(home, "editor"), turn, "wrong", entry=RENEW, question="快到期了", asked="1")
    [case] = rows(home.database, cases)
    assert (case["entry"], case["corrects"], case["state"]) == ("id-card-renew", True, "disputed")


def test_a_case_set_aside_stays_so_when_another_one_agrees(home: Desk) -> None:
    turn, editor = say(home, "快到期了"), signed_in(home, "editor")
    judge(editor, turn, "wrong", entry=RENEW, question="快到期了", asked="1")
    editor.send(f"/desk/conversations/cases/{rows(home.database, cases)[0]['id']}/aside", "/desk/conversations/loop")
    judge(signed_in(home, "operator"), turn, "wrong")
    assert not saved(home)
