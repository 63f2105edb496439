"""Starts Rasa's own commands for a comparison, as the product starts its own, and ends them."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from evaluation.errors import EvaluationError

STOP_SECONDS = 10
# as the Procfile starts the product's own
ENVIRONMENT = {
    "RASA_TELEMETRY_ENABLED": "false",
    "OMP_NUM_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "SANIC_HOST": "127.0.0.1",
}
Process = subprocess.Popen[bytes]


def rasa(*words: str) -> list[str]:
    """A command of Rasa's in this environment."""
    return [sys.executable, "-m", "rasa", *words]


def start(command: Sequence[str], folder: Path, environment: dict[str, str], output: TextIO) -> Process:
    """A process at work in a folder. If this one is killed outright, the kernel ends it too."""
    return subprocess.Popen(
        ["setpriv", "--pdeathsig", "KILL", *command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
    )


def stop(processes: Sequence[Process]) -> None:
    """End them, politely first."""
    for process in processes:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
    for process in processes:
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def train(words: Sequence[str], model: Path, folder: Path, output: TextIO, seconds: float) -> None:
    """Train a model file. Raises EvaluationError, naming the log, when there is none in time."""
    made = [f"--out={model.parent}", f"--fixed-model-name={model.name.removesuffix('.tar.gz')}"]
    process = start(rasa("train", *words, *made), folder, os.environ | ENVIRONMENT, output)
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    stop([process])
    if not model.exists():
        raise EvaluationError(f"对照用的 Rasa 没有训练成功,原因见 {output.name}。")
