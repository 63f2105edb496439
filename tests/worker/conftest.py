"""The same databases as the tests of hotline/, and a citizen who waits for news."""

import pytest

from tests.hotline.conftest import database, desk
from tests.hotline.support import Desk
from tests.worker.citizen import Citizen

__all__ = ["database", "desk"]


@pytest.fixture
def citizen(desk: Desk) -> Citizen:
    return Citizen(desk)
