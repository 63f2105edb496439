"""The same databases as the tests of hotline/, and a clock."""

from collections.abc import Iterator

import pytest

from tests.hotline.clock import Clock, clock_at
from tests.hotline.conftest import database

__all__ = ["clock", "database"]


@pytest.fixture
def clock() -> Iterator[Clock]:
    with clock_at("2026-11-23 09:00") as clock:
        yield clock
