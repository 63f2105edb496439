"""Callbacks: genuine ones move a ticket once, everything else is refused and changes nothing."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from foundation.clock import now
from hotline.callbacks import MAX_BODY_BYTES, Callbacks
from hotline.tables import ticket_events, tickets
from hotline.webhook import signed_headers
from tests.hotline.support import CALLBACK_SECRET, HOTLINE_SECRET, PHONE, Desk, everything_at_rest, in_threads, rows


class Hotline:
    """The hotline's side: signs callbacks and counts them."""

    def __init__(self, desk: Desk, secret: str = CALLBACK_SECRET) -> None:
        self.callbacks = Callbacks(desk.database, desk.vault, desk.settings)
        self.secret = secret
        self.sent = 0

    def body(self, kind: str, number: Any, sequence: Any, **fields: Any) -> dict[str, Any]:
        data = {"ticket": number, "sequence": sequence} | fields
        return {"type": f"ticket.{kind}", "timestamp": "2026-11-23T08:00:00+08:00", "data": data}

    def call(self, kind: str, number: Any, sequence: Any, **fields: Any) -> tuple[int, dict[str, Any]]:
        return self.post(json.dumps(self.body(kind, number, sequence, **fields)))

    def post(
        self, text: str, webhook_id: str = "", at: datetime | None = None, media_type: str = "application/json"
    ) -> tuple[int, dict[str, Any]]:
        self.sent += 1
        signed = signed_headers([self.secret], webhook_id or f"call_{self.sent}", text, at or now())
        given = {name.title(): value for name, value in (signed | {"content-type": media_type}).items()}
        return self.callbacks.apply(given, text.encode())


@pytest.fixture
def hotline(desk: Desk) -> Hotline:
    return Hotline(desk)


@pytest.fixture
def number(desk: Desk) -> str:
    return desk.open()


def state(desk: Desk) -> str:
    found: str = rows(desk.database, tickets)[0]["state"]
    return found


def code(answer: tuple[int, dict[str, Any]]) -> tuple[int, str]:
    return answer[0], answer[1]["error"]["code"]


def test_callbacks_move_the_ticket_and_the_citizen_reads_what_was_said(
    desk: Desk, hotline: Hotline, number: str
) -> None:
    applied = (200, {"applied": True})
    assert hotline.call("accepted", number, 1, message="已收到", deadline="2026-12-01T10:00:00Z") == applied
    assert hotline.call("dispatched", number, 2, department="城管局") == applied
    assert hotline.call("contacted", number, 3) == applied
    assert hotline.call("returned", number, 4, reason="不归我们管") == applied
    assert hotline.call("progress", number, 7, message="正在更换灯泡") == applied
    assert hotline.call("waiting", number, 8, message="请说明是哪一盏") == applied
    assert hotline.call("answered", number, 9, message="已修好", department=None) == applied
    view = desk.tickets.of_conversation("c1")[0]
    assert view.state == "answered"
    assert [event["text"] for event in view.events[1:3]] == [
        "您的工单已受理。已收到。预计12月1日 18:00前答复您。",
        "已转给城管局办理。",
    ]
    assert view.events[-1] == view.events[-1] | {"label": "已答复", "text": "已修好。"}


def test_a_callback_may_skip_forward_but_not_go_back(desk: Desk, hotline: Hotline, number: str) -> None:
    assert hotline.call("progress", number, 1, message="已派人") == (200, {"applied": True})
    assert code(hotline.call("accepted", number, 2)) == (422, "step_not_allowed")
    assert code(hotline.call("dispatched", number, 2, department="城管局")) == (422, "step_not_allowed")
    assert state(desk) == "in_progress"


def test_a_refused_callback_uses_up_no_sequence_and_no_id(desk: Desk, hotline: Hotline, number: str) -> None:
    early = json.dumps(hotline.body("returned", number, 1, reason="不归我们管"))
    assert code(hotline.post(early, "call_a")) == (422, "step_not_allowed")
    assert hotline.call("dispatched", number, 1, department="城管局") == (200, {"applied": True})
    again = json.dumps(hotline.body("returned", number, 2, reason="不归我们管"))
    assert hotline.post(again, "call_a") == (200, {"applied": True})
    assert state(desk) == "accepted"


def test_a_repeated_and_an_older_callback_are_not_applied(desk: Desk, hotline: Hotline, number: str) -> None:
    accepted = json.dumps(hotline.body("accepted", number, 5))
    assert hotline.post(accepted, "call_a") == (200, {"applied": True})
    assert hotline.post(accepted, "call_a") == (200, {"applied": False, "reason": "repeat"})
    for sequence in (5, 4):
        late = hotline.call("progress", number, sequence, message="已派人")
        assert late == (200, {"applied": False, "reason": "old_sequence"})
    assert state(desk) == "accepted"
    assert len(rows(desk.database, ticket_events)) == 2


def test_one_callback_from_four_threads_at_once_is_applied_once(desk: Desk, hotline: Hotline, number: str) -> None:
    text = json.dumps(hotline.body("progress", number, 1, message="已派人"))
    answers = in_threads(4, lambda _: hotline.post(text, "call_a"))
    assert sorted(answer["applied"] for _, answer in answers) == [False, False, False, True]
    assert len(rows(desk.database, ticket_events)) == 2


