"""`wenzheng start`: check, start every process, wait until all are ready, stop them together."""

import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import NoReturn

import click
import requests
from dotenv import load_dotenv

from commands.preflight import problems, rasa_port, simulator_port, uses_simulator
from commands.services import Services
from commands.stand_in import PAGE, account, stands_in
from foundation.settings import Settings, load_settings

READY_SECONDS = 180
PROCESSES = ["rasa", "actions", "web", "worker"]
PROBE = requests.Session()
PROBE.trust_env = False  # a proxy that the environment names cannot reach this machine's own address


class NotReady(Exception):
    """The services did not become ready; the message says which part is missing."""


@click.command()
def start() -> None:
    """启动全部服务,就绪后显示网址;按 Ctrl-C 全部停止。"""
    load_dotenv(".env")  # the simulator reads nothing but its environment
    settings = load_settings()
    problem = next(problems(settings), None)
    if problem:
        _fail(problem)
    for number in (signal.SIGINT, signal.SIGTERM):  # SIGINT too: a script in the background starts with it ignored
        signal.signal(number, _interrupt)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup asks to outlive the terminal
        signal.signal(signal.SIGHUP, _interrupt)
    log = settings.data_dir / "logs" / "services.log"
    click.echo(f"正在启动,日志在 {log}")
    services = Services(_names(settings), _environment(settings), log)
    try:
        _wait_until_ready(services, f"http://127.0.0.1:{settings.port}/readyz")
        _announce(settings)
        services.wait()
        _fail(f"服务意外停止,原因见 {log}。")
    except NotReady as missing:
        _fail(f"{missing}原因见 {log}。")
    except KeyboardInterrupt:
        click.echo("\n正在停止……")
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        services.stop()
    click.echo("已全部停止。")


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _fail(sentence: str) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(1)


def _names(settings: Settings) -> list[str]:
    return [*PROCESSES, "simulator"] if uses_simulator(settings) else PROCESSES


def _environment(settings: Settings) -> dict[str, str]:
    return {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "PYTHONUNBUFFERED": "1",
        "RASA_PORT": str(rasa_port(settings)),
        **account(settings),
    }


def _wait_until_ready(services: Services, url: str) -> None:
    began = time.monotonic()
    reported: set[str] = set()
    parts: dict[str, bool] = {}
    while time.monotonic() - began < READY_SECONDS:
        if not services.running:
            raise NotReady("启动失败,")
        ready, parts = _parts(url)
        for name in sorted({name for name, good in parts.items() if good} - reported):
            click.echo(f"  {name} 就绪({time.monotonic() - began:.0f} 秒)")
            reported.add(name)
        if ready:
            return
        time.sleep(0.5)
    missing = "、".join(name for name, good in parts.items() if not good) or "网页"
    raise NotReady(f"等了 {READY_SECONDS} 秒仍未就绪的部分:{missing};")


def _parts(url: str) -> tuple[bool, dict[str, bool]]:
    try:
        answer = PROBE.get(url, timeout=5)
        parts: dict[str, bool] = answer.json()["parts"]
    except (requests.RequestException, KeyError):
        return False, {}
    return answer.ok, parts


def _announce(settings: Settings) -> None:
    click.echo(f"全部就绪。市民对话页:{settings.site}/chat")
    if uses_simulator(settings):
        click.echo(f"模拟热线:http://127.0.0.1:{simulator_port()}/")
    if stands_in(settings):
        click.echo(f"模拟微信:http://127.0.0.1:{simulator_port()}{PAGE}")
    click.echo("按 Ctrl-C 停止。")
