"""The key of a turn in the list: its moment, so that one number gives the order, the day and the place in it."""

import zlib
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SPREAD = 1024  # turns of one microsecond that can be told apart; with it, keys fit into 63 bits until 2255
_MICROSECOND = timedelta(microseconds=1)


def first_key(moment: datetime) -> int:
    """The lowest key of a moment."""
    return (moment - EPOCH) // _MICROSECOND * SPREAD


def wanted_key(moment: datetime, conversation: str, turn: int) -> int:
    """The key that a turn takes unless another has it."""
    return first_key(moment) + zlib.crc32(f"{conversation}/{turn}".encode()) % SPREAD


def moment_of(key: int) -> datetime:
    """When the turn with this key began."""
    return EPOCH + key // SPREAD * _MICROSECOND
