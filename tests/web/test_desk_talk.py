"""What is at hand while an operator speaks with a citizen: entries, phrases, a ticket made of the conversation."""

import re
from dataclasses import replace
from functools import partial
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select

from conversations.handover.settings import settings
from foundation.audit import log
from hotline.tables import tickets, uploads
from tests.hotline.clock import Clock
from tests.hotline.photos import encoded, noise
from tests.hotline.support import PHONE, everything_at_rest, rows
from tests.web.fake_rasa import FakeRasa
from tests.web.person_desk import Floor, takes, writes
from web.desk.entry import _appeal
from worker.notices import TicketNotices

CARD: dict[str, Any] = {
    "type": "card",
    "text": "身份证丢了怎么补\n带户口簿去派出所。",
    "title": "身份证丢了怎么补",
    "lead": "带户口簿去派出所。",
    "facets": [],
    "sources": [],
    "checked_on": "2026-11-23",
    "local": "",
    "related": [{"title": "别的", "payload": "/ask"}],
    "sample": True,
    "origin": {"kind": "entry", "id": "id-card-lost", "revision": 3},
}
FOUND = {"entry": "id-card-lost", "revision": 3, "title": "身份证丢了怎么补", "probability": 0.914}


def test_entries_and_phrases_fit_the_last_words_and_an_entry_goes_out_as_a_card(floor: Floor, rasa: FakeRasa) -> None:
    citizen, operator = floor.citizen(), floor.operator("wang")
    citizen.asks()
    takes(operator, 1)
    citizen.says("我的身份证丢了，着急")
    rasa.answer = {"candidates": [FOUND]}
    page = operator.see("/desk/waiting/1/assist")
    assert rasa.heard[-1] == {"text": "我的身份证丢了,着急"}
    assert "身份证丢了怎么补" in page and "91%" in page and "我明白您着急" in page
    rasa.answer = {"messages": [CARD], "outcome": "answered", "offers": []}
    writes(operator, 1, "entry", entry="id-card-lost", revision="3")
    assert rasa.heard[-2]["message"] == '/ask{"entry": "id-card-lost", "revision": "3"}'
    assert rasa.heard[-2]["sender"] == "desk-1"
    [reply] = citizen.last()["replies"]
    assert (reply["type"], reply["origin"], reply["related"]) == ("card", CARD["origin"], [])
    assert "条目 id-card-lost 第 3 版" in operator.see("/desk/waiting/1")


def test_where_the_bot_is_down_the_page_works_and_says_what_cannot_be_done(floor: Floor, rasa: FakeRasa) -> None:
    citizen, operator = floor.citizen(), floor.operator("wang")
    citizen.asks()
    takes(operator, 1)
    citizen.says("办理居住证要什么")
    floor.rasa.answer = {"messages": []}
    before = len(citizen.reads())
    page = writes(operator, 1, "entry", entry="residence-permit", revision="1")
    assert operator.status == 503 and "现在发不出去" in page and len(citizen.reads()) == before
    floor.app.extensions["wenzheng"].rasa._url = "http://127.0.0.1:9"
    page = operator.see("/desk/waiting/1")
    assert operator.status == 200 and "检索服务停了" in page
    writes(operator, 1, text="您好")
    assert citizen.last()["replies"][0]["text"] == "您好"


def test_earlier_tickets_about_the_same_are_at_hand_as_far_as_one_may_see_them(floor: Floor) -> None:
    open_one = floor.desk.open(what="幸福路的<b>路灯</b>不亮")
    hidden = floor.desk.open(what="窗口推来推去", audience="supervisors")
    service = floor.app.extensions["wenzheng"]
    floor.app.extensions["wenzheng"] = replace(service, similar=lambda text: (hidden, open_one))
    citizen, operator = floor.citizen(), floor.operator("wang")
    citizen.asks()
    takes(operator, 1)
    page = operator.see("/desk/waiting/1/assist?words=路灯坏了")
    assert f'href="/desk/tickets/{open_one}"' in page and "&lt;b&gt;路灯" in page and hidden not in page


