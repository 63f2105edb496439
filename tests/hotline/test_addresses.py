"""Which addresses a webhook may go to."""

import socket
from typing import Any

import pytest

from hotline.addresses import AddressRefused, checked


def resolving_to(monkeypatch: pytest.MonkeyPatch, *ips: str) -> None:
    """Names mean these addresses, as a name server that is not ours may say."""

    def resolve(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in ips]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


@pytest.mark.parametrize(
    ("url", "port", "target"),
    [
        ("http://127.0.0.1:8081/webhook", 8081, "/webhook"),
        ("http://127.0.0.1", 80, "/"),
        ("http://[::1]:9/a?b=c", 9, "/a?b=c"),
        ("https://10.1.2.3/hook", 443, "/hook"),
    ],
)
def test_loopback_and_https_are_allowed(url: str, port: int, target: str) -> None:
    address = checked(url)
    assert (address.port, address.target) == (port, target)


@pytest.mark.parametrize(
    "url",
    [
        "http://10.1.2.3/hook",
        "http://0.0.0.0:8081/hook",
        "https://169.254.169.254/latest/meta-data",
        "http://169.254.169.254/latest/meta-data",
        "https://[::ffff:169.254.169.254]/",
        "https://100.100.100.200/",
        "https://[fd00:ec2::254]/",
        "https://[fe80::1]/",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "127.0.0.1:8081",
        "https://",
        "https://127.0.0.1:99999/",
        "https://[::1/",
        "",
    ],
)
def test_plain_http_off_loopback_metadata_and_nonsense_are_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        checked(url)


def test_a_name_that_means_a_metadata_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving_to(monkeypatch, "203.0.113.9", "169.254.169.254")
    with pytest.raises(AddressRefused, match="metadata"):
        checked("https://hotline.example/hook")


def test_a_name_that_means_loopback_and_more_gets_no_plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving_to(monkeypatch, "127.0.0.1", "203.0.113.9")
    with pytest.raises(AddressRefused, match="loopback"):
        checked("http://hotline.example/hook")
    assert checked("https://hotline.example/hook").ips == ("127.0.0.1", "203.0.113.9")
