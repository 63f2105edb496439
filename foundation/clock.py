"""The one place that reads the time."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def local(moment: datetime, timezone: str) -> datetime:
    """The same moment on the clocks of a time zone such as Asia/Shanghai."""
    return moment.astimezone(ZoneInfo(timezone))
