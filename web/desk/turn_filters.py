"""The filters of the list of turns: read from an address, written into one, and said in words."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import yaml
from sqlalchemy.engine import Connection
from werkzeug.datastructures import MultiDict

from conversations import keys
from conversations.review.filters import NAMELESS, Filters
from conversations.review.listing import MOST_COUNTED, QUEUES, counts
from conversations.review.words import outcomes
from conversations.review.words import words as review_words
from foundation.clock import day_asked
from hotline.staff_words import words as staff_words
from knowledge.store import Store
from web.desk.act_forms import clean
from web.parts import parts

LONGEST_WORDS = 60
LONGEST_CHOICE = 200
FREE = ("outcome", "intent", "band", "entry", "domain", "channel", "thumb")  # what turns hold and no list may know
DAYS = ("since", "until")
ADDRESSES = {name: f"/desk/conversations/{name}" for name in ("sample", "unanswered", "loop")}
Choices = dict[str, dict[str, str]]  # for every select the value and label of each choice


@cache
def page_words() -> Mapping[str, Any]:
    """The words of conversations.yml."""
    content: Mapping[str, Any] = yaml.safe_load((Path(__file__).parent / "conversations.yml").read_text("utf-8"))
    return content


def choices(connection: Connection, given: "MultiDict[str, str]") -> Choices:
    """What each select offers, with what is asked for among it: also what is there no more, or several outcomes."""
    asked = {name: clean(given.get(name, ""))[:LONGEST_CHOICE] for name in FREE}
    known = _offered(connection, asked["entry"])
    for name, value in asked.items():
        if value and value not in known[name]:
            known[name][value] = "、".join(known[name].get(one, one) for one in value.split(","))
    return known


def _offered(connection: Connection, entry: str) -> Choices:
    words = review_words()
    channels = {name: name for name in [*keys.OUR_OWN, *(key.name for key in keys.everyone(connection))]}
    return {
        "outcome": dict(outcomes()),
        "intent": dict(words["intents"]),
        "band": {name: one["label"] for name, one in words["bands"].items()},
        "entry": Store(parts().database).titles({entry}) if entry else {},
        "domain": {name: name for name in Store(parts().database).domains()} | {NAMELESS: words["no_domain"]},
        "channel": channels | {name: label for name, label in staff_words()["channels"].items() if name in channels},
        "thumb": dict(words["thumbs"]),
        "reviewed": words["reviewed"],
        "each": words["each"],
    }


def read(given: "MultiDict[str, str]", known: Choices) -> Filters:
    """What is asked for; nothing fits what no turn has."""
    chosen: dict[str, Any] = {name: given[name] for name in known if given.get(name) in known[name]}
    days: dict[str, Any] = {name: day_asked(given.get(name, "")) for name in DAYS}
    words = clean(given.get("words", "")).replace("\n", " ")[:LONGEST_WORDS]
    return Filters(**chosen, **days, words=words)


def query(filters: Filters, **more: str) -> str:
    """The filters as part of an address, without those that say nothing."""
    given = {name: value for name, value in vars(filters).items() if value}
    return urlencode(given | more)


def said(filters: Filters, known: Choices) -> list[tuple[str, str]]:
    """Every filter that is set, in words, with the query that the list has without it."""
    plain, found = Filters(), []
    for name, label in page_words()["filters"].items():
        value = getattr(filters, name)
        if value:
            text = known[name][value] if name in known else str(value)
            found.append((f"{label}：{text}", query(replace(filters, **{name: getattr(plain, name)}))))
    return found


def tabs(connection: Connection, opened: str = "", filters: Filters | None = None) -> list[dict[str, Any]]:
    """The tabs above the list and the pages beside it."""
    counted = counts(connection)
    return [
        {
            "label": label,
            "address": ADDRESSES.get(name) or f"/desk/conversations?{query(QUEUES[name])}".rstrip("?"),
            "count": _count(counted[name]) if name in counted else "",
            "is_empty": not counted.get(name, 1),
            "is_open": name == opened or (filters is not None and QUEUES.get(name) == filters),
        }
        for name, label in page_words()["tabs"].items()
    ]


def _count(number: int) -> str:
    return f"{MOST_COUNTED}+" if number > MOST_COUNTED else str(number)
