"""A Rasa that answers every message alike, remembers what it was sent, and forgets when it is told to."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import HTTPServer
from typing import Any

from tests.listening import Quiet, listening

ANSWER = {
    "messages": [{"type": "text", "text": "好的。", "origin": {"kind": "response", "id": "utter_x", "revision": None}}],
    "outcome": "collecting",
    "offers": [],
}


class FakeRasa:
    """`url` is where it listens, `heard` what it was sent."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.heard: list[dict[str, Any]] = []
        self.answer: dict[str, Any] = ANSWER  # what it says next, and from then on


@contextmanager
def answering() -> Iterator[FakeRasa]:
    """It listens while the block runs."""

    class Handler(Quiet):
        def do_POST(self) -> None:
            rasa.heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            body = json.dumps(rasa.answer).encode()
            self.send(body)

        def do_DELETE(self) -> None:
            self.send_response(204)
            self.end_headers()

    with listening(Handler, HTTPServer) as url:
        rasa = FakeRasa(url)
        yield rasa
