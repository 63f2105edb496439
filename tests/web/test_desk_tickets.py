"""The list of tickets and the page of one: who sees what."""

import re

import pytest

from hotline.tables import ticket_looks, tickets, uploads
from hotline.ticket import Appeal
from tests.hotline.support import PHONE, Desk, rows
from tests.web.desk_pages import act, dispatched, listed, offered, row
from tests.web.visitor import signed_in

NASTY = "<script>alert(1)</script>\"'><b>x</b>{{ 7 * 7 }}"


@pytest.fixture
def home(desk: Desk) -> Desk:
    return desk.with_settings(handling="local")


def test_each_role_sees_the_tickets_that_it_should(home: Desk) -> None:
    plain, ours = home.open(), dispatched(home)
    theirs, hidden = dispatched(home, "police"), home.open(audience="supervisors")
    expected = {
        "operator": {plain, ours, theirs},
        "officer": {ours},
        "supervisor": {plain, ours, theirs, hidden},
        "auditor": {plain, ours, theirs, hidden},
    }
    for role, numbers in expected.items():
        visitor = signed_in(home, role, "parks" if role == "officer" else "")
        assert set(listed(visitor.see("/desk/tickets"))) == numbers
        for number in (plain, ours, theirs, hidden):
            page = visitor.see(f"/desk/tickets/{number}")
            assert visitor.status == (200 if number in numbers else 404)
            assert ("路灯坏了" in page) == (number in numbers)
    editor = signed_in(home, "editor")
    editor.see("/desk/tickets")
    assert editor.status == 403
    editor.see(f"/desk/tickets/{ours}")
    assert editor.status == 403


def test_each_role_is_offered_what_it_may_do_and_an_auditor_nothing(home: Desk) -> None:
    number = dispatched(home)
    expected = {
        "operator": {"contact", "answer", "recall", "supplement", "urge", "note", "amend", "assign"}
        | {"merge", "split", "publish"},
        "officer": {"contact", "progress", "wait", "answer", "return", "note", "ask_extension"},
        "supervisor": {"contact", "progress", "wait", "answer", "note", "amend", "assign", "extend", "supervise"}
        | {"recall", "merge", "split", "publish"},
        "auditor": set(),
    }
    for role, acts in expected.items():
        visitor = signed_in(home, role, "parks" if role == "officer" else "")
        page = visitor.see(f"/desk/tickets/{number}")
        assert offered(page, number) - {"numbers"} == acts
        assert ("这张工单现在没有您要做的" in page) == (not acts)


def test_a_ticket_of_the_hotline_can_only_be_spoken_for(desk: Desk) -> None:
    number = desk.open()
    page = signed_in(desk, "operator").see(f"/desk/tickets/{number}")
    assert offered(page, number) == {"supplement", "urge", "note", "amend", "publish"}
    assert "市热线办理" in page


def test_numbers_are_hints_until_somebody_asks_and_who_asked_is_written_down(home: Desk) -> None:
    told = {"contact": home.tokenized(f"张先生 {PHONE}"), "what": home.tokenized(f"路灯坏了,我电话{PHONE}")}
    number = dispatched(home, **told)
    officer = signed_in(home, "officer", "parks")
    page = officer.see(f"/desk/tickets/{number}")
    assert PHONE not in page and "138****5678" in page
    assert PHONE not in officer.see("/desk/tickets")
    assert rows(home.database, ticket_looks) == []
    page = officer.send(f"/desk/tickets/{number}/numbers", f"/desk/tickets/{number}")
    assert page.count(PHONE) == 2 and "138****5678" not in page
    [look] = rows(home.database, ticket_looks)
    assert (look["ticket"], look["actor"]) == (number, "one-officer")
    assert "one-officer" not in signed_in(home, "operator").see(f"/desk/tickets/{number}")
    assert re.search(
        r"谁看过号码.*?officer</li>", signed_in(home, "supervisor").see(f"/desk/tickets/{number}"), re.DOTALL
    )
    auditor = signed_in(home, "auditor")
    assert "显示号码" not in auditor.see(f"/desk/tickets/{number}")
    stranger = signed_in(home, "editor")
    for visitor in (auditor, stranger):
        visitor.send(f"/desk/tickets/{number}/numbers", "/desk/password")
        assert visitor.status == 403
    assert len(rows(home.database, ticket_looks)) == 1


def test_the_secret_code_that_a_citizen_writes_is_shown_to_nobody_who_handles_the_ticket(home: Desk) -> None:
    opened = home.tickets.open(Appeal("i1", "投诉", home.tokenized(f"路灯坏了,我电话{PHONE}"), conversation="c1"))
    number = opened.view.number
    words = f"工单{number}查询码{opened.code}还没人管"
    home.tickets.supplement(number, home.tokenized(words), "c1")
    home.staff(number, "accept", "operator")
    home.staff(number, "dispatch", "operator", department="parks")
    officer = signed_in(home, "officer", "parks")
    asked = officer.send(f"/desk/tickets/{number}/numbers", f"/desk/tickets/{number}")
    for page in (officer.see(f"/desk/tickets/{number}"), asked):
        assert opened.code not in page and f"工单{number}查询码〔查询码〕还没人管" in page
    act(signed_in(home, "operator"), number, "split", part="查询码〔查询码1〕")
    child = rows(home.database, tickets)[-1]
    assert child["parent"] == number and child["what"] == "查询码〔查询码〕"


