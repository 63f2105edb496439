"""Signing in and out at the desk, and one's own password, through the real application."""

import re

import pytest
from flask.testing import FlaskClient

from staff import accounts, tables
from tests.hotline.clock import Clock
from tests.hotline.support import Desk, rows
from web import create_app
from web.desk.access import COOKIE

PASSWORD = "four quiet words here"


@pytest.fixture
def desk(desk: Desk) -> Desk:
    with desk.database.writing() as connection:
        accounts.add(connection, "li", "李敏", PASSWORD, ["operator"])
    return desk.with_settings(messages_per_minute=0)


@pytest.fixture
def client(desk: Desk) -> FlaskClient:
    return create_app(desk.settings).test_client()


def sign_in(client: FlaskClient, password: str = PASSWORD, name: str = "li", to: str = "") -> tuple[int, str]:
    """The status, and where it leads or what it says."""
    answer = client.post("/desk/login", data={"name": name, "password": password, "next": to}, base_url="https://desk")
    said = re.search(r'role="alert">([^<]+)<', answer.text)
    return answer.status_code, answer.headers.get("Location") or (said.group(1) if said else "")


def status(client: FlaskClient, address: str = "/desk/password") -> int:
    return client.get(address, base_url="https://desk").status_code


def change(client: FlaskClient, old: str, new: str) -> int:
    page = client.get("/desk/password", base_url="https://desk").text
    token = re.findall(r'name="form_token" value="(\w+)"', page)[0]
    form = {"old": old, "new": new, "form_token": token}
    return client.post("/desk/password", data=form, base_url="https://desk").status_code


def test_the_right_password_signs_in_with_a_cookie_that_stays_at_home(client: FlaskClient) -> None:
    assert status(client) == 302
    assert sign_in(client) == (302, "/desk")
    cookie = client.get_cookie(COOKIE, "desk")
    assert cookie is not None
    assert (cookie.http_only, cookie.secure, cookie.same_site, cookie.path) == (True, True, "Strict", "/")
    assert status(client) == 200


def test_a_wrong_name_reads_the_same_as_a_wrong_password(client: FlaskClient) -> None:
    assert sign_in(client, "wrong") == sign_in(client, PASSWORD, "nobody") == (401, "账号或密码不对。")
    assert sign_in(client, PASSWORD, "li\x00") == (401, "账号或密码不对。")
    assert status(client) == 302


def test_too_many_wrong_passwords_lock_the_account_for_a_while(client: FlaskClient, clock: Clock) -> None:
    for _ in range(5):
        sign_in(client, "wrong")
    assert sign_in(client) == (401, "错了太多次,请 15 分钟后再试。")
    clock.move(minutes=15)
    assert sign_in(client) == (302, "/desk")


@pytest.mark.parametrize(
    ("wanted", "led"),
    [
        ("/desk/tickets?state=open", "/desk/tickets?state=open"),
        ("https://evil.example/desk", "/desk"),
        ("//evil.example", "/desk"),
        ("/desk\\..\\evil", "/desk"),
        ("/chat", "/desk"),
    ],
)
def test_after_signing_in_one_is_led_to_pages_of_the_desk_only(client: FlaskClient, wanted: str, led: str) -> None:
    assert sign_in(client, to=wanted) == (302, led)


def test_signing_out_ends_the_session_also_for_who_kept_the_cookie(client: FlaskClient) -> None:
    sign_in(client)
    cookie = client.get_cookie(COOKIE, "desk")
    page = client.get("/desk/password", base_url="https://desk").text
    token = re.findall(r'name="form_token" value="(\w+)"', page)[0]
    client.post("/desk/logout", data={"form_token": token}, base_url="https://desk")
    assert client.get_cookie(COOKIE, "desk") is None
    assert cookie is not None
    client.set_cookie(COOKIE, cookie.value, domain="desk")
    assert status(client) == 302


def test_a_session_ends_by_itself_and_lasts_while_it_is_used(client: FlaskClient, clock: Clock) -> None:
    sign_in(client)
    for _ in range(6):
        clock.move(minutes=119)
        assert status(client) == 200
    clock.move(minutes=10)
    assert status(client) == 302, "twelve hours are over"


def test_a_new_password_signs_everybody_out_and_the_old_one_opens_nothing(desk: Desk, client: FlaskClient) -> None:
    other = create_app(desk.settings).test_client()
    sign_in(client)
    sign_in(other)
    assert change(client, "wrong", "another long one") == 422
    assert change(client, PASSWORD, "short") == 422
    assert status(other) == 200
    assert change(client, PASSWORD, "another long one") == 302
    assert (status(client), status(other)) == (302, 302)
    assert sign_in(client)[0] == 401
    assert sign_in(client, "another long one")[0] == 302


def test_guessing_the_old_password_on_ones_own_page_locks_too(desk: Desk, client: FlaskClient) -> None:
    sign_in(client)
    for _ in range(6):
        assert change(client, "wrong", "another long one") == 422
    assert change(client, PASSWORD, "another long one") == 422
    assert rows(desk.database, tables.accounts)[0]["failures"] == 5


def test_a_deactivated_account_is_out_at_once(desk: Desk, client: FlaskClient) -> None:
    sign_in(client)
    with desk.database.writing() as connection:
        connection.execute(tables.accounts.update().values(active=False))
    assert status(client) == 302
