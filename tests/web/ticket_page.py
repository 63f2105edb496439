"""A browser on a ticket's page."""

import re
from typing import Any
from uuid import uuid4

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from hotline.tables import tickets
from hotline.ticket import Appeal, Opened
from tests.hotline.support import Desk, rows
from web import create_app


class Page:
    """A browser on a ticket's page."""

    def __init__(self, desk: Desk, opened: Opened, **settings: Any) -> None:
        self.desk = desk
        self.opened = opened
        self.number = opened.view.number
        self.path = opened.view.link.removeprefix(desk.settings.site)
        self.app = create_app(desk.settings.copy(update={"messages_per_minute": 0} | settings))
        self.browser: FlaskClient = self.app.test_client()

    def show(self) -> str:
        return self.browser.get(self.path).text

    def act(self, name: str, **fields: str) -> TestResponse:
        """Open the page, fill its form in, send it, and follow to where it leads."""
        return self.act_in(self.browser, name, **fields)

    def act_in(self, browser: FlaskClient, name: str, **fields: str) -> TestResponse:
        """The same in another browser."""
        token = re.findall(r'name="form_token" value="([^"]+)"', browser.get(self.path).text)
        return browser.post(
            f"{self.path}/{name}", data={"form_token": token[0] if token else ""} | fields, follow_redirects=True
        )

    def with_code(self, name: str, **fields: str) -> TestResponse:
        return self.act(name, code=self.opened.code, **fields)

    def state(self) -> str:
        return str(self.row()["state"])

    def row(self) -> dict[str, Any]:
        return next(row for row in rows(self.desk.database, tickets) if row["number"] == self.number)


def opened(desk: Desk, **other: Any) -> Opened:
    told = {"kind": "投诉", "what": "路灯坏了", "place": "幸福路", "conversation": "c1"} | other
    return desk.tickets.open(Appeal(instance=uuid4().hex, **told))
