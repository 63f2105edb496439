"""Notices: what happened to a ticket stands in its citizen's conversation, in the words of whoever did it."""

from typing import Any

from conversations import record, words
from foundation.database import Database
from foundation.privacy import Vault
from foundation.settings import Settings
from hotline.notices import Notice, Notices
from wechat import notices as wechat

AT_ONCE = 100
Reply = dict[str, Any]


class TicketNotices:
    """Tells whatever is untold, each event once, also when several workers do so at the same moment."""

    name = "notices"

    def __init__(self, database: Database, vault: Vault, settings: Settings) -> None:
        self._database = database
        self._notices = Notices(vault, settings)

    def run(self) -> None:
        """Tell what is untold, one ticket after the other; one that fails stops no other, and is tried again."""
        failures: list[Exception] = []
        with self._database.reading() as connection:
            numbers = self._notices.untold(connection, AT_ONCE)
        for number in numbers:
            try:
                self._tell(number)
            except Exception as failure:  # noqa: BLE001 — kept for the loop, which says it once
                failures.append(failure)
        if failures:
            raise failures[0]

    def close(self) -> None:
        """Nothing is under way between looks."""

    def _tell(self, number: str) -> None:
        with self._database.writing() as connection:
            for notice in self._notices.settle(connection, number, record.keep):
                turn = record.tell(connection, notice.conversation, notice.speaker, _replies(notice))
                wechat.owe(connection, notice.conversation, turn)


def _replies(notice: Notice) -> list[Reply]:
    return [_ticket(notice), *([_question(notice.number)] if notice.asks_rating else [])]


def _ticket(notice: Notice) -> Reply:
    return {
        "type": "ticket",
        "text": notice.text,
        "origin": {"kind": notice.speaker, "id": notice.number, "revision": None},
        "number": notice.number,
        "state": notice.state,
        "link": notice.link,
        "events": [dict(event) for event in notice.events],
    }


def _question(number: str) -> Reply:
    """Whether that settled it; the buttons are orders that Rasa understands."""
    payload = '/rate{{"ticket_number": "{}", "solved": "{}"}}'
    choices = [
        {"title": title, "payload": payload.format(number, solved)}
        for title, solved in (("解决了", "yes"), ("还没解决", "no"))
    ]
    return words.reply("utter_ask_rating", number=number) | {"type": "choices", "choices": choices}
