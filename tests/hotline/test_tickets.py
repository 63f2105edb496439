"""Opening a ticket, finding it again, and the citizen's own steps."""

import json
import re
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import update

import hotline
from foundation.clock import local, now
from hotline import outbox
from hotline.lifecycle import NotAllowed
from hotline.steps import Steps, rebuilt_state
from hotline.tables import deliveries, ticket_events, tickets
from hotline.ticket import Appeal, Opened, UnknownTicket
from tests.hotline.support import PHONE, Desk, everything_at_rest, rows

SCHEMA = json.loads((Path(hotline.__file__).parent / "schema" / "webhook.schema.json").read_text(encoding="utf-8"))


def in_threads(count: int, work: Any) -> list[Any]:
    """What each of several threads returned, all started at the same moment."""
    results: list[Any] = []
    start = threading.Barrier(count)

    def run(place: int) -> None:
        start.wait()
        results.append(work(place))

    threads = [threading.Thread(target=run, args=(place,)) for place in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == count
    return results


def answered(desk: Desk, **other: Any) -> str:
    """A ticket that the hotline answered."""
    number = desk.open(**other)
    staff(desk, number, "answer", message="已修好")
    return number


def staff(desk: Desk, number: str, step: str, **fields: Any) -> None:
    with desk.database.writing() as connection:
        Steps(desk.vault, desk.settings).take(connection, number, step, "hotline", fields)


def bodies(desk: Desk, number: str) -> list[dict[str, Any]]:
    sent = [row for row in rows(desk.database, deliveries) if row["ticket"] == number]
    return [row["body"] for row in sorted(sent, key=lambda row: int(row["sequence"]))]


def test_an_opened_ticket_has_a_number_a_code_and_a_link(desk: Desk) -> None:
    opened = desk.tickets.open(Appeal("i1", "投诉", "路灯坏了", "幸福路", conversation="c1"))
    today = local(now(), "Asia/Shanghai").strftime("%Y%m%d")
    assert opened.view.number == f"{today}-000001"
    assert re.fullmatch(r"[A-Z2-9]{8}", opened.code)
    assert re.fullmatch(r"https://wenzheng\.example/t/[\w-]{22}", opened.view.link)
    assert (opened.view.state, opened.view.state_label) == ("submitted", "已提交")
    assert [(event["label"], event["text"]) for event in opened.view.events] == [("已提交", "我们已收到您反映的事。")]
    assert opened.view.events[0]["at"].endswith("+08:00")


def test_the_same_instance_again_gives_the_same_ticket_and_code(desk: Desk) -> None:
    appeal = Appeal("i1", "投诉", "路灯坏了")
    assert desk.tickets.open(appeal) == desk.tickets.open(appeal)
    assert [len(rows(desk.database, table)) for table in (tickets, ticket_events, deliveries)] == [1, 1, 1]


def test_one_instance_from_eight_threads_at_once_opens_one_ticket(desk: Desk) -> None:
    opened: list[Opened] = in_threads(8, lambda _: desk.tickets.open(Appeal("i1", "投诉", "路灯坏了")))
    assert len({(one.view.number, one.code) for one in opened}) == 1
    assert [len(rows(desk.database, table)) for table in (tickets, ticket_events, deliveries)] == [1, 1, 1]


def test_eight_threads_number_their_tickets_without_gap_or_double(desk: Desk) -> None:
    numbers = in_threads(8, lambda place: [desk.open(f"{place}-{turn}") for turn in range(3)])
    counters = sorted(int(number.partition("-")[2]) for some in numbers for number in some)
    assert counters == list(range(1, 25))


def test_three_processes_number_their_tickets_without_gap_or_double_and_share_an_instance(desk: Desk) -> None:
    program = f"""
import sys
from pathlib import Path
from foundation.database import Database
from foundation.privacy import Vault
from hotline.ticket import Appeal, Tickets
from tests.hotline.support import DATA_KEYS, make_settings
url = {desk.settings.database_url!r}
tickets = Tickets(Database(url), Vault(DATA_KEYS), make_settings(url, Path()))
for turn in range(5):
    print(tickets.open(Appeal(sys.argv[1] + str(turn), "投诉", "路灯坏了")).view.number)
    tickets.open(Appeal("shared", "投诉", "路灯坏了"))
"""
    command = [sys.executable, "-c", program]
    running = [subprocess.Popen([*command, name], stdout=subprocess.PIPE, text=True) for name in "abc"]
    printed = [number for process in running for number in process.communicate()[0].split()]
    counters = sorted(int(row["number"].partition("-")[2]) for row in rows(desk.database, tickets))
    assert len(printed) == len(set(printed)) == 15
    assert counters == list(range(1, 17))


def test_when_the_delivery_cannot_be_written_there_is_no_ticket(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr(outbox, "add", fail)
    with pytest.raises(RuntimeError):
        desk.open("i1")
    assert not rows(desk.database, tickets)
    monkeypatch.undo()
    assert desk.open("i1").endswith("-000001")


@pytest.mark.parametrize(
    "wrong", [{"kind": "抱怨"}, {"what": "  "}, {"instance": ""}, {"anonymous": True, "contact": "李女士"}]
)
def test_an_appeal_that_makes_no_ticket_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        Appeal(**({"instance": "i", "kind": "投诉", "what": "路灯坏了"} | wrong))


def test_a_phone_is_nowhere_at_rest_whether_it_comes_as_a_token_or_raw(desk: Desk) -> None:
    said = {"what": f"路灯坏了,找 {PHONE}", "contact": f"李女士 {PHONE}"}
    number = desk.open(**{name: desk.tokenized(text) for name, text in said.items()})
    raw = desk.open(conversation="", channel="phone", **said)
    desk.tickets.supplement(number, desk.tokenized("也可打 010-87654321"), "c1")
    desk.tickets.urge(raw, f"快点,{PHONE}")
    assert "路灯坏了" in everything_at_rest(desk.database)
    assert PHONE not in everything_at_rest(desk.database)
    assert "87654321" not in everything_at_rest(desk.database)
    assert desk.tickets.of_conversation("c1")[0].what == "路灯坏了,找 138****5678"
    assert bodies(desk, number)[0]["data"]["contact"] == "李女士 〔电话1〕"


def test_the_code_opens_the_ticket_and_ten_wrong_ones_shut_it_for_an_hour(desk: Desk) -> None:
    opened = desk.tickets.open(Appeal("i1", "投诉", "路灯坏了"))
    number, tickets_of_desk = opened.view.number, desk.tickets
    assert tickets_of_desk.by_number_and_code(number, f" {opened.code.lower()} ") == opened.view
    assert tickets_of_desk.by_number_and_code("20200101-000001", opened.code) is None
    for _ in range(9):
        assert tickets_of_desk.by_number_and_code(number, "AAAAAAAA") is None
    assert tickets_of_desk.by_number_and_code(number, opened.code) == opened.view
    for _ in range(10):
        assert tickets_of_desk.by_number_and_code(number, "错的") is None
    assert tickets_of_desk.by_number_and_code(number, opened.code) is None
    with desk.database.writing() as connection:
        connection.execute(update(tickets).values(code_failed_at=now() - timedelta(minutes=61)))
    assert tickets_of_desk.by_number_and_code(number, opened.code) == opened.view


def test_wrong_codes_from_many_threads_are_all_counted(desk: Desk) -> None:
    number = desk.open("i1")
    in_threads(12, lambda _: desk.tickets.by_number_and_code(number, "AAAAAAAA"))
    assert rows(desk.database, tickets)[0]["code_failures"] == 10


def test_the_link_shows_the_ticket_and_a_wrong_one_nothing(desk: Desk) -> None:
    opened = desk.tickets.open(Appeal("i1", "投诉", "路灯坏了"))
    token = opened.view.link.rpartition("/")[2]
    assert desk.tickets.by_token(token) == opened.view
    assert desk.tickets.by_token(token[:-1]) is None
    assert token not in everything_at_rest(desk.database)
    assert opened.code not in everything_at_rest(desk.database)


def test_the_link_shows_a_number_that_the_hotline_wrote_but_never_the_citizens_own(desk: Desk) -> None:
    number = desk.open(contact=desk.tokenized(PHONE))
    staff(desk, number, "progress", message="请拨打 010-87654321")
    staff(desk, number, "answer", message=f"已联系 {PHONE}")
    in_chat = desk.tickets.of_conversation("c1")[0]
    by_link = desk.tickets.by_token(in_chat.link.rpartition("/")[2])
    assert by_link is not None
    assert [event["text"] for event in in_chat.events[1:]] == ["请拨打 010****4321。", "已联系 138****5678。"]
    assert [event["text"] for event in by_link.events[1:]] == ["请拨打 010-87654321。", "已联系 138****5678。"]


def test_a_conversation_finds_its_own_tickets_the_latest_first(desk: Desk) -> None:
    numbers = [desk.open("i1"), desk.open("i2")]
    desk.open("i3", conversation="c2")
    assert [view.number for view in desk.tickets.of_conversation("c1")] == numbers[::-1]
    assert desk.tickets.of_conversation("") == []


def test_an_anonymous_ticket_is_found_by_its_conversation_but_does_not_lead_back(desk: Desk) -> None:
    number = desk.open("conversation-77:1", conversation="conversation-77", anonymous=True)
    assert [view.number for view in desk.tickets.of_conversation("conversation-77")] == [number]
    assert "conversation-77" not in everything_at_rest(desk.database)


def test_an_erased_ticket_shows_no_number_and_opens_to_no_code(desk: Desk) -> None:
    opened = desk.tickets.open(Appeal("i1", "投诉", f"找 {PHONE}", conversation="c1"))
    with desk.database.writing() as connection:
        desk.vault.erase(connection, f"ticket:{opened.view.number}")
    view = desk.tickets.of_conversation("c1")[0]
    assert (view.what, view.link) == ("找 ", "")
    assert desk.tickets.by_number_and_code(opened.view.number, opened.code) is None


def test_urging_twice_within_a_day_is_refused(desk: Desk) -> None:
    number = desk.open()
    assert desk.tickets.urge(number, "天黑了").events[-1]["text"] == "我们已转达。您说:天黑了。"
    with pytest.raises(NotAllowed, match="too_soon"):
        desk.tickets.urge(number)


def test_a_supplement_ends_the_wait_for_the_citizen(desk: Desk) -> None:
    number = desk.open()
    staff(desk, number, "wait", message="哪一盏?")
    assert desk.tickets.supplement(number, "第三盏").state == "in_progress"
    with pytest.raises(NotAllowed, match="missing"):
        desk.tickets.supplement(number, "")


def test_a_withdrawn_ticket_cannot_be_moved(desk: Desk) -> None:
    number = desk.open()
    assert desk.tickets.withdraw(number).state == "withdrawn"
    for step in (desk.tickets.urge, desk.tickets.withdraw):
        with pytest.raises(NotAllowed, match="state"):
            step(number)


def test_a_ticket_that_does_not_exist_cannot_be_urged(desk: Desk) -> None:
    with pytest.raises(UnknownTicket):
        desk.tickets.urge("20261123-999999")


def test_a_rating_closes_the_ticket_and_not_solved_opens_it_again(desk: Desk) -> None:
    content, unhappy = answered(desk), answered(desk)
    assert desk.tickets.rate(content, True, "satisfied").state == "closed"
    assert desk.tickets.rate(unhappy, False, "dissatisfied", "还是不亮").state == "dispatched"
    assert [body["type"] for body in bodies(desk, unhappy)] == ["ticket.opened", "ticket.rated", "ticket.reopened"]
    assert desk.tickets.reopen(content, "又坏了").state == "dispatched"


def test_not_solved_without_a_reason_changes_nothing(desk: Desk) -> None:
    number = answered(desk)
    before = [rows(desk.database, table) for table in (tickets, ticket_events, deliveries)]
    with pytest.raises(NotAllowed, match="missing"):
        desk.tickets.rate(number, False)
    assert [rows(desk.database, table) for table in (tickets, ticket_events, deliveries)] == before
    with pytest.raises(ValueError, match="satisfaction"):
        desk.tickets.rate(number, True, "great")


def test_every_message_fits_the_schema_and_is_numbered_without_gaps(desk: Desk) -> None:
    number = desk.open(contact=desk.tokenized(PHONE), time_of_event="昨晚")
    desk.tickets.supplement(number, "第三盏")
    desk.tickets.urge(number)
    with desk.database.writing() as connection:
        Steps(desk.vault, desk.settings).take(connection, number, "supervise", "supervisor", {"reason": "快到期"})
    staff(desk, number, "answer", message="已修好")
    desk.tickets.rate(number, False, "very_dissatisfied", "没修好")
    desk.tickets.withdraw(number, "自己修了")
    sent = bodies(desk, number)
    kinds = ["opened", "supplemented", "urged", "supervised", "rated", "reopened", "withdrawn"]
    assert [body["type"] for body in sent] == [f"ticket.{kind}" for kind in kinds]
    assert [body["data"]["sequence"] for body in sent] == list(range(1, 8))
    for body in sent:
        Draft202012Validator(SCHEMA).validate(body)
    assert sent[1]["data"]["message"] == "第三盏"
    assert (sent[4]["data"]["solved"], sent[4]["data"]["state"]) == (False, "closed")


def test_each_step_of_our_own_desk_is_told_as_changed_with_its_state(desk: Desk) -> None:
    at_home = desk.with_settings(handling="local")
    number = at_home.open()
    path = [
        ("accept", "operator", {}),
        ("dispatch", "operator", {"department": "城管局"}),
        ("contact", "officer", {}),
        ("return", "officer", {"reason": "不归我们管"}),
        ("dispatch", "operator", {"department": "路灯所", "deadline": "2026-12-01T18:00:00+08:00"}),
        ("extend", "supervisor", {"reason": "缺料", "deadline": "2026-12-05T18:00:00+08:00"}),
        ("answer", "officer", {"message": "已修好"}),
        ("close", "system", {}),
    ]
    for step, role, fields in path:
        with desk.database.writing() as connection:
            Steps(at_home.vault, at_home.settings).take(connection, number, step, role, fields)
    sent = bodies(desk, number)[1:]
    assert {body["type"] for body in sent} == {"ticket.changed"}
    for body in sent:
        Draft202012Validator(SCHEMA).validate(body)
    expected = ["accepted", "dispatched", "dispatched", "accepted", "dispatched", "dispatched", "answered", "closed"]
    assert [body["data"]["state"] for body in sent] == expected
    told = desk.tickets.of_conversation("c1")[0].events
    assert told[5]["text"] == "已转给路灯所办理。预计12月1日 18:00前答复您。"


def test_the_log_of_events_leads_to_the_stored_state(desk: Desk) -> None:
    number = desk.open()
    for step, fields in [
        ("accept", {}),
        ("dispatch", {"department": "城管局"}),
        ("return", {"reason": "不归我们管"}),
        ("wait", {"message": "哪一盏?"}),
    ]:
        staff(desk, number, step, **fields)
        with desk.database.reading() as connection:
            assert rebuilt_state(connection, number) == rows(desk.database, tickets)[0]["state"]
    desk.tickets.supplement(number, "第三盏")
    logged = sorted(rows(desk.database, ticket_events), key=lambda event: int(event["position"]))
    with desk.database.reading() as connection:
        assert rebuilt_state(connection, number) == logged[-1]["state"] == "in_progress"
    assert [event["position"] for event in logged] == list(range(1, 7))
    assert rows(desk.database, tickets)[0]["version"] == 6


def test_two_who_move_a_ticket_at_once_cannot_both_take_the_same_step(desk: Desk) -> None:
    number = desk.open()

    def accept(_: int) -> bool:
        try:
            staff(desk, number, "accept")
        except NotAllowed:
            return False
        return True

    assert sorted(in_threads(4, accept)) == [False, False, False, True]
