"""A Rasa that answers every message alike, remembers what it was sent, and forgets when it is told to."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

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

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            rasa.heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            body = json.dumps(rasa.answer).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_DELETE(self) -> None:
            self.send_response(204)
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    rasa = FakeRasa(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield rasa
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
