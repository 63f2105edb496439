"""Publishing while citizens ask: no error, no answer that mixes two revisions, and soon the new one."""

import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import requests

from foundation.database import Database
from knowledge.publishing import CORPUS
from knowledge.store import Store
from tests.service import ROOT, Answer, Service

CLIENTS, SECONDS, PUBLISHES = 20, 120, 2
AFTERWARDS = 15  # seconds that the clients go on after the last publish
QUESTIONS = ("身份证掉了咋补", "补身份证要多少钱", "护照丢了怎么补", "失业金怎么领", "你好")
TEXT = (CORPUS / "户口与身份证/id-card-lost.md").read_text(encoding="utf-8")
MARK = re.compile(r"第(\d+)版")


class Clients:
    """Twenty citizens who ask without pause, and everything they were told."""

    def __init__(self, service: Service) -> None:
        self.answers: list[tuple[float, Answer]] = []
        self.failures: list[str] = []
        self._service = service
        self._enough = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(number,)) for number in range(CLIENTS)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        self._enough.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, number: int) -> None:
        place = number
        while not self._enough.is_set():
            try:
                self.answers.append((time.monotonic(), self._service.say(QUESTIONS[place % len(QUESTIONS)])))
            except (AssertionError, requests.RequestException) as error:
                self.failures.append(repr(error))
            place += 1


def publish(service: Service, version: int) -> float:
    """A new revision of one entry, published by the command; returns the moment at which the command had ended."""
    marked = TEXT.replace("身份证丢了，您住的地方就能补", f"第{version}版。身份证丢了，您住的地方就能补")
    Store(Database(f"sqlite:///{service.folder / 'wenzheng.db'}")).seed(marked)
    command = [sys.executable, "-m", "commands", "knowledge", "publish"]
    subprocess.run(command, env=os.environ | service.environment, cwd=ROOT, check=True, start_new_session=True)
    return time.monotonic()


@pytest.mark.prove
@pytest.mark.timeout(1200)
def test_publishing_under_load_fails_nobody_and_mixes_nothing(service: Service, tmp_path: Path) -> None:
    clients = Clients(service)
    started = time.monotonic()
    clients.start()
    published = {version: publish(service, version) for version in range(1, PUBLISHES + 1)}
    time.sleep(max(AFTERWARDS, SECONDS - (time.monotonic() - started)))
    clients.join()
    assert not clients.failures, clients.failures[:3]
    outcomes = [answer["outcome"] for _, answer in clients.answers]
    assert "unavailable" not in outcomes
    told: dict[int, list[float]] = {}
    for at, answer in clients.answers:
        card = answer["replies"][0]
        if card["origin"]["id"] != "id-card-lost":
            continue
        searched = {one["revision"] for one in answer["evidence"] if one["entry"] == "id-card-lost"}
        assert searched == {card["origin"]["revision"]}, "the card is of the revision that was searched"
        texts = [card["text"], *(facet["text"] for facet in card["facets"])]
        marks = {int(mark) for text in texts for mark in MARK.findall(text)}
        assert len(marks) <= 1, "one card, one revision"
        assert marks == ({card["origin"]["revision"] - 1} if card["origin"]["revision"] > 1 else set())
        told.setdefault(card["origin"]["revision"], []).append(at)
    first = {version: min(told.get(version + 1, [float("inf")])) - at for version, at in published.items()}
    print(f"{len(outcomes)} answers; seconds from the end of publishing to the first new answer: {first}")
    assert all(seconds < 15 for seconds in first.values())
