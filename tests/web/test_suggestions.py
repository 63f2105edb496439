"""Suggestions over HTTP: only what is published, never in a log, limited."""

import logging
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from foundation.database import Database
from knowledge.store import Store
from tests.browser.chat_pages import published
from tests.hotline.support import Desk
from tests.service import ROOT, eventually
from web import create_app, suggestions

TYPED = "我邻居张三欠我钱"


@pytest.fixture
def client(desk: Desk) -> FlaskClient:
    published(desk.database)
    return create_app(desk.settings.copy(update={"messages_per_minute": 0})).test_client()


def suggested(client: FlaskClient, typed: str) -> list[str]:
    answer = client.get("/api/v1/suggestions", query_string={"q": typed})
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    found: list[str] = (answer.json or {})["suggestions"]
    return found


@pytest.mark.parametrize("typed", ["身份证", "身份證", "ｓｆｚ", "sfz", "补办"])
def test_published_questions_are_suggested_whatever_script_they_are_typed_in(client: FlaskClient, typed: str) -> None:
    assert eventually(lambda: suggested(client, typed))
    assert len(suggested(client, typed)) <= 5


def test_what_is_published_no_more_is_suggested_no_more(
    client: FlaskClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suggestions, "LOOK_AGAIN_SECONDS", 0)
    assert eventually(lambda: "临时身份证" in "".join(suggested(client, "临时身份证")))
    kept = [one for one in Store(database).published() if one.entry.id != "temporary-id-card"]
    Store(database).publish_exactly({one.entry.id: one.revision for one in kept})
    assert eventually(lambda: not suggested(client, "临时身份证"))
    assert suggested(client, "身份证丢")


@pytest.mark.parametrize("typed", ["", " ", "长" * 41, "\x00", "%", "'; drop table turns; --"])
def test_strange_beginnings_bring_nothing_and_no_error(client: FlaskClient, typed: str) -> None:
    assert eventually(lambda: suggested(client, "身份证"))
    assert suggested(client, typed) == []
    assert client.get("/api/v1/suggestions").status_code == 200


def test_what_was_typed_stands_in_no_log(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    suggested(client, TYPED)
    suggester = client.application.extensions["suggester"]
    monkeypatch.setattr(suggester, "find", broken)
    client.application.config["PROPAGATE_EXCEPTIONS"] = False
    assert client.get("/api/v1/suggestions", query_string={"q": TYPED}).status_code == 500
    assert "suggestions failed" in caplog.text and TYPED not in caplog.text and "%E6%88%91" not in caplog.text
    assert "accesslog" not in (ROOT / "web" / "gunicorn.py").read_text(), "an access log would hold what was typed"


def broken(typed: str) -> Iterator[str]:
    raise RuntimeError("planted")


def test_an_address_may_not_ask_without_end(desk: Desk) -> None:
    client = create_app(desk.settings.copy(update={"messages_per_minute": 2})).test_client()
    answers = [client.get("/api/v1/suggestions?q=a") for _ in range(11)]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    assert client.get("/chat").status_code == 200
