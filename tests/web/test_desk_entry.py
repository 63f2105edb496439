"""The form of the phone operator: what was said on the phone becomes a ticket, once, and nothing typed is lost."""

import re
from typing import Any

import pytest

from hotline.tables import ticket_events, tickets
from tests.hotline.support import PHONE, Desk, everything_at_rest, rows
from tests.web.desk_pages import last_event, row
from tests.web.visitor import Visitor, signed_in

NEW = "/desk/tickets/new"
CALL = {"channel": "phone", "kind": "投诉", "urgency": "urgent", "what": "路灯坏了", "place": "东湖区幸福路"}


def entered(visitor: Visitor, **form: Any) -> str:
    """Send the form as it stands on a fresh page, with what the operator typed."""
    [instance] = re.findall(r'name="instance" value="(\w*)"', visitor.see(NEW))
    return visitor.send(NEW, NEW, **{"instance": instance, **CALL, **form})


def told(page: str) -> tuple[str, str]:
    """The number and the secret code that the page gives to read out."""
    [number] = re.findall(r"<dd>(\d{8}-\d{6})</dd>", page)
    return number, "".join(re.findall(r"<span>([A-Z2-9])</span>", page))


def test_what_was_said_on_the_phone_becomes_a_ticket_that_its_code_opens(desk: Desk) -> None:
    visitor = signed_in(desk, "operator")
    form = {"contact": f"张先生 {PHONE}", "time_of_event": "昨晚", "leaf": "路灯不亮", "note": "打过三次电话"}
    number, code = told(entered(visitor, **form))
    ticket = row(desk, number)
    stored = (ticket.channel, ticket.kind, ticket.urgency, ticket.category, ticket.district, ticket.what)
    assert stored == ("phone", "投诉", "urgent", "street-light", "east", "路灯坏了")
    assert PHONE not in everything_at_rest(desk.database)
    view = desk.tickets.by_number_and_code(number, code)
    assert view is not None and [event["label"] for event in view.events] == ["已提交"]
    event = last_event(desk, number)
    assert (event.step, event.actor, event.fields) == ("note", "one-operator", {"message": "打过三次电话"})


def test_the_same_form_sent_twice_opens_one_ticket_and_reads_out_the_same(desk: Desk) -> None:
    visitor = signed_in(desk, "operator")
    pages = [visitor.send(NEW, NEW, **CALL, instance="a1b2c3", note="一次") for _ in range(2)]
    assert told(pages[0]) == told(pages[1])
    assert len(rows(desk.database, tickets)) == 1
    assert [event["step"] for event in rows(desk.database, ticket_events)] == ["submit", "note"]


def test_a_category_is_found_by_its_name_or_chosen_and_may_be_left_open(desk: Desk) -> None:
    visitor = signed_in(desk, "supervisor")
    forms = [{"leaf": "井盖缺失、破损"}, {"category": "park"}, {"category": "park", "leaf": "公园"}, {}]
    found = [row(desk, told(entered(visitor, **form))[0]).category for form in forms]
    assert found == ["manhole", "park", "park", ""]


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"what": " "}, "这里要填"),
        ({"kind": "闲聊"}, "这一项不在列表里"),
        ({"channel": "web"}, "这一项不在列表里"),
        ({"district": "atlantis"}, "这一项不在列表里"),
        ({"leaf": "外星人"}, "没有这个分类"),
        ({"anonymous": "1", "contact": PHONE}, "匿名就不留联系方式"),
        ({"place": "长" * 201}, "太长了，最多 200 个字"),
        ({"instance": ""}, "请重新打开录入页"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(desk: Desk, form: Any, words: str) -> None:
    visitor = signed_in(desk, "operator")
    typed = {
        "what": '第一行\n<b>"第二行"',
        "place": "幸福路<i>",
        "note": "别忘了",
        "time_of_event": "昨晚",
        "district": "west",
    }
    page = entered(visitor, **(typed | form))
    assert visitor.status == 422 and words in page
    shown = ["别忘了</textarea>", 'value="昨晚"', 'value="urgent" selected', '<option value="west"']
    shown += [] if "what" in form else ["第一行\n&lt;b&gt;&#34;第二行&#34;</textarea>"]
    shown += [] if "place" in form else ['value="幸福路&lt;i&gt;"']
    assert not [text for text in shown if text not in page]
    assert rows(desk.database, tickets) == []


def test_only_operators_and_supervisors_enter_tickets(desk: Desk) -> None:
    for role in ("officer", "auditor", "editor"):
        visitor = signed_in(desk, role, "parks" if role == "officer" else "")
        visitor.see(NEW)
        assert visitor.status == 403
        visitor.send(NEW, "/desk/password", instance="x", **CALL)
        assert visitor.status == 403
    assert rows(desk.database, tickets) == []


def test_an_anonymous_caller_is_kept_anonymous(desk: Desk) -> None:
    number, _ = told(entered(signed_in(desk, "operator"), anonymous="1", channel="counter"))
    ticket = row(desk, number)
    assert (ticket.anonymous, ticket.contact, ticket.channel) == (True, "", "counter")
