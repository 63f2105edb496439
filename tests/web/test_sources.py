"""Where wrong codes are counted together: what the bot is told of it with every message."""

import re
import uuid

from flask.testing import FlaskClient

from conversations import keys
from tests.hotline.support import Desk, everything_at_rest
from tests.web.fake_rasa import FakeRasa
from web import create_app

HERE, ELSEWHERE = "203.0.113.9", "198.51.100.7"


def browser(desk: Desk, rasa: FakeRasa) -> FlaskClient:
    """A new browser, so that what it says begins a conversation."""
    return create_app(desk.settings.copy(update={"messages_per_minute": 0, "rasa_url": rasa.url})).test_client()


def source(rasa: FakeRasa) -> str:
    """Where the message came from that the bot heard last."""
    return str(rasa.heard[-1]["metadata"]["source"])


def test_an_address_is_one_source_in_all_its_conversations_and_stands_nowhere(desk: Desk, rasa: FakeRasa) -> None:
    def said(address: str) -> str:
        message, sent_from = {"client_id": uuid.uuid4().hex, "text": "你好"}, {"REMOTE_ADDR": address}
        answer = browser(desk, rasa).post("/api/v1/messages", json=message, environ_base=sent_from)
        assert answer.status_code == 200, answer.text
        return source(rasa)

    def typed(address: str) -> str:
        plain, sent_from = browser(desk, rasa), {"REMOTE_ADDR": address}
        token = re.findall(r'name="form_token" value="([^"]+)"', plain.get("/chat").text)[0]
        form = {"form_token": token, "client_id": uuid.uuid4().hex, "text": "你好"}
        assert plain.post("/chat", data=form, environ_base=sent_from).status_code == 303
        return source(rasa)

    here = said(HERE)
    assert here == said(HERE) == typed(HERE) != typed(ELSEWHERE) == said(ELSEWHERE)
    assert len(here) == 64 and HERE not in str(rasa.heard) + everything_at_rest(desk.database)


def test_a_user_of_a_keyed_channel_is_one_source_at_whatever_address(desk: Desk, rasa: FakeRasa) -> None:
    with desk.database.writing() as connection:
        channels = {name: keys.add(connection, name, 0) for name in ("shequ", "jiedao")}

    def said(channel: str, user: str, address: str = HERE) -> str:
        answer = browser(desk, rasa).post(
            "/api/v1/messages",
            json={"client_id": uuid.uuid4().hex, "text": "你好", "user": user},
            headers={"Authorization": f"Bearer {channels[channel]}"},
            environ_base={"REMOTE_ADDR": address},
        )
        assert answer.status_code == 200, answer.text
        return source(rasa)

    first = said("shequ", "u-1")
    assert first == said("shequ", "u-1", ELSEWHERE)
    assert len({first, said("shequ", "u-2"), said("jiedao", "u-1")}) == 3
