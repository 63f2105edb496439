"""When people answer: on working days, or on days of the week, from one time of the day to another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from foundation.clock import local
from foundation.working_days import is_working_day

DAYS = "一二三四五六日"
START_OF_DAY, END_OF_DAY = "00:00", "24:00"
LOOKED_AHEAD = 60  # days; longer than any holiday


@dataclass(frozen=True)
class Hours:
    """Opening hours; with `workdays` they follow holidays and worked weekends, whatever the days say."""

    workdays: bool
    weekdays: Sequence[int]  # 1 is Monday
    opens: str  # such as 09:00
    closes: str

    def is_open(self, at: datetime, timezone: str) -> bool:
        """Tell whether people answer at a moment."""
        moment = local(at, timezone)
        return self._has(moment.date()) and self._first <= moment.time() < self._last

    def next_opening(self, at: datetime, timezone: str) -> datetime | None:
        """When people answer next, after a moment at which nobody does; None when they never do."""
        moment = local(at, timezone)
        for ahead in range(LOOKED_AHEAD):
            day = moment.date() + timedelta(days=ahead)
            opening = datetime.combine(day, self._first, ZoneInfo(timezone))
            if self._has(day) and opening > moment:
                return opening
        return None

    @property
    def words(self) -> str:
        """As people write it: 工作日 9:00–17:30, 每天 8:30–20:30, 每天 24 小时."""
        if (self.opens, self.closes) == (START_OF_DAY, END_OF_DAY):
            return f"{self._days} 24 小时"
        opens, closes = (text.removeprefix("0") for text in (self.opens, self.closes))
        return f"{self._days} {opens}–{closes}"

    @property
    def _days(self) -> str:
        if self.workdays:
            return "工作日"
        days = sorted(set(self.weekdays))
        return "每天" if len(days) == len(DAYS) else "、".join(f"周{DAYS[day - 1]}" for day in days)

    @property
    def _first(self) -> time:
        return time.fromisoformat(self.opens)

    @property
    def _last(self) -> time:
        return time.max if self.closes == END_OF_DAY else time.fromisoformat(self.closes)

    def _has(self, day: date) -> bool:
        return is_working_day(day) if self.workdays else day.isoweekday() in self.weekdays
