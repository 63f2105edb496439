"""The desk's page of deliveries: every attempt, filters, and what staff do about those that are stuck."""

import re
from collections.abc import Iterator

import pytest

from foundation.audit import log
from hotline import attempts
from hotline.tables import delivery_attempts
from tests.hotline.archive import enter, of, send_all_to, send_to, with_three_messages
from tests.hotline.receiver import Receiver
from tests.hotline.support import PHONE, Desk, rows
from tests.web.visitor import signed_in


@pytest.fixture
def desk(desk: Desk, receiver: Receiver) -> Desk:
    return desk.with_settings(hotline_url=receiver.url, hotline_timeout_seconds=60)  # each answer is waited for


def dead_letter(desk: Desk, receiver: Receiver) -> tuple[str, str]:
    """A ticket whose first message is dead, and that message's id."""
    number = with_three_messages(desk)
    receiver.answer = lambda request: (500, {})
    send_all_to(desk, 0)
    receiver.answer = lambda request: (200, {})
    return number, of(desk, number, "hotline")[0]["webhook_id"]


def test_every_attempt_is_shown_with_its_status_and_time_and_never_a_body(desk: Desk, receiver: Receiver) -> None:
    secret = enter(desk, "http://127.0.0.1:9/")
    number = desk.open(contact=desk.tokenized(PHONE), what="路灯坏了")
    answers: Iterator[tuple[int, dict[str, str]]] = iter([(503, {}), (200, {})])
    receiver.answer = lambda request: next(answers)
    send_all_to(desk, 0)
    send_to(desk, 1)
    page = signed_in(desk, "auditor").see("/desk/deliveries")
    assert f'href="/desk/tickets/{number}"' in page
    assert "2 次，最近 200" in page and " 503 " in page
    assert "1 次，最近：连不上" in page
    for milliseconds in (row["milliseconds"] for row in rows(desk.database, delivery_attempts)):
        assert f"{milliseconds} 毫秒" in page
    assert not [word for word in (PHONE, "路灯", secret, "whsec_") if word in page]


@pytest.mark.parametrize(
    ("filters", "shown"),
    [
        ("", 8),
        ("destination=hotline", 4),
        ("state=dead", 1),
        ("state=held", 2),
        ("state=stopped", 4),
        ("state=delivered&destination=hotline", 1),
        ("ticket=TICKET", 6),
        ("ticket=TICKET&state=held", 2),
        ("ticket=20200101-000001", 0),
        ("state=nonsense", 0),
        ("before=x&destination=%00", 8),
    ],
)
def test_the_list_can_be_narrowed(desk: Desk, receiver: Receiver, filters: str, shown: int) -> None:
    enter(desk, receiver.url)
    number, _ = dead_letter(desk, receiver)
    desk.open()
    send_all_to(desk, 0)
    receiver.answer = lambda request: (410, {})
    desk.courier(destination=1).deliver(desk.courier(destination=1).claim(1)[0])
    page = signed_in(desk, "supervisor").see("/desk/deliveries?" + filters.replace("TICKET", number))
    assert page.count('<td class="number">') == shown
    assert ("没有符合条件" in page) == (shown == 0)


def test_pages_of_the_list_follow_one_another_without_gap_or_repeat(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "PAGE", 3)
    numbers = [desk.open() for _ in range(7)]
    visitor = signed_in(desk, "supervisor")
    page, seen = visitor.see("/desk/deliveries?state=pending"), []
    while True:
        seen += re.findall(r"/desk/tickets/([\d-]+)", page)
        older = re.search(r'href="(/desk/deliveries\?[^"]*before=[^"]*)"', page)
        if older is None:
            break
        desk.open()  # what comes in meanwhile moves nothing
        page = visitor.see(older.group(1).replace("&amp;", "&"))
    assert seen == numbers[::-1]


@pytest.mark.parametrize(("act", "after"), [("replay", "pending"), ("skip", "skipped")])
def test_a_dead_letter_is_replayed_or_skipped_by_name(desk: Desk, receiver: Receiver, act: str, after: str) -> None:
    number, webhook_id = dead_letter(desk, receiver)
    visitor = signed_in(desk, "supervisor")
    here = f"/desk/deliveries?ticket={number}"
    page = visitor.send(f"/desk/deliveries/{webhook_id}/{act}?ticket={number}", here)
    assert 'role="status"' in page and f'value="{number}"' in page
    assert desk.states(number)[0] == after
    assert "没有改动" in visitor.send(f"/desk/deliveries/{webhook_id}/{act}", here)
    [traced] = rows(desk.database, log)
    assert (traced["actor"], traced["act"], traced["subject"]) == (
        "one-supervisor",
        f"delivery.{act}",
        f"delivery:{webhook_id}",
    )


def test_a_stopped_receiver_is_shown_on_top_and_resumed(desk: Desk, receiver: Receiver) -> None:
    number = with_three_messages(desk)
    receiver.answer = lambda request: (410, {})
    send_to(desk, 0)
    visitor = signed_in(desk, "supervisor")
    page = visitor.see("/desk/deliveries")
    assert "<strong>hotline</strong>" in page and "答了 410" in page
    page = visitor.send("/desk/deliveries/resume", "/desk/deliveries", destination="hotline")
    assert "已恢复给 hotline 投递" in page and "答了 410" not in page
    receiver.answer = lambda request: (200, {})
    send_all_to(desk, 0)
    assert receiver.sequences(number) == [1, 1, 2, 3]


def test_an_auditor_sees_deliveries_but_cannot_act(desk: Desk, receiver: Receiver) -> None:
    number, webhook_id = dead_letter(desk, receiver)
    visitor = signed_in(desk, "auditor")
    assert "跳过</button>" not in visitor.see("/desk/deliveries")
    visitor.send(f"/desk/deliveries/{webhook_id}/skip", "/desk/deliveries")
    assert (visitor.status, desk.states(number)[0]) == (403, "dead")
    visitor.see("/desk/destinations")
    assert visitor.status == 403


def test_an_act_without_the_forms_token_is_refused(desk: Desk, receiver: Receiver) -> None:
    number, webhook_id = dead_letter(desk, receiver)
    visitor = signed_in(desk, "supervisor")
    visitor.send(f"/desk/deliveries/{webhook_id}/skip", "/desk/deliveries", form_token="forged")
    assert (visitor.status, desk.states(number)[0]) == (403, "dead")
