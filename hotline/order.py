"""The order of the staff's list, in SQL written out: an index is used only for the very words that made it."""

from sqlalchemy import Integer
from sqlalchemy import literal_column as sql

from foundation.database import Instant

UNANSWERED_STATES = ("submitted", "accepted", "dispatched", "in_progress", "waiting_for_citizen")
# "IS NOT FALSE" keeps SQLite from looking each state up in another index and sorting what it finds.
UNANSWERED = sql(f"(state IN {UNANSWERED_STATES}) IS NOT FALSE")
URGENCY_RANK = sql("(CASE urgency WHEN 'critical' THEN 0 WHEN 'urgent' THEN 1 ELSE 2 END)", Integer)
NO_LIMIT = sql("'9999-12-31 00:00:00+00:00'")
HANDLE_BY = sql(f"(coalesce(handle_by, {NO_LIMIT}))", Instant)
RETURNED = sql("returns > 0")
IS_PART, IS_MERGED = sql("parent > ''"), sql("main > ''")
PUBLISHED = sql("summary > ''")
EXTENSION_ASKED = sql("extension_asked IS NOT NULL")
# Beside the order, whatever the list is narrowed by, so that only tickets that fit are read.
TO_DO = (
    *(URGENCY_RANK, HANDLE_BY, "number"),
    *("audience", "department", "state", "category", "district", "kind", "channel"),
    *("extension_asked", "returns", "reopens", "contacted_at", "contact_by"),
)
# The board's order, and beside it whatever it is narrowed by.
ON_BOARD = ("number", "district", "category", "state", "handle_by", "kind", "audience")
