"""The limits and words of handover.yml."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

_AROUND = "“”\"'‘’「」。.，,！!？?～~ \n"


@lru_cache(maxsize=1)
def settings() -> dict[str, Any]:
    """Read once."""
    content: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "handover.yml").read_text(encoding="utf-8"))
    return content


def says(name: str, text: str) -> bool:
    """True when a text says this and nothing else."""
    return bool(re.fullmatch(settings()[name], text.strip(_AROUND)))
