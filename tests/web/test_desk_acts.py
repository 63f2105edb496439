"""Every act on a ticket's page moves the ticket, and what cannot be done is refused in words and nothing is lost."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from hotline.catalogue import catalogue
from hotline.steps import rebuilt_standing
from hotline.tables import ticket_events
from tests.hotline.support import Desk, rows
from tests.web.desk_pages import act, dispatched, last_event, row
from tests.web.visitor import signed_in
from web.desk.act_forms import act_forms

PRIVATE = next(leaf.id for leaf in catalogue().categories.values() if not leaf.public)
DAY = "2099-06-01"
STALE = "别人刚改过这张工单"
Fields = dict[str, Any]
# act, role, the state before, what is filled in, and the state after
ACTS: list[tuple[str, str, str, Fields, str]] = [
    ("accept", "operator", "submitted", {}, "accepted"),
    ("dispatch", "operator", "accepted", {"department": "parks", "joint": ["police", "health"]}, "dispatched"),
    ("contact", "officer", "dispatched", {"message": "已打电话"}, "dispatched"),
    ("progress", "officer", "dispatched", {"message": "在修"}, "in_progress"),
    ("wait", "officer", "dispatched", {"message": "哪一盏？", "deadline": DAY}, "waiting_for_citizen"),
    ("answer", "officer", "dispatched", {"message": "已修好"}, "answered"),
    ("return", "officer", "dispatched", {"reason": "不归我们"}, "accepted"),
    ("recall", "operator", "dispatched", {"reason": "点错了部门"}, "accepted"),
    ("reject", "operator", "submitted", {"reason": "这件事不归本市管", "instead": "请打邻市 12345"}, "rejected"),
    ("supplement", "operator", "submitted", {"message": "在三号楼"}, "submitted"),
    ("urge", "operator", "dispatched", {"message": "快一点"}, "dispatched"),
    ("note", "operator", "submitted", {"message": "老住户"}, "submitted"),
    ("amend", "operator", "submitted", {"kind": "建议", "category": "park", "urgency": "urgent"}, "submitted"),
    ("assign", "operator", "dispatched", {"department": "police"}, "dispatched"),
    ("unassign", "operator", "with_joint", {"department": "police", "reason": "用不着"}, "dispatched"),
    ("ask_extension", "officer", "dispatched", {"reason": "缺料", "deadline": DAY}, "dispatched"),
    ("extend", "supervisor", "asked", {"reason": "缺料", "deadline": DAY}, "dispatched"),
    ("refuse_extension", "supervisor", "asked", {"reason": "料已到"}, "dispatched"),
    ("supervise", "supervisor", "dispatched", {"reason": "两天没有联系"}, "dispatched"),
    ("publish", "operator", "submitted", {"summary": "幸福路路灯不亮"}, "submitted"),
    ("hide", "operator", "published", {}, "submitted"),
]


@pytest.fixture
def home(desk: Desk) -> Desk:
    return desk.with_settings(handling="local")


def brought_to(desk: Desk, state: str) -> str:
    """The number of a ticket that has come so far."""
    if state in ("submitted", "published"):
        number = desk.open()
        if state == "published":
            desk.staff(number, "publish", "operator", summary="路灯不亮")
        return number
    if state == "accepted":
        number = desk.open()
        desk.staff(number, "accept", "operator")
        return number
    number = dispatched(desk)
    if state == "with_joint":
        desk.staff(number, "assign", "operator", department="police")
    if state == "asked":
        asked = {"reason": "缺料", "deadline": f"{DAY}T23:59:59+08:00"}
        desk.staff(number, "ask_extension", "officer", department="parks", **asked)
    return number


@pytest.mark.parametrize(("step", "role", "before", "form", "after"), ACTS, ids=lambda one: str(one)[:20])
def test_every_act_moves_the_ticket(home: Desk, step: str, role: str, before: str, form: Fields, after: str) -> None:
    number = brought_to(home, before)
    visitor = signed_in(home, role, "parks" if role == "officer" else "")
    page = act(visitor, number, step, **form)
    assert visitor.status == 200 and act_forms()[step].done in page
    ticket, event = row(home, number), last_event(home, number)
    assert (ticket.state, event.step, event.role, event.actor) == (after, step, role, f"one-{role}")
    written = {name: value for name, value in form.items() if name != "deadline"}
    assert written.items() <= event.fields.items()
    if "deadline" in form:
        assert event.fields["deadline"] == f"{DAY}T23:59:59+08:00"
    with home.database.reading() as connection:
        assert rebuilt_standing(connection, number).state == after


def test_every_form_has_been_sent_here() -> None:
    assert {step for step, *_ in ACTS} | {"merge", "split"} == set(act_forms())


def test_a_merged_ticket_leads_to_the_main_one_and_a_split_one_to_its_part(home: Desk) -> None:
    main, same = home.open(), home.open(conversation="c2")
    visitor = signed_in(home, "operator")
    page = act(visitor, same, "merge", main=main)
    assert row(home, same).main == main and f"/desk/tickets/{main}" in page
    assert "另有 1 位市民" in visitor.see(f"/desk/tickets/{main}")
    page = act(visitor, main, "split", part="还有一个井盖坏了", category="manhole")
    child = last_event(home, main).fields["child"]
    assert row(home, child).parent == main and f"新工单号 {child}" in page
    assert row(home, child).category == "manhole"


def test_a_ticket_cannot_be_merged_into_itself_into_nothing_or_into_one_that_is_over(home: Desk) -> None:
    number, over = home.open(), home.open()
    home.tickets.withdraw(over)
    visitor = signed_in(home, "operator")
    for main, words in {
        number: "主工单已经答复或者结束，或者就是这一张",
        over: "主工单已经答复或者结束，或者就是这一张",
        "20200101-000001": "没有这张工单",
        "随便写的": "工单号要写成",
        "": "这里要填",
    }.items():
        page = act(visitor, number, "merge", main=main)
        assert visitor.status == 422 and words in page
    assert row(home, number).state == "submitted"


@pytest.mark.parametrize(
    ("step", "form", "words", "kept"),
    [
        ("reject", {"reason": "自己编的原因", "instead": "请问邻市"}, "这一项不在列表里", "请问邻市</textarea>"),
        ("reject", {"reason": "这件事不归本市管", "instead": "  "}, "这里要填", "selected>这件事不归本市管"),
        ("amend", {"category": "no-such-leaf", "urgency": "urgent"}, "这一项不在列表里", 'value="urgent" selected'),
        ("amend", {}, "没有改动", ""),
        ("note", {"message": "字" * 2001}, "太长了，最多 2000 个字", "字" * 2001),
    ],
)
def test_what_is_filled_in_wrongly_is_said_beside_the_field(
    home: Desk, step: str, form: Fields, words: str, kept: str
) -> None:
    number = home.open()
    visitor = signed_in(home, "operator")
    page = act(visitor, number, step, **form)
    assert visitor.status == 422 and words in page and 'aria-invalid="true"' in page
    assert kept in page
    assert row(home, number).version == 1


@pytest.mark.parametrize(("day", "words"), [("2020-01-01", "今天以后"), ("明天", "日期要写成"), (None, "更晚的日子")])
def test_more_time_is_asked_for_until_a_day_after_the_limit(home: Desk, day: str | None, words: str) -> None:
    number = dispatched(home)
    limit = row(home, number).handle_by.strftime("%Y-%m-%d")
    officer = signed_in(home, "officer", "parks")
    page = act(officer, number, "ask_extension", reason="缺料", deadline=day or limit)
    assert officer.status == 422 and words in page and "缺料" in page


def test_an_unknown_department_is_refused(home: Desk) -> None:
    number = brought_to(home, "accepted")
    visitor = signed_in(home, "operator")
    for form in ({"department": "nobody"}, {"department": "parks", "joint": ["nobody"]}):
        assert "这一项不在列表里" in act(visitor, number, "dispatch", **form)
        assert visitor.status == 422
    assert row(home, number).state == "accepted"


def test_who_looked_at_an_older_version_is_shown_what_changed_and_keeps_the_words(home: Desk) -> None:
    number = dispatched(home)
    officer, supervisor = signed_in(home, "officer", "parks"), signed_in(home, "supervisor")
    earlier = officer.see(f"/desk/tickets/{number}")
    act(supervisor, number, "supervise", reason="今天要联系市民")
    page = act(officer, number, "progress", earlier, message="已到现场")
    assert officer.status == 409 and STALE in page
    changed = page[page.index("您打开以后的变化") : page.index("ticket-head")]
    assert "今天要联系市民" in changed and "已派单" not in changed
    assert "已到现场</textarea>" in page
    assert row(home, number).state == "dispatched"
    act(officer, number, "progress", page, message="已到现场")
    assert officer.status == 200 and row(home, number).state == "in_progress"


def test_words_for_an_act_that_is_no_longer_possible_are_not_lost(home: Desk) -> None:
    number = home.open()
    operator, supervisor = signed_in(home, "operator"), signed_in(home, "supervisor")
    earlier = operator.see(f"/desk/tickets/{number}")
    act(supervisor, number, "accept")
    act(supervisor, number, "dispatch", department="parks")
    page = act(operator, number, "reject", earlier, reason="这件事不归本市管", instead="请问邻市")
    assert operator.status == 409 and STALE in page
    assert "您刚才写的（没有提交）" in page and "请问邻市" in page


def test_of_two_who_act_at_once_one_is_shown_what_the_other_did(home: Desk) -> None:
    number = brought_to(home, "accepted")
    visitors = [signed_in(home, "operator"), signed_in(home, "supervisor")]
    pages = [visitor.see(f"/desk/tickets/{number}") for visitor in visitors]
    choices = zip(visitors, pages, ("parks", "police"), strict=True)
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda one: act(one[0], number, "dispatch", one[1], department=one[2]), choices))
    assert sorted(visitor.status for visitor in visitors) == [200, 409]
    assert [STALE in answer for answer in answers].count(True) == 1
    assert [event["step"] for event in rows(home.database, ticket_events)].count("dispatch") == 1


def test_a_step_that_the_table_does_not_allow_is_refused_in_words(home: Desk) -> None:
    number = brought_to(home, "dispatched")
    operator = signed_in(home, "operator")
    page = act(operator, number, "accept")
    assert operator.status == 422 and "工单现在的状态不能这样做" in page
    page = act(operator, number, "progress", message="在修")
    assert operator.status == 422 and "您的角色不能这样做" in page
    act(operator, number, "urge")
    page = act(operator, number, "urge")
    assert operator.status == 422 and "24 小时内已经催办过" in page
    for name in ("submit", "rate", "escalate", "nonsense"):
        act(operator, number, name)
        assert operator.status == 404
    assert row(home, number).state == "dispatched"


def test_what_is_secret_can_be_neither_published_nor_merged(home: Desk) -> None:
    secret, other, private = home.open(kind="举报"), home.open(), home.open(category=PRIVATE)
    operator = signed_in(home, "operator")
    acts = [(secret, "publish", {"summary": "字"}), (secret, "merge", {"main": other})]
    for number, step, form in [*acts, (private, "publish", {"summary": "字"})]:
        page = act(operator, number, step, **form)
        assert operator.status == 422 and "这类工单不能合并，也不能公开" in page
    assert "公开摘要" not in operator.see(f"/desk/tickets/{secret}")


def test_a_form_without_the_right_token_changes_nothing(home: Desk) -> None:
    number = home.open()
    operator = signed_in(home, "operator")
    for token in ("", "0" * 64):
        page = act(operator, number, "accept", form_token=token)
        assert operator.status == 403 and "请刷新页面再试" in page
    assert row(home, number).state == "submitted"


@pytest.mark.parametrize("role", ["operator", "supervisor"])
def test_a_wrong_dispatch_is_taken_back_and_the_department_has_returned_nothing(home: Desk, role: str) -> None:
    number = dispatched(home, audience="supervisors" if role == "supervisor" else "")  # no officer could return that
    visitor = signed_in(home, role)
    act(visitor, number, "recall", reason="点错了部门")
    ticket = row(home, number)
    assert (ticket.state, ticket.department, ticket.returns, ticket.recalls) == ("accepted", "", 0, 1)
    assert "收回 1 次" in visitor.see(f"/desk/tickets/{number}")
    [view] = home.tickets.of_conversation("c1")
    assert view.events[-1]["text"] == "热线会重新确定由谁办理。", "why it went wrong is for staff"
    act(visitor, number, "dispatch", department="police")
    assert row(home, number).department == "police"


def test_after_a_return_the_officer_is_led_back_to_the_list(home: Desk) -> None:
    number = dispatched(home)
    officer = signed_in(home, "officer", "parks")
    page = act(officer, number, "return", reason="不归我们")
    assert "已退单" in page and "找工单" in page and number not in page
    assert row(home, number).returns == 1
