"""What citizens ask most."""

from collections import defaultdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.engine import Connection

from conversations.tables import turns

ANSWERED = ("answered", "answered_facet")
LOOKED_AT = 5000  # the newest answers


def asked_most(connection: Connection, since: datetime) -> dict[str, int]:
    """How many conversations each entry answered since then, by entry id, the most first."""
    answered = select(turns.c.conversation, turns.c.replies).where(turns.c.outcome.in_(ANSWERED), turns.c.at >= since)
    conversations: dict[str, set[str]] = defaultdict(set)
    for row in connection.execute(answered.order_by(turns.c.at.desc()).limit(LOOKED_AT)):
        for origin in (reply.get("origin") or {} for reply in row.replies or ()):
            if origin.get("kind") == "entry":
                conversations[origin["id"]].add(row.conversation)
    counted = {entry: len(asking) for entry, asking in conversations.items()}
    return dict(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])))
