"""The developers' page: its examples are taken from it and run against a real server."""

import html
import json
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask
from werkzeug.serving import make_server

from conversations import keys
from foundation.database import Database
from tests.hotline.photos import photo
from tests.hotline.support import make_settings
from tests.web.fake_rasa import FakeRasa, answering
from web import create_app, streams

PLACEHOLDER = "您的密钥"
# What a mini-program's platform gives, for Node: storage, requests and uploads.
PLATFORM = """
const kept = {}, fs = require("fs");
const send = async ({ url, method = "GET", data, headers, success, fail }) => {
  const body = data && (typeof data === "string" ? data : JSON.stringify(data));
  const answer = await fetch(url, { method, body, headers: headers ?? { "Content-Type": "application/json" } });
  success({ statusCode: answer.status, data: await answer.json() });
};
const uploadFile = async ({ url, filePath, name, fileName, formData, success }) => {
  const form = new FormData();
  for (const [key, value] of Object.entries(formData)) form.append(key, value);
  form.append(name ?? fileName, new Blob([fs.readFileSync(filePath)]), "photo.jpg");
  success({ data: await (await fetch(url, { method: "POST", body: form })).text() });
};
globalThis.wx = { request: send, uploadFile, getStorageSync: (key) => kept[key] ?? "",
  setStorageSync: (key, value) => { kept[key] = value; }, showToast: ({ title }) => console.log("toast", title) };
globalThis.my = { request: send, uploadFile, getStorageSync: ({ key }) => ({ data: kept[key] ?? null }),
  setStorageSync: ({ key, data }) => { kept[key] = data; }, showToast: ({ content }) => console.log("toast", content) };
"""
WITH_PICTURE = """
upload("photo.jpg", (id) => say({ text: "路灯坏了", attachments: [id] }, `picture-${visitor()}`,
  (replies) => console.log("with picture:", replies[0].text)));
"""


@dataclass
class Running:
    """A product that answers on a port, and the Rasa behind it."""

    url: str
    key: str
    rasa: FakeRasa
    folder: Path

    def example(self, name: str) -> str:
        """An example as the page shows it, with a key in its place."""
        page = requests.get(f"{self.url}/developers", timeout=60).text
        [code] = re.findall(rf'<code id="example-{name}">(.*?)</code>', page, re.DOTALL)
        return html.unescape(code).replace(PLACEHOLDER, self.key)

    def run(self, *command: str) -> str:
        done = subprocess.run(command, check=False, cwd=self.folder, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    server = make_server("127.0.0.1", 0, Flask("not yet"), threaded=True)  # its port is known before the product is
    url = f"http://127.0.0.1:{server.server_port}"
    (tmp_path / "photo.jpg").write_bytes(photo())
    with answering() as rasa:
        settings = make_settings(f"sqlite:///{tmp_path / 'wenzheng.db'}", tmp_path).copy(
            update={"messages_per_minute": 0, "public_url": url, "rasa_url": rasa.url}
        )
        database = Database(settings.database_url)
        database.create_tables()
        with database.writing() as connection:
            key = keys.add(connection, "developer", 0, [keys.MESSAGES])
        server.app = create_app(settings)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield Running(url, key, rasa, tmp_path)
        server.shutdown()
        thread.join()
        server.server_close()
        database.close()


def heard(running: Running) -> list[Any]:
    return [message["message"] for message in running.rasa.heard]


def test_the_curl_example_runs_as_it_stands(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """But for its patience: the stream ends by itself here, and curl waits for that on a busy machine too."""
    monkeypatch.setattr(streams, "LONGEST_SECONDS", 2.0)
    impatient = running.example("curl")
    assert "--max-time 2 " in impatient
    said = running.run("bash", "-ec", impatient.replace("--max-time 2 ", "--max-time 50 "))
    assert json.loads(said.splitlines()[0])["replies"][0]["text"] == "好的。"
    assert '"from":"citizen"' in said or '"from": "citizen"' in said, "the stream brought nothing"
    assert len(heard(running)) == 2 and "路灯坏了好几天" in str(heard(running)[1])


def test_the_python_example_runs_as_it_stands(running: Running) -> None:
    said = running.run(sys.executable, "-c", running.example("python"))
    assert said.splitlines() == ["好的。", "[]"]


@pytest.mark.parametrize("name", ["wechat", "alipay"])
def test_the_mini_program_examples_run_on_what_their_platforms_give(running: Running, name: str) -> None:
    node = shutil.which("node")
    if not node:
        pytest.skip("node is missing")
    said = running.run(node, "-e", PLATFORM + running.example(name) + WITH_PICTURE)
    assert sorted(said.splitlines()) == ["with picture: 好的。", "好的。"]


def test_no_key_stands_in_what_runs_on_phones(running: Running) -> None:
    for name in ("wechat", "alipay", "widget"):
        assert running.key not in running.example(name) and "Bearer" not in running.example(name)


def test_every_address_of_the_page_is_one_of_ours(running: Running) -> None:
    page = requests.get(f"{running.url}/developers", timeout=60).text
    assert "wz.example.gov.cn" not in page
    paths = requests.get(f"{running.url}/api/v1/openapi.json", timeout=60).json()["paths"]
    named = {path.replace("会话", "{value}").partition("?")[0] for path in re.findall(r"/api/v1/[^\s<\"]+", page)}
    for path in ("/api/v1/messages", "/api/v1/uploads", "/api/v1/conversations/{value}/stream"):
        assert path in named and path in paths
    assert requests.get(f"{running.url}/widget.js", timeout=60).ok


def test_a_picture_belongs_to_whoever_made_up_the_name(running: Running) -> None:
    """Without cookies and without a key, a long name of the client's own is what tells whose picture it is."""
    mine, others = "m" * 32, "o" * 32
    upload = requests.post(
        f"{running.url}/api/v1/uploads", data={"user": mine}, files={"file": photo()}, timeout=60
    ).json()["upload"]
    message = {"client_id": "1", "text": "路灯坏了", "attachments": [upload]}
    for user, status in ((others, 400), ("m", 400), (None, 400), (mine, 200)):
        assert (
            requests.post(f"{running.url}/api/v1/messages", json=message | {"user": user}, timeout=60).status_code
            == status
        )
