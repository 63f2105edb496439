"""What was filled in on the page of settings, as values to keep. Whatever cannot be kept raises ValueError in words."""

from collections.abc import Callable
from datetime import datetime, time
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from foundation.clock import now
from foundation.controls import limits
from foundation.opening_hours import END_OF_DAY, START_OF_DAY
from knowledge.local import TONES
from knowledge.plain_language import check
from staff.permissions import roles

Given = MultiDict[str, str]
PLAIN_FROM = 75  # the score below which a text is not plain
KEPT = ("conversations", "contacts", "pictures")
SEVEN = range(1, 8)


def reason(given: Given) -> str:
    """Why something is changed."""
    return _text(given, "reason", limits()["reason"], "请写一句为什么改")


def value(kind: str, given: Given, before: Any, timezone: str) -> Any:
    """The new value of a control; `before` is what holds now."""
    return READERS[kind](given, before, timezone)


def _notices(given: Given, before: list[dict[str, Any]], timezone: str) -> list[dict[str, Any]]:
    """One more notice, or one less; what is over goes by itself."""
    held = [one for one in before if datetime.fromisoformat(one["until"]) > now()]
    if given.get("remove"):
        return [one for one in held if one["id"] != given["remove"]]
    text = _text(given, "text", limits()["notice"], "请写公告")
    report = check(text)
    if report.errors or report.score < PLAIN_FROM:
        found = next(iter(report.errors or report.findings))
        raise ValueError(f"公告还不够好懂：“{found.words}”，{found.why}。{found.better}")
    since = _moment(given, "since", timezone) if given.get("since") else now()
    until = _end(given, timezone)
    if until <= since:
        raise ValueError("结束要晚于开始。")
    told = {"id": uuid4().hex[:12], "text": text, "is_grave": bool(given.get("grave"))}
    return [*held, told | {"since": since.isoformat(), "until": until.isoformat()}]


def _off(given: Given, before: Any, timezone: str) -> dict[str, str] | None:
    """Off with what citizens read, or on again."""
    if given.get("on"):
        return None
    said = _text(given, "said", limits()["reason"], "请写一句市民会看到的原因")
    if said[-1] not in "。！":
        said += "。"
    return {"reason": said, "until": _end(given, timezone).isoformat()}


def _tone(given: Given, before: str, timezone: str) -> str:
    if given.get("tone", "") not in ("", *TONES):
        raise ValueError("没有这种语气，请从列表里选。")
    return given.get("tone", "")


def _hours(given: Given, before: Any, timezone: str) -> dict[str, Any]:
    days = [int(day) for day in given.getlist("weekday") if day.isascii() and day.isdigit() and int(day) in SEVEN]
    workdays = bool(given.get("workdays"))
    if not workdays and not days:
        raise ValueError("请选上班的日子。")
    closing = given.get("closes", "")
    to_midnight = closing in (START_OF_DAY, END_OF_DAY)  # browsers let people enter only the first
    try:
        opens = _time(given.get("opens", ""))
        closes = time.max if to_midnight else _time(closing)
    except ValueError:
        raise ValueError("时间要写成 09:00 这样。") from None
    if opens >= closes:
        raise ValueError("下班要晚于上班。")
    times = {"opens": f"{opens:%H:%M}", "closes": END_OF_DAY if to_midnight else f"{closes:%H:%M}"}
    return {"workdays": workdays, "weekdays": sorted(set(days)), **times}


def _retention(given: Given, before: Any, timezone: str) -> dict[str, int]:
    least, most = limits()["fewest_days"], limits()["most_days"]
    days = {name: given.get(name, "") for name in KEPT}
    sound = {
        name: int(text)
        for name, text in days.items()
        if text.isascii() and text.isdigit() and len(text) <= 5 and (int(text) == 0 or least <= int(text) <= most)
    }
    if len(sound) < len(KEPT):
        raise ValueError(f"天数要在 {least} 到 {most} 之间，0 表示一直留着。")
    return sound


def _second_factor(given: Given, before: Any, timezone: str) -> list[str]:
    return [role for role in roles() if role in given.getlist("role")]


READERS: dict[str, Callable[[Given, Any, str], Any]] = {
    "notices": _notices,
    "off": _off,
    "tone": _tone,
    "hours": _hours,
    "retention": _retention,
    "second_factor": _second_factor,
}


def _text(given: Given, name: str, most: int, empty: str) -> str:
    text = "".join(sign for sign in given.get(name, "") if sign.isprintable()).strip()
    if not text:
        raise ValueError(f"{empty}。")
    if len(text) > most:
        raise ValueError(f"写得太长了，最多 {most} 个字。")
    return text


def _time(text: str) -> time:
    """A time to the minute, as browsers send it: nothing more is kept of it."""
    found = time.fromisoformat(text)
    if f"{found:%H:%M}" != text:
        raise ValueError(f"{text} has seconds or an offset")
    return found


def _end(given: Given, timezone: str) -> datetime:
    until = _moment(given, "until", timezone)
    if until <= now():
        raise ValueError("结束时间要在将来。")
    return until


def _moment(given: Given, name: str, timezone: str) -> datetime:
    try:
        return datetime.fromisoformat(given.get(name, "")).replace(tzinfo=ZoneInfo(timezone))
    except ValueError:
        raise ValueError("请写清楚日期和时间。") from None
