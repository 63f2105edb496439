"""Signing, one try over real HTTP, and verifying."""

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from standardwebhooks import Webhook

from foundation.clock import now
from hotline.destination import Destination, split_secrets
from hotline.webhook import Result, is_genuine, send, signed_headers
from tests.hotline.clock import Clock
from tests.hotline.receiver import Receiver
from tests.hotline.support import CALLBACK_SECRET, HOTLINE_SECRET

BODY = json.dumps({"type": "ticket.opened", "what": "路灯坏了"}, ensure_ascii=False)
TICK_SECONDS = 0.1


def try_once(url: str, *secrets: str, seconds: float = 20) -> Result:
    return send(Destination("hotline", url, secrets or (HOTLINE_SECRET,)), "msg_1", BODY, seconds)


@contextmanager
def raw_server(answer: bytes, pause: int) -> Iterator[tuple[str, list[int]]]:
    """A server that sends its answer byte by byte, some ticks before each; where it is, and the ticks so far.

    They tell the time here: while the machine stands still, the clock on the wall goes on and they do not.
    """
    listener, ticks, over = socket.create_server(("127.0.0.1", 0)), list[int](), threading.Event()

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            for byte in answer:
                for _ in range(pause):
                    if over.wait(TICK_SECONDS):
                        return
                    ticks.append(1)
                try:
                    connection.send(bytes([byte]))
                except OSError:
                    return

    threading.Thread(target=serve, daemon=True).start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/", ticks
    over.set()
    listener.close()


def test_the_published_test_vector_is_signed_alike() -> None:
    headers = signed_headers(
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        '{"test": 2432232314}',
        datetime.fromtimestamp(1614265330, UTC),
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert headers["webhook-timestamp"] == "1614265330"


def test_the_receiver_can_verify_with_any_of_our_secrets(receiver: Receiver) -> None:
    result = try_once(receiver.url, *split_secrets(f"{HOTLINE_SECRET}, {CALLBACK_SECRET}"))
    assert (result.status, result.delivered) == (200, True)
    request = receiver.requests[0]
    for secret in (HOTLINE_SECRET, CALLBACK_SECRET):
        assert Webhook(secret).verify(request.text, request.headers) == json.loads(BODY)
    assert request.headers["content-type"] == "application/json"


def test_one_flipped_byte_anywhere_is_refused() -> None:
    headers = signed_headers([HOTLINE_SECRET], "msg_1", BODY, now())
    body = BODY.encode()
    assert is_genuine([CALLBACK_SECRET, HOTLINE_SECRET], headers, body)
    for place in range(len(body)):
        flipped = body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
        assert not is_genuine([HOTLINE_SECRET], headers, flipped)
    assert not is_genuine([CALLBACK_SECRET], headers, body)
    assert not is_genuine([HOTLINE_SECRET], headers | {"webhook-id": "msg_2"}, body)
    later = str(int(headers["webhook-timestamp"]) + 1)
    assert not is_genuine([HOTLINE_SECRET], headers | {"webhook-timestamp": later}, body)


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_signature_more_than_five_minutes_off_is_refused(minutes: int) -> None:
    headers = signed_headers([HOTLINE_SECRET], "msg_1", BODY, now() + timedelta(minutes=minutes))
    assert not is_genuine([HOTLINE_SECRET], headers, BODY.encode())


@pytest.mark.parametrize("signature", ["", "v1", "v1,", "v1,%%%", "nonsense", "v1,a v1,b,c", "v2,AAAA"])
def test_a_malformed_signature_is_refused_without_a_fuss(signature: str) -> None:
    headers = signed_headers([HOTLINE_SECRET], "msg_1", BODY, now()) | {"webhook-signature": signature}
    assert not is_genuine([HOTLINE_SECRET], headers, BODY.encode())
    assert not is_genuine([HOTLINE_SECRET], {}, BODY.encode())


@pytest.mark.parametrize(("status", "delivered", "gone"), [(204, True, False), (500, False, False), (410, False, True)])
def test_the_status_decides_what_becomes_of_a_try(receiver: Receiver, status: int, delivered: bool, gone: bool) -> None:
    receiver.answer = lambda request: (status, {})
    result = try_once(receiver.url)
    assert (result.status, result.delivered, result.gone) == (status, delivered, gone)


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    receiver.answer = lambda request: (307, {"location": receiver.url})
    assert try_once(receiver.url).status == 307
    assert len(receiver.requests) == 1


def test_retry_after_is_read_as_seconds_and_as_a_date(receiver: Receiver, clock: Clock) -> None:
    waits: list[float | None] = []
    for given in ("7", format_datetime(now() + timedelta(seconds=60), usegmt=True), "soon", "-3", "nan", "9999999"):
        receiver.answer = lambda request, given=given: (503, {"retry-after": given})  # type: ignore[misc]
        waits.append(try_once(receiver.url).retry_after)
    assert waits == [7, 60, None, None, None, 86400]


def test_a_receiver_that_is_not_there_is_no_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}/"
    result = try_once(url)
    assert (result.status, result.note) == (None, "ConnectionRefusedError")


def test_a_try_ends_in_time_even_when_the_answer_drips_in() -> None:
    with raw_server(b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 100, pause=1) as (url, ticks):
        result = try_once(url, seconds=5 * TICK_SECONDS)
        assert len(ticks) < 15
    assert (result.status, result.note) == (None, "timeout")
    assert result.milliseconds > 400


def test_a_silent_receiver_is_left_in_time() -> None:
    with raw_server(b"H", pause=50) as (url, ticks):
        result = try_once(url, seconds=3 * TICK_SECONDS)
        assert len(ticks) < 15
    assert result.status is None


def test_a_refused_address_is_noted_and_nothing_is_sent() -> None:
    assert try_once("https://169.254.169.254/").note == "a metadata address"


@pytest.mark.parametrize("trusted", [True, False])
def test_https_is_sent_to_a_certificate_that_is_trusted_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trusted: bool
) -> None:
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    with tls_server(tmp_path) as url:
        result = try_once(url)
    assert (result.status, result.note) == ((200, "") if trusted else (None, "SSLCertVerificationError"))


@contextmanager
def tls_server(folder: Path) -> Iterator[str]:
    """A receiver on localhost with a certificate that it signed itself, kept in the folder."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now() - timedelta(days=1))
        .not_valid_after(now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        plain, _ = listener.accept()
        try:
            with context.wrap_socket(plain, server_side=True) as connection:
                received = b""
                while BODY.encode() not in received:
                    received += connection.recv(10000)
                connection.send(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        except OSError:
            return  # the other side did not trust us

    threading.Thread(target=serve, daemon=True).start()
    yield f"https://localhost:{listener.getsockname()[1]}/"
    listener.close()
