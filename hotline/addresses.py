"""Which addresses a webhook may go to."""

import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

# Where clouds answer any process with their machine's own credentials.
METADATA = [
    ip_network(network)
    for network in ("169.254.0.0/16", "fe80::/10", "fd00:ec2::254/128", "100.100.100.200/32", "192.0.0.192/32")
]
PORTS = {"http": 80, "https": 443}


class AddressRefused(ValueError):
    """An address that nothing is sent to."""


@dataclass(frozen=True)
class Address:
    """A checked receiver: where to connect, and what to ask for there."""

    scheme: str
    host: str
    port: int
    target: str
    ips: tuple[str, ...]


def checked(url: str) -> Address:
    """Resolve a URL; raises AddressRefused for a metadata address, or for plain HTTP off loopback.

    The caller must connect to `ips`, not resolve again: the name may mean something else by then.
    """
    parts = _split(url)
    host, port = str(parts.hostname), parts.port or PORTS[parts.scheme]
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    ips = [_plain(str(entry[4][0])) for entry in found]
    if any(ip in network for ip in ips for network in METADATA):
        raise AddressRefused("a metadata address")
    if parts.scheme == "http" and not all(ip.is_loopback for ip in ips):
        raise AddressRefused("plain http off loopback")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Address(parts.scheme, host, port, target, tuple(dict.fromkeys(str(ip) for ip in ips)))


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        sound = parts.scheme in PORTS and parts.hostname and parts.port != 0  # reading the port checks it
    except ValueError:
        sound = None
    if not sound:
        raise AddressRefused("not an http or https address")
    return parts


def _plain(address: str) -> IPv4Address | IPv6Address:
    ip = ip_address(address)
    return getattr(ip, "ipv4_mapped", None) or ip