def test_a_forged_or_old_callback_is_refused(desk: Desk, hotline: Hotline, number: str) -> None:
    text = json.dumps(hotline.body("accepted", number, 1))
    assert code(Hotline(desk, HOTLINE_SECRET).post(text)) == (401, "signature")
    assert code(hotline.post(text, at=now() - timedelta(minutes=6))) == (401, "signature")
    assert code(hotline.post(text, at=now() + timedelta(minutes=6))) == (401, "signature")
    signed = signed_headers([CALLBACK_SECRET], "call_1", text, now())
    assert code(hotline.callbacks.apply(signed, text.replace("accepted", "answered").encode())) == (401, "signature")
    assert code(hotline.callbacks.apply({"content-type": "application/json"}, text.encode())) == (401, "signature")
    assert code(hotline.callbacks.apply(signed, b"\xff\xfe")) == (401, "signature")
    assert state(desk) == "submitted"


def test_any_of_several_secrets_may_sign(desk: Desk, number: str) -> None:
    changing = desk.with_settings(callback_secret=f"{HOTLINE_SECRET}, {CALLBACK_SECRET}")
    hotline = Hotline(changing)
    assert hotline.call("accepted", number, 1) == (200, {"applied": True})


def test_an_unknown_ticket_is_404_and_a_local_one_422(desk: Desk, hotline: Hotline) -> None:
    assert code(hotline.call("accepted", "20200101-000001", 1)) == (404, "unknown_ticket")
    at_home = desk.with_settings(handling="local").open()
    assert code(hotline.call("accepted", at_home, 1)) == (422, "local_ticket")


def test_too_much_and_the_wrong_type_are_refused(hotline: Hotline, number: str) -> None:
    text = json.dumps(hotline.body("answered", number, 1, message="好" * MAX_BODY_BYTES))
    assert code(hotline.post(text)) == (413, "too_large")
    text = json.dumps(hotline.body("accepted", number, 1))
    assert code(hotline.post(text, media_type="text/plain")) == (415, "media_type")
    assert hotline.post(text, media_type="Application/JSON; charset=utf-8") == (200, {"applied": True})


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("dispatched", {}),
        ("progress", {}),
        ("waiting", {"message": ""}),
        ("answered", {"message": None}),
        ("answered", {"message": 5}),
        ("answered", {"message": "a\x00b"}),
        ("answered", {"message": "\ud800"}),
        ("answered", {"message": "好" * 10001}),
        ("rejected", {}),
        ("returned", {"message": "不归我们管"}),
        ("closed", {}),
        ("accepted", {"deadline": "2026-12-01"}),
        ("accepted", {"deadline": "2026-12-01T18:00:00"}),
        ("accepted", {"deadline": "2026-13-01T18:00:00Z"}),
        ("accepted", {"deadline": "0001-01-01T00:00:00+08:00"}),
        ("accepted", {"sequence": 0}),
        ("accepted", {"sequence": True}),
        ("accepted", {"sequence": "1"}),
        ("accepted", {"sequence": 2**31}),
        ("accepted", {"sequence": 1.5}),
        ("accepted", {"ticket": 20261123000001}),
        ("accepted", {"ticket": None}),
    ],
)
def test_a_body_that_does_not_fit_is_refused_and_changes_nothing(
    desk: Desk, hotline: Hotline, number: str, kind: str, fields: dict[str, Any]
) -> None:
    body = hotline.body(kind, number, 1)
    body["data"] |= fields
    assert hotline.post(json.dumps(body))[0] == 422
    assert state(desk) == "submitted"
    assert len(rows(desk.database, ticket_events)) == 1


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"x"', "{}", '{"data": []}', '{"data": null}', "[" * 50000])
def test_what_is_no_callback_at_all_is_refused(hotline: Hotline, text: str) -> None:
    assert code(hotline.post(text)) == (422, "body")


def test_a_body_without_a_sound_time_is_refused(hotline: Hotline, number: str) -> None:
    for timestamp in (None, "now", 1700000000):
        body = hotline.body("accepted", number, 1) | {"timestamp": timestamp}
        assert code(hotline.post(json.dumps(body))) == (422, "body")


def test_an_answered_ticket_is_not_answered_again_until_it_is_reopened(
    desk: Desk, hotline: Hotline, number: str
) -> None:
    hotline.call("answered", number, 1, message="已修好")
    assert code(hotline.call("answered", number, 2, message="已修好")) == (422, "step_not_allowed")
    desk.tickets.rate(number, False, reason="还是不亮")
    assert hotline.call("answered", number, 2, message="换了灯") == (200, {"applied": True})


def test_a_phone_in_a_callback_is_nowhere_at_rest(desk: Desk, hotline: Hotline, number: str) -> None:
    hotline.call("progress", number, 1, message=f"请打 {PHONE}", department=PHONE)
    assert PHONE not in everything_at_rest(desk.database)
    assert desk.tickets.of_conversation("c1")[0].events[-1]["text"] == "请打 138****5678。"
