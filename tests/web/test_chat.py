"""The chat page without JavaScript, and what it offers first."""

import re
import secrets
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask.testing import FlaskClient
from sqlalchemy import insert

from conversations import record
from conversations.keys import WEB
from conversations.popular import asked_most
from conversations.tables import turns
from foundation.clock import now
from knowledge.entry import parse
from knowledge.store import Store
from knowledge.tables import entries as knowledge_entries
from tests.browser.chat_pages import ANSWERED, published
from tests.hotline.support import Desk, rows
from tests.service import ROOT
from tests.web.fake_rasa import FakeRasa, answering
from web import create_app
from web.chat import modules
from web.quick_questions import MOST, chosen

WEB_FOLDER = ROOT / "web"


@pytest.fixture
def rasa() -> Iterator[FakeRasa]:
    with answering() as rasa:
        rasa.answer = ANSWERED
        yield rasa


@pytest.fixture
def client(desk: Desk, rasa: FakeRasa) -> FlaskClient:
    return create_app(desk.settings.copy(update={"messages_per_minute": 0, "rasa_url": rasa.url})).test_client()


def own_form(client: FlaskClient) -> dict[str, str]:
    """The fields that the page's own forms carry."""
    page = client.get("/chat").text
    found = re.search(r'name="form_token" value="([^"]+)".*?name="client_id" value="([^"]+)"', page)
    assert found
    return {"form_token": found[1], "client_id": found[2]}


def test_the_plain_form_asks_and_shows_the_answer(client: FlaskClient, rasa: FakeRasa) -> None:
    answer = client.post("/chat", data={**own_form(client), "text": "身份证丢了"})
    assert answer.status_code == 303 and answer.headers["Location"].startswith("/chat")
    page = client.get("/chat").text
    for words in ("身份证丢了", "不用回老家", "带什么", "户口本", "居民身份证法", "示例内容", "知识条目", "2026-11-23"):
        assert words in page, words
    assert rasa.heard[0]["message"] == "身份证丢了"


def test_a_button_of_the_plain_page_sends_its_own_order_under_its_title(client: FlaskClient, rasa: FakeRasa) -> None:
    client.post("/chat", data={**own_form(client), "text": "身份证丢了"})
    client.post("/chat", data={**own_form(client), "payload": '/ask{"entry": "id-card-renew"}'})
    assert rasa.heard[1]["message"] == '/ask{"entry": "id-card-renew"}'
    assert '<div class="bubble">身份证快到期了怎么换</div>' in client.get("/chat").text
    client.post("/chat", data={**own_form(client), "payload": "/restart"})
    assert len(rasa.heard) == 2, "an order that no button gave reached the bot"


def test_the_same_form_twice_says_it_once(client: FlaskClient, rasa: FakeRasa) -> None:
    form = {**own_form(client), "text": "身份证丢了"}
    client.post("/chat", data=form)
    client.post("/chat", data=form)
    assert len(rasa.heard) == 1 and client.get("/chat").text.count('<div class="bubble">身份证丢了') == 1


@pytest.mark.parametrize("change", [{"form_token": "other"}, {"form_token": ""}, {"text": ""}, {"text": "  "}])
def test_forms_of_others_and_empty_ones_say_nothing(
    client: FlaskClient, rasa: FakeRasa, change: dict[str, str]
) -> None:
    answer = client.post("/chat", data={**own_form(client), "text": "身份证丢了"} | change, follow_redirects=True)
    assert answer.status_code == 200 and not rasa.heard


def test_markup_is_only_text_on_the_plain_page(client: FlaskClient, rasa: FakeRasa) -> None:
    rasa.answer = {**ANSWERED, "messages": [{**ANSWERED["messages"][0], "lead": "<script>x</script>"}]}
    client.post("/chat", data={**own_form(client), "text": "<img src=x onerror=alert(1)>"})
    page = client.get("/chat").text
    assert "<script>x" not in page and "<img src=x" not in page and "&lt;img src=x" in page


def test_the_plain_page_deletes_the_conversation_when_that_is_meant(desk: Desk, client: FlaskClient) -> None:
    client.post("/chat", data={**own_form(client), "text": "我的电话是13812345678"})
    assert rows(desk.database, turns)
    client.post("/chat/erase", data=own_form(client))
    client.post("/chat/erase", data={"sure": "1", "form_token": "other"})
    assert rows(desk.database, turns)
    client.post("/chat/erase", data={**own_form(client), "sure": "1"})
    assert not rows(desk.database, turns)
    assert "13812345678" not in client.get("/chat").text


def test_a_conversation_that_was_erased_elsewhere_begins_anew(desk: Desk, client: FlaskClient) -> None:
    form = own_form(client)
    client.post("/chat", data={**form, "text": "身份证丢了"})
    with desk.database.writing() as connection:
        record.erase(connection, rows(desk.database, turns)[0]["conversation"])
    client.post("/chat", data={**own_form(client), "text": "还在吗"})
    assert "还在吗" in client.get("/chat").text