def test_an_officer_of_another_department_cannot_ask_for_numbers(home: Desk) -> None:
    number = dispatched(home, "police", contact=home.tokenized(PHONE))
    officer = signed_in(home, "officer", "parks")
    page = officer.send(f"/desk/tickets/{number}/numbers", "/desk/password")
    assert officer.status == 404 and PHONE not in page and "没有这张工单" in page
    assert rows(home.database, ticket_looks) == []


def test_an_anonymous_citizen_stays_anonymous(home: Desk) -> None:
    number = dispatched(home, anonymous=True, conversation="c-secret")
    for role in ("operator", "officer", "supervisor"):
        page = signed_in(home, role, "parks" if role == "officer" else "").see(f"/desk/tickets/{number}")
        assert "匿名" in page
        assert not [word for word in ("c-secret", "显示号码", "在原来的对话里") if word in page]


def test_html_in_every_field_is_shown_as_text(home: Desk) -> None:
    texts = {name: NASTY for name in ("what", "place", "time_of_event", "contact")}
    number = dispatched(home, **texts)
    officer, operator = signed_in(home, "officer", "parks"), signed_in(home, "operator")
    for step, form in {
        "note": {"message": NASTY},
        "ask_extension": {"reason": NASTY, "deadline": "2099-01-01"},
        "progress": {"message": NASTY},
    }.items():
        act(officer, number, step, **form)
        assert officer.status == 200
    act(operator, number, "publish", summary=NASTY)
    supervisor = signed_in(home, "supervisor")
    pages = [supervisor.see(f"/desk/tickets/{number}"), supervisor.see("/desk/tickets")]
    pages.append(supervisor.see("/desk/tickets?words=%3Cscript%3Ealert(1)%3C/script%3E&state=all"))
    for page in pages:
        assert "<script>alert" not in page and "<b>x" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "{{ 7 * 7 }}" in pages[0]


def test_pictures_are_thumbnails_that_lead_to_the_picture(home: Desk) -> None:
    number = home.open()
    with home.database.writing() as connection:
        told = {"id": "p1", "uploader": "u", "ticket": number, "width": 10, "height": 10, "digest": "d"}
        connection.execute(uploads.insert().values(**told, at=row(home, number).opened_at))
    page = signed_in(home, "operator").see(f"/desk/tickets/{number}")
    assert 'href="/desk/pictures/p1"' in page and 'src="/desk/pictures/p1/thumb"' in page


def test_the_log_shows_internal_lines_names_and_words(home: Desk) -> None:
    number = dispatched(home)
    act(signed_in(home, "operator"), number, "amend", category="park", urgency="urgent")
    page = signed_in(home, "officer", "parks").see(f"/desk/tickets/{number}")
    log = re.sub(r"<[^>]+>|\s+", " ", page[page.index("全部经过") :])
    assert re.search(r"更正信息\s+坐席 operator\s+内部", log)
    assert "市容环卫 › 街上的设施 › 公园和广场" in log and "紧急" in log
    assert "部门 园林绿化局" in re.sub(r"\s+", " ", log)
    assert log.index("更正信息") < log.index("已派单") < log.index("已受理") < log.index("已提交")


def test_deliveries_stand_there_for_those_who_may_know_of_them(home: Desk) -> None:
    number = dispatched(home)
    address = f'href="/desk/deliveries?ticket={number}"'
    assert address in signed_in(home, "supervisor").see(f"/desk/tickets/{number}")
    assert address not in signed_in(home, "operator").see(f"/desk/tickets/{number}")


def test_a_number_leads_to_its_ticket_and_words_to_those_that_hold_them(home: Desk) -> None:
    number, other = home.open(what="水管爆了"), home.open(what="路灯不亮", place="青石镇")
    visitor = signed_in(home, "operator")
    for given in (number, number.replace("-", "")):
        assert f'href="/desk/tickets/{number}"' in visitor.see(f"/desk/tickets?words={given}")
        assert visitor.status == 302
    assert listed(visitor.see("/desk/tickets?words=青石")) == [other]
    assert "没有符合条件的工单" in visitor.see("/desk/tickets?words=20200101-000001")
    assert listed(visitor.see("/desk/tickets?words=%25")) == []


def test_addresses_that_nobody_gave_are_read_as_if_they_said_nothing(home: Desk) -> None:
    number = home.open()
    visitor = signed_in(home, "operator")
    assert listed(visitor.see("/desk/tickets?state=nonsense&limit=x&kind=%00&since=never&words=%00&until=9")) == [
        number
    ]
    for after in ("nonsense", "%00", "normal~~%00"):
        visitor.see(f"/desk/tickets?after={after}")
        assert visitor.status == 302
    for unknown in ("%00", "nonsense", "20200101-000001"):
        assert "没有这张工单" in visitor.see(f"/desk/tickets/{unknown}")
        assert visitor.status == 404


def test_the_list_turns_its_pages_and_counts_its_queues(home: Desk) -> None:
    numbers = {home.open() for _ in range(53)}
    visitor = signed_in(home, "operator")
    page = visitor.see("/desk/tickets?state=submitted")
    [following] = re.findall(r'href="([^"]+)" rel="next"', page)
    second = visitor.see(following.replace("&amp;", "&"))
    assert len(listed(page)) == 50 and len(listed(second)) == 3
    assert set(listed(page)) | set(listed(second)) == numbers
    assert 'rel="next"' not in second and "回到第一页" in second
    assert re.search(r"<strong>53</strong>\s*待受理", page)
