"""Figures of conversations: how much was asked, how it ended, and what it was about, kept by day."""

from conversations.figures.cells import Cell
from conversations.figures.definitions import definitions
from conversations.figures.reports import Asked, Report, Row, report
from conversations.figures.rollup import ConversationRollup
from conversations.figures.selection import Refused, Selection, selection_from

__all__ = [
    "Asked",
    "Cell",
    "ConversationRollup",
    "Refused",
    "Report",
    "Row",
    "Selection",
    "definitions",
    "report",
    "selection_from",
]
