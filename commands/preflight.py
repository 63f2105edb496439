"""What must be so before anything starts; each problem is one sentence that says what to do."""

import os
import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from foundation.settings import Settings

LEAST_FREE_MB = 500
ACTIONS_PORT = 5055  # endpoints.yml names it
RASA_MODELS = Path("models")
PREPARE = "请先运行 wenzheng prepare"


@dataclass(frozen=True)
class Port:
    """A port that one of our processes will listen on, and the setting that moves it ("" where none does)."""

    number: int
    owner: str
    setting: str


def ports(settings: Settings) -> list[Port]:
    """Every port that is needed; the simulator's only where it stands in for the hotline."""
    needed = [
        Port(settings.port, "网页", "WENZHENG_PORT"),
        Port(rasa_port(settings), "对话理解(Rasa)", "WENZHENG_RASA_URL"),
        Port(ACTIONS_PORT, "动作服务", ""),
    ]
    if uses_simulator(settings):
        needed.append(Port(simulator_port(), "模拟热线", "SIMULATOR_PORT 和 WENZHENG_HOTLINE_URL"))
    return needed


def uses_simulator(settings: Settings) -> bool:
    """True where the hotline's address is the simulator's."""
    hotline = urlsplit(settings.hotline_url)
    return hotline.hostname in ("127.0.0.1", "localhost") and hotline.port == simulator_port()


def simulator_port() -> int:
    """The port of the simulator, a program with settings of its own."""
    return int(os.environ.get("SIMULATOR_PORT") or 8081)


def rasa_port(settings: Settings) -> int:
    """The port at which the product expects Rasa, and at which it is started."""
    return urlsplit(settings.rasa_url).port or 80


def problems(settings: Settings) -> Iterator[str]:
    """One sentence for each thing that would keep the services from starting."""
    if not Path("Procfile").is_file():
        yield "这里没有 Procfile,请在项目目录里运行。"
        return
    yield from _missing_parts(settings)
    free_mb = shutil.disk_usage(".").free // 10**6
    if free_mb < LEAST_FREE_MB:
        yield f"磁盘空间不够:至少要有 {LEAST_FREE_MB} MB,只剩 {free_mb} MB。"
    for port in ports(settings):
        if _is_busy(port.number):
            remedy = f"或用 {port.setting} 换一个端口" if port.setting else "再重试"
            yield f"端口 {port.number}({port.owner})已被占用,请停掉占用它的程序,{remedy}。"


def _missing_parts(settings: Settings) -> Iterator[str]:
    if not (settings.model_dir / "modules.json").is_file():
        yield f"没有找到嵌入模型({settings.model_dir}),{PREPARE}。"
    if not any(RASA_MODELS.glob("*.tar.gz")):
        yield f"没有找到训练好的 Rasa 模型({RASA_MODELS}/*.tar.gz),{PREPARE}。"
    scheme, _, file = settings.database_url.partition(":///")
    if scheme == "sqlite" and not Path(file).is_file():
        yield f"没有找到数据库({file}),{PREPARE}。"


def _is_busy(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False
