"""The chat page on real pages and a real database, with a stand-in for Rasa that says what a test wants."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from playwright.sync_api import Locator, expect
from werkzeug.serving import make_server

from foundation.database import Database
from knowledge.store import Store
from tests.browser.screen import Screen
from tests.hotline.support import make_settings
from tests.service import ROOT, eventually
from tests.web.fake_rasa import FakeRasa, answering
from web import create_app

ENTRIES = ("户口与身份证/id-card-lost.md", "户口与身份证/id-card-renew.md", "户口与身份证/temporary-id-card.md")
CARD: dict[str, Any] = {
    "type": "card",
    "text": "身份证丢了怎么补\n不用回老家，拿上户口本，去就近的派出所就能补。",
    "title": "身份证丢了怎么补",
    "lead": "不用回老家，拿上户口本，去就近的派出所就能补。",
    "facets": [{"name": "带什么", "text": "- 户口本\n- 本人到场，要按指纹"}, {"name": "多少钱", "text": "40 元"}],
    "sources": [
        {
            "title": "中华人民共和国居民身份证法",
            "article": "第十一条",
            "issuer": "全国人大常委会",
            "year": 2011,
            "url": "https://example.org/law",
        }
    ],
    "checked_on": "2026-11-23",
    "related": [{"title": "身份证快到期了怎么换", "payload": '/ask{"entry": "id-card-renew"}'}],
    "sample": True,
    "origin": {"kind": "entry", "id": "id-card-lost", "revision": 1},
}
ANSWERED: dict[str, Any] = {"messages": [CARD], "outcome": "answered", "offers": []}


@dataclass
class Pages:
    """Where they are, what lies behind them, and who answers."""

    url: str
    database: Database
    rasa: FakeRasa


def tool(screen: Screen, name: str) -> Locator:
    """A button below the newest answer."""
    return screen.turns.last.locator(f'[data-tool="{name}"]')


def suggested(screen: Screen, text: str) -> Locator:
    """Type a text; the open suggestions for it. Their index is built aside when the page is first seen."""
    address = f"{screen.service.url}/api/v1/suggestions"
    eventually(lambda: requests.get(address, params={"q": text}, timeout=60).json()["suggestions"])
    field, options = screen.page.locator("#text"), screen.page.locator(".suggestion")
    field.fill("")
    expect(screen.page.locator("#suggestions")).to_be_hidden()  # those for an earlier text are shown no more
    field.focus()
    screen.page.keyboard.insert_text(text)
    expect(options.first).to_be_visible()
    return options


def published(database: Database) -> None:
    """A few entries."""
    store = Store(database)
    for name in ENTRIES:
        store.seed((ROOT / "knowledge" / "corpus" / name).read_text(encoding="utf-8"))


@contextmanager
def served(folder: Path) -> Iterator[Pages]:
    """The pages, as long as the block runs."""
    with answering() as rasa:
        rasa.answer = ANSWERED
        settings = make_settings(f"sqlite:///{folder / 'wenzheng.db'}", folder)
        settings = settings.copy(update={"messages_per_minute": 0, "rasa_url": rasa.url})
        database = Database(settings.database_url)
        database.create_tables()
        published(database)
        server = make_server("127.0.0.1", 0, create_app(settings), threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Pages(f"http://127.0.0.1:{server.server_port}", database, rasa)
        server.shutdown()
