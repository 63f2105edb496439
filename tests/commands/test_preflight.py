"""What `wenzheng start` says when it will not start: one sentence, and nothing is started."""

import socket
from types import SimpleNamespace

import pytest

from commands.preflight import problems
from foundation.settings import load_settings
from tests.commands.place import Place


def test_a_busy_port_is_named_with_its_setting(place: Place) -> None:
    port = int(place.environment["WENZHENG_PORT"])
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        said = place.refusal()
    assert str(port) in said
    assert "WENZHENG_PORT" in said


@pytest.mark.parametrize(
    ("missing", "word"),
    [
        ("models/embedding/modules.json", "嵌入模型"),
        ("models/20261123.tar.gz", "Rasa 模型"),
        ("var/wenzheng.db", "数据库"),
    ],
)
def test_what_was_not_prepared_is_named_with_the_way_to_prepare_it(place: Place, missing: str, word: str) -> None:
    (place.folder / missing).unlink()
    said = place.refusal()
    assert word in said
    assert "wenzheng prepare" in said


def test_a_full_disk_is_named(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place.folder)
    for name, value in place.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(free=499_000_000))
    assert "只剩 499 MB" in next(problems(load_settings()))


def test_outside_the_project_folder_it_says_so(place: Place) -> None:
    (place.folder / "Procfile").unlink()
    assert "项目目录" in place.refusal()
