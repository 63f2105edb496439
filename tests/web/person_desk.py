"""Citizens who want a person, and operators who take them, around a Rasa that says what a test wants."""

import re
import uuid
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import text

from conversations.handover.tables import handovers
from conversations.handover.watch import Watch
from foundation.audit import Audit
from staff import accounts, sessions
from tests.hotline.support import Desk, rows
from tests.opening import ALWAYS, opens
from tests.web.fake_rasa import ANSWER, FakeRasa
from tests.web.visitor import Visitor
from web import create_app
from web.desk.access import COOKIE
from wechat import notices

ASKS: dict[str, Any] = {
    "messages": [
        {
            "type": "text",
            "text": "正在帮您找人，请稍等。",
            "origin": {"kind": "response", "id": "utter_waiting_for_person", "revision": None},
        }
    ],
    "outcome": "waiting_for_person",
    "offers": [],
}


class Citizen:
    """Somebody on the chat page."""

    def __init__(self, client: FlaskClient, rasa: FakeRasa) -> None:
        self._client = client
        self._rasa = rasa
        self.value: str | None = None

    def says(self, text: str = "", **more: Any) -> dict[str, Any]:
        """One message and the turn that it makes."""
        message = {"conversation": self.value, "client_id": uuid.uuid4().hex, "text": text, **more}
        answer = self._client.post("/api/v1/messages", json=message)
        assert answer.status_code == 200, answer.text
        turn: dict[str, Any] = answer.get_json()
        self.value = turn["conversation"]
        return turn

    def asks(self, text: str = "转人工") -> dict[str, Any]:
        """The same, where Rasa finds that a person is wanted."""
        self._rasa.answer = ASKS
        turn = self.says(text)
        self._rasa.answer = ANSWER
        return turn

    def presses(self, turn: dict[str, Any], title: str) -> dict[str, Any]:
        """Press a button of a turn."""
        [payload] = [one["payload"] for one in turn["replies"][-1]["choices"] if one["title"] == title]
        return self.says(title, payload=payload)

    def reads(self, after: int = 0) -> list[dict[str, Any]]:
        """What stands in the conversation after a turn."""
        answer = self._client.get(f"/api/v1/conversations/{self.value}/messages?after={after}")
        found: list[dict[str, Any]] = answer.get_json()["messages"]
        return found

    def last(self) -> dict[str, Any]:
        """The last thing in it."""
        return self.reads()[-1]

    def erases(self) -> None:
        assert self._client.delete(f"/api/v1/conversations/{self.value}").status_code == 204


class Floor:
    """The running product with its queue."""

    def __init__(self, desk: Desk, rasa: FakeRasa) -> None:
        self.desk = desk.with_settings(rasa_url=rasa.url, messages_per_minute=0)
        self.rasa = rasa
        self.app = create_app(self.desk.settings)
        self._controls = self.app.extensions["wenzheng"].controls
        self.opens(*ALWAYS)
        if not desk.database.on_sqlite:  # so that the first one is 1, as tests name it
            with desk.database.writing() as connection:
                connection.execute(text("ALTER SEQUENCE handovers_id_seq RESTART WITH 1"))
        self._watch = Watch(self.desk.database, Audit(self.desk.settings.secret_key), self._controls, notices.pass_on)

    def opens(self, begins: str, ends: str, *, workdays: bool = False) -> None:
        """Set the opening hours."""
        opens(self._controls, begins, ends, workdays=workdays)

    def citizen(self) -> Citizen:
        return Citizen(self.app.test_client(), self.rasa)

    def operator(self, name: str, role: str = "operator", *, online: bool = True) -> Visitor:
        """A member of staff called `name`, who reads 小<name> as their label."""
        with self.desk.database.writing() as connection:
            accounts.add(connection, name, f"小{name}", "correct horse battery", [role])
            secret = sessions.begin(connection, name)
        client = self.app.test_client()
        client.set_cookie(COOKIE, secret)
        visitor = Visitor(client)
        if online:
            visitor.send("/desk/waiting/presence", "/desk/waiting", online="1")
        return visitor

    def work(self) -> None:
        """The worker's turn."""
        self._watch.run()

    def rows(self) -> list[dict[str, Any]]:
        return rows(self.desk.database, handovers)


def takes(visitor: Visitor, identifier: int) -> str:
    """Take a waiting citizen; the page that follows."""
    return visitor.send(f"/desk/waiting/{identifier}/take", "/desk/waiting")


def writes(visitor: Visitor, identifier: int, act: str = "say", **form: str) -> str:
    """Use a form of the conversation's page."""
    return visitor.send(f"/desk/waiting/{identifier}/{act}", f"/desk/waiting/{identifier}", **form)


def queue_of(page: str) -> list[int]:
    """Who waits on the list's page, in order."""
    return [int(one) for one in re.findall(r'action="/desk/waiting/(\d+)/take"', page)]
