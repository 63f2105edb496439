"""Who sees which picture: staff, the public once all is approved, the receivers of webhooks with a signed address."""

import json
from datetime import timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from sqlalchemy import update

import hotline.pictures.links
from foundation.audit import log
from foundation.clock import now
from hotline.pictures.uploads import Uploads
from hotline.tables import tickets, uploads
from staff import accounts, sessions
from tests.hotline.photos import encoded, noise, opened
from tests.hotline.receiver import Receiver
from tests.hotline.support import Desk, rows
from tests.hotline.test_steps import SCHEMA
from web import create_app
from web.desk.access import COOKIE, form_token

DEPARTMENT = "urban-management"


@pytest.fixture
def name(desk: Desk) -> str:
    return in_ticket(desk)[0]


def in_ticket(desk: Desk, **told: Any) -> tuple[str, str]:
    """A picture and the ticket that it stands in."""
    data = encoded(noise(400, 300), quality=95)
    picture = Uploads(desk.database, desk.vault, desk.settings).take_in(data, "me", consent=False)
    return picture, desk.open(pictures=(picture,), uploader="me", **told)


def approve_summary(desk: Desk) -> None:
    with desk.database.writing() as connection:
        connection.execute(update(tickets).values(summary="幸福路有路灯不亮"))


def visitor(desk: Desk) -> FlaskClient:
    return create_app(desk.settings).test_client()


class Member:
    """Somebody of the staff, signed in."""

    def __init__(self, desk: Desk, role: str, department: str = "") -> None:
        with desk.database.writing() as connection:
            accounts.add(connection, f"a-{role}", role, "correct horse battery", [role], department)
            self.secret = sessions.begin(connection, f"a-{role}")
        self.client = visitor(desk)
        self.client.set_cookie(COOKIE, self.secret)

    def get(self, address: str) -> Any:
        return self.client.get(address)

    def act(self, address: str, **form: Any) -> int:
        with self.client.application.app_context():
            token = form_token(self.secret)
        return self.client.post(address, data={"form_token": token, **form}).status_code


def test_the_public_sees_nothing_before_picture_and_summary_are_approved(desk: Desk, name: str) -> None:
    public, operator = visitor(desk), Member(desk, "operator")
    addresses = [f"/pictures/{name}", f"/pictures/{name}/thumb"]

    def seen() -> list[int]:
        return [public.get(address).status_code for address in addresses]

    assert seen() == [404, 404]
    approve_summary(desk)
    assert seen() == [404, 404]
    assert operator.act(f"/desk/pictures/{name}/approve") == 302
    assert seen() == [200, 200]
    assert public.get(addresses[0]).headers["Cache-Control"] == "no-cache"
    with desk.database.writing() as connection:
        connection.execute(update(tickets).values(summary=""))
    assert seen() == [404, 404]
    approve_summary(desk)
    assert operator.act(f"/desk/pictures/{name}/hide") == 302
    assert seen() == [404, 404]
    for wrong in ("0" * 32, "..%2Fsecrets", f"{name}-public", f"{name}/original"):
        assert public.get(f"/pictures/{wrong}").status_code == 404


@pytest.mark.parametrize("told", [{"kind": "举报"}, {"audience": "supervisors"}])
def test_of_some_tickets_no_picture_is_ever_public(desk: Desk, told: dict[str, str]) -> None:
    name, _ = in_ticket(desk, **told)
    approve_summary(desk)
    supervisor, public = Member(desk, "supervisor"), visitor(desk)
    assert supervisor.act(f"/desk/pictures/{name}/approve") == 422
    assert rows(desk.database, uploads)[0]["visibility"] == "staff"

    approved, number = in_ticket(desk)
    approve_summary(desk)
    assert supervisor.act(f"/desk/pictures/{approved}/approve") == 302
    assert public.get(f"/pictures/{approved}").status_code == 200
    with desk.database.writing() as connection:
        connection.execute(update(tickets).where(tickets.c.number == number).values(told))
    assert public.get(f"/pictures/{approved}").status_code == 404, "it turned out to be of this kind later"


def test_the_public_never_sees_what_was_blurred_and_staff_still_do(desk: Desk, name: str) -> None:
    operator, public = Member(desk, "operator"), visitor(desk)
    approve_summary(desk)
    operator.act(f"/desk/pictures/{name}/approve")
    plain = {part: public.get(f"/pictures/{name}{part}").data for part in ("", "/thumb")}
    assert operator.act(f"/desk/pictures/{name}/blur", rectangle=["0,0,300,300", "600,600,300,300"]) == 302
    blurred = {part: public.get(f"/pictures/{name}{part}").data for part in ("", "/thumb")}
    assert all(variety(plain[part]) > 3 * variety(blurred[part]) for part in plain)
    assert variety(operator.get(f"/desk/pictures/{name}/original").data) > 3 * variety(blurred[""])
    assert operator.get(f"/desk/pictures/{name}/public").data == blurred[""]

    assert operator.act(f"/desk/pictures/{name}/blur", rectangle="400,0,100,100") == 302
    assert len(rows(desk.database, uploads)[0]["blurred"]) == 3
    assert operator.act(f"/desk/pictures/{name}/blur", afresh="1") == 302
    assert variety(public.get(f"/pictures/{name}").data) == variety(plain[""])


