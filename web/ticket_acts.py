"""What a citizen does on a ticket's page: the form is read, checked and taken, or refused in words."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from time import time
from typing import Any

import yaml
from flask import request, session

from conversations.screen import LONGEST, normalise
from hotline.lifecycle import NotAllowed, lifecycle
from hotline.ticket import TicketView
from web.forms import is_own_form
from web.parts import parts

REMEMBERED_SECONDS = 30 * 60
TICKETS_REMEMBERED = 5  # the cookie has little room
NEED_WORDS = ("supplement", "reopen")
FORBIDDEN, CONFLICT, UNPROCESSABLE = 403, 409, 422


class Refused(Exception):
    """An act that is not taken; the message says why."""

    def __init__(self, reason: str, status: int, **values: Any) -> None:
        super().__init__(words()["refused"][reason].format(**values))
        self.status = status


@dataclass(frozen=True)
class Given:
    """What the form says."""

    act: str
    text: str
    solved: str
    satisfaction: str
    is_sure: bool

    @classmethod
    def of_request(cls, act: str) -> "Given":
        """The form of this request."""
        form = request.form
        text = normalise(form.get("text", ""))
        return cls(act, text, form.get("solved", ""), form.get("satisfaction", ""), form.get("sure") == "yes")


@lru_cache(maxsize=1)
def words() -> dict[str, Any]:
    """The sentences of tickets.yml."""
    content: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "tickets.yml").read_text("utf-8"))
    return content


def act_on(view: TicketView, given: Given) -> str:
    """Take the act and return what to say; "" when the citizen must still say that it is meant. Raises Refused."""
    _check(view, given)
    unlock(view.number, request.form.get("code", ""))
    if given.act == "withdraw" and not given.is_sure:
        return ""
    try:
        _take(view.number, given)
    except NotAllowed as error:
        raise Refused(_reason(error), CONFLICT, state=view.state_label) from error
    act = words()["acts"][given.act]
    return str(act["again"] if given.act == "rate" and given.solved == "no" else act["done"])


def is_unlocked(number: str) -> bool:
    """Tell whether this browser gave the ticket's code within half an hour."""
    return float(session.get("unlocked", {}).get(number, 0)) > time()


def unlock(number: str, code: str) -> None:
    """Let this browser act on a ticket for half an hour; raises Refused unless the code is right."""
    if is_unlocked(number):
        return
    ended = parts().tickets.try_code(number, normalise(code).replace(" ", ""))
    if ended != "right":
        raise Refused(ended, FORBIDDEN)
    remember(number)


def remember(number: str) -> None:
    """Keep in mind that this browser gave the right code."""
    others = {other: until for other, until in session.get("unlocked", {}).items() if until > time()}
    latest = list((others | {number: time() + REMEMBERED_SECONDS}).items())
    session["unlocked"] = dict(latest[-TICKETS_REMEMBERED:])


def _check(view: TicketView, given: Given) -> None:
    """Everything that needs no code, so that a slip costs no try."""
    if not is_own_form():
        raise Refused("form", FORBIDDEN)
    if given.act not in view.can:
        raise Refused("state", CONFLICT, state=view.state_label)
    if len(given.text) > LONGEST:
        raise Refused("too_long", UNPROCESSABLE, limit=LONGEST)
    if not given.text and given.act in NEED_WORDS:
        raise Refused(given.act, UNPROCESSABLE)
    if given.act == "rate":
        _check_rating(given)


def _check_rating(given: Given) -> None:
    if given.solved not in ("yes", "no"):
        raise Refused("solved", UNPROCESSABLE)
    if given.satisfaction and given.satisfaction not in lifecycle().satisfaction:
        raise Refused("satisfaction", UNPROCESSABLE)
    if given.solved == "no" and not given.text:
        raise Refused("unsolved", UNPROCESSABLE)


def _take(number: str, given: Given) -> None:
    tickets = parts().tickets
    takes: dict[str, Callable[[], TicketView]] = {
        "rate": lambda: tickets.rate(number, given.solved == "yes", given.satisfaction, given.text),
        "supplement": lambda: tickets.supplement(number, given.text),
        "urge": lambda: tickets.urge(number, given.text),
        "reopen": lambda: tickets.reopen(number, given.text),
        "withdraw": lambda: tickets.withdraw(number, given.text),
    }
    takes[given.act]()


def _reason(error: NotAllowed) -> str:
    return error.reason if error.reason in ("too_soon", "too_late") else "state"
