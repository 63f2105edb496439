"""The product behind an official account: real web and worker processes, and an echo in the place of Rasa."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import requests

from commands.prepare import create_tables
from tests.hotline.support import Desk
from tests.service import ACCOUNT, eventually, free_port
from tests.worker.place import Place

ECHO = str(Path(__file__).with_name("echoing_rasa.py"))
Row = dict[str, Any]


class WeChatPlace(Place):
    """A folder with settings for all of them, and a hand on the platform."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        super().__init__(desk, folder)
        create_tables(desk.settings).close()
        self.web_port, self.rasa_port = free_port(), free_port()
        self.platform = f"http://127.0.0.1:{self.port}"
        self.environment |= {f"WENZHENG_WECHAT_{name}": value for name, value in ACCOUNT.items()} | {
            "WENZHENG_WECHAT_API_BASE": self.platform,
            "WENZHENG_WECHAT_OAUTH_BASE": self.platform,
            "WENZHENG_PORT": str(self.web_port),
            "WENZHENG_RASA_URL": f"http://127.0.0.1:{self.rasa_port}",
            "WENZHENG_MESSAGES_PER_MINUTE": "0",
        }
        self._session = requests.Session()
        self._session.trust_env = False

    @contextmanager
    def product(self, web_processes: int, rasa_seconds: float) -> Iterator[None]:
        """Everything runs while the block does."""
        web = ("-m", "gunicorn", "--config", "web/gunicorn.py", "--workers", str(web_processes), "web:create_app()")
        with ExitStack() as stack:
            stack.enter_context(self.simulator())
            stack.enter_context(self.running(ECHO, str(self.rasa_port), str(rasa_seconds)))
            stack.enter_context(self.running(*web))
            stack.enter_context(self.worker())
            eventually(self._is_ready, 60)
            yield

    def told(self, path: str, **content: Any) -> Row:
        """What the platform answers to a POST."""
        answer = requests.post(f"{self.platform}/platform/{path}", json=content, timeout=120)
        answer.raise_for_status()
        found: Row = answer.json()
        return found

    def seen(self, path: str) -> Any:
        """What the platform has in its record."""
        return self._session.get(f"{self.platform}/platform/{path}", timeout=60).json()[path]

    def users(self, count: int) -> list[str]:
        """The OpenIDs of new users."""
        return [user["openid"] for user in self.told("users", name="市民", count=count)["users"]]

    def say(self, openid: str, text: str, wait: bool = True, **more: Any) -> None:
        self.told(f"users/{openid}/messages", type="text", text=text, wait=wait, **more)

    def heard(self) -> Counter[str]:
        """How often Rasa was asked what."""
        url = f"http://127.0.0.1:{self.rasa_port}/heard"
        return Counter(self._session.get(url, timeout=10).json()["heard"])

    def acknowledged(self) -> list[float]:
        """Sorted: the seconds from the first request of each message until the platform had its answer."""
        begun: dict[str, float] = {}
        ended: dict[str, float] = {}
        for one in self.seen("tries"):
            start = one["at"] - one["seconds"]
            begun[one["message"]] = min(start, begun.get(one["message"], start))
            if one["outcome"] in ("reply", "nothing"):
                ended[one["message"]] = min(one["at"], ended.get(one["message"], one["at"]))
        return sorted(end - begun[message] for message, end in ended.items())

    def _is_ready(self) -> bool:
        try:
            web = self._session.get(f"http://127.0.0.1:{self.web_port}/healthz", timeout=5).ok
            return web and not self.heard()
        except requests.RequestException:
            return False


def share(values: list[float], part: float) -> float:
    """The value that a part of the sorted ones does not exceed."""
    return values[min(len(values) - 1, int(len(values) * part))]


def rest_of(seconds: float, started: float) -> float:
    """What is left of a time that began then; at least a second."""
    return max(1.0, seconds - (time.monotonic() - started))
