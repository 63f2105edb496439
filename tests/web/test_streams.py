"""`…/stream`: messages as they come, whole turns only, and never so many listeners that others are kept waiting."""

import json
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse
from werkzeug.wrappers import Response

from conversations import record
from conversations.keys import WEB
from tests.hotline.support import Desk
from tests.web.passing import Passing
from web import conversations, create_app, streams

ROOT = Path(__file__).parents[2]


class Listener:
    """A client that listens to a conversation."""

    def __init__(self, desk: Desk, value: str = "value-1") -> None:
        self.desk = desk
        self.path = f"/api/v1/conversations/{value}/stream"
        self.client: FlaskClient = create_app(desk.settings.copy(update={"messages_per_minute": 0})).test_client()
        with desk.database.writing() as connection:
            self.conversation = record.start(connection, value, record.Caller(WEB))

    def listen(self, **headers: str) -> TestResponse:
        return self.client.get(self.path, headers=headers)

    def tell(self, text: str) -> None:
        with self.desk.database.writing() as connection:
            record.tell(connection, self.conversation, "hotline", [{"type": "text", "text": text}])


def events(answer: Response) -> Iterator[tuple[str, dict[str, Any]]]:
    """The id and message of each event, as they come."""
    for chunk in answer.iter_encoded():
        frame = chunk.decode()
        if frame != streams.HEARTBEAT:
            *names, data = frame.strip().split("\n")
            yield "".join(names).removeprefix("id: "), json.loads(data.removeprefix("data: "))


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "LOOK_EVERY_SECONDS", 0.01)
    monkeypatch.setattr(conversations, "places", streams.Places(streams.OPEN_STREAMS, 3))


@pytest.fixture
def listener(desk: Desk) -> Listener:
    return Listener(desk)


def test_a_new_message_comes_by_itself_and_whoever_was_cut_off_gets_the_rest(listener: Listener) -> None:
    with listener.listen() as answer:
        assert (answer.status_code, answer.mimetype) == (200, "text/event-stream")
        assert next(answer.iter_encoded()).decode() == streams.HEARTBEAT
        listener.tell("已派人")
        coming = events(answer)
        name, message = next(coming)
        assert (name, message["turn"], message["from"]) == ("1", 1, "hotline")
        assert message["replies"][0]["text"] == "已派人"
        listener.tell("已修好")
        assert next(coming)[0] == "2"
    kept = listener.client.get(listener.path.replace("/stream", "/messages")).get_json()["messages"]
    with listener.listen(**{"Last-Event-ID": "1"}) as answer:
        assert next(events(answer)) == ("2", kept[1])


def test_a_turn_that_is_still_being_answered_is_held_back_and_then_comes_whole(listener: Listener) -> None:
    with listener.desk.database.writing() as connection:
        turn = record.begin_turn(connection, listener.conversation, "c", text="你好").turn
    with listener.listen() as answer:
        coming = answer.iter_encoded()
        assert next(coming).decode() == streams.HEARTBEAT
        with listener.desk.database.writing() as connection:
            replies = [{"type": "text", "text": "您好"}]
            record.end_turn(connection, listener.conversation, turn, outcome="small_talk", replies=replies)
        coming_events = events(answer)
        said, answered = next(coming_events), next(coming_events)
    assert (said[0], said[1]["from"], said[1]["text"]) == ("", "citizen", "你好")
    assert (answered[0], answered[1]["from"]) == ("1", "bot"), "the turn counts as heard when all of it came"


def test_one_conversation_has_three_listeners_at_most_and_a_place_is_given_back(listener: Listener) -> None:
    open_ones = [listener.listen() for _ in range(3)]
    full = listener.listen()
    assert full.status_code == 429 and int(full.headers["Retry-After"]) > 0
    open_ones[0].close()
    again = listener.listen()
    assert again.status_code == 200
    for answer in (*open_ones[1:], again):
        answer.close()
    assert not conversations.places._taken, "nobody listens any more"


def test_listeners_of_all_conversations_leave_room_for_others(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(conversations, "places", streams.Places(2, 3))
    listeners = [Listener(desk, f"value-{place}") for place in range(3)]
    answers = [listener.listen() for listener in listeners]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    for answer in answers:
        answer.close()
    monkeypatch.setenv("WENZHENG_DATA_DIR", str(tmp_path))
    served = runpy.run_path(str(ROOT / "web" / "gunicorn.py"))
    assert served["threads"] >= streams.OPEN_STREAMS + 16


def test_a_stream_beats_while_nothing_comes_and_ends_by_itself(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "LOOK_EVERY_SECONDS", 5.0)
    passing = Passing(monkeypatch, streams)
    with listener.listen() as answer:
        beats = [(passing.seconds, chunk.decode()) for chunk in answer.iter_encoded()]
    assert beats == [(15.0 * place, streams.HEARTBEAT) for place in range(20)] and passing.seconds == 300


def test_a_stranger_hears_nothing(listener: Listener) -> None:
    assert listener.client.get("/api/v1/conversations/nobody/stream").status_code == 404
    assert listener.client.get(f"{listener.path}?after=x").status_code == 400
    assert listener.listen(Authorization="Bearer wrong").status_code == 401
    assert not conversations.places._taken
