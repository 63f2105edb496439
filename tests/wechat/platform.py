"""A small platform: it keeps what it is asked, and answers as a test wants."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.listening import Quiet, listening

OK = {"errcode": 0, "errmsg": "ok"}
SEND, NOTICE, MENU = "/cgi-bin/message/custom/send", "/cgi-bin/message/subscribe/bizsend", "/cgi-bin/menu/create"
STABLE, PLAIN, MEDIA, SNS = "/cgi-bin/stable_token", "/cgi-bin/token", "/cgi-bin/media/get", "/sns/oauth2/access_token"
Row = dict[str, Any]


class FakePlatform:
    """`calls` holds path, query and body of every request; `codes` what the next calls of a path are refused with."""

    def __init__(self) -> None:
        self.url = ""
        self.calls: list[tuple[str, Row, Row]] = []
        self.codes: dict[str, list[int]] = {}
        self.files: dict[str, bytes] = {}
        self.openids: dict[str, str] = {}
        self.is_down = False
        self.has_stable = True
        self.seconds = 7200
        self.tokens = ["token-1"]
        self._lock = threading.Lock()

    def called(self, path: str) -> list[Row]:
        """The bodies of the calls of one path."""
        return [body for called, _, body in self.calls if called == path]

    def texts(self) -> list[str]:
        """The texts of the customer-service messages that were taken, in order."""
        return [body["text"]["content"] for body in self.taken]

    @property
    def taken(self) -> list[Row]:
        return [body for body in self.called(SEND) if not body.get("refused")]

    def revoke(self) -> None:
        """The token works no more."""
        self.tokens.append(f"token-{len(self.tokens) + 1}")

    def answer(self, path: str, query: Row, body: Row) -> tuple[int, bytes]:
        with self._lock:
            self.calls.append((path, query, body))
            if self.is_down:
                return 503, b"<html>down</html>"
            said = self._said(path, query, body)
            if isinstance(said, dict) and said.get("errcode"):
                body["refused"] = said["errcode"]
            return 200, said if isinstance(said, bytes) else json.dumps(said).encode()

    def _said(self, path: str, query: Row, body: Row) -> Row | bytes:
        if self.codes.get(path):
            return {"errcode": self.codes[path].pop(0), "errmsg": "refused"}
        if path == STABLE and not self.has_stable:
            return {"errcode": 48001, "errmsg": "api unauthorized"}
        if path in (STABLE, PLAIN):
            if body.get("force_refresh"):
                self.revoke()
            return {"access_token": self.tokens[-1], "expires_in": self.seconds}
        if path == SNS:
            found = self.openids.get(query["code"])
            return {"openid": found} if found else {"errcode": 40029, "errmsg": "invalid code"}
        if query.get("access_token") != self.tokens[-1]:
            return {"errcode": 40001, "errmsg": "invalid credential"}
        if path == MEDIA:
            return self.files.get(query["media_id"]) or {"errcode": 40007, "errmsg": "invalid media_id"}
        return dict(OK)


@contextmanager
def platform() -> Iterator[FakePlatform]:
    """It listens while the block runs."""
    fake = FakePlatform()

    class Handler(Quiet):
        def do_GET(self) -> None:
            self._do({})

        def do_POST(self) -> None:
            self._do(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def _do(self, body: Row) -> None:
            address = urlsplit(self.path)
            status, data = fake.answer(address.path, dict(parse_qsl(address.query)), body)
            self.send(data, status)

    with listening(Handler) as fake.url:
        yield fake
