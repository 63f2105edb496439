"""The stand-in for the hotline: it verifies, records once, fails on demand, and calls back."""

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from standardwebhooks import Webhook

from simulator.app import create_app
from simulator.settings import Settings
from simulator.signing import signed_headers

HOTLINE_SECRET = "whsec_" + base64.b64encode(b"h" * 32).decode()
CALLBACK_SECRET = "whsec_" + base64.b64encode(b"c" * 32).decode()
NUMBER = "20261123-000001"


class Product:
    """Takes the callbacks, as the product would, and answers as told."""

    def __init__(self) -> None:
        self.answer = 200
        self.bodies: list[dict[str, Any]] = []
        product = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                text = self.rfile.read(int(self.headers["content-length"]))
                product.bodies.append(Webhook(CALLBACK_SECRET).verify(text, dict(self.headers)))
                self.send_response(product.answer)
                self.end_headers()
                self.wfile.write(b'{"applied": true}')

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()


@pytest.fixture
def product() -> Iterator[Product]:
    product = Product()
    yield product
    product.server.shutdown()
    product.server.server_close()


@pytest.fixture
def settings(product: Product, tmp_path: Path) -> Settings:
    url = f"http://127.0.0.1:{product.server.server_address[1]}/hotline/callbacks"
    (tmp_path / "secrets.json").write_text(
        json.dumps({"hotline_secret": HOTLINE_SECRET, "callback_secret": CALLBACK_SECRET})
    )
    return Settings(0, tmp_path / "simulator.db", url, tmp_path / "secrets.json")


@pytest.fixture
def client(settings: Settings) -> FlaskClient:
    return create_app(settings).test_client()


def message(sequence: int = 1, **data: Any) -> str:
    appeal = {
        "ticket": NUMBER,
        "sequence": sequence,
        "kind": "投诉",
        "what": "路灯坏了",
        "place": {"text": "幸福路"},
        "time_of_event": "",
        "contact": "",
        "anonymous": True,
        "channel": "chat",
    }
    body = {"type": "ticket.opened", "timestamp": "2026-11-23T08:00:00+08:00", "data": appeal | data}
    return json.dumps(body, ensure_ascii=False)


def receive(client: FlaskClient, text: str, webhook_id: str = "msg_1", secret: str = HOTLINE_SECRET) -> Any:
    return client.post("/webhook", data=text.encode(), headers=signed_headers(secret, webhook_id, text))


def got(client: FlaskClient, url: str) -> Any:
    return client.get(url).json


def told(client: FlaskClient, url: str, **content: str) -> Any:
    return client.post(url, json=content).json


def test_a_message_is_processed_once_however_often_it_comes(client: FlaskClient) -> None:
    assert receive(client, message()).json == {"repeat": False}
    assert receive(client, message()).json == {"repeat": True}
    ticket = got(client, f"/api/tickets/{NUMBER}")
    assert [(row["webhook_id"], row["processed"], len(row["attempts"])) for row in ticket["messages"]] == [
        ("msg_1", 1, 2)
    ]
    assert [row["ticket"] for row in got(client, "/api/tickets")["tickets"]] == [NUMBER]


def test_a_message_with_a_wrong_signature_is_refused_and_shown(client: FlaskClient) -> None:
    assert receive(client, message(), secret=CALLBACK_SECRET).status_code == 401
    signed = signed_headers(HOTLINE_SECRET, "msg_1", message())
    assert client.post("/webhook", data=message(what="别的").encode(), headers=signed).status_code == 401
    assert got(client, "/api/tickets") == {"tickets": []}
    assert "无效" in client.get("/").text


def test_a_message_that_is_none_is_refused(client: FlaskClient) -> None:
    for text in ("{", "[]", '{"type": "x"}', message(ticket=5)):
        assert receive(client, text).status_code == 400


def test_without_secrets_nothing_can_be_verified(settings: Settings) -> None:
    settings.secrets_file.unlink()
    assert receive(create_app(settings).test_client(), message()).status_code == 503


def test_it_fails_as_it_is_told(client: FlaskClient) -> None:
    client.post("/api/behaviour", json={"fail_share": 1, "status": 503, "retry_after": 7})
    answer = receive(client, message())
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "7")
    assert got(client, "/api/tickets") == {"tickets": []}
    client.post("/api/behaviour", json={"timeout_share": 1, "timeout_seconds": 0})
    assert receive(client, message()).json == {"repeat": False}
    client.post("/api/behaviour", json={})
    assert got(client, "/api/behaviour")["fail_share"] == 0


@pytest.mark.parametrize(
    "wanted",
    [{"fail_share": 2}, {"fail_share": -1}, {"status": 200}, {"speed": 1}, {"fail_share": "much"}, {"status": None}],
)
def test_behaviour_that_makes_no_sense_is_refused(client: FlaskClient, wanted: dict[str, Any]) -> None:
    assert client.post("/api/behaviour", json=wanted).status_code == 400


def test_it_calls_back_signed_and_counts_only_what_was_taken(client: FlaskClient, product: Product) -> None:
    receive(client, message())
    url = f"/api/tickets/{NUMBER}/callbacks"
    product.answer = 422
    assert told(client, url, type="progress")["status"] == 422
    product.answer = 200
    answer = told(client, url, type="progress", message="已派人", department="")
    assert answer["answer"] == '{"applied": true}'
    client.post(url, json={"type": "answered", "message": "已修好"})
    assert [body["data"]["sequence"] for body in product.bodies] == [1, 1, 2]
    assert product.bodies[1]["type"] == "ticket.progress"
    assert product.bodies[1]["data"] == {"ticket": NUMBER, "sequence": 1, "message": "已派人"}
    assert client.post(url, json={"type": "closed"}).status_code == 400


def test_the_pages_show_the_ticket_and_their_buttons_call_back(client: FlaskClient, product: Product) -> None:
    receive(client, message(what="<b>路灯</b>坏了"))
    assert "&lt;b&gt;路灯" in client.get("/").text
    page = client.get(f"/tickets/{NUMBER}").text
    assert "签名有效" in page
    assert "这里只做演示和测试" in page
    for kind in ("accepted", "dispatched", "contacted", "progress", "waiting", "answered", "rejected", "returned"):
        assert f'value="{kind}"' in page
    form = {"type": "waiting", "message": "哪一盏?"}
    assert client.post(f"/tickets/{NUMBER}/callbacks", data=form).status_code == 302
    assert product.bodies[0]["data"]["message"] == "哪一盏?"
    assert "200" in client.get(f"/tickets/{NUMBER}").text


def test_a_form_on_another_site_cannot_call_back(client: FlaskClient, product: Product) -> None:
    other = {"Sec-Fetch-Site": "cross-site"}
    answer = client.post(f"/tickets/{NUMBER}/callbacks", data={"type": "accepted"}, headers=other)
    assert (answer.status_code, product.bodies) == (403, [])


def test_a_ticket_that_never_came_is_404(client: FlaskClient) -> None:
    assert client.get("/tickets/20261123-000009").status_code == 404
    assert client.get("/api/tickets/20261123-000009").status_code == 404
