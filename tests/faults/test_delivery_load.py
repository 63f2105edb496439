"""A thousand tickets to two receivers, one that fails and one that stops, while workers are killed again and again.

The simulator, with its own record, is the one that fails and times out. The other, which staff entered, keeps its
record here: it checks every signature with the Standard Webhooks library, answers 410 once, and is resumed later.
"""

import random
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from standardwebhooks import Webhook, WebhookVerificationError

from hotline import repair
from hotline.tables import deliveries, delivery_attempts, destinations
from tests.hotline.archive import ARCHIVE, enter
from tests.hotline.conftest import archive, database, desk
from tests.hotline.receiver import Receiver, Request
from tests.hotline.support import PHONE, Desk, everything_at_rest, in_threads
from tests.worker.place import Place

__all__ = ["archive", "database", "desk"]
TICKETS, MESSAGES, KILLS = 1000, 3, 20
PAUSE_SECONDS = (0.2, 3.0)  # between looks at a worker that may be killed
OPENERS = 2
TIMEOUT_SECONDS = 1.0
STOPS_AT = TICKETS // 2  # which request the archive answers with 410
STOPPED_SECONDS = 8
LONGEST_SECONDS = 600  # on a busy machine; an idle one needs a fraction
SCHEDULE = "0.05,0.1,0.2,0.4" + ",0.8" * 40
Ordered = dict[str, list[int]]


class Archive:
    """The second receiver's own record: each webhook id once, in the order of processing."""

    def __init__(self, receiver: Receiver, secret: str) -> None:
        self.processed: dict[str, tuple[str, int]] = {}
        self.requests = self.forged = self.gone = 0
        self.stops_at = STOPS_AT
        self._webhook = Webhook(secret)
        self._lock = threading.Lock()
        receiver.answer = self.answer

    def answer(self, request: Request) -> tuple[int, dict[str, str]]:
        with self._lock:
            self.requests += 1
            try:
                body: dict[str, Any] = self._webhook.verify(request.text, request.headers)
            except WebhookVerificationError:
                self.forged += 1
                return 401, {}
            if self.requests == self.stops_at:
                self.gone += 1
                return 410, {}
            self.processed.setdefault(request.headers["webhook-id"], (body["data"]["ticket"], body["data"]["sequence"]))
            return 200, {}

    def ordered(self) -> Ordered:
        return ordered(self.processed.values())


