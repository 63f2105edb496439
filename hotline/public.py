"""What anyone may read of tickets: approved summaries, where neither kind, audience nor category forbids it."""

from typing import Any

from sqlalchemy import and_

from foundation.identifying import TOKEN
from hotline.catalogue import catalogue
from hotline.standing import SECRET_KINDS
from hotline.tables import tickets

HIDDEN_NUMBER = "（号码已隐去）"


def public() -> Any:
    """The condition that public tickets meet."""
    shown = [leaf.id for leaf in catalogue().categories.values() if leaf.public]
    return and_(
        tickets.c.summary != "",
        tickets.c.kind.not_in(SECRET_KINDS),
        tickets.c.audience == "",
        tickets.c.category.in_(["", *shown]),
    )


def without_numbers(text: str) -> str:
    """A text for the public, where a number that slipped into it is left out."""
    return TOKEN.sub(HIDDEN_NUMBER, text)


def may_be_public(ticket: Any) -> bool:
    """Whether staff may approve a summary of this ticket's row."""
    leaf = catalogue().categories.get(ticket.category)
    return ticket.kind not in SECRET_KINDS and not ticket.audience and (leaf is None or leaf.public)
