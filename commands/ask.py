"""`wenzheng ask`: one question to the running service, from the command line."""

import json
import uuid
from typing import Any

import click
import requests

from foundation.settings import load_settings

ANSWER_SECONDS = 40


@click.command()
@click.argument("text")
@click.option("--conversation", default=None, help="接着哪个会话说")
@click.option("--json", "as_json", is_flag=True, help="输出完整的 JSON")
def ask(text: str, conversation: str | None, as_json: bool) -> None:
    """向正在运行的服务提问,显示答复、结果和检索依据。"""
    url = f"http://127.0.0.1:{load_settings().port}/api/v1/messages"
    body = {"conversation": conversation, "client_id": uuid.uuid4().hex, "text": text}
    session = requests.Session()
    session.trust_env = False  # a proxy that the environment names cannot reach this machine's own address
    try:
        response = session.post(url, json=body, timeout=ANSWER_SECONDS)
    except requests.RequestException as error:
        raise click.ClickException("服务没有在运行,请先执行 make run。") from error
    answer = response.json()
    if not response.ok:
        raise click.ClickException(answer["error"]["message"])
    click.echo(json.dumps(answer, ensure_ascii=False, indent=1) if as_json else _readable(answer))


def _readable(answer: dict[str, Any]) -> str:
    intent = answer["intent"] or {"name": "-", "confidence": 0.0}
    lines = [reply["text"] + f"\n  〔{_origin(reply['origin'])}〕" for reply in answer["replies"]]
    lines.append(f"结果 {answer['outcome']}  意图 {intent['name']} {intent['confidence']:.2f}")
    lines += [
        f"  {one['probability']:.2f}  {one['entry']} 版本 {one['revision']}  {one['title']}"
        for one in answer["evidence"]
    ]
    lines.append(f"会话 {answer['conversation']}")
    return "\n".join(lines)


def _origin(origin: dict[str, Any]) -> str:
    revision = f" 版本 {origin['revision']}" if origin["revision"] else ""
    return f"{origin['kind']} {origin['id']}{revision}"
