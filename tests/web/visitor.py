"""Members of staff with a browser."""

import re

from flask.testing import FlaskClient

from staff import accounts, sessions
from tests.hotline.support import Desk
from web import create_app
from web.desk.access import COOKIE


class Visitor:
    """A signed-in member of staff with a browser."""

    def __init__(self, client: FlaskClient) -> None:
        self._client = client
        self.status = 0

    def see(self, address: str) -> str:
        answer = self._client.get(address)
        self.status = answer.status_code
        return answer.text

    def send(self, address: str, page: str, **form: str) -> str:
        """Submit a form of a page, and follow where it leads."""
        answer = self._client.post(address, data={"form_token": _token(self.see(page)), **form}, follow_redirects=True)
        self.status = answer.status_code
        return answer.text


def signed_in(desk: Desk, role: str, department: str = "") -> Visitor:
    """A member of staff with one role, called one-<role>."""
    with desk.database.writing() as connection:
        accounts.add(connection, f"one-{role}", role, "correct horse battery", [role], department)
        secret = sessions.begin(connection, f"one-{role}")
    client = create_app(desk.settings).test_client()
    client.set_cookie(COOKIE, secret)
    return Visitor(client)


def _token(page: str) -> str:
    [given] = set(re.findall(r'name="form_token" value="(\w+)"', page))
    return str(given)
