import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands.place import wait_for

KEEP = Path(__file__).parents[2] / "bin" / "keep"


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def started(tmp_path: Path) -> Path:
    return tmp_path / "started"


@pytest.fixture
def keeper(started: Path) -> Iterator[subprocess.Popen[bytes]]:
    keeper = subprocess.Popen(
        # A background run of the tests hands SIGINT on as ignored.
        ["env", "--default-signal=INT", KEEP, "sh", "-c", f"echo $$ >> {started}; exec sleep 600"],
        start_new_session=True,
    )
    wait_for(lambda: started.exists() and processes(started))
    yield keeper
    if keeper.poll() is None:
        os.killpg(keeper.pid, signal.SIGKILL)
    keeper.wait()


def processes(started: Path) -> list[int]:
    return [int(line) for line in started.read_text().split()]


def test_a_killed_process_comes_back(keeper: subprocess.Popen[bytes], started: Path) -> None:
    os.kill(processes(started)[0], signal.SIGKILL)
    wait_for(lambda: len(processes(started)) == 2)
    first, second = processes(started)
    assert not is_alive(first)
    assert is_alive(second)
    assert keeper.poll() is None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_ends_with_its_process(
    keeper: subprocess.Popen[bytes], started: Path, number: signal.Signals
) -> None:
    keeper.send_signal(number)
    keeper.wait(60)
    assert not is_alive(processes(started)[0])


def test_told_to_stop_during_the_pause_it_starts_nothing_again(tmp_path: Path, started: Path) -> None:
    """The pause is so long here that nothing but the signal can end it."""
    text, patient = KEEP.read_text(), tmp_path / "keep"
    assert "PAUSE_SECONDS=2\n" in text
    patient.write_text(text.replace("PAUSE_SECONDS=2\n", "PAUSE_SECONDS=600\n"))
    keeper = subprocess.Popen(["sh", patient, "sh", "-c", f"echo $$ >> {started}"], stdout=subprocess.PIPE, text=True)
    assert keeper.stdout is not None
    assert "starts again in 600 s" in keeper.stdout.readline()
    keeper.terminate()
    keeper.wait(60)
    assert len(processes(started)) == 1


def test_it_waits_for_a_process_that_takes_its_time_to_stop(tmp_path: Path) -> None:
    ready, done = tmp_path / "ready", tmp_path / "done"
    slow = f"trap 'sleep 1; touch {done}; exit' TERM; touch {ready}; while :; do sleep 0.1; done"
    keeper = subprocess.Popen([KEEP, "sh", "-c", slow])
    wait_for(ready.exists)
    keeper.terminate()
    keeper.wait(60)
    assert done.exists()
