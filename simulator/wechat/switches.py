"""How the platform behaves at the moment: what is broken, and what the account may do."""

from dataclasses import dataclass
from typing import Any

MODES = ("plain", "compatible", "safe")


@dataclass(frozen=True)
class Switches:
    """Everything that staff of the demonstration, or a test, can switch."""

    mode: str = ""  # how messages are sent: one of MODES; empty: safe where there is an AES key, otherwise plain
    may_push: bool = True  # the account has the right to customer-service and subscription messages
    down: bool = False  # the interfaces answer 503
    slow_seconds: float = 0.0  # how long the interfaces take
    wrong_clock_seconds: float = 0.0  # what messages say they are too late (or, below zero, too early)
    notice_error: int = 0  # with which code a subscription message fails after it was taken
    token_seconds: int = 7200  # how long a new access token lives
    reply_seconds: float = 5.0  # how long the platform waits for a reply
    lost_share: float = 0.0  # the share of first tries whose connection breaks off before the reply is read
    triple_share: float = 0.0  # the share of messages that arrive three times at once


def switches_from(wanted: dict[str, Any]) -> Switches:
    """Return what is asked for, the rest at its default; raises ValueError for a bad value or name."""
    unknown = set(wanted) - set(Switches.__dataclass_fields__)
    if unknown:
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
    for name, value in wanted.items():
        kind = type(getattr(Switches, name))
        if not isinstance(value, kind) and not (kind is float and type(value) is int):
            raise ValueError(f"{name} is of type {kind.__name__}")
    switches = Switches(**wanted)
    shares = (switches.lost_share, switches.triple_share)
    if switches.mode not in ("", *MODES):
        raise ValueError(f"mode is one of {', '.join(MODES)}")
    if not all(0 <= share <= 1 for share in shares) or switches.slow_seconds < 0 or switches.reply_seconds <= 0:
        raise ValueError("shares lie between 0 and 1, and seconds are not negative")
    if not 300 < switches.token_seconds <= 7200:
        raise ValueError("a token lives more than 300 seconds and at most 7200")
    return switches