def variety(jpeg: bytes) -> float:
    """How much the corner that is blurred in these tests varies from pixel to pixel."""
    picture = opened(jpeg).convert("L")
    corner = picture.crop((0, 0, picture.width // 4, picture.height // 4))
    across = corner.tobytes()
    return sum(abs(one - other) for one, other in pairwise(across)) / len(across)


@pytest.mark.parametrize("rectangle", ["", ",,,", "1,2,3", "0,0,1001,5", "a,b,c,d", "0,0,0,0", "-5,0,9,9"])
def test_a_rectangle_that_is_none_is_refused_in_words(desk: Desk, name: str, rectangle: str) -> None:
    operator = Member(desk, "operator")
    assert operator.act(f"/desk/pictures/{name}/blur", rectangle=rectangle) == 422
    assert rows(desk.database, uploads)[0]["blurred"] == []


def test_staff_see_a_picture_as_far_as_they_see_its_ticket_and_only_some_decide(desk: Desk) -> None:
    name, number = in_ticket(desk)
    hidden, _ = in_ticket(desk, audience="supervisors")
    officer, auditor = Member(desk, "officer", DEPARTMENT), Member(desk, "auditor")
    page = f"/desk/pictures/{name}"
    parts = [page, f"{page}/thumb", f"{page}/original"]
    assert [officer.get(part).status_code for part in parts] == [404] * 3
    desk.staff(number, "accept")
    desk.staff(number, "dispatch", department=DEPARTMENT)
    assert [officer.get(part).status_code for part in parts] == [200] * 3
    assert [officer.act(f"{page}/{act}") for act in ("approve", "hide", "blur")] == [403] * 3
    assert [auditor.act(f"{page}/{act}") for act in ("approve", "hide", "blur")] == [403] * 3
    assert Member(desk, "editor").get(page).status_code == 403
    operator = Member(desk, "operator")
    assert operator.get(f"/desk/pictures/{hidden}/original").status_code == 404
    assert operator.act(f"/desk/pictures/{hidden}/approve") == 404
    assert auditor.get(f"/desk/pictures/{hidden}/original").status_code == 200
    assert visitor(desk).get(f"{page}/original").status_code == 302
    assert operator.client.post(f"{page}/approve").status_code == 403, "without the form's token"


def test_whoever_sees_an_original_or_decides_stands_in_the_trace(desk: Desk, name: str) -> None:
    operator = Member(desk, "operator")
    operator.get(f"/desk/pictures/{name}/thumb")
    assert rows(desk.database, log) == []
    operator.get(f"/desk/pictures/{name}/original")
    for act in ("approve", "hide"):
        operator.act(f"/desk/pictures/{name}/{act}")
    operator.act(f"/desk/pictures/{name}/blur", rectangle="0,0,10,10")
    traced = rows(desk.database, log)
    assert [row["act"] for row in traced] == ["picture.look", "picture.approve", "picture.hide", "picture.blur"]
    assert {(row["actor"], row["subject"]) for row in traced} == {("a-operator", f"picture:{name}")}


def test_an_upload_that_stands_in_no_ticket_is_shown_to_no_staff(desk: Desk) -> None:
    data = encoded(noise(40, 30))
    free = Uploads(desk.database, desk.vault, desk.settings).take_in(data, "me", consent=False)
    assert Member(desk, "supervisor").get(f"/desk/pictures/{free}/original").status_code == 404


def test_the_hotline_fetches_an_original_at_the_address_of_its_webhook(
    desk: Desk, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = desk.with_settings(hotline_url=receiver.url, hotline_timeout_seconds=60)
    name, number = in_ticket(desk)
    assert "url" not in desk.bodies(number)[0]["data"]["attachments"][0]
    assert desk.deliver_due() == 1
    body = json.loads(receiver.requests[0].text)
    Draft202012Validator(SCHEMA).validate(body)
    [attachment] = body["data"]["attachments"]
    assert attachment["url"].startswith(f"https://wenzheng.example/hotline/attachments/{name}?expires=")
    url = urlsplit(attachment["url"])
    address = f"{url.path}?{url.query}"
    public = visitor(desk)
    answer = public.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert opened(answer.data).size == (attachment["width"], attachment["height"])

    other, _ = in_ticket(desk)
    later = str(int(url.query.split("&")[0].partition("=")[2]) + 1)
    forged = [
        url.path,
        address[:-1] + ("0" if address[-1] != "0" else "1"),
        address.replace(name, other),
        address.replace("expires=", f"expires={later}&x="),
        f"{url.path}?expires=x&signature=y",
    ]
    assert [public.get(one).status_code for one in forged] == [404] * len(forged)
    monkeypatch.setattr(hotline.pictures.links, "now", lambda: now() + timedelta(days=7, seconds=1))
    assert public.get(address).status_code == 404