class Load:
    """Workers that are killed, tickets that come in meanwhile, and a receiver that staff resume."""

    def __init__(self, place: Place, archive: Archive, workers: int) -> None:
        self.place, self.archive = place, archive
        self.kills: list[int] = []  # how many deliveries the worker held at each
        self.while_stopped = 0  # what the other receiver got meanwhile
        self._resumed = False
        self._workers = [self._started() for _ in range(workers)]
        self._opening = threading.Thread(target=in_threads, args=(OPENERS, self._open))

    def run(self) -> float:
        """Until everything is delivered; returns the seconds that took."""
        started = time.monotonic()
        self._opening.start()
        while len(self.kills) < KILLS or not self._resumed or self._opening.is_alive() or self.left():
            assert time.monotonic() - started < LONGEST_SECONDS, f"{self.kills}, {self.left()} left, {self.counted()}"
            if len(self.kills) < KILLS:
                self._kill_one()
            self._attend()
            time.sleep(random.uniform(*PAUSE_SECONDS))
        return time.monotonic() - started

    def stop(self) -> None:
        for worker in self._workers:
            worker.kill()
            worker.wait()

    def left(self) -> int:
        """What is not delivered yet."""
        return sum(count for (_, state), count in self.counted().items() if state != "delivered")

    def counted(self) -> dict[tuple[str, str], int]:
        """How many deliveries to each destination are in each state."""
        columns = (deliveries.c.destination, deliveries.c.state)
        with self.place.desk.database.reading() as connection:
            query = select(*columns, func.count().label("number")).group_by(*columns)
            return {(row.destination, row.state): row.number for row in connection.execute(query)}

    def _open(self, opener: int) -> None:
        tickets = self.place.desk.tickets
        for _ in range(TICKETS // OPENERS):
            number = self.place.desk.open(contact=f"李女士 {PHONE}", conversation="")
            tickets.supplement(number, f"打 {PHONE} 找我")
            tickets.urge(number)

    def _kill_one(self) -> None:
        """kill -9 of a worker that is at work, and a new one in its place."""
        place = random.randrange(len(self._workers))
        held = self._held_by(self._workers[place])
        if not held:
            return  # it is still starting, or has nothing to do at this moment
        self._workers[place].kill()
        self._workers[place].wait()
        self._workers[place] = self._started()
        self.kills.append(held)

    def _held_by(self, worker: subprocess.Popen[bytes]) -> int:
        own = (deliveries.c.state == "sending", deliveries.c.owner == f"{socket.gethostname()}:{worker.pid}")
        with self.place.desk.database.reading() as connection:
            held: int = connection.execute(select(func.count()).select_from(deliveries).where(*own)).scalar_one()
            return held

    def _attend(self) -> None:
        """Staff see the stopped receiver and resume it later."""
        if self._resumed or not self.archive.gone:
            return
        time.sleep(1)  # what was under way at that moment
        with self.place.desk.database.reading() as connection:
            stopped = connection.execute(select(destinations.c.stopped_at)).scalar_one()
        if stopped is None:  # the worker died before it could write the 410 down: once more
            self.archive.gone, self.archive.stops_at = 0, self.archive.requests + 100
            return
        requests, delivered = self.archive.requests, self.counted()["hotline", "delivered"]
        time.sleep(STOPPED_SECONDS)
        assert self.archive.requests == requests, "nothing is sent to a stopped receiver"
        self.while_stopped = self.counted()["hotline", "delivered"] - delivered
        with self.place.desk.database.writing() as connection:
            self._resumed = repair.resume(connection, ARCHIVE)

    def _started(self) -> subprocess.Popen[bytes]:
        with self.place.log.open("ab") as log:
            command = [sys.executable, "-m", "commands", "worker"]
            return subprocess.Popen(command, cwd=Path(__file__).parents[2], env=self.place.environment, stderr=log)


@pytest.fixture
def place(desk: Desk, tmp_path: Path) -> Iterator[Place]:
    place = Place(desk, tmp_path)
    place.environment["WENZHENG_HOTLINE_RETRY_SECONDS"] = SCHEDULE
    place.environment["WENZHENG_HOTLINE_TIMEOUT_SECONDS"] = str(TIMEOUT_SECONDS)
    with place.simulator():
        place.behave(fail_share=0.3, timeout_share=0.1, timeout_seconds=TIMEOUT_SECONDS * 1.5)
        yield place


@pytest.mark.prove
@pytest.mark.timeout(LONGEST_SECONDS + 60)
def test_everything_arrives_once_and_in_order_however_often_workers_die(
    place: Place, archive: Receiver, tmp_path: Path
) -> None:
    record = Archive(archive, enter(place.desk, archive.url))
    with ExitStack() as stack:
        load = Load(place, record, 1 if place.desk.database.on_sqlite else 3)
        stack.callback(load.stop)
        seconds = load.run()
    own = simulated(tmp_path / "simulator" / "record.db")
    tries = attempts(place.desk)
    print(f"{place.desk.database.url.get_backend_name()}: {seconds:.0f} s; held at each kill: {load.kills}")
    print(f"answers: {tries}; arrived at the hotline while the archive was stopped: {load.while_stopped}")
    print(f"requests: hotline {own['requests']}, archive {record.requests}")
    expected = {number: [1, 2, 3] for number in own["ordered"]}
    assert len(expected) == TICKETS
    assert own["ordered"] == expected
    assert record.ordered() == expected
    assert own["processed"] == {1} and own["forged"] == record.forged == 0
    assert (len(load.kills), record.gone) == (KILLS, 1) and min(load.kills) > 0
    assert load.while_stopped > 0, "the hotline went on while the archive was stopped"
    assert set(tries[ARCHIVE]) <= {200, 410, None}
    assert tries[ARCHIVE][None] < TICKETS * MESSAGES / 100, "the archive waits for nothing but a busy machine"
    assert min(tries["hotline"][500], tries["hotline"][None]) > TICKETS / 10, "the hotline failed and timed out"
    assert PHONE not in everything_at_rest(place.desk.database) + place.log.read_text(encoding="utf-8")


def attempts(desk: Desk) -> dict[str, Counter[int | None]]:
    """How often each destination answered with each status, by our own record."""
    query = select(deliveries.c.destination, delivery_attempts.c.status).join_from(deliveries, delivery_attempts)
    found: defaultdict[str, Counter[int | None]] = defaultdict(Counter)
    with desk.database.reading() as connection:
        for row in connection.execute(query):
            found[row.destination][row.status] += 1
    return dict(found)


def simulated(path: Path) -> dict[str, Any]:
    """What the simulated hotline has in its record."""
    with sqlite3.connect(path) as connection:
        messages = connection.execute("SELECT ticket, sequence, processed FROM messages ORDER BY position").fetchall()
        requests, valid = connection.execute("SELECT COUNT(*), SUM(valid) FROM attempts").fetchone()
    return {
        "ordered": ordered((ticket, sequence) for ticket, sequence, _ in messages),
        "processed": {processed for _, _, processed in messages},
        "requests": requests,
        "forged": requests - valid,
    }


def ordered(messages: Any) -> Ordered:
    """The sequences of each ticket in the order of processing."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for ticket, sequence in messages:
        found[ticket].append(sequence)
    return dict(found)