def test_asking_for_a_person_works_where_rasa_is_down(floor: Floor) -> None:
    floor.app.extensions["wenzheng"].rasa._url = "http://127.0.0.1:9"
    citizen = floor.citizen()
    assert citizen.says("帮我转人工吧")["outcome"] == "waiting_for_person"
    assert floor.citizen().says("人工智能专业怎么报名")["outcome"] == "unavailable"


def test_only_what_is_new_comes_to_an_open_page(floor: Floor) -> None:
    citizen, operator = floor.citizen(), floor.operator("wang")
    citizen.asks()
    takes(operator, 1)
    last = re.findall(r'data-turn="(\d+)"', operator.see("/desk/waiting/1"))[-1]
    assert operator.see(f"/desk/waiting/1/turns?after={last}").strip() == ""
    citizen.says("<img src=x onerror=alert(1)>")
    fresh = operator.see(f"/desk/waiting/1/turns?after={last}")
    assert "&lt;img" in fresh and "<img" not in fresh and "转人工" not in fresh
    for wrong in ("", "x", "-1", "1" * 10):
        operator.see(f"/desk/waiting/1/turns?after={wrong}")
        assert operator.status == 400


def test_a_sign_from_the_page_keeps_the_conversation(floor: Floor, clock: Clock) -> None:
    citizen, operator = floor.citizen(), floor.operator("wang")
    citizen.asks()
    takes(operator, 1)
    for _ in range(3):
        clock.move(seconds=settings()["vanished_after"] - 5)
        operator.send("/desk/waiting/here", "/desk/waiting")
        floor.work()
    assert floor.rows()[0]["state"] == "taken"


def test_a_ticket_is_filled_in_from_the_conversation_and_the_citizen_is_told_its_number(floor: Floor) -> None:
    citizen, operator = floor.citizen(), floor.operator("wang")
    citizen.asks()
    takes(operator, 1)
    citizen.says(f"幸福路的路灯坏了三天，我的电话 {PHONE}")
    page = operator.see("/desk/tickets/new?talk=1")
    assert "幸福路的路灯坏了三天" in page and "〔电话1〕 是 138****5678" in page and PHONE not in page
    [instance] = re.findall(r'name="instance" value="(\w+)"', page)
    form = {"talk": "1", "instance": instance, "kind": "投诉", "urgency": "normal"}
    form |= {"what": "幸福路的路灯坏了三天", "place": "幸福路", "contact": "〔电话1〕"}
    for _ in range(2):
        answer = operator.send("/desk/tickets/new", "/desk/tickets/new?talk=1", **form)
    assert "工单号和查询码已发给市民" in answer
    [ticket] = rows(floor.desk.database, tickets)
    assert (ticket["channel"], ticket["what"]) == ("web", "幸福路的路灯坏了三天")
    with floor.desk.database.reading() as connection:
        known = connection.execute(select(tickets.c.conversation)).scalar()
        reach = floor.desk.vault.reveal(connection, f"ticket:{ticket['number']}", ticket["contact"])
    assert known == floor.rows()[0]["conversation"] and reach == PHONE
    reply = citizen.last()["replies"][0]
    assert (reply["type"], reply["number"], reply["origin"]["kind"]) == ("ticket", ticket["number"], "staff")
    assert len(reply["code"]) == 8 and reply["code"] not in everything_at_rest(floor.desk.database)
    citizen.says(f"工单 {ticket['number']} 的查询码是 {reply['code']} 吧")
    pages = [operator.see(f"/desk/{page}") for page in ("waiting", "waiting/1", "tickets/new?talk=1")]
    assert not [page for page in pages if reply["code"] in page or "查询码是" not in page]
    assert sum(item["from"] == "staff" for item in citizen.reads()) == 2  # who joined, and the ticket, once
    before = len(citizen.reads())
    TicketNotices(floor.desk.database, floor.desk.vault, floor.desk.settings).run()
    assert len(citizen.reads()) == before  # it was told already


