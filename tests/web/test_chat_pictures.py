"""Pictures that a citizen sent in the chat are there again when the page is loaded again, and for nobody else."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from conversations import keys
from hotline.pictures.uploads import Uploads
from hotline.tables import uploads
from tests.hotline.clock import Clock
from tests.hotline.support import Desk
from tests.web.fake_rasa import FakeRasa
from tests.web.test_uploads import browser, say, taken_in


@pytest.fixture
def client(desk: Desk, rasa: FakeRasa) -> FlaskClient:
    return browser(desk, rasa_url=rasa.url)


def sent(client: FlaskClient, **more: Any) -> tuple[str, str]:
    """A conversation, and the picture that was sent in it."""
    name = taken_in(client)
    answer: Any = say(client, attachments=[name], **more).json
    return answer["conversation"], name


def status(client: FlaskClient, value: str, name: str, **more: Any) -> int:
    return client.get(f"/api/v1/conversations/{value}/pictures/{name}", **more).status_code


def test_what_was_sent_is_shown_again(client: FlaskClient) -> None:
    value, name = sent(client, text="路灯坏了")
    said: Any = client.get(f"/api/v1/conversations/{value}/messages").json
    assert said["messages"][0] == said["messages"][0] | {"text": "路灯坏了", "attachments": [name]}
    assert "attachments" not in said["messages"][1]
    picture = client.get(f"/api/v1/conversations/{value}/pictures/{name}")
    assert (picture.status_code, picture.mimetype) == (200, "image/jpeg") and picture.data[:2] == b"\xff\xd8"
    assert picture.headers["Cache-Control"] == "no-store"


def test_the_page_without_scripts_shows_it_too(client: FlaskClient) -> None:
    value, name = sent(client)
    page = client.get("/chat").text
    assert f'src="/api/v1/conversations/{value}/pictures/{name}" alt="第 1 张照片"' in page
    assert "（图片或位置）" not in page


def test_it_is_shown_also_once_it_stands_in_a_report(client: FlaskClient, desk: Desk) -> None:
    value, name = sent(client, text="路灯坏了")
    number = desk.open()
    with desk.database.writing() as connection:
        connection.execute(update(uploads).where(uploads.c.id == name).values(ticket=number))
    assert status(client, value, name) == 200
    assert client.get(f"/pictures/{name}/thumb").status_code == 404, "the public sees nothing of it"


def test_nobody_else_sees_it(client: FlaskClient, desk: Desk, rasa: FakeRasa) -> None:
    value, name = sent(client, text="路灯坏了")
    stranger = browser(desk, rasa_url=rasa.url)
    own, _ = sent(stranger, text="井盖没了")
    assert status(stranger, own, name) == 404, "of another conversation"
    assert status(stranger, "guessed", name) == 404
    loose = taken_in(client)
    assert status(client, value, loose) == 404, "never said in the conversation"
    with desk.database.writing() as connection:
        key = keys.add(connection, "other", 0)
    assert status(client, value, name, headers={"Authorization": f"Bearer {key}"}) == 404


@pytest.mark.parametrize("name", ["x", "..", "%2e%2e%2fsecrets.json", "0" * 32, "' OR 1=1"])
def test_a_name_that_is_none_leads_nowhere(client: FlaskClient, name: str) -> None:
    value, _ = sent(client, text="路灯坏了")
    assert status(client, value, name) == 404


def test_what_is_forgotten_or_erased_is_gone(client: FlaskClient, desk: Desk, clock: Clock) -> None:
    value, name = sent(client, text="路灯坏了")
    clock.move(hours=25)
    assert Uploads(desk.database, desk.vault, desk.settings).forget_old() == 1
    assert status(client, value, name) == 404
    value, name = sent(client, conversation=value, text="井盖没了")
    assert status(client, value, name) == 200
    assert client.delete(f"/api/v1/conversations/{value}").status_code == 204
    assert status(client, value, name) == 404
