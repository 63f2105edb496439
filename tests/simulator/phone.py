"""A user's phone and an account's programs, through the platform's interfaces."""

import json
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.simulator.callback import APP_ID, SECRET

Row = dict[str, Any]
PATIENCE_SECONDS = 30.0  # a busy machine is no late answer


class Phone:
    """The platform of one test, a user on it, and the account that calls it."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.openid = self.make()

    def make(self, **wanted: Any) -> str:
        return str(self.told("/platform/users", **wanted)["users"][0]["openid"])

    def told(self, address: str, **content: Any) -> Row:
        """What a program's interface answers."""
        response = self.client.post(address, json=content)
        assert response.status_code == 200, response.text
        answer: Row = response.get_json()
        return answer

    def act(self, kind: str, **wanted: Any) -> Row:
        return self.told(f"/platform/users/{self.openid}/messages", type=kind, **wanted)

    def say(self, text: str = "身份证丢了", **wanted: Any) -> str:
        return str(self.act("text", text=text, **wanted)["ended"])

    def received(self) -> list[tuple[str, str]]:
        """What came to the user: how, and the words."""
        rows = self.client.get(f"/platform/users/{self.openid}").get_json()["received"]
        return [(row["way"], row["body"]["text"]) for row in rows]

    def user(self) -> Row:
        user: Row = self.client.get(f"/platform/users/{self.openid}").get_json()["user"]
        return user

    def outcomes(self) -> list[str]:
        return [row["outcome"] for row in self.client.get("/platform/tries").get_json()["tries"]]

    def switch(self, **switches: Any) -> None:
        self.told("/platform/switches", **{"reply_seconds": PATIENCE_SECONDS} | switches)

    def pass_by(self, seconds: float) -> None:
        self.told("/platform/clock", move_seconds=seconds)

    def stable_token(self, **more: Any) -> Row:
        credentials = {"grant_type": "client_credential", "appid": APP_ID, "secret": SECRET}
        answer: Row = self.client.post("/cgi-bin/stable_token", json=credentials | more).get_json()
        return answer

    def plain_token(self, **more: Any) -> Row:
        credentials = {"grant_type": "client_credential", "appid": APP_ID, "secret": SECRET}
        answer: Row = self.client.get("/cgi-bin/token", query_string=credentials | more).get_json()
        return answer

    def call(self, path: str, body: Any = None, token: str | None = None) -> TestResponse:
        """One call of an interface with a token; with a body it is a POST."""
        query = {"access_token": self.stable_token()["access_token"] if token is None else token}
        if body is None:
            return self.client.get(path, query_string=query)
        data = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        return self.client.post(path, query_string=query, data=data)

    def push(self, text: str, token: str | None = None) -> int:
        """The error code of a customer-service message."""
        body = {"touser": self.openid, "msgtype": "text", "text": {"content": text}}
        return int(self.call("/cgi-bin/message/custom/send", body, token).get_json()["errcode"])
