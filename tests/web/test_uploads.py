"""Uploading over HTTP, and messages that bring pictures."""

import os
import socket
import subprocess
import sys
import time
import uuid
from io import BytesIO
from typing import Any

import pytest
import requests
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from conversations import keys
from conversations.intake import PICTURES_ONLY
from hotline.pictures.image import MOST_BYTES, Taken
from hotline.pictures.uploads import Uploads
from hotline.tables import uploads
from tests.hotline.photos import bomb, encoded, noise, photo
from tests.hotline.support import Desk, in_threads, rows
from tests.service import ROOT, eventually, free_port
from tests.web.fake_rasa import FakeRasa
from web import create_app

MEGABYTE = 1024 * 1024


def browser(desk: Desk, **settings: Any) -> FlaskClient:
    return create_app(desk.settings.copy(update={"messages_per_minute": 0} | settings)).test_client()


def upload(client: FlaskClient, data: bytes, key: str = "", **form: str) -> TestResponse:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    sent = {"file": (BytesIO(data), "photo.jpg"), **form}
    return client.post("/api/v1/uploads", data=sent, headers=headers, content_type="multipart/form-data")


def body(answer: TestResponse) -> Any:
    return answer.json


def taken_in(client: FlaskClient, key: str = "", **form: str) -> str:
    answer = upload(client, photo(), key, **form)
    assert answer.status_code == 201, answer.text
    return str(body(answer)["upload"])


def say(client: FlaskClient, key: str = "", **more: Any) -> TestResponse:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return client.post("/api/v1/messages", json={"client_id": uuid.uuid4().hex} | more, headers=headers)


def new_key(desk: Desk, name: str, per_minute: int = 0) -> str:
    with desk.database.writing() as connection:
        return keys.add(connection, name, per_minute)


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"%PDF-1.7 called photo.jpg", 415, "not_a_picture"),
        (bomb(), 413, "too_many_pixels"),
        (encoded(noise(300, 300))[:20_000], 400, "broken"),
        (b"\xff\xd8" * (MOST_BYTES // 2 + 1), 413, "too_large"),
        (b"\xff" * 14 * MEGABYTE, 413, "too_large"),
    ],
)
def test_what_is_no_picture_to_take_is_refused_in_words(desk: Desk, data: bytes, status: int, code: str) -> None:
    answer = upload(browser(desk), data)
    assert (answer.status_code, body(answer)["error"]["code"]) == (status, code)
    assert "。" in body(answer)["error"]["message"] and not rows(desk.database, uploads)


def test_a_request_without_a_picture_is_refused_in_words(desk: Desk) -> None:
    client = browser(desk)
    for sent in ({"data": {"file": "words"}}, {"json": {"file": "x"}}, {"data": b"\xff\xd8\xff"}):
        answer = client.post("/api/v1/uploads", **sent)
        assert (answer.status_code, body(answer)["error"]["code"]) == (400, "no_file"), sent


def test_only_this_address_takes_more_than_other_requests_do(desk: Desk) -> None:
    client, large = browser(desk), encoded(noise(800, 800), quality=95)
    assert len(large) > 256 * 1024
    assert upload(client, large).status_code == 201
    answer = client.post("/api/v1/messages", data=large, content_type="application/json")
    assert answer.status_code == 413


def test_place_and_time_are_read_with_consent_only(desk: Desk) -> None:
    client = browser(desk)
    for consent in ({"consent": "1"}, {}, {"consent": "0"}):
        name = taken_in(client, **consent)
        [row] = [row for row in rows(desk.database, uploads) if row["id"] == name]
        taken = Uploads(desk.database, desk.vault, desk.settings).taken(row["uploader"], [name])
        assert (taken != Taken()) is (consent == {"consent": "1"})


def test_two_uploads_at_once_are_two_pictures(desk: Desk) -> None:
    client = browser(desk)
    taken_in(client)  # the browser has its cookie now
    cookie = client.get_cookie("wenzheng")
    assert cookie

    def send(place: int) -> str:
        other = client.application.test_client()
        other.set_cookie("wenzheng", cookie.value)
        return taken_in(other)

    assert len(set(in_threads(2, send))) == 2
    assert len({row["uploader"] for row in rows(desk.database, uploads)}) == 1


