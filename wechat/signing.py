"""Signatures of the platform's requests, and how old a request may be."""

import hashlib
import hmac

from foundation.clock import now

FRESH_SECONDS = 300


def signature(*parts: str) -> str:
    """The SHA-1 of the sorted parts, as WeChat defines it."""
    joined = "".join(sorted(parts)).encode("utf-8", "replace")
    return hashlib.sha1(joined, usedforsecurity=False).hexdigest()


def is_signed(given: str, *parts: str) -> bool:
    """True when the signature belongs to the parts; takes as long for a nearly right one as for a wrong one."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), signature(*parts).encode())


def age(timestamp: str) -> float:
    """How many seconds ago a timestamp was, below zero for the future; endless for what is none."""
    is_one = timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12
    return now().timestamp() - int(timestamp) if is_one else float("inf")
