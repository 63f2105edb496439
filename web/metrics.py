"""Figures of this process for monitoring."""

from prometheus_client import Counter, Histogram

turns = Counter("wenzheng_turns", "Turns by how they ended", ["outcome"])
turn_seconds = Histogram("wenzheng_turn_seconds", "Seconds from message to answer")
