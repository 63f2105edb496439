"""The list of tickets: what waits, narrowed down as one likes, fifty at a time."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import yaml
from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from foundation.clock import day_asked, now
from hotline.catalogue import catalogue
from hotline.desk import seen
from hotline.filters import LIMITS, MARKS, NUMBER, Filters
from hotline.lifecycle import UnknownTicket, lifecycle
from hotline.queue import MOST_COUNTED, QUEUES, counts, page
from hotline.remaining import contact_left, left
from hotline.staff_words import state_label
from hotline.staff_words import words as staff_words
from hotline.time_limits import time_limits
from staff.permissions import may
from web.desk.access import actor, allowed
from web.desk.act_forms import clean
from web.desk.batch import acts_for
from web.desk.labels import Labels
from web.parts import parts

LONGEST_WORDS = 60
Choices = dict[str, dict[str, dict[str, str]]]  # for every select its groups, with value and label of each choice
DAYS = ("since", "until")
pages = Blueprint("desk_tickets", __name__, url_prefix="/desk/tickets")


@pages.get("")
@allowed("tickets.see")
def listing() -> ResponseReturnValue:
    """The tickets that the filters let through; a ticket's number leads to the ticket at once."""
    choices, timezone, at = _choices(), parts().settings.timezone, now()
    filters = _filters(choices)
    with parts().database.reading() as connection:
        if NUMBER.fullmatch(filters.words) and _is_seen(connection, filters.words):
            return redirect(f"/desk/tickets/{filters.words}")
        try:
            found = page(connection, actor(), filters, timezone, request.args.get("after", ""))
        except ValueError:
            return redirect(f"/desk/tickets?{_query(filters)}")
        queues = counts(connection, actor(), timezone)
    return render_template(
        "desk/tickets.html",
        tickets=[(one, left(one, at, timezone), contact_left(one, at, timezone)) for one in found.tickets],
        labels=Labels(timezone),
        filters=filters,
        queues=[_queue(name, count, filters) for name, count in queues.items()],
        choices=choices,
        batch=acts_for(actor(), {row.handled_by for row in found.tickets})
        if may(actor().roles, "tickets.work")
        else [],
        chosen=_chosen(filters, choices),
        next_page=_query(filters, after=found.after) if found.after else "",
        first_page=_query(filters) if request.args.get("after") else None,
    )


def _filters(choices: Choices) -> Filters:
    """What is asked for; what no list knows is left out."""
    known = {name: {value for group in few.values() for value in group} for name, few in choices.items()}
    given: dict[str, Any] = {name: request.args[name] for name in known if request.args.get(name) in known[name]}
    days: dict[str, Any] = {name: day_asked(request.args.get(name, "")) for name in DAYS}
    words = clean(request.args.get("words", "")).replace("\n", " ")[:LONGEST_WORDS]
    if words.isdecimal() and len(words) == 14:  # a number read out without its dash
        words = f"{words[:8]}-{words[8:]}"
    return Filters(**given, **days, words=words)


def _is_seen(connection: Any, number: str) -> bool:
    try:
        return bool(seen(connection, number, actor()))
    except UnknownTicket:
        return False


def _query(filters: Filters, **more: str) -> str:
    """The filters as part of an address, without those that say nothing."""
    plain = Filters()
    given = {name: getattr(filters, name) for name in vars(filters)}
    return urlencode({name: value for name, value in given.items() if value != getattr(plain, name)} | more)


def _queue(name: str, count: int, filters: Filters) -> dict[str, Any]:
    return {
        "name": name,
        "label": _words()["queues"][name],
        "count": f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count),
        "is_empty": not count,
        "query": _query(QUEUES[name]),
        "is_open": filters == QUEUES[name],
    }


def _choices() -> Choices:
    lists = catalogue()
    tree: dict[str, dict[str, str]] = {"": dict(lists.tops)}
    for leaf in lists.categories.values():
        tree.setdefault(lists.tops[leaf.top], {})[leaf.id] = leaf.label
    words = _words()
    return {
        "state": {"": words["states"] | {name: state_label(name) for name in lifecycle().states}},
        "limit": {"": {name: words["limits"][name] for name in LIMITS}},
        "mark": {"": {name: words["marks"][name] for name in MARKS}},
        "category": tree,
        "department": {"": {one.id: one.label for one in lists.departments.values()}},
        "district": {"": {one.id: one.label for one in lists.districts.values()}},
        "kind": {"": {one: one for one in lifecycle().kinds}},
        "urgency": {"": time_limits().urgency},
        "channel": {"": staff_words()["channels"]},
    }


def _chosen(filters: Filters, choices: Choices) -> list[tuple[str, str]]:
    """Every filter that is set, in words, with the query that the list has without it."""
    labels = {name: {v: text for group in few.values() for v, text in group.items()} for name, few in choices.items()}
    plain = Filters()
    chosen = []
    for name, label in _words()["filters"].items():
        value = getattr(filters, name)
        if value != getattr(plain, name):
            text = labels[name][value] if name in labels else str(value)
            chosen.append((f"{label}：{text}", _query(replace(filters, **{name: getattr(plain, name)}))))
    return chosen


@cache
def _words() -> Mapping[str, Any]:
    content: Mapping[str, Any] = yaml.safe_load((Path(__file__).parent / "tickets.yml").read_text(encoding="utf-8"))
    return content
