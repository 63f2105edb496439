"""Routes × roles: every page and act of staff lets in whom the table of permissions names, and nobody else.

The routes are read from the application, so that a new one is tested without a word here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.routing.converters import AnyConverter, NumberConverter
from werkzeug.test import TestResponse

from foundation.database import Database, metadata
from foundation.privacy import Vault
from staff import accounts, sessions
from staff.permissions import may, permissions, roles
from tests.hotline.support import DATA_KEYS, Desk, make_settings, rows
from web import create_app
from web.desk.access import COOKIE, form_token

STAFF_ONLY = ("/desk", "/admin", "/content")
SIGNING_IN = "/desk/login"
NOBODY = "nobody"


@dataclass(frozen=True)
class Act:
    """One address with one method, and the permission that its view names ("" where it names none)."""

    method: str
    url: str
    permission: str


class Place:
    """The real application over a database with one account a role and one ticket."""

    def __init__(self, folder: Path) -> None:
        database = Database(f"sqlite:///{folder / 'wenzheng.db'}")
        settings = make_settings(f"sqlite:///{folder / 'wenzheng.db'}", folder)
        self.desk = Desk(database, Vault(DATA_KEYS), settings.copy(update={"messages_per_minute": 0}))
        self.app = create_app(self.desk.settings)
        database.create_tables()
        with database.writing() as connection:
            for role in roles():
                department = "parks" if role == "officer" else ""
                accounts.add(connection, role, role, "correct horse battery", [role], department)
        self.number = self.desk.open()

    def acts(self, app: Flask | None = None) -> list[Act]:
        app = app or self.app
        return [act for rule in app.url_map.iter_rules() for act in _acts(app, rule, self.number)]

    def client(self, role: str) -> tuple[FlaskClient, str]:
        """A browser with a new session of this role's account, and what the session's forms carry."""
        client = self.app.test_client()
        if role == NOBODY:
            return client, ""
        with self.desk.database.writing() as connection:
            secret = sessions.begin(connection, role)
        client.set_cookie(COOKIE, secret)
        with self.app.app_context():
            return client, form_token(secret)

    def call(self, act: Act, role: str, token: str | None = None) -> TestResponse:
        """What an act answers to a role; with the right form token unless another is given."""
        client, own = self.client(role)
        form = {} if act.method in ("GET", "HEAD") else {"form_token": own if token is None else token}
        answer = client.open(act.url, method=act.method, data=form or None)
        answer.close()  # a stream of events would never end
        return answer

    def everything(self) -> dict[str, list[dict[str, Any]]]:
        """Every row, but for sessions."""
        tables = [table for table in metadata.sorted_tables if table.name != "staff_sessions"]
        return {table.name: rows(self.desk.database, table) for table in tables}


def _acts(app: Flask, rule: Rule, number: str) -> Iterator[Act]:
    within = rule.rule.startswith(tuple(f"{part}/" for part in STAFF_ONLY)) or rule.rule in STAFF_ONLY
    if not within or rule.rule == SIGNING_IN:
        return
    values = {name: _value(name, converter, number) for name, converter in rule._converters.items()}
    built = rule.build(values)
    assert built is not None, rule
    permission = getattr(app.view_functions[rule.endpoint], "permission", "")
    for method in sorted((rule.methods or set()) - {"OPTIONS"}):
        yield Act(method, built[1], permission)


def _value(name: str, converter: Any, number: str) -> Any:
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    if isinstance(converter, NumberConverter):
        return converter.num_convert(1)
    return number if name in ("number", "ticket") else "nothing"


def is_refused(answer: TestResponse) -> bool:
    """Forbidden, or asked to sign in and then led back; leaving leads to the bare sign-in page."""
    return answer.status_code == 403 or answer.headers.get("Location", "").startswith(f"{SIGNING_IN}?")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    place = Place(tmp_path_factory.mktemp("staff"))
    yield place
    place.desk.database.close()


def test_every_page_and_act_of_staff_names_a_permission_of_the_table(place: Place) -> None:
    acts = place.acts()
    assert len(acts) > 30
    assert not [act for act in acts if act.permission not in permissions()]


def test_a_route_that_forgets_its_permission_is_found(place: Place) -> None:
    app = create_app(place.desk.settings)
    app.add_url_rule("/admin/<int:id>/burn", "burn", lambda id: "", methods=["POST"])
    assert Act("POST", "/admin/1/burn", "") in place.acts(app)


@pytest.mark.parametrize("role", [*roles(), NOBODY])
def test_each_route_lets_in_exactly_the_roles_of_the_table(place: Place, role: str) -> None:
    wrong = {}
    for act in place.acts():
        answer = place.call(act, role)
        expected = role != NOBODY and may((role,), act.permission)
        if is_refused(answer) == expected or answer.status_code >= 500:
            wrong[act] = f"{answer.status} {answer.headers.get('Location', '')}"
    assert wrong == {}


def test_nobody_is_asked_to_sign_in_and_led_back_to_the_page_but_never_to_an_act(place: Place) -> None:
    for act in place.acts():
        answer = place.call(act, NOBODY)
        back = act.url if act.method == "GET" else "/desk"
        assert (answer.status_code, answer.headers["Location"]) == (302, f"{SIGNING_IN}?next={back}"), act


@pytest.mark.parametrize(
    ("sent_from", "back"),
    [
        ("http://localhost/desk/tickets/new?talk=7", "/desk/tickets/new%3Ftalk%3D7"),
        ("http://localhost/desk/conversations/c/turns/1/judge", "/desk/conversations/c/turns/1"),
        ("http://localhost/desk/tickets/20261123-000123/answer", "/desk/tickets/20261123-000123"),
        ("http://evil.example/desk/tickets/new", "/desk"),
        ("http://localhost/chat", "/desk"),
        ("http://localhost/desk/logout", "/desk"),
        ("nothing", "/desk"),
    ],
)
def test_whoever_sent_a_form_too_late_is_led_back_to_its_page(place: Place, sent_from: str, back: str) -> None:
    answer = place.client(NOBODY)[0].post("/desk/tickets/new", headers={"Referer": sent_from})
    assert answer.headers["Location"] == f"{SIGNING_IN}?next={back}"


@pytest.mark.parametrize("day", ["0001-01-01", "9999-01-01", "9999-12-31"])
def test_days_far_from_every_turn_and_ticket_break_no_page(place: Place, day: str) -> None:
    pages = {
        "/desk/conversations": ("since", "until"),
        "/desk/conversations/loop": ("before",),
        "/desk/tickets": ("since", "until", "after"),
        "/desk/figures": ("from", "to"),
        "/desk/figures/service": ("from", "to"),
        "/admin/audit": ("since", "until"),
        "/board": ("after",),
    }
    clients = {role: place.client(role)[0] for role in ("supervisor", "auditor")}
    for page, names in pages.items():
        client = clients["auditor" if page == "/admin/audit" else "supervisor"]
        for name in names:
            for value in (day, day[:7], f"{day}T00:00:00+08:00"):
                answer = client.get(page, query_string={name: value})
                assert answer.status_code in (200, 302, 404, 422), (page, name, value)


def test_no_act_works_without_the_token_of_its_own_session(place: Place) -> None:
    _, of_another_session = place.client("supervisor")
    before = place.everything()
    for act in place.acts():
        if act.method in ("GET", "HEAD"):
            continue
        role = min(permissions()[act.permission])
        for token in ("", "0" * 64, of_another_session, "密"):
            assert place.call(act, role, token).status_code == 403, (act, token)
    assert place.everything() == before


def test_looking_changes_nothing(place: Place) -> None:
    before = place.everything()
    for act in place.acts():
        if act.method == "GET":
            place.call(act, min(permissions()[act.permission]))
    after = place.everything()
    assert after | {"desk_presence": before["desk_presence"]} == before, "who reads the waiting list is there"


def test_what_staff_see_is_kept_by_no_browser_or_proxy(place: Place) -> None:
    for act in place.acts():
        for role in (min(permissions()[act.permission]), NOBODY):
            kept = place.call(act, role).headers.get("Cache-Control", "")
            assert "no-store" in kept or "private" in kept, (act, role)
