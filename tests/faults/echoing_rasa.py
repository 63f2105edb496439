"""A program in Rasa's place: `echoing_rasa.py PORT SECONDS` answers each message with its own words, after a while.

GET /heard gives every message that it was sent, in order.
"""

import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

heard: list[str] = []
lock = threading.Lock()


class Handler(BaseHTTPRequestHandler):
    """One request."""

    seconds = 0.0

    def do_POST(self) -> None:
        """One message."""
        text = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["message"]
        with lock:
            heard.append(text)
        time.sleep(self.seconds)
        said = {
            "type": "text",
            "text": f"答复{text}完。",
            "origin": {"kind": "response", "id": "utter_x", "revision": None},
        }
        self._answer({"messages": [said], "outcome": "collecting", "offers": []})

    def do_GET(self) -> None:
        """Ready, and what was heard."""
        self._answer({"heard": heard} if self.path == "/heard" else {"rasa": True, "actions": True})

    def _answer(self, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """Takes many connections at once."""

    request_queue_size = 256
    daemon_threads = True


if __name__ == "__main__":
    Handler.seconds = float(sys.argv[2])
    Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
