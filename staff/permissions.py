"""The table of who may do what."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import yaml


def roles() -> dict[str, str]:
    """The seven roles and their names for people."""
    known: dict[str, str] = _table()["roles"]
    return known


def permissions() -> dict[str, frozenset[str]]:
    """Every permission and the roles that have it."""
    return {name: frozenset(having) for name, having in _table()["permissions"].items()}


def may(having: Iterable[str], permission: str) -> bool:
    """Tell whether one of these roles has a permission; raises KeyError for a permission that is not in the table."""
    return bool(permissions()[permission] & set(having))


@cache
def _table() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "permissions.yml").read_text(encoding="utf-8"))
    return content
