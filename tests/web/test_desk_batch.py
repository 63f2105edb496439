"""Several tickets at once: each on the version that was seen, each with its own result, and none twice."""

import re
from collections.abc import Iterable
from typing import Any

import pytest

from hotline.tables import ticket_events
from tests.hotline.support import Desk, rows
from tests.web.desk_pages import PARKS, dispatched, last_event, row
from tests.web.visitor import Visitor, signed_in

LIST = "/desk/tickets"
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def local(desk: Desk) -> Desk:
    return desk.with_settings(handling="local")


def boxes(page: str) -> dict[str, str]:
    """By number, what each box of the list sends."""
    found = re.findall(r'name="ticket" value="(([\d-]+)~\d+)"', page)
    return {number: value for value, number in found}


def send(visitor: Visitor, act: str, chosen: Iterable[str], **form: Any) -> str:
    form |= {"act": act, "ticket": list(chosen)}
    return visitor.send(f"{LIST}/batch", LIST, **form)


def test_every_chosen_ticket_is_accepted_and_the_others_are_not(local: Desk) -> None:
    numbers = [local.open() for _ in range(3)]
    visitor = signed_in(local, "operator")
    chosen = boxes(visitor.see(LIST))
    assert set(chosen) == set(numbers)
    page = send(visitor, "accept", [chosen[number] for number in numbers[:2]])
    assert "2 张都办好了" in page and page.count("已受理。") == 2
    assert [row(local, number).state for number in numbers] == ["accepted", "accepted", "submitted"]
    assert last_event(local, numbers[0]).actor == "one-operator"


def test_what_cannot_be_done_with_one_is_said_of_it_and_stops_no_other(local: Desk) -> None:
    fresh, changed, over = local.open(), local.open(), dispatched(local)
    visitor = signed_in(local, "operator")
    chosen = boxes(visitor.see(LIST))
    local.staff(changed, "note", "operator", message="别人写的")
    page = send(visitor, "accept", [*chosen.values(), "20200101-000001~1", f"{HOSTILE}~1"])
    assert "办好 1 张，没有办成 4 张" in page
    assert "别人刚改过这张工单" in page and "工单现在的状态不能这样做" in page and page.count("没有这张工单") == 2
    assert HOSTILE not in page
    states = [row(local, number).state for number in (fresh, changed, over)]
    assert states == ["accepted", "submitted", "dispatched"]


def test_tickets_at_the_hotline_get_only_what_the_desk_may_do_and_the_true_reason(desk: Desk) -> None:
    number = desk.open()
    visitor = signed_in(desk, "operator")
    page = visitor.see(LIST)
    assert 'value="note"' in page and 'value="accept"' not in page and 'value="dispatch"' not in page
    assert "这张由热线办理" in send(visitor, "accept", boxes(page).values())
    assert "1 张都办好了" in send(visitor, "note", boxes(page).values(), note="已告诉热线")
    own = desk.with_settings(handling="local").open()
    page = visitor.see(LIST)
    assert set(boxes(page)) == {number, own} and 'value="accept"' in page
    assert "办好 1 张，没有办成 1 张" in send(visitor, "accept", boxes(page).values())


def test_the_same_form_sent_twice_does_nothing_twice(local: Desk) -> None:
    local.open()
    visitor = signed_in(local, "operator")
    chosen = boxes(visitor.see(LIST)).values()
    for done in ("1 张都办好了", "没有办成 1 张"):
        assert done in send(visitor, "note", chosen, note="同一句")
    assert [event["step"] for event in rows(local.database, ticket_events)] == ["submit", "note"]


def test_they_are_sent_to_one_department(local: Desk) -> None:
    numbers = [local.open() for _ in range(2)]
    for number in numbers:
        local.staff(number, "accept", "operator")
    visitor = signed_in(local, "supervisor")
    assert "2 张都办好了" in send(visitor, "dispatch", boxes(visitor.see(LIST)).values(), department=PARKS)
    assert {row(local, number).department for number in numbers} == {PARKS}


def test_a_note_stays_among_staff_and_is_text(local: Desk) -> None:
    number = local.open()
    visitor = signed_in(local, "operator")
    send(visitor, "note", boxes(visitor.see(LIST)).values(), note=f" {HOSTILE} 13912345678 ")
    event = last_event(local, number)
    assert (event.step, event.fields) == ("note", {"message": f"{HOSTILE} 〔电话1〕"})
    assert HOSTILE not in visitor.see(f"{LIST}/{number}")


def test_an_officer_may_only_write_notes_and_only_on_the_own_tickets(local: Desk) -> None:
    own, other = dispatched(local), dispatched(local, to="police")
    visitor = signed_in(local, "officer", PARKS)
    page = visitor.see(LIST)
    assert 'value="note"' in page and 'value="accept"' not in page and 'value="dispatch"' not in page
    page = send(visitor, "note", [*boxes(page).values(), f"{other}~3"], note="去看过")
    assert "办好 1 张，没有办成 1 张" in page
    assert (last_event(local, own).step, last_event(local, other).step) == ("note", "dispatch")
    assert "您的角色不能这样做" in send(visitor, "accept", [f"{own}~4"])


def test_who_only_looks_sees_no_boxes(local: Desk) -> None:
    local.open()
    assert not boxes(signed_in(local, "auditor").see(LIST))


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"act": "accept"}, "还没有选工单"),
        ({"act": "burn", "ticket": "1~1"}, "没有这样的操作"),
        ({"act": "accept", "ticket": "20260921-000001"}, "页面不完整"),
        ({"act": "accept", "ticket": "20260921-000001~²"}, "页面不完整"),
        ({"act": "dispatch", "ticket": "20260921-000001~1"}, "请先选派给哪个部门"),
        ({"act": "dispatch", "ticket": "20260921-000001~1", "department": HOSTILE}, "请先选派给哪个部门"),
        ({"act": "note", "ticket": "20260921-000001~1", "note": "  "}, "请先写备注"),
        ({"act": "note", "ticket": "20260921-000001~1", "note": "长" * 2001}, "请先写备注"),
        ({"act": "accept", "ticket": [f"20260921-{number:06d}~1" for number in range(51)]}, "一次最多 50 张"),
    ],
)
def test_what_makes_no_sense_is_said_and_changes_nothing(local: Desk, form: dict[str, Any], said: str) -> None:
    local.open()
    visitor, before = signed_in(local, "operator"), rows(local.database, ticket_events)
    page = visitor.send(f"{LIST}/batch", LIST, **form, back="state=submitted&words=%3Cb%3E")
    assert said in page and visitor.status == 200 and "<b>" not in page
    assert rows(local.database, ticket_events) == before
