"""What is past its time is erased, and nothing else."""

from pathlib import Path

import pytest
from sqlalchemy import update

from conversations import record
from conversations.record import Caller
from conversations.tables import conversations, turns
from foundation.controls import Controls
from foundation.privacy import vault_items
from hotline.pictures.uploads import Uploads
from hotline.tables import deliveries, tickets, uploads
from tests.hotline.clock import Clock
from tests.hotline.conftest import clock
from tests.hotline.photos import encoded, noise
from tests.hotline.support import PHONE, Desk, rows
from tests.web.fake_rasa import FakeRasa, answering
from worker.retention import Retention

__all__ = ["clock"]


def keep(desk: Desk, conversations: int = 0, contacts: int = 0, pictures: int = 0) -> None:
    value = {"conversations": conversations, "contacts": contacts, "pictures": pictures}
    Controls(desk.database, desk.settings).change("retention", 0, value, "admin", "合规")


def work(desk: Desk, rasa: FakeRasa | None = None) -> None:
    settings = desk.settings.copy(update={"rasa_url": rasa.url if rasa else "http://127.0.0.1:9"})
    Retention(desk.database, desk.vault, settings).run()


def talk(desk: Desk, value: str) -> str:
    with desk.database.writing() as connection:
        conversation = record.start(connection, value, Caller("web"))
        said = desk.vault.tokenize(connection, f"conversation:{conversation}", f"我的电话 {PHONE}")
        record.begin_turn(connection, conversation, "c", text=said)
    return conversation


def over(desk: Desk) -> str:
    """A ticket that is closed, with a picture and a way to reach its citizen."""
    picture = Uploads(desk.database, desk.vault, desk.settings).take_in(encoded(noise(40, 30)), "me", consent=False)
    contact = desk.tokenized(f"李女士 {PHONE}")
    number = desk.open(contact=contact, pictures=(picture,), uploader="me")
    with desk.database.writing() as connection:
        connection.execute(update(tickets).where(tickets.c.number == number).values(state="closed"))
        connection.execute(update(deliveries).values(state="delivered"))
    return number


def test_silent_conversations_go_and_their_numbers_with_them(desk: Desk, clock: Clock) -> None:
    keep(desk, conversations=30)
    talk(desk, "old")
    clock.move(days=29)
    young = talk(desk, "young")
    clock.move(days=2)
    with answering() as rasa:
        work(desk, rasa)
    assert [row["id"] for row in rows(desk.database, conversations)] == [young]
    assert {row["conversation"] for row in rows(desk.database, turns)} == {young}
    assert {row["owner"] for row in rows(desk.database, vault_items)} == {f"conversation:{young}"}


def test_without_rasa_conversations_wait_and_tickets_do_not(desk: Desk, clock: Clock) -> None:
    keep(desk, conversations=30, contacts=30)
    talk(desk, "old")
    number = over(desk)
    clock.move(days=31)
    with pytest.raises(Exception, match="127.0.0.1"):
        work(desk)
    assert len(rows(desk.database, conversations)) == 1
    assert rows(desk.database, tickets)[0]["contact"] == "" and number


def test_of_a_ticket_long_over_nobody_learns_any_more_how_to_reach_its_citizen(desk: Desk, clock: Clock) -> None:
    keep(desk, contacts=90)
    old = over(desk)
    open_still = desk.open(contact=desk.tokenized(PHONE, "c2"), conversation="c2")
    clock.move(days=91)
    work(desk)
    found = {row["number"]: row["contact"] for row in rows(desk.database, tickets)}
    assert found[old] == "" and found[open_still] == "〔电话1〕"
    owners = {(row["owner"], row["kind"]) for row in rows(desk.database, vault_items)}
    assert (f"ticket:{old}", "电话") not in owners and (f"ticket:{open_still}", "电话") in owners
    assert [row["body"] == "" for row in rows(desk.database, deliveries) if row["ticket"] == old] == [True]
    assert desk.tickets.of_conversation("c1")[0].link, "the citizen's own link still leads there"


def test_pictures_of_tickets_long_over_go_from_the_disk_too(desk: Desk, clock: Clock, tmp_path: Path) -> None:
    keep(desk, pictures=30)
    over(desk)
    waiting = Uploads(desk.database, desk.vault, desk.settings).take_in(encoded(noise(40, 30)), "me", consent=False)
    clock.move(days=31)
    work(desk)
    assert [row["id"] for row in rows(desk.database, uploads)] == [waiting]
    assert {path.stem.split("-")[0] for path in (tmp_path / "uploads").rglob("*.jpg")} == {waiting}


def test_a_time_that_was_shortened_erases_nothing_for_a_day_and_nothing_at_all_when_it_is_undone(
    desk: Desk, clock: Clock
) -> None:
    over(desk)
    clock.move(days=100)
    keep(desk, contacts=30)
    work(desk)
    clock.move(hours=12)
    controls = Controls(desk.database, desk.settings)
    controls.undo("retention", 1, "admin")
    work(desk)
    clock.move(days=30)
    work(desk)
    assert rows(desk.database, tickets)[0]["contact"] != "", "undone in time"
    controls.undo("retention", 2, "admin")
    clock.move(hours=25)
    work(desk)
    assert rows(desk.database, tickets)[0]["contact"] == ""


def test_what_is_kept_for_good_stays(desk: Desk, clock: Clock) -> None:
    keep(desk)
    talk(desk, "old")
    over(desk)
    clock.move(days=5000)
    work(desk)
    assert len(rows(desk.database, conversations)) == len(rows(desk.database, uploads)) == 1
    assert rows(desk.database, tickets)[0]["contact"] == "李女士 〔电话1〕"
