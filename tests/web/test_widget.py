"""Who may frame what, and the script that other sites carry."""

import gzip
from typing import Any

import pytest
from flask.testing import FlaskClient
from pydantic import ValidationError

from foundation.settings import Settings
from tests.hotline.support import Desk
from web import create_app

SITE = "https://www.example.gov.cn"


def browser(desk: Desk, **settings: Any) -> FlaskClient:
    return create_app(desk.settings.copy(update={"messages_per_minute": 0} | settings)).test_client()


def framing(client: FlaskClient, path: str) -> tuple[str, str | None]:
    """Who may frame a page, and what older browsers are told."""
    headers = client.get(path).headers
    return headers["Content-Security-Policy"].rpartition("frame-ancestors ")[2], headers.get("X-Frame-Options")


def test_only_the_embedded_chat_may_be_framed_and_only_by_the_named_sites(desk: Desk) -> None:
    client = browser(desk, embed_origins=[SITE, "http://127.0.0.1:9000"])
    assert framing(client, "/chat?embed=1") == (f"{SITE} http://127.0.0.1:9000", None)
    for path in (
        "/chat",
        "/chat?embed=2",
        "/chat/?embed=1",
        "/report?embed=1",
        "/t?embed=1",
        "/board?embed=1",
        "/x?embed=1",
    ):
        assert framing(client, path) == ("'none'", "DENY"), path


def test_without_the_setting_nobody_frames_anything(desk: Desk) -> None:
    assert framing(browser(desk), "/chat?embed=1") == ("'none'", "DENY")


def test_a_form_of_the_embedded_page_leads_out_of_the_frame(desk: Desk) -> None:
    client = browser(desk, embed_origins=[SITE])
    assert '<base target="_blank">' in client.get("/chat?embed=1").text
    assert "<base" not in client.get("/chat").text and "embed.js" not in client.get("/chat").text


@pytest.mark.parametrize(
    "origin",
    ["*", "https://*", "https://a.cn/", "https://a.cn; script-src *", "a.cn", "'self'", "javascript:x", "https://a b"],
)
def test_an_origin_that_is_none_stops_the_start(origin: str) -> None:
    with pytest.raises(ValidationError):
        Settings.parse_obj({"embed_origins": [origin]})


def test_origins_are_written_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENZHENG_EMBED_ORIGINS", f"{SITE}, http://127.0.0.1:9000")
    assert Settings.parse_obj({}).embed_origins == [SITE, "http://127.0.0.1:9000"]
    monkeypatch.setenv("WENZHENG_EMBED_ORIGINS", "")
    assert Settings.parse_obj({}).embed_origins == []


def test_the_script_is_small_and_asks_nobody_else(desk: Desk) -> None:
    answer = browser(desk).get("/widget.js")
    assert answer.mimetype == "text/javascript" and answer.headers["Cache-Control"] == "public, max-age=3600"
    assert len(answer.data) < 6 * 1024 and len(gzip.compress(answer.data)) < 3 * 1024
    assert b"http" not in answer.data.replace(b"https://\xe2\x80\xa6", b"") and b"cookie" not in answer.data
    assert "Set-Cookie" not in answer.headers
