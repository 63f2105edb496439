"""The overview is as quick with a million messages as with a thousand, and a changed day is counted again quickly."""

import json
import statistics
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from conversations.figures import ConversationRollup
from foundation.database import Database
from foundation.privacy import Vault
from tests.faults.many_turns import NEWEST, fill
from tests.hotline.support import DATA_KEYS, Desk, make_settings
from tests.web.talking import know
from tests.web.visitor import Visitor, signed_in

PAGE = "/desk/figures/service"
DAYS = 180


@pytest.mark.prove
@pytest.mark.timeout(3000)
def test_a_page_takes_at_most_twice_as_long_with_a_million_messages(tmp_path: Path) -> None:
    took = {count: _measured(tmp_path / str(count), count) for count in (1_000, 100_000, 1_000_000)}
    print(json.dumps(took, indent=1))
    assert took[1_000_000]["page"] <= 2 * took[1_000]["page"] + 0.05
    assert took[1_000_000]["again"] < 10


def _measured(folder: Path, count: int) -> dict[str, float]:
    """Seconds for a page of ninety days, for the first count of all days, and for the count of today alone."""
    folder.mkdir()
    url = f"sqlite:///{folder / 'wenzheng.db'}"
    database = Database(url)
    database.create_tables()
    domains = [f"领域{number}" for number in range(19)]
    know(database, **{f"entry_{number}": domains[number % 19] for number in range(200)})
    fill(database, count, ["问" * 15], domains, timedelta(days=DAYS) / count)
    rollup = ConversationRollup(database, "Asia/Shanghai")
    first, again = _timed(rollup.refresh), _timed(rollup.refresh)
    visitor = signed_in(Desk(database, Vault(DATA_KEYS), make_settings(url, folder)), "supervisor")
    until = NEWEST.date()
    address = f"{PAGE}?from={until - timedelta(days=89)}&to={until}"
    page = statistics.median(_timed(lambda: _see(visitor, address)) for _ in range(9))
    database.close()
    return {"page": round(page, 4), "first": round(first, 2), "again": round(again, 3)}


def _see(visitor: Visitor, address: str) -> None:
    assert "每天的消息" in visitor.see(address)


def _timed(work: Any) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
