"""What citizens and the assistant said: the list of turns, and a whole conversation."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.engine import Connection

from conversations.record import UnknownConversation
from conversations.review import listing, reading
from conversations.review.keys import moment_of
from conversations.review.words import intent_label, outcome_label
from conversations.showing import show_to_staff
from hotline.pictures.store import in_tickets
from knowledge.local import LocalValues
from knowledge.store import Store
from staff import accounts
from web.desk import turn_filters
from web.desk.access import allowed
from web.desk.labels import Labels
from web.errors import failure
from web.parts import parts

MOST_DIGITS = 19  # of a key
pages = Blueprint("desk_conversations", __name__, url_prefix="/desk/conversations")


@pages.get("")
@allowed("conversations.see")
def listed() -> ResponseReturnValue:
    """The turns that the filters let through, the newest first."""
    service, after = parts(), request.args.get("after", "")
    with service.database.reading() as connection:
        choices = turn_filters.choices(connection, request.args)
        filters = turn_filters.read(request.args, choices)
        try:
            found = listing.page(connection, filters, service.settings.timezone, _key(after))
        except ValueError:
            return redirect(f"/desk/conversations?{turn_filters.query(filters)}")
        turns = [
            (row, moment_of(row.key), show_to_staff(service.vault, connection, row.conversation, row.text))
            for row in found.turns
        ]
        tabs = turn_filters.tabs(connection, filters=filters)
    query = turn_filters.query
    return render_template(
        "desk/conversations.html",
        turns=turns,
        titles=Store(service.database).titles({row.entry for row in found.turns if row.entry}),
        tabs=tabs,
        filters=filters,
        choices=choices,
        chosen=turn_filters.said(filters, choices),
        looked_to=found.looked_to,
        query=query(filters),
        next_page=query(filters, after=str(found.after)) if found.after else "",
        first_page=query(filters) if after else None,
        **words(),
    )


@pages.get("/<conversation>")
@allowed("conversations.see")
def whole(conversation: str) -> str:
    """Some turns of a conversation: those around the wanted one, or the last ones."""
    service, turn = parts(), request.args.get("turn", "")
    with service.database.reading() as connection:
        found = reading.read(connection, service.vault, conversation, _number(turn))
        uploads = [name for one in found.turns for name in one.attachments]
        pictures = in_tickets(connection, uploads)
    return render_template("desk/conversation.html", reading=found, pictures=pictures, **words())


@pages.get("/entries/<entry>/<int:revision>")
@allowed("conversations.see")
def entry(entry: str, revision: int) -> ResponseReturnValue:
    """An entry at a revision, as citizens read it then."""
    store = Store(parts().database)
    try:
        found = store.revision(entry, revision)
    except LookupError:
        return failure(404, "not_found", "没有这个版本。")
    sources = store.sources([one.source for one in found.entry.sources])
    values = LocalValues(parts().settings.city)

    def fill(text: str) -> str:
        """With what differs by place; a name that the city had then and has no more stays as it is."""
        try:
            return values.fill(text)
        except KeyError:
            return text

    return render_template(
        "desk/conversation_entry.html", revision=found, entry=found.entry, sources=sources, fill=fill, **words()
    )


@pages.errorhandler(UnknownConversation)
def unknown(_: Exception) -> Response:
    """The same for a conversation that never was and for one that was erased."""
    return failure(404, "not_found", "没有这个会话，或者它已经删除了。")


def names_of(connection: Connection, accounts_of: Iterable[str]) -> dict[str, str]:
    """What these accounts are called; one that is gone keeps its short name."""
    found = {name: accounts.find(connection, name) for name in set(accounts_of)}
    return {name: account.label if account else name for name, account in found.items()}


def words() -> dict[str, Any]:
    """What every page of conversations calls things by."""
    return {
        "labels": Labels(parts().settings.timezone),
        "outcome_label": outcome_label,
        "intent_label": intent_label,
    }


def _key(text: str) -> int:
    if text and (not text.isascii() or not text.isdecimal() or len(text) > MOST_DIGITS):
        raise ValueError(f"no key: {text!r}")
    return int(text or 0)


def _number(text: str) -> int:
    """A turn's number, 0 for what is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
