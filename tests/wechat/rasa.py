"""A Rasa that says what a test wants, after as long as it wants."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Row = dict[str, Any]


def echo(heard: Row) -> list[Row]:
    return [{"type": "text", "text": f"答复{heard['message']}。"}]


class TalkingRasa:
    """`says` makes the replies to what it hears; `seconds` is how long it takes, and it says nothing until it `may`."""

    def __init__(self) -> None:
        self.url = ""
        self.heard: list[Row] = []
        self.says: Callable[[Row], list[Row]] = echo
        self.seconds = 0.0
        self.may = threading.Event()
        self.may.set()

    def messages(self) -> list[str]:
        """What it was told, in order."""
        return [str(one["message"]) for one in self.heard]


@contextmanager
def talking() -> Iterator[TalkingRasa]:
    """It listens while the block runs."""
    rasa = TalkingRasa()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            rasa.heard.append(heard)
            time.sleep(rasa.seconds)
            rasa.may.wait(60)
            origin = {"origin": {"kind": "response", "id": "utter_x", "revision": None}}
            messages = [origin | reply for reply in rasa.says(heard)]
            body = json.dumps({"messages": messages, "outcome": "collecting", "offers": []}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_DELETE(self) -> None:
            self.send_response(204)
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    rasa.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield rasa
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
