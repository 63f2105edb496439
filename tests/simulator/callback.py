"""An official account's server in miniature: it checks every request on its own terms and answers as told."""

import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree

from simulator.wechat import xml
from simulator.wechat.account import Account
from simulator.wechat.crypto import signature

APP_ID, SECRET, TOKEN = "wx2c2769f8efd9abc2", "a" * 32, "spamtest"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"


@dataclass
class Received:
    """One request as it came."""

    query: dict[str, str]
    body: str

    @property
    def fields(self) -> dict[str, str]:
        return {child.tag: child.text or "" for child in ElementTree.fromstring(self.body)}


@dataclass
class Callback:
    """`url` is where it listens, `requests` what came, `answer` what it answers: a status and a body."""

    url: str = ""
    requests: list[Received] = field(default_factory=list)
    answer: Callable[[Received], tuple[int, str]] = lambda request: (200, "success")

    @property
    def account(self) -> Account:
        return Account(APP_ID, SECRET, TOKEN, AES_KEY, self.url, "http://platform.example")

    def take(self, query: str, body: str) -> tuple[int, str]:
        request = Received(dict(parse_qsl(query)), body)
        parts = sorted((TOKEN, request.query["timestamp"], request.query["nonce"]))
        assert request.query["signature"] == hashlib.sha1("".join(parts).encode()).hexdigest()
        if "echostr" in request.query:
            return 200, request.query["echostr"]
        self.requests.append(request)
        return self.answer(request)


def text_reply(request: Received, text: str, **other: Any) -> tuple[int, str]:
    """A passive reply in plain XML."""
    names = {"ToUserName": request.query["openid"], "FromUserName": "gh_2c2769f8efd9", "CreateTime": int(time.time())}
    return 200, xml.write(names | {"MsgType": "text", "Content": text} | other)


def sealed(reply: str, account: Account, timestamp: str = "1700000000", nonce: str = "17") -> tuple[int, str]:
    """The same, sealed."""
    whole = account.cipher.seal(reply)
    sign = signature(account.token, timestamp, nonce, whole)
    return 200, xml.write({"Encrypt": whole, "MsgSignature": sign, "TimeStamp": int(timestamp), "Nonce": nonce})


class Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing when the platform hangs up."""


@contextmanager
def listening() -> Iterator[Callback]:
    """It listens while the block runs."""
    callback = Callback()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer("")

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers["Content-Length"])).decode())

        def _answer(self, body: str) -> None:
            status, text = callback.take(urlsplit(self.path).query, body)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = Server(("127.0.0.1", 0), Handler)
    callback.url = f"http://127.0.0.1:{server.server_address[1]}/wechat"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield callback
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
