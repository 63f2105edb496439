"""Receivers that staff enter: addresses that are refused, secrets that change, and what a removed one leaves."""

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from foundation.privacy import vault_keys
from hotline import attempts, outbox
from hotline.addresses import AddressRefused
from hotline.destination import AlreadyRotated, UnknownDestination
from hotline.tables import deliveries, delivery_attempts
from hotline.webhook import Result
from tests.hotline.archive import ARCHIVE, enter, entries, of, remove, rotate, send_all_to, send_to, with_three_messages
from tests.hotline.receiver import Receiver
from tests.hotline.support import PHONE, Desk, everything_at_rest, rows
from tests.hotline.test_addresses import resolving_to


@pytest.fixture
def desk(desk: Desk, receiver: Receiver) -> Desk:
    return desk.with_settings(hotline_url=receiver.url)


def test_while_the_secret_changes_a_receiver_with_either_secret_can_verify(desk: Desk, archive: Receiver) -> None:
    first = enter(desk, archive.url)
    second = rotate(desk)
    desk.open()
    send_to(desk, 1)
    request = archive.requests[0]
    for secret in (first, second):
        Webhook(secret).verify(request.text, request.headers)
    third = rotate(desk)
    desk.open()
    send_to(desk, 1)
    request = archive.requests[1]
    for secret in (second, third):
        Webhook(secret).verify(request.text, request.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(first).verify(request.text, request.headers)


def test_a_second_rotation_by_the_same_look_is_refused(desk: Desk, archive: Receiver) -> None:
    first = enter(desk, archive.url)
    mark = entries(desk)[1].mark
    rotate(desk, mark)
    with pytest.raises(AlreadyRotated):
        rotate(desk, mark)
    desk.open()
    send_to(desk, 1)
    Webhook(first).verify(archive.requests[0].text, archive.requests[0].headers)


def test_only_receivers_that_were_entered_can_be_changed(desk: Desk) -> None:
    for name in ("hotline", "没有的"):
        with pytest.raises(UnknownDestination):
            remove(desk, name)
    with pytest.raises(UnknownDestination):
        rotate(desk)


def test_what_waits_for_a_removed_receiver_is_skipped_and_its_secret_is_destroyed(
    desk: Desk, receiver: Receiver, archive: Receiver
) -> None:
    enter(desk, archive.url)
    number, dead = with_three_messages(desk), desk.open()
    archive.answer = lambda request: (500 if request.body["data"]["ticket"] == dead else 200, {})
    send_to(desk, 1)
    remove(desk)
    assert [row["state"] for row in of(desk, number, ARCHIVE)] == ["delivered", "skipped", "skipped"]
    assert [row["state"] for row in of(desk, dead, ARCHIVE)] == ["skipped"]
    assert [entry.name for entry in entries(desk)] == ["hotline"]
    send_all_to(desk, 0)
    assert receiver.sequences(number) == [1, 2, 3]
    assert f"destination:{ARCHIVE}" not in [row["owner"] for row in rows(desk.database, vault_keys)]


def test_a_new_receiver_of_an_old_name_gets_nothing_that_was_meant_for_the_old_one(
    desk: Desk, archive: Receiver
) -> None:
    enter(desk, archive.url)
    desk.open()
    [under_way] = desk.courier(destination=1).claim(1)
    remove(desk)
    with desk.database.writing() as connection:  # the old one's last word; and a ticket that changed at that moment
        outbox.finish(connection, under_way, ARCHIVE, Result(410, 1), [1])
        outbox.add(
            connection, [ARCHIVE], under_way.ticket, 2, under_way.body, rows(desk.database, deliveries)[0]["due_at"]
        )
    enter(desk, archive.url)
    assert entries(desk)[1].stopped_at is None
    assert send_to(desk, 1) == 0
    number = desk.open()
    send_to(desk, 1)
    assert [request.body["data"]["ticket"] for request in archive.requests] == [number]


@pytest.mark.parametrize(
    ("url", "networks", "why"),
    [
        ("https://203.0.113.9/hook", "10.0.0.0/8", "not in an allowed network"),
        ("https://169.254.169.254/latest", "0.0.0.0/0", "metadata"),
        ("https://[fd00:ec2::254]/", "::/0", "metadata"),
        ("http://10.1.2.3/hook", "10.0.0.0/8", "plain http"),
        ("https://me:secret@10.1.2.3/hook", "10.0.0.0/8", "not an http"),
        ("ftp://127.0.0.1/", "127.0.0.0/8", "not an http"),
    ],
)
def test_an_address_that_nothing_may_be_sent_to_is_not_entered(desk: Desk, url: str, networks: str, why: str) -> None:
    with pytest.raises(AddressRefused, match=why) as refused:
        enter(desk.with_settings(webhook_networks=networks), url)
    assert "没有回应" not in attempts.in_words(str(refused.value)), "the reason has words of its own"
    assert [entry.name for entry in entries(desk)] == ["hotline"]


@pytest.mark.parametrize("name", ["", "hotline", "长" * 41, "两\n行"])
def test_a_name_that_cannot_be_used_is_refused(desk: Desk, archive: Receiver, name: str) -> None:
    with pytest.raises(ValueError, match="名字"):
        enter(desk, archive.url, name)


def test_a_name_that_is_taken_is_refused(desk: Desk, archive: Receiver) -> None:
    enter(desk, archive.url)
    with pytest.raises(ValueError, match="已经有"):
        enter(desk, archive.url)


@pytest.mark.parametrize("ip", ["203.0.113.9", "169.254.169.254"])
def test_a_receiver_whose_name_means_another_address_later_gets_nothing(
    desk: Desk, archive: Receiver, monkeypatch: pytest.MonkeyPatch, ip: str
) -> None:
    resolving_to(monkeypatch, "127.0.0.1")
    enter(desk, archive.url.replace("127.0.0.1", "archive.example"))
    desk.open()
    resolving_to(monkeypatch, ip)
    assert send_to(desk, 1) == 1
    [tried] = rows(desk.database, delivery_attempts)
    assert (tried["status"], archive.requests) == (None, [])
    assert tried["note"] in ("not in an allowed network", "a metadata address")


def test_nothing_that_identifies_and_no_secret_lies_in_clear_anywhere(desk: Desk, archive: Receiver) -> None:
    secret = enter(desk, archive.url)
    number = desk.open(contact=desk.tokenized(f"李女士 {PHONE}"), what=desk.tokenized(f"路灯坏了,打 {PHONE}"))
    desk.tickets.supplement(number, desk.tokenized(f"再打 {PHONE}"), "c1")
    send_all_to(desk, 1)
    assert archive.requests[1].body["data"]["message"] == f"再打 {PHONE}"
    at_rest = everything_at_rest(desk.database)
    assert PHONE not in at_rest
    assert secret not in at_rest
    bodies = [row["body"] for row in rows(desk.database, deliveries)]
    assert len(bodies) == 4
    assert not any("路灯" in body or "ticket" in body for body in bodies)
