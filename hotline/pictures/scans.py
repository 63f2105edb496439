"""Counting the scans of a JPEG: a small file may ask for thousands, each as much work as a whole picture."""

import re

MOST_SCANS = 100  # cameras write one, or about ten
START_OF_PICTURE, END_OF_PICTURE, START_OF_SCAN = b"\xff\xd8", 0xD9, 0xDA
_MARKER = re.compile(rb"\xff([\x02-\xcf\xd9-\xfe])")  # those with a length behind them; never inside a scan's data


def too_many_scans(data: bytes) -> bool:
    """True for a JPEG that would keep the decoder busy for minutes."""
    return data.startswith(START_OF_PICTURE) and _scans(data) > MOST_SCANS


def _scans(data: bytes) -> int:
    count, position = 0, len(START_OF_PICTURE)
    while found := _MARKER.search(data, position):
        marker, position = found[1][0], found.end()
        if marker == END_OF_PICTURE:
            break
        count += marker == START_OF_SCAN
        position += int.from_bytes(data[position : position + 2], "big")  # jumps over what only looks like a marker
    return count
