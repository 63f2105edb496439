"""Figures: rates, counts and medians of tickets, what they mean, and the tickets behind them."""

from hotline.figures.definitions import definitions
from hotline.figures.lists import Page, counted
from hotline.figures.reports import Report, Row, live, report
from hotline.figures.rollup import Rollup
from hotline.figures.selection import Refused, Selection, selection_from

__all__ = [
    "Page",
    "Refused",
    "Report",
    "Rollup",
    "Row",
    "Selection",
    "counted",
    "definitions",
    "live",
    "report",
    "selection_from",
]