@pytest.mark.parametrize("path", ["/service_worker.js", "/static/offline.html", "/api/v1/suggestions?q=a"])
def test_what_changes_nothing_brings_no_cookie(client: FlaskClient, path: str) -> None:
    """An answer that comes late would put an older cookie in the place of that of a conversation just begun."""
    client.get("/chat")
    assert "Set-Cookie" not in client.get(path).headers
    assert "Expires=" in client.get("/chat").headers["Set-Cookie"], "a visit makes it last longer"


def test_every_script_the_page_needs_is_asked_for_at_once(client: FlaskClient) -> None:
    page = client.get("/chat").text
    scripts = WEB_FOLDER / "static" / "js"
    named = {name for path in scripts.glob("*.js") for name in [path.name] if path.name in modules()}
    assert {"composer.js", "suggest.js", "tools.js", "text.js"} <= named
    for name in modules():
        assert f'rel="modulepreload" href="/static/js/{name}"' in page
        used = re.findall(r'^(?:import|\}) .*from "\./(.+)";$', (scripts / name).read_text(), re.MULTILINE)
        assert set(used) <= set(modules()), name


def test_text_goes_out_compressed_and_pictures_as_they_are(client: FlaskClient) -> None:
    headers = {"Accept-Encoding": "gzip, deflate"}  # what browsers offer on plain http
    for address in ("/chat", "/static/css/chat.css", "/static/js/conversation.js", "/static/manifest.webmanifest"):
        assert client.get(address, headers=headers).headers.get("Content-Encoding"), address
    assert not client.get("/static/icons/app-192.png", headers=headers).headers.get("Content-Encoding")
    assert client.get("/chat").headers.get("Content-Encoding") is None


def test_the_page_is_an_app_with_icons_that_are_there(client: FlaskClient) -> None:
    answer = client.get("/static/manifest.webmanifest")
    manifest = answer.get_json(force=True)
    assert answer.mimetype == "application/manifest+json" and client.get(manifest["start_url"]).status_code == 200
    for icon in manifest["icons"]:
        assert client.get(icon["src"]).mimetype == icon["type"]
    worker = client.get("/service_worker.js")
    assert worker.mimetype == "text/javascript" and worker.headers["Cache-Control"] == "no-cache"
    kept = re.findall(r'"(/static/[^"]+)"', worker.text)
    assert len(kept) >= 3 and all(client.get(address).status_code == 200 for address in kept)
    assert "/api/" not in worker.text and "12345" in client.get("/static/offline.html").text


@pytest.mark.parametrize(("month", "title"), [(12, "暖气不热"), (7, "孩子上小学"), (4, "个税退税")])
def test_the_season_decides_what_is_offered(month: int, title: str) -> None:
    titles = [one["title"] for one in chosen(date(2026, month, 15), [])]
    assert title in titles and len(titles) <= MOST
    assert titles[-3:] == ["反映问题", "查工单", "办不成事"]
    assert title not in [one["title"] for one in chosen(date(2026, 10, 15), [])]


def test_what_is_offered_has_a_sure_answer() -> None:
    paths = (ROOT / "knowledge" / "corpus").rglob("*.md")
    entries = [parse(path.read_text(encoding="utf-8")) for path in paths]
    known = {text for entry in entries for text in (entry.title, *entry.questions)}
    seasons = yaml.safe_load(Path(WEB_FOLDER / "seasons.yml").read_text(encoding="utf-8"))
    assert not [one["text"] for one in seasons if one["text"] not in known]
    assert {month for one in seasons for month in one["months"]} == set(range(1, 13))


def answered(desk: Desk, entry: str, times: int, days_ago: int = 0, **other: Any) -> None:
    """Conversations in which an entry was the answer."""
    replies = [{"type": "card", "origin": {"kind": "entry", "id": entry, "revision": 1}}]
    for _ in range(times):
        with desk.database.writing() as connection:
            conversation = record.start(connection, secrets.token_hex(8), record.Caller(WEB))
            values = {"sender": "citizen", "outcome": "answered", "replies": replies, "turn": 1} | other
            at = now() - timedelta(days=days_ago)
            connection.execute(insert(turns).values(conversation=conversation, at=at, **values))


def test_what_is_asked_most_lately_is_offered_by_its_published_title(desk: Desk) -> None:
    published(desk.database)
    answered(desk, "temporary-id-card", 4)
    answered(desk, "id-card-renew", 2)  # too few to be anybody's business
    answered(desk, "id-card-lost", 9, days_ago=31)
    answered(desk, "gone-entry", 9)
    with desk.database.reading() as connection:
        assert asked_most(connection, now() - timedelta(days=30)) == {
            "gone-entry": 9,
            "temporary-id-card": 4,
            "id-card-renew": 2,
        }
    page = create_app(desk.settings).test_client().get("/chat").text
    [title] = [row["title"] for row in rows(desk.database, knowledge_entries) if row["id"] == "temporary-id-card"]
    assert f">{title}</button>" in page and page.count('class="chip"') == MOST
    assert "gone-entry" not in page
    text = next((ROOT / "knowledge" / "corpus").rglob("temporary-id-card.md")).read_text(encoding="utf-8")
    Store(desk.database).seed(text.replace("valid_to:", "valid_to: 2026-01-01", 1))
    assert f">{title}</button>" not in create_app(desk.settings).test_client().get("/chat").text, "it holds no more"
