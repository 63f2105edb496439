"""`wenzheng start` for real, over a Procfile of stand-ins; the one for web answers as the real one does."""

import os
import re
import signal
from pathlib import Path

import pytest

from commands.services import LOG_BYTES, shorten
from tests.commands.place import DETACHED, STUBBORN, Place, until_ready, wait_for
from wechat.envelope import Envelope


def test_it_names_each_part_as_it_gets_ready_and_then_the_addresses(place: Place) -> None:
    running = place.start()
    said = until_ready(running)
    running.terminate()
    running.wait(60)
    assert "database 就绪" in said
    assert "rasa 就绪" in said
    assert f"http://127.0.0.1:{place.environment['WENZHENG_PORT']}/chat" in said
    assert f"http://127.0.0.1:{place.environment['SIMULATOR_PORT']}/" in said


def given(place: Place, name: str) -> dict[str, str]:
    """The settings of the account, as a process got them."""
    [pid] = place.pids(name)
    found = [one.partition("=") for one in Path(f"/proc/{pid}/environ").read_text().split("\0")]
    return {key: value for key, _, value in found if key.startswith("WENZHENG_WECHAT_")}


def test_without_an_account_every_process_gets_the_one_of_the_stand_in(place: Place) -> None:
    accounts = []
    for _ in range(2):
        running = place.start()
        said = until_ready(running)
        wait_for(lambda: all(place.pids(name) for name in ("web", "worker", "simulator")))
        accounts += [given(place, name) for name in ("web", "worker", "simulator")]
        running.terminate()
        running.wait(60)
        for file in place.folder.glob("*.pids"):
            file.unlink()
    platform = f"http://127.0.0.1:{place.environment['SIMULATOR_PORT']}"
    assert f"模拟微信:{platform}/wechat-platform/" in said
    first = accounts[0]
    assert accounts == [first] * 6, "the same for all, and after the next start"
    assert re.fullmatch(r"wx[0-9a-f]{16}", first["WENZHENG_WECHAT_APP_ID"])
    assert first["WENZHENG_WECHAT_API_BASE"] == first["WENZHENG_WECHAT_OAUTH_BASE"] == platform
    key = Envelope(first["WENZHENG_WECHAT_ENCODING_AES_KEY"], first["WENZHENG_WECHAT_APP_ID"])
    assert key.open(key.seal("你好")) in ("你好", "你好".encode())
    kept = (place.folder / "var/secrets.json").read_text()
    assert not any(first[f"WENZHENG_WECHAT_{name}"] in kept for name in ("TOKEN", "APP_SECRET", "ENCODING_AES_KEY"))


@pytest.mark.parametrize("name", ["APP_ID", "TOKEN"])
def test_an_account_of_ones_own_is_left_as_it_is(place: Place, name: str) -> None:
    place.environment[f"WENZHENG_WECHAT_{name}"] = "wx2c2769f8efd9abc2"
    running = place.start()
    said = until_ready(running)
    wait_for(lambda: place.pids("web"))
    assert given(place, "web") == {f"WENZHENG_WECHAT_{name}": "wx2c2769f8efd9abc2"}
    running.terminate()
    running.wait(60)
    assert "模拟微信" not in said


@pytest.mark.parametrize(
    "number", [signal.SIGINT, signal.SIGTERM, pytest.param(signal.SIGHUP, marks=pytest.mark.prove)]
)
def test_a_signal_stops_everything(place: Place, number: signal.Signals) -> None:
    place.write_procfile(rasa=STUBBORN, actions=DETACHED)
    running = place.start()
    until_ready(running)
    wait_for(lambda: all(place.pids(name) for name in ("rasa", "actions", "web", "worker", "simulator")))
    running.send_signal(number)
    running.wait(60)
    assert running.returncode == 0
    assert place.inhabitants() == {}


def test_a_signal_before_all_is_ready_stops_everything(place: Place) -> None:
    (place.folder / "rasa-is-missing").touch()
    running = place.start()
    wait_for(lambda: place.pids("web"))
    running.terminate()
    running.wait(60)
    assert place.inhabitants() == {}


def test_everything_ends_even_when_start_itself_is_killed(place: Place) -> None:
    running = place.start()
    until_ready(running)
    running.kill()
    wait_for(lambda: place.inhabitants() == {})


def test_a_killed_process_comes_back_and_the_others_stay(place: Place) -> None:
    running = place.start()
    until_ready(running)
    wait_for(lambda: place.pids("worker") and place.pids("actions"))
    others = place.pids("actions"), place.pids("web")
    os.kill(place.pids("worker")[0], signal.SIGKILL)
    wait_for(lambda: len(place.pids("worker")) == 2)
    assert (place.pids("actions"), place.pids("web")) == others
    running.terminate()
    running.wait(60)


def test_what_the_processes_print_stands_in_the_log(place: Place) -> None:
    place.write_procfile(worker="sh -c 'echo 我在干活; exec sleep 600'")
    running = place.start()
    until_ready(running)
    wait_for(lambda: "我在干活" in place.log())
    running.terminate()
    running.wait(60)


def test_a_log_that_has_grown_too_long_is_put_aside_once(tmp_path: Path) -> None:
    log = tmp_path / "services.log"
    for text in ("early", "late"):
        with log.open("a") as file:
            file.write(text * LOG_BYTES)
            file.flush()
            shorten(log)
            file.write("goes on")
        assert log.read_text() == "goes on"
        assert text in (tmp_path / "services.old").read_text()[:20]
        log.write_text("")


def test_a_part_that_never_gets_ready_is_named_and_nothing_stays(place: Place) -> None:
    (place.folder / "rasa-is-missing").touch()
    running = place.start(is_impatient=True)
    _, err = running.communicate(timeout=60)
    assert running.returncode == 1
    assert "rasa" in err
    assert "database" not in err
    assert place.inhabitants() == {}


def test_without_a_simulated_hotline_the_simulator_is_not_started(place: Place) -> None:
    place.environment["WENZHENG_HOTLINE_URL"] = "https://hotline.example/webhook"
    running = place.start()
    said = until_ready(running)
    wait_for(lambda: place.pids("worker"))
    assert given(place, "worker") == {}
    running.terminate()
    running.wait(60)
    assert "模拟热线" not in said and "模拟微信" not in said
    assert place.pids("simulator") == []
