"""News of tickets, owed to citizens who want them, in the words of a template; a person's words; what all are told."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import yaml
from sqlalchemy.engine import Connection

from foundation.clock import local, now
from foundation.controls import Notice
from wechat import pushes, users
from wechat.delivery import Told
from wechat.words import words

LENGTHS = {"thing": 20, "phrase": 5, "character_string": 32, "time": 40}
MOMENT = "%Y年%m月%d日 %H:%M"


def owe(connection: Connection, conversation: str, turn: int) -> None:
    """A turn that staff or the hotline began is to reach the citizen, where the conversation is one of WeChat's."""
    user = users.of_conversation(connection, conversation)
    if user and user.openid and user.wants_notices:
        pushes.add(connection, user.citizen, pushes.NOTICE, conversation=conversation, turn=turn)


def pass_on(connection: Connection, conversation: str, turn: int) -> None:
    """What a person says who speaks with the citizen now goes out like an answer, also where no news are wanted.

    To who follows no longer it cannot: it is kept, should they come back.
    """
    user = users.of_conversation(connection, conversation)
    if user:
        pushes.add(connection, user.citizen, pushes.PERSON, conversation=conversation, turn=turn)


def announce(connection: Connection, citizen: str, told: Sequence[Notice], day: date) -> None:
    """What every citizen is told now comes once a day, with the next answer that this one hears."""
    user = users.lock(connection, citizen)
    known, today = user.announced or {}, day.isoformat()
    new = [one for one in told if known.get(one.id) != today]
    if new:
        users.change(connection, citizen, announced={one.id: today for one in told})
    for one in new:
        said = {"conversation": user.conversation, "words": words().notice.format(text=one.text)}
        pushes.add(connection, citizen, pushes.ANNOUNCED, state="kept", **said)


def filled(news: Told, site: str, timezone: str) -> tuple[str, dict[str, str]]:
    """The page behind a subscription message and the values of its keywords."""
    ticket = next(reply for reply in news.replies if reply["type"] == "ticket")
    at = local(news.at or now(), timezone).strftime(MOMENT)
    values = {"number": ticket["number"], "state": ticket["state"], "time": at}
    return _page(ticket, site), {_fields()[name]: _fitting(_fields()[name], value) for name, value in values.items()}


def _page(ticket: dict[str, Any], site: str) -> str:
    """The ticket's page, opened with the citizen known; without a link, the page that asks for number and code."""
    path = urlsplit(ticket.get("link") or "").path or "/t"
    return f"{site}/wechat/login?{urlencode({'next': path})}"


def _fitting(field: str, value: str) -> str:
    return value[: LENGTHS.get(field.rstrip("0123456789"), len(value))]


@lru_cache(maxsize=1)
def _fields() -> dict[str, str]:
    content: dict[str, str] = yaml.safe_load((Path(__file__).parent / "notice.yml").read_text(encoding="utf-8"))
    return content
