"""Where the numbers of the overview lead: to the list of exactly the turns, conversations or waits that they count."""

from urllib.parse import urlencode

from flask import g

from conversations.figures import Selection, definitions
from conversations.figures.cells import Cell, Visits
from conversations.figures.lines import cells, visit_cells
from conversations.figures.selection import NAMELESS
from staff.permissions import may

Linked = list[tuple[object, str]]  # a number, and its address or ""


class Links:
    """The addresses for a selection; of turns none for who may not see them."""

    def __init__(self, selection: Selection) -> None:
        self.sees = may(g.staff.roles, "conversations.see")
        self._selection = selection
        words = definitions()
        self.answered, self.from_entry = {"outcome": ",".join(words.answered)}, {"outcome": ",".join(words.from_entry)}
        self.asked, self.ticket = {"outcome": ",".join(words.asked)}, {"outcome": ",".join(words.ticket)}
        self.visits = {"each": "conversation"}
        self.to_person = {"each": "conversation", "outcome": ",".join(words.to_person)}

    def turns(self, **more: str) -> str:
        """The list of turns of the selection, with more conditions or, where one is empty, without it."""
        given = self._given("since", "until") | more
        kept = {name: value for name, value in given.items() if value}
        return f"/desk/conversations?{urlencode(kept)}" if self.sees else ""

    def waits(self, **more: str) -> str:
        """The list of waits that came to an end."""
        return f"/desk/figures/service/waits?{urlencode(self._given('from', 'to') | more)}"

    def row(self, dimension: str, value: str, cell: Cell) -> Linked:
        """A row of a table of messages, in the order of its heads."""
        thumbs: tuple[dict[str, str], ...] = ({"thumb": "up"}, {"thumb": "down"})
        by_head = (dict[str, str](), self.asked, self.answered, None, self.ticket, *thumbs, None)
        one = _one(dimension, value, "since", "until")
        return [
            (number, self.turns(**one, **more) if number and more is not None else "")
            for number, more in zip(cells(cell), by_head, strict=True)
        ]

    def visit_row(self, dimension: str, value: str, visits: Visits) -> Linked:
        """The same of a table of conversations."""
        one = _one(dimension, value, "since", "until")
        addresses = [self.turns(**one, **self.visits), self.turns(**one, **self.to_person), ""]
        addresses += [self.waits(**_one(dimension, value, "from", "to")), ""]
        return [(n, address if n else "") for n, address in zip(visit_cells(visits), addresses, strict=True)]

    def _given(self, first: str, last: str) -> dict[str, str]:
        """The selection, its first and last day under these names."""
        query = self._selection.query
        return {first: query.pop("from"), last: query.pop("to"), **query}


def _one(dimension: str, value: str, first: str, last: str) -> dict[str, str]:
    """The condition of a row; of the row with all of them there is none."""
    if dimension == "day":
        return {first: value, last: value}
    return {dimension: value or NAMELESS} if dimension else {}
