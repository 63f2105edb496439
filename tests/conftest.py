"""What is made once for all tests of a process: the running product, and databases with every table."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from werkzeug.routing.rules import Rule
from xdist.scheduler import LoadScopeScheduling

from commands.prepare import create_tables
from staff import accounts
from tests.hotline.support import make_settings, postgresql_database
from tests.service import ROOT, Service, prepare

PRODUCT = "the running product"


class ByProduct(LoadScopeScheduling):  # type: ignore[misc]  # xdist brings no types
    """Hands out whole files; those that need the running product go to the first process, so that it starts once."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return PRODUCT if _needs_product(file) else file

    def _assign_work_unit(self, node: object) -> None:
        if PRODUCT in self.workqueue:  # it takes longest
            self.workqueue.move_to_end(PRODUCT, last=False)
        super()._assign_work_unit(node)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByProduct:
    return ByProduct(config, log)


@cache
def _needs_product(file: str) -> bool:
    text = (ROOT / file).read_text(encoding="utf-8")
    return bool(re.search(r"^from tests\.service import .*\bService\b", text, re.MULTILINE))


@pytest.fixture(scope="session", autouse=True)
def _quick(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Templates and routes are compiled once for the apps of all tests, and passwords hashed with little work."""
    folder = tmp_path_factory.mktemp("templates")
    Flask.jinja_options = {"bytecode_cache": FileSystemBytecodeCache(str(folder))}
    accounts.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    compiled, known = Rule._compile_builder, dict[object, Any]()

    def builder(rule: Rule, append_unknown: bool = True) -> Any:
        key = (rule.rule, str(rule.defaults), tuple(rule._trace), append_unknown)
        return known[key] if key in known else known.setdefault(key, compiled(rule, append_unknown))

    Rule._compile_builder = builder  # type: ignore[method-assign, assignment]


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


@pytest.fixture(scope="session")
def postgresql_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database of this run's own with every table."""
    with postgresql_database() as url:
        create_tables(make_settings(url, tmp_path_factory.mktemp("postgresql"))).close()
        yield url


@pytest.fixture(scope="session")
def sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with every table, to be copied: making them takes longer than most tests."""
    file = tmp_path_factory.mktemp("sqlite") / "wenzheng.db"
    create_tables(make_settings(f"sqlite:///{file}", file.parent)).close()
    return file
