"""One HTTP POST that ends in time, follows no redirect, and goes to the address that was checked."""

import ssl
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from socket import SHUT_RDWR, create_connection, socket
from threading import Timer
from time import monotonic

from hotline.addresses import PORTS, Address, Network, checked


@dataclass(frozen=True)
class Answer:
    """What came back; the body is not read."""

    status: int
    retry_after: str


class NoAnswer(Exception):
    """The receiver could not be reached or did not answer in time; says why in a word."""


def post(
    url: str, headers: Mapping[str, str], body: bytes, seconds: float, allowed: Iterable[Network] | None = None
) -> Answer:
    """POST and return the answer's status; raises NoAnswer, or AddressRefused before anything is sent."""
    deadline = monotonic() + seconds
    try:
        connection = _Checked(checked(url, allowed), deadline)
    except OSError as error:
        raise NoAnswer(type(error).__name__) from error
    # A socket's own timeout starts anew with every byte; the timer ends the whole try.
    timer = Timer(max(deadline - monotonic(), 0), connection.end)
    timer.start()
    try:
        connection.request("POST", connection.address.target, body, dict(headers))
        answer = connection.getresponse()
        return Answer(answer.status, answer.getheader("retry-after", ""))
    except (OSError, HTTPException, ValueError) as error:
        raise NoAnswer("timeout" if monotonic() >= deadline else type(error).__name__) from error
    finally:
        timer.cancel()
        connection.close()


class _Checked(HTTPConnection):
    """Connects to the checked addresses only, whatever the name has come to mean since."""

    def __init__(self, address: Address, deadline: float) -> None:
        super().__init__(address.host, address.port)
        self.default_port = PORTS[address.scheme]
        self.address = address
        self._deadline = deadline

    def connect(self) -> None:
        """Connect to the first address that takes us."""
        self.sock = self._connected()
        if self.address.scheme == "https":
            # The handshake comes after the assignment, so that the timer can end that too.
            context = ssl.create_default_context()
            secure = context.wrap_socket(self.sock, server_hostname=self.address.host, do_handshake_on_connect=False)
            self.sock = secure
            secure.do_handshake()

    def end(self) -> None:
        """Break off, from another thread."""
        if self.sock is not None:
            # Past SSLSocket's own shutdown, which pulls the session away under the thread that reads from it.
            with suppress(OSError):
                socket.shutdown(self.sock, SHUT_RDWR)

    def _connected(self) -> socket:
        refused: OSError = OSError("no address")
        for ip in self.address.ips:
            try:
                return create_connection((ip, self.address.port), max(self._deadline - monotonic(), 0.001))
            except OSError as error:
                refused = error
        raise refused
