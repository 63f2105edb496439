"""How the desk's pages call things; the lists are read once a page."""

from datetime import datetime

from hotline.catalogue import catalogue
from hotline.lifecycle import lifecycle
from hotline.staff_words import moment, state_label, words
from hotline.time_limits import time_limits


class Labels:
    """Names for people of whatever a ticket's row holds."""

    def __init__(self, timezone: str) -> None:
        self._lists = catalogue()
        self._timezone = timezone

    def state(self, name: str) -> str:
        """A state."""
        return state_label(name)

    def department(self, name: str) -> str:
        """A department."""
        return self._lists.department_label(name)

    def duties(self, name: str) -> str:
        """What a department is there for."""
        known = self._lists.departments.get(name)
        return known.duties if known else ""

    def category(self, name: str) -> str:
        """A leaf."""
        return self._lists.category_label(name)

    def path(self, name: str) -> str:
        """A leaf with the two levels above it."""
        leaf = self._lists.categories.get(name)
        return " › ".join(leaf.path) if leaf else name

    def district(self, name: str) -> str:
        """A district."""
        return self._lists.district_label(name)

    def urgency(self, name: str) -> str:
        """How urgent it is."""
        return str(time_limits().urgency.get(name or "normal", name))

    def channel(self, name: str) -> str:
        """How it came in; another channel is called by the name of its key."""
        return str(words()["channels"].get(name, name))

    def handled_by(self, name: str) -> str:
        """Who moves it."""
        return str(words()["handled_by"][name])

    def satisfaction(self, name: str) -> str:
        """How satisfied its citizen is."""
        return lifecycle().satisfaction.get(name, name)

    def moment(self, at: datetime | None) -> str:
        """A moment on the clocks of the city."""
        return moment(at, self._timezone) if at else ""
