"""Speaks to the running service as a channel of its own, and leaves nothing of that behind."""

import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests
from sqlalchemy import delete
from sqlalchemy.exc import SQLAlchemyError

from conversations import keys
from conversations.tables import channel_keys
from evaluation.errors import EvaluationError
from foundation.database import Database
from foundation.settings import Settings

ANSWER_SECONDS = 40
OUT_OF_ORDER = "utter_unavailable"
REFUSALS = {
    401: "服务不认这里的密钥:它用的是另一个数据库。请用和服务相同的 WENZHENG_DATA_DIR 或 WENZHENG_DATABASE_URL。",
    429: "服务限流了,测不准。请把 WENZHENG_MESSAGES_PER_MINUTE 设为 0 并重启服务。",
}
Answer = dict[str, Any]


class Service:
    """The messages interface; every refusal and every turn that failed inside raises EvaluationError."""

    def __init__(self, url: str, key: str) -> None:
        self._url = url
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy that the environment names cannot reach this machine's own address
        self._session.headers["Authorization"] = f"Bearer {key}"

    def say(self, message: dict[str, Any], conversation: str | None = None) -> Answer:
        """One message, with `text` or `payload`, and its answer."""
        body = {"conversation": conversation, "client_id": uuid.uuid4().hex, **message}
        answer: Answer = self._call("POST", "/messages", body).json()
        if any(reply["origin"]["id"] == OUT_OF_ORDER for reply in answer["replies"]):
            raise EvaluationError("服务中途停摆(unavailable),结果不可信。请等 /readyz 全部就绪后重试。")
        return answer

    def erase(self, conversation: str) -> None:
        """Delete a conversation, so that nobody takes it for a citizen's."""
        self._call("DELETE", f"/conversations/{conversation}")

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> requests.Response:
        try:
            response = self._session.request(method, f"{self._url}/api/v1{path}", json=body, timeout=ANSWER_SECONDS)
        except requests.RequestException as error:
            raise EvaluationError("服务没有在运行,请先执行 make run。") from error
        if not response.ok:
            status = response.status_code
            raise EvaluationError(REFUSALS.get(status) or f"服务答复 {status}:{response.text[:200]}")
        return response


@contextmanager
def service_of(settings: Settings) -> Iterator[Service]:
    """The service on this machine, spoken to under a key without limit that is withdrawn at the end."""
    database, name = Database(settings.database_url), f"evaluation-{secrets.token_hex(4)}"
    try:
        with database.writing() as connection:
            key = keys.add(connection, name, 0)
    except SQLAlchemyError as error:
        raise EvaluationError(REFUSALS[401]) from error
    try:
        yield Service(f"http://127.0.0.1:{settings.port}", key)
    finally:
        with database.writing() as connection:
            connection.execute(delete(channel_keys).where(channel_keys.c.name == name))
        database.close()
