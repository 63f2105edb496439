"""The running product, started once for all tests that need it."""

from collections.abc import Iterator

import pytest

from tests.service import Service, prepare


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("service")
    prepare(folder)
    running = Service(folder)
    try:
        running.start()
        yield running
    finally:
        running.stop()
