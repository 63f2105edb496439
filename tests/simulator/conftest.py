"""A platform with an account whose server is told what to answer."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.app import create_app
from simulator.settings import Settings
from tests.simulator.callback import Callback, listening
from tests.simulator.phone import Phone


@pytest.fixture
def callback() -> Iterator[Callback]:
    with listening() as callback:
        yield callback


@pytest.fixture
def phone(callback: Callback, tmp_path: Path) -> Phone:
    """In plain mode."""
    settings = Settings(0, tmp_path / "simulator.db", "", tmp_path / "secrets.json", account=callback.account)
    phone = Phone(create_app(settings).test_client())
    phone.switch(mode="plain")
    return phone
