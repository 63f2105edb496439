"""Conversations of the demonstration: reports, questions answered from real entries, gaps, waiting for a person."""

from collections.abc import Generator
from datetime import timedelta
from typing import Any
from uuid import uuid4

from actions.cards import words as around
from commands.demonstration import reviews
from commands.demonstration.answers import Library, evidence
from commands.demonstration.openings import OPERATORS, opened
from commands.demonstration.play import Life
from commands.demonstration.stage import Stage
from commands.demonstration.words import Told, city
from conversations import ratings, record, words
from conversations.handover import presence, queue
from conversations.record import Caller
from foundation.identifying import CODE, LINK
from knowledge.gaps import Gaps
from knowledge.store import Revision

NOBODY = '/inform{"contact": "none"}'
HIDDEN = '/inform{"contact": "anonymous"}'
STAFF = {"kind": "staff", "id": "demo-operator", "revision": None}


class Talk:
    """One conversation, begun now."""

    def __init__(self, stage: Stage, channel: str) -> None:
        self.stage = stage
        self.id = record.start(stage.connection, uuid4().hex, Caller(channel))
        stage.made.conversations.add(self.id)

    def turn(
        self, text: str, outcome: str, replies: list[dict[str, Any]], found: dict[str, Any], payload: str | None = None
    ) -> int:
        """What the citizen said and what came back; the turn's number."""
        connection, seconds = self.stage.connection, round(self.stage.chance.uniform(0.08, 0.4), 4)
        said = self.stage.vault.tokenize(connection, f"conversation:{self.id}", text)
        given = {"text": said, "payload": payload, "location": None, "attachments": None}
        row = record.begin_turn(connection, self.id, uuid4().hex, **given)
        ended = {"outcome": outcome, "offers": [], "replies": replies, "evidence": found}
        taken = {"rasa": seconds, "whole": round(seconds + 0.02, 4)}
        record.end_turn(connection, self.id, row.turn, **ended, seconds=taken)
        return int(row.turn)

    def token(self, kind: str, value: str) -> str:
        """What only this citizen may read, as the record keeps it."""
        return self.stage.vault.keep(self.stage.connection, f"conversation:{self.id}", kind, value)


def report(stage: Stage, told: Told) -> Generator[timedelta, None, tuple[str, str]]:
    """A trouble told step by step: the conversation and the number of its ticket."""
    talk = Talk(stage, told.channel)
    asks = evidence("report", 0.93)
    talk.turn(told.what, "collecting", [words.reply("utter_ask_report_place")], asks)
    yield stage.soon(0.005, 0.05)
    talk.turn(told.place, "collecting", [words.reply("utter_ask_report_contact")], evidence("inform", 0.97))
    yield stage.soon(0.005, 0.05)
    made = opened(stage, told, talk.id)
    number, view = made.view.number, made.view
    said = words.reply("utter_ticket_opened", number=number, code=talk.token(CODE, made.code), note="")
    events = [dict(event) for event in view.events]
    card = said | {"type": "ticket", "number": number, "state": view.state_label, "events": events}
    button = None if told.contact else HIDDEN if told.anonymous else NOBODY
    replies = [card | {"link": talk.token(LINK, view.link)}]
    talk.turn(told.contact, "ticket_opened", replies, evidence("inform", 0.98), button)
    return talk.id, number


def question(stage: Stage, library: Library, channel: str) -> Life:
    """Something asked, perhaps more about it, perhaps a thumb."""
    talk, case = Talk(stage, channel), library.question(stage.chance)
    if stage.maybe(0.2):
        talk.turn(
            stage.chance.choice(city()["greetings"]),
            "small_talk",
            [words.reply("utter_greet")],
            evidence("greet", 0.99),
        )
        yield stage.soon(0.003, 0.02)
    revision = library.revision(case["relevant"][0])
    unsure = stage.maybe(0.12)
    if unsure:
        found = library.found(stage.chance, revision, "ask_back")
        talk.turn(case["question"], "clarifying", [library.asks_back(found)], found)
        yield stage.soon(0.003, 0.02)
    found = library.found(stage.chance, revision, "answer")
    said, pressed = ("", library.button(revision)) if unsure else (case["question"], None)
    turn = talk.turn(said, "answered", [_card(library, revision)], found, pressed)
    yield from _thumb(talk, turn)
    if stage.maybe(0.05):
        reviews.judge(stage, talk.id, turn, stage.chance.choice(reviews.REVIEWERS), "right")
    elif stage.maybe(0.02):
        yield from reviews.correct(stage, talk.id, turn, revision.entry.id, case["question"], "partly")
    for facet in stage.chance.sample(list(city()["followups"]), stage.chance.choice((0, 0, 1, 1, 2))):
        if revision.entry.facet(facet) is None:
            continue
        yield stage.soon(0.005, 0.06)
        asked = stage.chance.choice(city()["followups"][facet])
        found = library.found(stage.chance, revision, "answer", "ask_facet")
        yield from _thumb(talk, talk.turn(asked, "answered_facet", [_card(library, revision, facet)], found))
    if stage.maybe(0.3):
        yield stage.soon(0.005, 0.03)
        thanks = stage.chance.choice(city()["thanks"])
        talk.turn(thanks, "small_talk", [words.reply("utter_thank")], evidence("thank", 0.99))


