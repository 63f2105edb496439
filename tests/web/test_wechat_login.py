"""Web authorisation: WeChat says who opens a page, and only this browser, once, with the state it was given."""

import html
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from hotline.tables import tickets
from tests.hotline.support import Desk, rows
from tests.web.wechat_users import Line, line, rasa, wechat
from tests.wechat.account import APP_ID, OPENID
from tests.wechat.platform import FakePlatform

__all__ = ["line", "rasa", "wechat"]


@pytest.fixture
def client(line: Line, wechat: FakePlatform) -> FlaskClient:
    wechat.openids = {"code-1": OPENID, "code-2": "oOther"}
    return line.apps[0].test_client()


def sent_away(client: FlaskClient, page: str = "/report") -> str:
    """The state that the browser goes to WeChat with."""
    answer = client.get("/wechat/login", query_string={"next": page})
    assert answer.status_code == 302
    return parse_qs(urlsplit(answer.location).query)["state"][0]


def test_the_way_to_wechat_is_the_documented_one(client: FlaskClient, line: Line) -> None:
    location = client.get("/wechat/login?next=/report").location
    address = urlsplit(location)
    assert location.startswith(line.settings.wechat_oauth_base) and address.path == "/connect/oauth2/authorize"
    assert address.fragment == "wechat_redirect"
    asked = parse_qs(address.query)
    assert list(asked) == ["appid", "redirect_uri", "response_type", "scope", "state"]
    assert asked["appid"] == [APP_ID] and asked["scope"] == ["snsapi_base"] and asked["response_type"] == ["code"]
    assert asked["redirect_uri"] == [f"{line.settings.site}/wechat/authorised"]


def test_whoever_comes_back_is_known_on_the_report_page(client: FlaskClient, line: Line) -> None:
    line.says("你好")
    answer = client.get("/wechat/authorised", query_string={"code": "code-1", "state": sent_away(client)})
    assert (answer.status_code, answer.location) == (302, "/report")
    form = {"kind": "投诉", "what": "路灯坏了三天", "place": "建设路12号", "instance": "0" * 32, "nearby": "own"}
    assert client.post("/report", data=form).status_code == 200
    [ticket] = rows(line.desk.database, tickets)
    assert ticket["channel"] == "wechat" and ticket["conversation"]
    assert [view.number for view in line.desk.tickets.of_conversation(ticket["conversation"])] == [ticket["number"]]
    assert OPENID not in str(client.get_cookie("wenzheng"))


def test_who_has_never_written_reports_as_everybody_does(client: FlaskClient, line: Line) -> None:
    client.get("/wechat/authorised", query_string={"code": "code-2", "state": sent_away(client)})
    form = {"kind": "投诉", "what": "路灯坏了三天", "place": "建设路12号", "instance": "1" * 32, "nearby": "own"}
    assert client.post("/report", data=form).status_code == 200
    assert [row["channel"] for row in rows(line.desk.database, tickets)] == ["report"]


def test_on_the_page_of_an_own_ticket_no_code_is_asked_for(client: FlaskClient, line: Line) -> None:
    line.says("你好")
    [conversation] = {one["sender"] for one in line.rasa.heard}
    mine, others = line.desk.open(conversation=conversation), line.desk.open(conversation="somebody")
    for number, known in ((mine, True), (others, False)):
        with line.desk.database.reading() as connection:
            row = connection.execute(tickets.select().where(tickets.c.number == number)).one()
            token = line.desk.vault.unseal(connection, f"ticket:{number}", row.token)
        state = sent_away(client, f"/t/{token}")
        answer = client.get("/wechat/authorised", query_string={"code": "code-1", "state": state})
        assert answer.location == f"/t/{token}"
        with client.session_transaction() as session:
            assert (number in session.get("unlocked", {})) is known


def named(client: FlaskClient, line: Line) -> str:
    """The conversation of the citizen whom WeChat names in this browser."""
    line.says("你好")
    [conversation] = {one["sender"] for one in line.rasa.heard}
    client.get("/wechat/authorised", query_string={"code": "code-1", "state": sent_away(client, "/t")})
    return str(conversation)


