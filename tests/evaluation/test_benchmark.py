"""Timing takes turns; memory is that of the service's own processes."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from evaluation import bare, benchmark
from evaluation.benchmark import WARM_UP, Contender, findings, measure
from evaluation.processes import Process, of_service
from tests.service import free_port

READY = "print(flush=True); import time; time.sleep(600)"
WEB = "import socket; s = socket.socket(); s.bind(('127.0.0.1', {port})); s.listen(); " + READY


def test_contenders_take_turns_and_the_warm_up_is_not_counted() -> None:
    order: list[str] = []

    def noting(name: str) -> Contender:
        return lambda question: order.append(name + question)

    taken = measure({name: noting(name) for name in "abc"}, ["1", "2"], 3, 60)
    assert {name: len(values) for name, values in taken.items()} == {"a": 3, "b": 3, "c": 3}
    assert order[3 * WARM_UP :] == ["a1", "b1", "c1", "b2", "c2", "a2", "c1", "a1", "b1"]


def test_no_round_begins_after_the_time_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    passed = 0.0

    def asked(question: str) -> None:
        nonlocal passed
        passed += 0.25

    clock = SimpleNamespace(monotonic=lambda: passed, perf_counter=lambda: passed)
    monkeypatch.setattr(benchmark, "time", clock)
    assert measure({"whole": asked}, ["1"], 1000, 1.0)["whole"] == [250.0] * 5


def test_figures_are_medians_percentiles_ratios_and_a_sum() -> None:
    taken = {"whole": [30.0, 50.0, 40.0], "bare": [80.0, 80.0, 80.0], "embedding": [20.0, 20.0, 20.0]}
    answers = [{"outcome": "answered"}, {"outcome": "clarifying"}, {"outcome": "answered"}]
    found = findings(taken, answers, [Process("web", 1, 70.5), Process("rasa", 2, 800.0)])
    assert found.result["whole"] == {"median_ms": 40.0, "p95_ms": 49.0}
    assert found.result["ratios"]["whole_to_bare"] == {"median": 0.5, "p95": 0.61}
    assert found.result["ratios"]["whole_to_embedding"]["median"] == 2.0
    assert found.result["outcomes"] == {"answered": 2, "clarifying": 1}
    assert found.result["memory"]["sum_mib"] == 870.5
    assert found.lines[1] == {"message": 1, "whole_ms": 50.0, "bare_ms": 80.0, "embedding_ms": 20.0}


@contextmanager
def process(folder: Path, data_dir: str | None, code: str, *words: str) -> Iterator[int]:
    environment = {"WENZHENG_DATA_DIR": data_dir} if data_dir else {}
    command = [sys.executable, "-c", code, *words]
    running = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE)
    try:
        assert running.stdout is not None
        running.stdout.readline()  # it is all there, its memory too
        yield running.pid
    finally:
        running.kill()
        running.communicate()


def test_processes_are_found_by_the_port_of_the_web_and_the_place_it_works_in(tmp_path: Path) -> None:
    here, elsewhere = tmp_path / "here", tmp_path / "elsewhere"
    here.mkdir()
    elsewhere.mkdir()
    port, worker = free_port(), ("-m", "commands", "worker")
    with (
        process(here, "var", WEB.format(port=port)) as web,
        process(here, "var", READY, *worker) as own,
        process(here, None, READY, "bin/wenzheng", "start") as starter,
        process(here, "other", READY, *worker),
        process(elsewhere, "var", READY, *worker),
        process(here, "var", READY, "something", "else"),
    ):
        found = of_service(port)
    assert {one.pid: one.name for one in found} == {web: "web", own: "worker", starter: "start"}
    assert all(1 < one.mib < 200 for one in found)


def test_where_nothing_listens_there_is_no_service() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        assert of_service(probe.getsockname()[1]) == []


@pytest.mark.prove
def test_the_bare_bot_trains_once_answers_and_leaves_nothing_running(tmp_path: Path) -> None:
    trained = []
    for _ in range(2):
        with bare.running(tmp_path) as bot:
            bot.say("one", "身份证丢了怎么补")
            bot.say("two", "路灯坏了")
        assert not bot.is_ready()
        trained += [model.stat().st_mtime_ns for model in tmp_path.glob("*.tar.gz")]
    assert len(trained) == 2
    assert trained[0] == trained[1]
