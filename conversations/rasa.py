"""Speaks to Rasa over its guarded channel."""

import json
from typing import Any

import urllib3

CONNECT_SECONDS = 2
ANSWER_SECONDS = 25
SEARCH_SECONDS = 3  # a help for staff, who go on without it


class RasaDown(Exception):
    """Rasa gave no usable answer."""


class Rasa:
    """The bot of this machine."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._pool = urllib3.PoolManager(maxsize=32, retries=False)

    def send(self, sender: str, message: str, metadata: dict[str, Any]) -> dict[str, Any]:
        """One message and its answer: messages, outcome, offers, intent and evidence. Raises RasaDown."""
        body = json.dumps({"sender": sender, "message": message, "metadata": metadata})
        answer = self._call("POST", "/webhooks/wenzheng/webhook", body)
        if not answer.get("messages"):
            raise RasaDown("an answer without a reply: the turn failed inside Rasa")
        return answer

    def search(self, text: str) -> dict[str, Any]:
        """The decision on a question with its candidates, without a turn. Raises RasaDown, and soon."""
        return self._call("POST", "/webhooks/wenzheng/search", json.dumps({"text": text}), SEARCH_SECONDS)

    def forget(self, sender: str) -> None:
        """Delete what Rasa keeps of a conversation. Raises RasaDown."""
        self._call("DELETE", f"/webhooks/wenzheng/conversations/{sender}")

    def ready(self) -> dict[str, bool]:
        """Whether Rasa has its model and reaches its action server. Raises RasaDown."""
        return self._call("GET", "/webhooks/wenzheng/ready")

    def _call(self, method: str, path: str, body: str | None = None, seconds: float = ANSWER_SECONDS) -> dict[str, Any]:
        timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=seconds)
        try:
            response = self._pool.request(method, self._url + path, body=body, headers=self._headers, timeout=timeout)
            if response.status >= 300:
                raise RasaDown(f"Rasa answered {response.status}")
            answer: dict[str, Any] = json.loads(response.data) if response.data else {}
            return answer
        except (urllib3.exceptions.HTTPError, ValueError) as error:
            raise RasaDown(str(error)) from error
