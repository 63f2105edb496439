"""Dresses greetings, transitions and closings in the tone that the city chose; facts are never touched."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from knowledge.local import STANDARD


def dressed(response: str | None, text: str, tone: str) -> str:
    """The text of a fixed response in a tone; of any other reply, and in the standard tone, the text as it is."""
    if tone == STANDARD:
        return text
    for piece in phrases().get(response or "", ()):
        text = text.replace(piece["says"], piece[tone], 1)
    return text


@lru_cache(maxsize=1)
def phrases() -> dict[str, list[dict[str, str]]]:
    """The pieces that change, by response."""
    content: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "tone.yml").read_text(encoding="utf-8"))
    return content