def test_an_address_may_not_upload_without_end(desk: Desk) -> None:
    client = browser(desk, messages_per_minute=3)
    answers = [upload(client, photo()) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert client.get("/report").status_code == 200


def test_pictures_and_a_place_reach_the_bot_as_what_they_are(desk: Desk, rasa: FakeRasa) -> None:
    client = browser(desk, rasa_url=rasa.url)
    names = [taken_in(client) for _ in range(9)]
    where = {"latitude": 30.25, "longitude": 120.17, "label": "建设路12号"}
    answer = say(client, text="路灯坏了", attachments=names, location=where)
    assert answer.status_code == 200, answer.text
    [heard] = rasa.heard
    assert heard["message"] == "路灯坏了"
    assert heard["metadata"]["attachments"] == names and heard["metadata"]["location"] == where
    assert heard["metadata"]["uploader"] == rows(desk.database, uploads)[0]["uploader"]
    opened = desk.open(pictures=tuple(names), uploader=heard["metadata"]["uploader"])
    assert desk.bodies(opened)[0]["data"]["attachments"][8]["id"] == names[8]


@pytest.mark.parametrize("text", ["", "。。。", "😀"])
def test_pictures_without_words_are_a_message_too(desk: Desk, rasa: FakeRasa, text: str) -> None:
    client = browser(desk, rasa_url=rasa.url)
    answer = say(client, text=text, attachments=[taken_in(client)])
    assert body(answer)["outcome"] == "collecting"
    assert rasa.heard[0]["message"] == PICTURES_ONLY


def test_a_citizen_cannot_type_the_order_that_stands_for_pictures(desk: Desk, rasa: FakeRasa) -> None:
    client = browser(desk, rasa_url=rasa.url)
    say(client, text=PICTURES_ONLY)
    say(client, text=PICTURES_ONLY, attachments=[taken_in(client)])
    assert [heard["message"] for heard in rasa.heard] == [PICTURES_ONLY.lstrip("/")] * 2


def test_pictures_that_are_not_ones_own_or_not_free_are_refused(desk: Desk, rasa: FakeRasa) -> None:
    mine, other = browser(desk, rasa_url=rasa.url), browser(desk, rasa_url=rasa.url)
    name = taken_in(mine)
    key = new_key(desk, "shequ")
    with_key = taken_in(mine, key, user="u-1")
    for client, names in ((other, [name]), (mine, [name, "0" * 32]), (mine, [with_key])):
        answer = say(client, text="路灯坏了", attachments=names)
        assert (answer.status_code, body(answer)["error"]["code"]) == (400, "unknown_upload")
    assert say(mine, key, text="路灯坏了", attachments=[with_key], user="u-2").status_code == 400
    assert say(mine, key, text="路灯坏了", attachments=[with_key], user="u-1").status_code == 200
    assert say(mine, attachments=[name] * 10).status_code == 400
    assert len(rasa.heard) == 1


def test_a_message_sent_again_is_the_same_turn_also_when_its_pictures_are_used_by_now(
    desk: Desk, rasa: FakeRasa
) -> None:
    client = browser(desk, rasa_url=rasa.url)
    name = taken_in(client)
    message = {"client_id": uuid.uuid4().hex, "text": "路灯坏了", "attachments": [name]}
    first = say(client, "", **message)
    desk.open(pictures=(name,), uploader=rasa.heard[0]["metadata"]["uploader"])
    again = say(client, "", **message)
    assert first.json == again.json and len(rasa.heard) == 1
    assert say(client, text="路灯坏了", attachments=[name]).status_code == 400


@pytest.mark.prove
def test_two_hundred_megabytes_are_refused_at_once_and_unread(desk: Desk) -> None:
    port = free_port()
    environment = os.environ | {
        "WENZHENG_DATABASE_URL": desk.settings.database_url,
        "WENZHENG_DATA_DIR": str(desk.settings.data_dir),
        "WENZHENG_PORT": str(port),
        "WENZHENG_SECRET_KEY": desk.settings.secret_key,
        "WENZHENG_DATA_KEYS": desk.settings.data_keys,
        "WENZHENG_OPS_TOKEN": "o",
        "WENZHENG_RASA_TOKEN": "r",
        "WENZHENG_HOTLINE_SECRET": desk.settings.hotline_secret,
        "WENZHENG_CALLBACK_SECRET": desk.settings.callback_secret,
    }
    command = [sys.executable, "-m", "gunicorn", "--config", "web/gunicorn.py", "web:create_app()"]
    served = subprocess.Popen(command, env=environment, cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        eventually(lambda: answers(port))
        for announced in (True, False):
            began = time.monotonic()
            status, sent = stream(port, 200, announced=announced)
            assert status == 413 and sent < 100 and time.monotonic() - began < 10
    finally:
        served.terminate()
        served.wait(60)


def answers(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/healthz", timeout=2).ok
    except requests.RequestException:
        return False


def stream(port: int, megabytes: int, *, announced: bool) -> tuple[int, int]:
    """Send zeros as a picture until somebody says no: the answer's status, and how many megabytes went out."""
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
    length = f"Content-Length: {megabytes * MEGABYTE}" if announced else "Transfer-Encoding: chunked"
    kind = "Content-Type: multipart/form-data; boundary=b"
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        line.sendall(f"POST /api/v1/uploads HTTP/1.1\r\nHost: x\r\n{kind}\r\n{length}\r\n\r\n".encode())
        sent = 0
        try:
            for part in (head, *[bytes(MEGABYTE)] * megabytes):
                line.sendall(part if announced else b"%x\r\n%s\r\n" % (len(part), part))
                sent += 1
        except OSError:
            pass  # the other side has closed
        return int(line.recv(100).split()[1]), sent
