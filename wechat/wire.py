"""HTTP to the platform: one request, one JSON answer."""

import json
from typing import Any, cast
from urllib.parse import urlencode

import urllib3

from wechat.errors import PlatformDown, PlatformRefused

CONNECT_SECONDS, ANSWER_SECONDS = 2, 5
JSON_BYTES = 256 * 1024
Json = dict[str, Any]


class Wire:
    """Every request ends in time; no redirect is followed."""

    def __init__(self, base: str) -> None:
        self._base = base.rstrip("/")
        timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=ANSWER_SECONDS)
        self._pool = urllib3.PoolManager(maxsize=16, timeout=timeout, retries=False)

    def post(self, path: str, query: Json, body: Json) -> Json:
        """Raises PlatformDown and PlatformRefused."""
        # not escaped: WeChat shows "\\u4f60" as these six characters
        text = json.dumps(body, ensure_ascii=False).encode()
        return _said(self._call("POST", path, query, JSON_BYTES, text))

    def get(self, path: str, query: Json) -> Json:
        """Raises PlatformDown and PlatformRefused."""
        return _said(self._call("GET", path, query, JSON_BYTES))

    def file(self, path: str, query: Json, most: int) -> bytes:
        """The bytes of a file, at most one more than `most`. Raises PlatformDown and PlatformRefused."""
        data = self._call("GET", path, query, most + 1)
        if data.startswith(b"{"):  # no picture begins so
            _said(data)
        return data

    def _call(self, method: str, path: str, query: Json, most: int, body: bytes | None = None) -> bytes:
        headers = {"Content-Type": "application/json; charset=utf-8"} if body else {}
        url = f"{self._base}{path}?{urlencode(query)}"
        try:
            answer = self._pool.request(method, url, body=body, headers=headers, preload_content=False, redirect=False)
            with answer:  # closed, when more would follow
                data = answer.read(most)
                if len(data) < most:
                    answer.release_conn()
        except urllib3.exceptions.HTTPError as error:
            raise PlatformDown(type(error).__name__) from error  # its words may hold the address and so the token
        if answer.status != 200:
            raise PlatformDown(f"HTTP {answer.status}")
        return data


def _said(data: bytes) -> Json:
    try:
        said = json.loads(data)
        code = int(said.get("errcode") or 0)
    except (ValueError, TypeError, AttributeError) as error:
        raise PlatformDown("an answer that is no JSON object") from error
    if code:
        raise PlatformRefused(code, str(said.get("errmsg", "")))
    return cast(Json, said)
