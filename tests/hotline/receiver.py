"""A real receiver of webhooks."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Request:
    """One request that a receiver got."""

    headers: dict[str, str]
    text: str

    @property
    def body(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self.text)
        return content


@dataclass
class Receiver:
    """A receiver of webhooks on a port of its own; `answer` decides on status and headers."""

    answer: Callable[[Request], tuple[int, Mapping[str, str]]] = lambda request: (200, {})
    requests: list[Request] = field(default_factory=list)
    url: str = ""

    def sequences(self, ticket: str) -> list[int]:
        """The sequences of a ticket in the order in which they came."""
        return [r.body["data"]["sequence"] for r in self.requests if r.body["data"]["ticket"] == ticket]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver that runs."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["content-length"])).decode()
            request = Request({name.lower(): value for name, value in self.headers.items()}, text)
            receiver.requests.append(request)
            status, headers = receiver.answer(request)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}/hook?city=1"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
