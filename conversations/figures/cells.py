"""Cells: what figures add up from. Two cells add up to the cell of both their messages."""

from collections import Counter
from dataclasses import dataclass, field

from conversations.figures.definitions import definitions
from foundation.shares import share


@dataclass
class Cell:
    """Some messages: how many ended how, and the thumbs that their answers got."""

    outcomes: Counter[str] = field(default_factory=Counter)
    up: int = 0
    down: int = 0

    def add(self, outcome: str, turns: int, up: int, down: int) -> None:
        """Take in messages with one outcome."""
        self.outcomes[outcome] += turns
        self.up += up
        self.down += down

    @property
    def messages(self) -> int:
        """All of them."""
        return self.outcomes.total()

    @property
    def answered(self) -> int:
        """Those that got an answer."""
        return self._of(definitions().answered)

    @property
    def asked(self) -> int:
        """Those that asked about the city's business."""
        return self._of(definitions().asked)

    @property
    def tickets(self) -> int:
        """Those that became a ticket, or somebody's who follows one."""
        return self._of(definitions().ticket)

    @property
    def answer_rate(self) -> float | None:
        """A share between 0 and 1, or None where nobody asked."""
        return share(self.answered, self.asked)

    @property
    def thumbs_rate(self) -> float | None:
        """The same of thumbs."""
        return share(self.up, self.up + self.down)

    def _of(self, names: tuple[str, ...]) -> int:
        return sum(self.outcomes[name] for name in names)


@dataclass
class Visits:
    """Conversations, counted once on each of their days, and how long people waited for a person."""

    conversations: int = 0
    to_person: int = 0
    waits: Counter[int] = field(default_factory=Counter)

    def add(self, conversations: int, to_person: int, waits: Counter[int]) -> None:
        """Take in other ones."""
        self.conversations += conversations
        self.to_person += to_person
        self.waits.update(waits)

    @property
    def person_rate(self) -> float | None:
        """A share between 0 and 1, or None where there was no conversation."""
        return share(self.to_person, self.conversations)

    @property
    def wait(self) -> int | None:
        """The middle wait in seconds, the lower of two; None where nobody waited."""
        left = (self.waits.total() + 1) // 2
        for seconds in sorted(self.waits):
            left -= self.waits[seconds]
            if left <= 0:
                return seconds
        return None
