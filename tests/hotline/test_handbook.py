"""The handbook for those who build a receiver: its example works, and it names what we send and answer."""

import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from foundation.clock import now
from hotline.lifecycle import lifecycle
from hotline.webhook import signed_headers
from tests.hotline.support import CALLBACK_SECRET, HOTLINE_SECRET

HANDBOOK = (Path(__file__).parents[2] / "docs/handbook/webhooks.md").read_text(encoding="utf-8")
BODY = '{"type": "ticket.opened", "data": {"ticket": "20261123-000123", "sequence": 1, "what": "路灯坏了"}}'


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """The example receiver as it stands in the handbook, in a folder of its own."""
    [code] = re.findall(r"```python\n(.*?)```", HANDBOOK, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SECRETS", f"{CALLBACK_SECRET},{HOTLINE_SECRET}")
    names: dict[str, Any] = {"__name__": "example"}
    exec(code, names)  # noqa: S102  # our own text, out of the repository
    client: FlaskClient = names["app"].test_client()
    return client


def test_the_example_receiver_keeps_a_genuine_message_once(example: FlaskClient, tmp_path: Path) -> None:
    for _ in range(2):
        headers = signed_headers([HOTLINE_SECRET], "msg_1", BODY, now())
        assert example.post("/webhook", data=BODY.encode(), headers=headers).status_code == 204
    with sqlite3.connect(tmp_path / "inbox.db") as inbox:
        assert inbox.execute("SELECT id, body FROM inbox").fetchall() == [("msg_1", BODY.encode())]


def test_the_example_receiver_refuses_what_nobody_signed(example: FlaskClient) -> None:
    headers = signed_headers([HOTLINE_SECRET], "msg_1", BODY, now())
    for forged in ({}, headers | {"webhook-id": "msg_2"}, headers | {"webhook-signature": "v1"}):
        assert example.post("/webhook", data=BODY.encode(), headers=forged).status_code == 401


def test_every_message_and_every_callback_is_named() -> None:
    steps = lifecycle().steps.values()
    told = {step.webhook for step in steps if step.webhook} | {step.callback for step in steps if step.callback}
    assert not [name for name in told if f"`{name}`" not in HANDBOOK]
