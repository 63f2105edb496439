"""A Rasa that says what a test wants, after as long as it wants."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.listening import Quiet, listening

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

    class Handler(Quiet):
        def do_POST(self) -> None:
            heard = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            rasa.heard.append(heard)
            time.sleep(rasa.seconds)
            rasa.may.wait(60)
            origin = {"origin": {"kind": "response", "id": "utter_x", "revision": None}}
            messages = [origin | reply for reply in rasa.says(heard)]
            body = json.dumps({"messages": messages, "outcome": "collecting", "offers": []}).encode()
            self.send(body)

        def do_DELETE(self) -> None:
            self.send_response(204)
            self.end_headers()

    with listening(Handler) as rasa.url:
        yield rasa
