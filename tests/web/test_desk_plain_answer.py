"""Before an answer is sent, the officer sees what a citizen may stumble over, and decides."""

import html

import pytest

from tests.hotline.support import Desk
from tests.web.desk_pages import PARKS, act, dispatched, last_event, row
from tests.web.visitor import signed_in

STIFF = "请于三个工作日内携带相关材料至窗口办理，逾期不予受理。"
HOSTILE = "<script>alert(1)</script>逾期不予受理"


@pytest.fixture
def local(desk: Desk) -> Desk:
    return desk.with_settings(handling="local")


def test_findings_stand_beside_the_answer_that_was_not_sent(local: Desk) -> None:
    number = dispatched(local)
    visitor = signed_in(local, "officer", PARKS)
    page = act(visitor, number, "answer", message=STIFF)
    assert visitor.status == 422 and "还没有发出" in page and "“携带”" in page and "可以写成：带" in page
    assert STIFF in page and "仍然发送" in page
    assert row(local, number).state == "dispatched"


def test_it_is_sent_as_it_is_where_the_officer_wants_so(local: Desk) -> None:
    number = dispatched(local)
    visitor = signed_in(local, "officer", PARKS)
    page = act(visitor, number, "answer", message=STIFF, anyway="1")
    assert "已答复" in page and row(local, number).state == "answered"
    assert last_event(local, number).fields["message"] == STIFF


def test_a_plain_answer_goes_at_once_and_so_does_a_corrected_one(local: Desk) -> None:
    visitor = signed_in(local, "officer", PARKS)
    first, second = dispatched(local), dispatched(local)
    act(visitor, first, "answer", message="路灯昨晚修好了。")
    page = act(visitor, second, "answer", message=STIFF)
    act(visitor, second, "answer", page, message="三个工作日内，带上身份证到窗口来。")
    assert {row(local, number).state for number in (first, second)} == {"answered"}


@pytest.mark.parametrize(("step", "field"), [("progress", "message"), ("wait", "message"), ("reject", "instead")])
def test_whatever_else_staff_write_to_the_citizen_is_checked_too(local: Desk, step: str, field: str) -> None:
    number = local.open() if step == "reject" else dispatched(local)
    visitor = signed_in(local, "operator") if step == "reject" else signed_in(local, "officer", PARKS)
    state = row(local, number).state
    form = {field: STIFF, "reason": "这件事不归本市管"} if step == "reject" else {field: STIFF}
    page = act(visitor, number, step, **form)
    assert "还没有发出" in page and "可以写成：带" in page and row(local, number).state == state
    act(visitor, number, step, page, **form, anyway="1")
    assert last_event(local, number).fields[field] == STIFF


def test_what_only_staff_read_is_not_checked(local: Desk) -> None:
    number = dispatched(local)
    act(signed_in(local, "officer", PARKS), number, "note", message=STIFF)
    assert last_event(local, number).fields["message"] == STIFF


def test_scripts_in_an_answer_are_text_in_its_findings(local: Desk) -> None:
    number = dispatched(local)
    page = act(signed_in(local, "officer", PARKS), number, "answer", message=HOSTILE)
    assert "还没有发出" in page and "<script>alert" not in page and html.escape(HOSTILE) in page


def test_somebody_elses_change_is_said_before_anything_is_sent(local: Desk) -> None:
    number = dispatched(local)
    visitor = signed_in(local, "officer", PARKS)
    page = visitor.see(f"/desk/tickets/{number}")
    local.staff(number, "note", "operator", message="另有情况")
    assert "别人刚改过" in act(visitor, number, "answer", page, message=STIFF, anyway="1")
    assert row(local, number).state == "dispatched"