def mistaken(stage: Stage, library: Library, channel: str) -> Life:
    """Something answered from the wrong entry; a reviewer says which one is right."""
    talk, case = Talk(stage, channel), library.question(stage.chance)
    wrong = library.beside(stage.chance, library.revision(case["relevant"][0]))
    found = library.found(stage.chance, wrong, "answer")
    turn = talk.turn(case["question"], "answered", [_card(library, wrong)], found)
    if stage.maybe(0.6):
        yield stage.soon(0.003, 0.03)
        why = stage.chance.choice(city()["down"])
        ratings.rate(stage.connection, stage.vault, talk.id, turn, ratings.Rating(False, why))
    yield stage.at_work(1, 40)
    yield from reviews.correct(stage, talk.id, turn, case["relevant"][0], case["question"], "wrong")


def gap(stage: Stage, library: Library, channel: str) -> Life:
    """Something that no entry answers; some ask for a person then."""
    talk = Talk(stage, channel)
    _no_answer(talk, library)
    if stage.maybe(0.35):
        yield stage.soon(0.005, 0.03)
        yield from person(stage, library, channel, talk)


def person(stage: Stage, library: Library, channel: str, talk: Talk | None = None) -> Life:
    """Waiting for a person, who mostly comes."""
    talk = talk or Talk(stage, channel)
    row = _asks(talk, channel)
    yield stage.soon(0.01, 0.15)
    if not stage.maybe(0.85):
        queue.end(stage.connection, row, "cancelled")
        return
    _takes(talk, row)
    queue.end(stage.connection, queue.one(stage.connection, row.id), "given_back")
    yield stage.soon(0.01, 0.05)
    talk.turn(
        stage.chance.choice(city()["thanks"]), "small_talk", [words.reply("utter_thank")], evidence("thank", 0.99)
    )


def waits(stage: Stage, library: Library, channel: str) -> Life:
    """Somebody who got no answer, and waits for a person at the end."""
    talk = Talk(stage, channel)
    _no_answer(talk, library)
    yield timedelta(minutes=stage.chance.uniform(0.5, 2))
    _asks(talk, channel)


def is_served(stage: Stage, library: Library, channel: str) -> Life:
    """Somebody whom an operator has at the end; unless that one's page is opened within minutes, they wait again."""
    talk = Talk(stage, channel)
    _no_answer(talk, library)
    yield timedelta(minutes=1)
    row = _asks(talk, channel)
    yield timedelta(minutes=2)
    presence.switch(stage.connection, OPERATORS[0].name, online=True)
    _takes(talk, row)


def outside(stage: Stage, library: Library, channel: str) -> Life:
    """Something that the assistant is not for."""
    talk = Talk(stage, channel)
    found = library.found(stage.chance, library.any(stage.chance), "nothing", "out_of_scope")
    talk.turn(stage.chance.choice(city()["outside"]), "out_of_scope", [words.reply("utter_out_of_scope")], found)
    yield stage.soon(0.003, 0.02)


TALKS = {question: 77, mistaken: 3, gap: 12, person: 4, outside: 4}


def _no_answer(talk: Talk, library: Library) -> None:
    stage = talk.stage
    asked = library.unanswerable(stage.chance)
    found = library.found(stage.chance, library.any(stage.chance), "nothing")
    talk.turn(asked, "no_answer", [words.reply("utter_no_answer")], found)
    Gaps(stage.database).note(asked, talk.id)


def _asks(talk: Talk, channel: str) -> Any:
    """The citizen wants a person: their row in the queue."""
    said, waits = talk.stage.chance.choice(city()["person"]), [words.reply("utter_waiting_for_person")]
    turn = talk.turn(said, "waiting_for_person", waits, evidence("ask_person", 0.96))
    return queue.ask(talk.stage.connection, talk.id, channel, turn)


def _takes(talk: Talk, row: Any) -> None:
    """An operator comes and says something."""
    stage = talk.stage
    queue.take(stage.connection, row, OPERATORS[0].name)
    said = {"type": "text", "text": stage.chance.choice(city()["staff"]), "origin": STAFF}
    record.tell(stage.connection, talk.id, "staff", [words.reply("utter_handed_over") | {"origin": STAFF}, said])


def _card(library: Library, revision: Revision, facet: str = "") -> dict[str, Any]:
    card = library.card(revision, facet)
    return card | {"text": words.reply("utter_answered", **around(card))["text"]}


def _thumb(talk: Talk, turn: int) -> Life:
    stage = talk.stage
    if stage.maybe(0.18):
        yield stage.soon(0.003, 0.03)
        up = stage.maybe(0.86)
        why = "" if up else stage.chance.choice(city()["down"])
        ratings.rate(stage.connection, stage.vault, talk.id, turn, ratings.Rating(up, why))
