"""Where a ticket probably belongs, on its page."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient

from staff import accounts, sessions
from tests.hotline.support import Desk
from web import create_app
from web.desk.access import COOKIE

SUGGESTED = SimpleNamespace(category="park", department="parks", confidence=0.934, reason="像三张<b>公园</b>的工单")


@pytest.fixture
def home(desk: Desk) -> Desk:
    return desk.with_settings(handling="local")


@pytest.fixture
def operator(home: Desk) -> FlaskClient:
    """The browser of an operator, in a product that suggests the same of every ticket."""
    app = create_app(home.settings)
    app.extensions["wenzheng"] = replace(app.extensions["wenzheng"], suggest=lambda ticket: SUGGESTED)
    with home.database.writing() as connection:
        accounts.add(connection, "operator", "坐席", "correct horse battery", ["operator"])
        secret = sessions.begin(connection, "operator")
    client = app.test_client()
    client.set_cookie(COOKIE, secret)
    return client


def test_a_suggestion_is_shown_with_its_reason_and_stands_in_the_forms(home: Desk, operator: FlaskClient) -> None:
    number = home.open()
    home.staff(number, "accept", "operator")
    page = operator.get(f"/desk/tickets/{number}").text
    assert "把握 93%。像三张&lt;b&gt;公园&lt;/b&gt;的工单" in page
    assert '<option value="parks" selected>' in page and '<option value="park" selected>' in page


def test_nothing_is_suggested_once_a_department_has_it(home: Desk, operator: FlaskClient) -> None:
    number = home.open()
    home.staff(number, "accept", "operator")
    home.staff(number, "dispatch", "operator", department="police")
    assert "派单建议" not in operator.get(f"/desk/tickets/{number}").text
