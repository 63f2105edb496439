"""The menu of menu.yml: as the platform takes it, and what its entries mean."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import yaml

Entry = dict[str, Any]


@lru_cache(maxsize=1)
def entries() -> list[Entry]:
    """The entries of the file, with those below them."""
    content: list[Entry] = yaml.safe_load((Path(__file__).parent / "menu.yml").read_text(encoding="utf-8"))
    return content


def entry_of(key: str) -> Entry | None:
    """The entry that an event names, or None for one of an earlier menu."""
    return next((one for one in _all(entries()) if one.get("key") == key), None)


def as_sent(site: str) -> Entry:
    """The menu in the platform's own form; pages are addresses of this site."""
    return {"button": [_button(one, site) for one in entries()]}


def _button(entry: Entry, site: str) -> Entry:
    if "entries" in entry:
        return {"name": entry["name"], "sub_button": [_button(one, site) for one in entry["entries"]]}
    if "page" in entry:
        address = f"{site}/wechat/login?{urlencode({'next': entry['page']})}"
        return {"type": "view", "name": entry["name"], "url": address}
    return {"type": "click", "name": entry["name"], "key": entry["key"]}


def _all(these: list[Entry]) -> Iterator[Entry]:
    for one in these:
        yield one
        yield from _all(one.get("entries", []))
