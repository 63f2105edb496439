"""Which passwords are refused: short ones, and those that anybody would try first; kinds of signs do not count."""

import re
import secrets
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

RANDOM_BYTES = 12


def problem(password: str, names: Iterable[str] = ()) -> str:
    """Why a password cannot be used, in words, or "". `names` are what its owner is called."""
    rules = _rules()
    if not rules["shortest"] <= len(password) <= rules["longest"]:
        return f"密码至少 {rules['shortest']} 个字符,最多 {rules['longest']} 个。"
    plain = password.lower()
    if len(set(plain)) < rules["fewest_different"]:
        return "密码太好猜:来来去去就那么几个字符。几个不相干的词连起来,好记又难猜。"
    found = []
    for what, piece in _guessable([name.lower() for name in names]):
        shorter = piece.sub("", plain)
        if shorter != plain:
            found.append(what)
            plain = shorter
    if found and len(plain) < rules["fewest_left"]:
        return f"密码太好猜:去掉{'、'.join(found)},就没剩几个字符了。几个不相干的词连起来,好记又难猜。"
    return ""


def random() -> str:
    """A password to begin with, for somebody who will change it."""
    return secrets.token_urlsafe(RANDOM_BYTES)


def _guessable(names: list[str]) -> Iterator[tuple[str, "re.Pattern[str]"]]:
    """What is taken away before the rest is counted, in order."""
    own = [name for name in names if len(name) > 1]
    if own:
        yield "账号名或姓名", re.compile("|".join(map(re.escape, own)))
    yield from _common()


@cache
def _common() -> tuple[tuple[str, "re.Pattern[str]"], ...]:
    rules = _rules()
    words = sorted(map(str, rules["words"]), key=len, reverse=True)
    return (
        ("人人都用的词", re.compile("|".join(map(re.escape, words)))),
        ("年份和日期", re.compile(r"(?:19|20)\d{2}(?:[01]\d[0-3]\d)?")),
        ("键盘上连着的键", re.compile("|".join(map(re.escape, _runs(rules["rows"], rules["run"]))))),
        ("重复的一段", re.compile(r"(.{3,})\1+")),
        ("重复的字符", re.compile(r"(.)\1{2,}")),
    )


def _runs(rows: list[str], length: int) -> list[str]:
    """Every stretch of a row of that length or longer, in both directions, the longest first."""
    both = [str(row)[::step] for row in rows for step in (1, -1)]
    found = {row[i:j] for row in both for i in range(len(row)) for j in range(i + length, len(row) + 1)}
    return sorted(found, key=len, reverse=True)


@cache
def _rules() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "passwords.yml").read_text(encoding="utf-8"))
    return content