def test_the_page_that_asks_for_a_number_lists_the_own_tickets_and_asks_no_code_for_them(
    client: FlaskClient, line: Line
) -> None:
    conversation = named(client, line)
    mine, others = line.desk.open(conversation=conversation), line.desk.open(conversation="somebody")
    followed = public(line.desk)
    line.desk.tickets.join(followed, conversation)
    page = client.get("/t").text
    assert "您的工单" in page and mine in page and others not in page and followed not in page
    assert 'href="/chat"' not in page
    [opens] = re.findall(r'href="(/wechat/login[^"]+)"', page)
    state = parse_qs(urlsplit(client.get(html.unescape(opens)).location).query)["state"][0]
    ticket = client.get("/wechat/authorised", query_string={"code": "code-1", "state": state}, follow_redirects=True)
    assert mine in ticket.text and 'name="code"' not in ticket.text and "回到对话" not in ticket.text
    refused = client.post("/t", data={"number": others, "code": "AAAAAAAA"})
    assert refused.status_code == 403 and mine in refused.text
    stranger = line.apps[0].test_client().get("/t").text
    assert "您的工单" not in stranger and mine not in stranger and 'href="/chat"' in stranger


def test_whom_wechat_named_is_told_that_news_come_there(client: FlaskClient, line: Line) -> None:
    conversation, number = named(client, line), public(line.desk)
    page = client.get(f"/board/{number}").text
    assert "有进展会在公众号里告诉您" in page
    [token] = re.findall(r'name="form_token" value="([^"]+)"', page)
    followed = client.post(f"/board/{number}/follow", data={"form_token": token}, follow_redirects=True).text
    assert "已经帮您跟进。有进展会在公众号里告诉您。" in followed and "您在跟进这件事，有进展会在公众号里" in followed
    form = {"kind": "投诉", "what": "路灯坏了", "place": "幸福路", "instance": "2" * 32}
    assert "有进展会在公众号里告诉您" in client.post("/report", data=form).text
    joined = client.post("/report", data=form | {"nearby": number}).text
    assert "有进展会在公众号里告诉您" in joined
    own = line.desk.open(conversation=conversation)
    line.desk.staff(own, "publish", "operator", summary="学府路井盖松动")
    mine = client.get(f"/board/{own}").text
    assert "这是您反映的，进展会在公众号里告诉您" in mine
    assert [one for one in (page, followed, joined, mine) if '"/chat"' in one or "对话里" in one] == []


def public(desk: Desk) -> str:
    """The number of somebody else's ticket whose summary anyone may read."""
    number = desk.open(conversation="somebody")
    desk.staff(number, "publish", "operator", summary="幸福路路灯坏了")
    return number


def test_a_state_is_good_once_and_only_in_its_own_browser(client: FlaskClient, line: Line) -> None:
    state = sent_away(client)
    stranger = line.apps[0].test_client()
    for asked in ({}, {"code": "code-1"}, {"code": "code-1", "state": ""}, {"code": "code-1", "state": "状态"}):
        assert stranger.get("/wechat/authorised", query_string=asked).status_code == 403
    assert stranger.get("/wechat/authorised", query_string={"code": "code-1", "state": state}).status_code == 403
    assert client.get("/wechat/authorised", query_string={"code": "code-1", "state": state}).status_code == 302
    assert client.get("/wechat/authorised", query_string={"code": "code-1", "state": state}).status_code == 403


def test_a_code_that_wechat_does_not_know_names_nobody(client: FlaskClient, wechat: FakePlatform) -> None:
    answer = client.get("/wechat/authorised", query_string={"code": "used", "state": sent_away(client)})
    assert answer.status_code == 403 and "公众号" in answer.text
    wechat.is_down = True
    assert (
        client.get("/wechat/authorised", query_string={"code": "code-1", "state": sent_away(client)}).status_code == 403
    )
    with client.session_transaction() as session:
        assert "wechat" not in session


@pytest.mark.parametrize(
    "page",
    ["https://evil.example", "//evil.example", "/\\evil.example", "/desk", "/report/../desk", "", "/t/a/b", "/t/\n"],
)
def test_nobody_is_sent_on_to_anywhere_else(client: FlaskClient, page: str) -> None:
    answer = client.get("/wechat/authorised", query_string={"code": "code-1", "state": sent_away(client, page)})
    assert answer.location == "/chat"
