"""Which addresses a webhook may go to."""

import socket
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

# Where clouds answer any process with their machine's own credentials.
METADATA = [
    ip_network(network)
    for network in ("169.254.0.0/16", "fe80::/10", "fd00:ec2::254/128", "100.100.100.200/32", "192.0.0.192/32")
]
Network = IPv4Network | IPv6Network
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


def checked(url: str, allowed: Iterable[Network] | None = None) -> Address:
    """Resolve a URL; raises AddressRefused for a metadata address, or for plain HTTP off loopback.

    With `allowed`, every address of the name must lie in one of these networks.

    The caller must connect to `ips`, not resolve again: the name may mean something else by then.
    """
    parts = _split(url)
    host, port = str(parts.hostname), parts.port or PORTS[parts.scheme]
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    ips = [_plain(str(entry[4][0])) for entry in found]
    if any(ip in network for ip in ips for network in METADATA):
        raise AddressRefused("a metadata address")
    if allowed is not None and not all(any(ip in network for network in allowed) for ip in ips):
        raise AddressRefused("not in an allowed network")
    if parts.scheme == "http" and not all(ip.is_loopback for ip in ips):
        raise AddressRefused("plain http off loopback")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Address(parts.scheme, host, port, target, tuple(dict.fromkeys(str(ip) for ip in ips)))


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        # Reading the port checks it. A password in an address would not be sent, but kept and shown.
        sound = parts.scheme in PORTS and parts.hostname and parts.port != 0 and parts.username is None
    except ValueError:
        sound = None
    if not sound:
        raise AddressRefused("not an http or https address")
    return parts


def _plain(address: str) -> IPv4Address | IPv6Address:
    ip = ip_address(address)
    return getattr(ip, "ipv4_mapped", None) or ip
