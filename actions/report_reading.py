"""What a message says to the report form: the matter, the place, the time, the contact, a correction."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from foundation.identifying import TOKEN

MARKS = " ，,。.!！"
ANONYMOUS, NO_CONTACT = "anonymous", "none"
PARTS = ("report_place", "report_contact", "report_time", "report_what")


@lru_cache(maxsize=1)
def words() -> dict[str, Any]:
    """The words of report.yml."""
    content: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "report.yml").read_text(encoding="utf-8"))
    return content


def matter(text: str) -> str | None:
    """The matter, or None when a text only says that there is one."""
    text = text.strip()
    if len(text) < words()["limits"]["what_shortest"] or re.match(words()["bare"]["pattern"], text):
        return None
    return text[: words()["limits"]["longest"]]


def kind(text: str, intent: str) -> str:
    """求助, 投诉, 举报 or 建议."""
    if intent == "suggest":
        return "建议"
    for name, pattern in words()["kinds"].items():
        if re.search(pattern, text):
            return str(name)
    return str(words()["kind_otherwise"])


def could_not_get_done(text: str) -> bool:
    """True when a text tells of something that an office did not get done for the citizen."""
    return bool(re.search(words()["not_done"], text))


def phone(text: str) -> str | None:
    """The contact tokens in a text, or None."""
    tokens = [match.group() for match in TOKEN.finditer(text) if match.group(1) in ("电话", "邮箱")]
    return " ".join(tokens) or None


def contact(text: str) -> str | None:
    """What an answer to `a phone number?` means: tokens, `anonymous`, `none`, or None when it means nothing."""
    if re.search(words()["anonymous"], text):
        return ANONYMOUS
    return phone(text) or (NO_CONTACT if re.search(words()["no_contact"], text) else None)


def confirms(text: str) -> bool:
    """True for a plain yes."""
    return bool(re.match(words()["confirm"], text.strip()))


def correction(text: str, place: str | None, time: str | None) -> dict[str, str]:
    """The slots that a correction changes; empty when it names nothing to change."""
    if TOKEN.search(text):
        return {"report_contact": phone(text) or ""}
    if re.search(words()["anonymous"], text):
        return {"report_contact": ANONYMOUS}
    rest = re.sub(words()["correction_lead"], "", text.strip()).strip(MARKS)
    named = next((part for part, pattern in words()["corrections"].items() if re.search(pattern, text)), None)
    if named == "report_what" and matter(rest):
        return {"report_what": rest}
    if named == "report_time" and (time or rest):
        return {"report_time": time or rest}
    corrected_place = _after_not(text) or place or (rest if named == "report_place" else None)
    return {"report_place": corrected_place} if corrected_place else {}


def _after_not(text: str) -> str | None:
    """The second half of `不是 A 是 B`."""
    match = re.search(r"不是.+?[,, ]?(?:而)?是(.+)$", text)
    return match.group(1).strip(MARKS) if match else None
