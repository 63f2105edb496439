"""What a caller asks for when it lists requests."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from foundation.clock import now
from hotline.open311.refusal import Refused

LONGEST = timedelta(days=90)
MOST = 1000
LAST_PAGE = 100_000
STATUSES = ("open", "closed")
_NUMBER = re.compile(r"\d{8}-\d{6,12}", re.ASCII)
Fields = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Query:
    """The filters; `numbers`, where there are any, overrides all others."""

    numbers: tuple[str, ...]
    named: bool  # numbers were asked for, though perhaps none that a ticket can have
    codes: tuple[str, ...]
    statuses: tuple[str, ...]
    start: datetime
    end: datetime
    page: int
    page_size: int

    @classmethod
    def read(cls, fields: Fields) -> "Query":
        """The filters of a query string; raises Refused."""
        asked = _list(fields, "service_request_id")
        statuses = _list(fields, "status")
        if not set(statuses) <= set(STATUSES):
            raise Refused("status")
        start, end = _range(_moment(fields, "start_date"), _moment(fields, "end_date"))
        return cls(
            numbers=tuple(filter(is_number, asked))[:MOST],
            named=bool(asked),
            codes=_list(fields, "service_code"),
            statuses=statuses,
            start=start,
            end=end,
            page=_count(fields, "page", 1, LAST_PAGE),
            page_size=_count(fields, "page_size", MOST, MOST),
        )


def is_number(text: str) -> bool:
    """Tell whether a ticket can have this number."""
    return bool(_NUMBER.fullmatch(text))


def one(fields: Fields, name: str) -> str:
    """The first value of a field; one that is missing is empty, as the specification wants."""
    return next(iter(fields.get(name, ())), "").strip()


def _list(fields: Fields, name: str) -> tuple[str, ...]:
    """Values with commas between them, or the field several times."""
    parts = (part.strip() for value in fields.get(name, ()) for part in value.split(","))
    return tuple(part for part in parts if part)


def _moment(fields: Fields, name: str) -> datetime | None:
    text = one(fields, name).replace(" ", "+")  # a plus sign that was not escaped arrives as a space
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise Refused("moment", field=name)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Refused("moment", field=name) from error


def _range(start: datetime | None, end: datetime | None) -> tuple[datetime, datetime]:
    """At most 90 days; without dates, the last ones."""
    try:
        end = end or (start + LONGEST if start else now())
        start = start or end - LONGEST
    except OverflowError as error:
        raise Refused("range") from error
    if not timedelta(0) <= end - start <= LONGEST:
        raise Refused("range")
    return start, end


def _count(fields: Fields, name: str, default: int, most: int) -> int:
    text = one(fields, name) or str(default)
    if not (text.isdecimal() and len(text) < 10 and 1 <= int(text) <= most):
        raise Refused("number", field=name, most=most)
    return int(text)