TICKET = {"talk": "1", "instance": "a1", "kind": "投诉", "urgency": "normal", "what": "路灯坏了"}
NEW = "/desk/tickets/new"


def test_a_ticket_and_the_words_that_tell_it_come_together_or_not_at_all(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    citizen, operator = floor.citizen(), floor.operator("wang")
    citizen.asks()
    takes(operator, 1)
    leaves = partial(citizen.says, "结束人工")
    monkeypatch.setattr("web.desk.entry._appeal", lambda *given: leaves() and _appeal(*given))
    assert "工单没有开" in operator.send(NEW, f"{NEW}?talk=1", **TICKET)
    assert operator.status == 422 and rows(floor.desk.database, tickets) == []
    monkeypatch.undo()
    citizen.asks()
    takes(operator, 2)
    assert "已发给市民" in operator.send(NEW, NEW, **TICKET | {"talk": "2"})
    leaves()
    [ticket] = rows(floor.desk.database, tickets)
    assert f"工单 {ticket['number']} 已经开出过了" in operator.send(NEW, NEW, **TICKET | {"talk": "2"})
    assert [ticket["number"] in str(item) for item in citizen.reads()].count(True) == 1


def test_a_phone_is_looked_up_without_being_shown(floor: Floor) -> None:
    earlier = floor.desk.open(contact=PHONE)
    citizen, operator = floor.citizen(), floor.operator("wang")
    citizen.asks()
    takes(operator, 1)
    citizen.says("我的电话 138 1234 5678")
    page = operator.send(f"{NEW}/caller", f"{NEW}?talk=1", **TICKET, contact="〔电话1〕")
    assert "反映过 1 件" in page and earlier in page and "5678" not in page.replace("138****5678", "")


def test_no_ticket_is_made_of_somebody_elses_conversation(floor: Floor) -> None:
    citizen, operator, other = floor.citizen(), floor.operator("wang"), floor.operator("li")
    citizen.says("我的秘密在这里")
    citizen.asks()
    takes(operator, 1)
    for given in ("1", "99", "x", "1" * 12):
        assert "秘密" not in other.see(f"/desk/tickets/new?talk={given}") and other.status == 302
    form = {"talk": "1", "instance": "a1", "kind": "投诉", "urgency": "normal", "what": "路灯坏了", "channel": "phone"}
    assert "不在您手上" in other.send("/desk/tickets/new", "/desk/tickets/new", **form)
    assert other.status == 422 and rows(floor.desk.database, tickets) == []


def test_pictures_of_the_conversation_are_seen_by_who_has_it_alone(floor: Floor) -> None:
    citizen, operator, other = floor.citizen(), floor.operator("wang"), floor.operator("li")
    citizen.asks()
    takes(operator, 1)
    sent = citizen._client.post("/api/v1/uploads", data={"file": (BytesIO(encoded(noise(320, 240, 1))), "a.jpg")})
    name = sent.get_json()["upload"]
    assert citizen.says("", attachments=[name])["outcome"] == "handed_over"
    assert f"/desk/waiting/1/pictures/{name}" in operator.see("/desk/waiting/1")
    assert operator._client.get(f"/desk/waiting/1/pictures/{name}").mimetype == "image/jpeg"
    assert operator._client.get(f"/desk/waiting/1/pictures/{'0' * 32}").status_code == 404
    assert other._client.get(f"/desk/waiting/1/pictures/{name}").status_code == 303
    looked = [row for row in rows(floor.desk.database, log) if row["act"] == "picture.look"]
    assert [(row["actor"], row["subject"]) for row in looked] == [("wang", f"picture:{name}")]
    assert "附上市民发来的 1 张图片" in operator.see(f"{NEW}?talk=1")
    operator.send(NEW, NEW, **TICKET, pictures="1")
    [ticket] = rows(floor.desk.database, tickets)
    assert [row["ticket"] for row in rows(floor.desk.database, uploads)] == [ticket["number"]]
