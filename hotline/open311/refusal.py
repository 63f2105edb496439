"""Why a call is refused."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml


class Refused(ValueError):
    """A call that cannot be met: an HTTP status and one plain sentence, both from words.yml."""

    def __init__(self, name: str, **about: object) -> None:
        refusal = words()["refusals"][name]
        super().__init__(refusal["says"].format(**about))
        self.status: int = refusal["status"]


@cache
def words() -> dict[str, Any]:
    """The file, read once."""
    content: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "words.yml").read_text(encoding="utf-8"))
    return content
