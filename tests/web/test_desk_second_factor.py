"""The second factor through the real application: turned on, asked for, guessed at, and required by a role."""

import html
import re

import pyotp
import pytest
from flask.testing import FlaskClient

from foundation.audit import log
from foundation.controls import Controls
from staff import accounts
from tests.hotline.clock import Clock
from tests.hotline.support import Desk, rows
from tests.web.visitor import signed_in
from web import create_app

PASSWORD = "four quiet words here"
PAGE = "/desk/second-factor"


@pytest.fixture
def desk(desk: Desk, clock: Clock) -> Desk:
    with desk.database.writing() as connection:
        accounts.add(connection, "li", "李敏", PASSWORD, ["operator"])
    return desk.with_settings(messages_per_minute=0, public_url="")


@pytest.fixture
def client(desk: Desk) -> FlaskClient:
    return create_app(desk.settings).test_client()


def send(client: FlaskClient, address: str, **form: str) -> str:
    token = re.findall(r'name="form_token" value="(\w+)"', client.get(PAGE).text)[0]
    return client.post(address, data={"form_token": token, **form}, follow_redirects=True).text


def sign_in(client: FlaskClient, password: str = PASSWORD) -> str:
    """The page after the password."""
    return client.post("/desk/login", data={"name": "li", "password": password}, follow_redirects=True).text


def second(client: FlaskClient, page: str, code: str) -> int:
    step = html.unescape(re.findall(r'name="step" value="([^"]+)"', page)[0])
    return client.post("/desk/login", data={"step": step, "code": code}).status_code


def turned_on(client: FlaskClient, clock: Clock) -> tuple[str, list[str]]:
    """The secret and the recovery codes, half a minute later."""
    sign_in(client)
    page = send(client, f"{PAGE}/begin")
    secret = re.findall(r"<code>([A-Z2-7 ]+)</code>", page)[0].replace(" ", "")
    assert "<svg" in page
    assert "不对" in send(client, f"{PAGE}/confirm", code="abc")
    shown = send(client, f"{PAGE}/confirm", code=now(secret, clock))
    codes = re.findall(r"<li>([A-Z0-9]{4}(?:-[A-Z0-9]{4}){3})</li>", shown)
    assert len(codes) == 10 and codes[0] not in client.get(PAGE).text
    clock.move(seconds=30)
    return secret, codes


def now(secret: str, clock: Clock) -> str:
    return pyotp.TOTP(secret).at(clock.at)


def acts(desk: Desk) -> list[str]:
    return [row["act"].removeprefix("account.") for row in rows(desk.database, log)]


def test_the_password_alone_opens_nothing_any_more(desk: Desk, client: FlaskClient, clock: Clock) -> None:
    secret, codes = turned_on(client, clock)
    other = create_app(desk.settings).test_client()
    page = sign_in(other)
    assert "第二道验证" in page
    assert other.get("/desk/password").status_code == 302, "no session yet"
    assert second(other, page, "000000") == 401
    assert second(other, page, now(secret, clock)) == 302
    assert other.get("/desk/password").status_code == 200
    third = create_app(desk.settings).test_client()
    page = sign_in(third)
    assert second(third, page, now(secret, clock)) == 401, "a code works once"
    assert second(third, page, codes[3]) == 302
    assert rows(desk.database, log)[-1]["facts"] == {"way": "recovery"}


def test_wrong_codes_lock_the_account_and_the_password_does_not_forgive_them(
    desk: Desk, client: FlaskClient, clock: Clock
) -> None:
    secret, _ = turned_on(client, clock)
    other = create_app(desk.settings).test_client()
    for _ in range(5):
        assert second(other, sign_in(other), "000000") == 401
    assert "15 分钟" in sign_in(other)
    assert acts(desk)[-1] == "locked"
    clock.move(minutes=15)
    assert second(other, sign_in(other), now(secret, clock)) == 302


def test_a_step_that_is_forged_or_older_than_the_password_opens_nothing(
    desk: Desk, client: FlaskClient, clock: Clock
) -> None:
    secret, _ = turned_on(client, clock)
    other = create_app(desk.settings).test_client()
    assert other.post("/desk/login", data={"step": "forged", "code": now(secret, clock)}).status_code == 401
    page = sign_in(other)
    with desk.database.writing() as connection:
        accounts.set_password(connection, "li", "another long one")
    assert second(other, page, now(secret, clock)) == 401
    assert other.get("/desk/password").status_code == 302


def test_it_is_turned_off_with_a_code_only(desk: Desk, client: FlaskClient, clock: Clock) -> None:
    secret, _ = turned_on(client, clock)
    assert "不对" in send(client, f"{PAGE}/off", code="000000")
    assert "已关掉" in send(client, f"{PAGE}/off", code=now(secret, clock))
    assert client.get("/desk/tickets").status_code == 200
    other = create_app(desk.settings).test_client()
    assert "第二道验证" not in sign_in(other)


def test_a_role_that_must_have_one_gets_nowhere_without_it(desk: Desk, client: FlaskClient, clock: Clock) -> None:
    sign_in(client)
    Controls(desk.database, desk.settings).change("second_factor", 0, ["operator"], "admin", "要求")
    other = create_app(desk.settings).test_client()
    sign_in(other)
    for address in ("/desk", "/desk/tickets", "/desk/password"):
        assert other.get(address).headers.get("Location") == PAGE
    secret, codes = turned_on(other, clock)
    assert other.get("/desk/tickets").status_code == 200
    assert "必须用第二道验证" in send(other, f"{PAGE}/off", code=now(secret, clock))
    assert signed_in(desk, "supervisor").see("/desk/tickets")
    assert codes
