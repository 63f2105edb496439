"""The same databases as the tests of hotline/, and a platform."""

from collections.abc import Iterator

import pytest

from tests.hotline.conftest import clock, database, desk
from tests.hotline.support import Desk
from tests.wechat.citizens import Citizens
from tests.wechat.platform import FakePlatform, platform

__all__ = ["clock", "database", "desk"]


@pytest.fixture
def wechat() -> Iterator[FakePlatform]:
    with platform() as fake:
        yield fake


@pytest.fixture
def citizens(desk: Desk) -> Citizens:
    return Citizens(desk)
