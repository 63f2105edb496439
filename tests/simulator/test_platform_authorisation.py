"""Web authorisation by the stand-in for WeChat's platform: a user is sent back with a code that works once."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.simulator.callback import APP_ID, SECRET, Callback
from tests.simulator.phone import Phone


def authorise(phone: Phone, callback: Callback, **other: str) -> Any:
    asked = {
        "appid": APP_ID,
        "redirect_uri": callback.url.replace("/wechat", "/report?from=menu"),
        "response_type": "code",
        "scope": "snsapi_base",
        "state": "s1",
    }
    return phone.client.get("/connect/oauth2/authorize", query_string=asked | other)


def exchange(phone: Phone, code: str, **other: str) -> Any:
    asked = {"appid": APP_ID, "secret": SECRET, "code": code, "grant_type": "authorization_code"}
    return phone.client.get("/sns/oauth2/access_token", query_string=asked | other)


def test_web_authorisation_sends_the_user_back_with_a_code_for_one_use(phone: Phone, callback: Callback) -> None:
    assert "用谁的微信打开" in authorise(phone, callback).text
    sent_back = urlsplit(authorise(phone, callback, openid=phone.openid).location)
    query = parse_qs(sent_back.query)
    assert (sent_back.path, query["from"], query["state"]) == ("/report", ["menu"], ["s1"])
    code = query["code"][0]
    assert exchange(phone, code, secret="b").get_json(force=True)["errcode"] == 40125
    given = exchange(phone, code)
    assert given.content_type == "text/plain"
    assert (given.get_json(force=True)["openid"], given.get_json(force=True)["scope"]) == (phone.openid, "snsapi_base")
    assert exchange(phone, code).get_json(force=True)["errcode"] == 40163
    assert exchange(phone, "made-up").get_json(force=True)["errcode"] == 40029
    old = parse_qs(urlsplit(authorise(phone, callback).location).query)["code"][0]  # the browser is known now
    phone.pass_by(301)
    assert exchange(phone, old).get_json(force=True)["errcode"] == 40029


@pytest.mark.parametrize(
    "other", [{"appid": "wx0"}, {"redirect_uri": "https://evil.example/"}, {"scope": "everything"}]
)
def test_web_authorisation_goes_to_the_accounts_own_site_only(
    phone: Phone, callback: Callback, other: dict[str, str]
) -> None:
    assert authorise(phone, callback, openid=phone.openid, **other).status_code == 400
