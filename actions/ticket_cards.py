"""The reply of type `ticket`."""

from typing import Any

from actions.parts import parts
from foundation.identifying import LINK
from hotline.ticket import TicketView


def card(view: TicketView, conversation: str) -> dict[str, Any]:
    """A ticket as its citizen sees it, without the words around it; its secrets are tokens."""
    return {
        "type": "ticket",
        "number": view.number,
        "state": view.state_label,
        "link": secret(conversation, LINK, view.link),
        "events": parts().tickets.told(view, conversation),
    }


def secret(conversation: str, kind: str, value: str) -> str:
    """A token for what only this citizen may read: trackers and records keep tokens, the page shows the value."""
    with parts().database.writing() as connection:
        return parts().vault.keep(connection, f"conversation:{conversation}", kind, value)
