"""What settings.yml beside this file says."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml


@cache
def settings() -> dict[str, Any]:
    """The file, read once."""
    content: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "settings.yml").read_text(encoding="utf-8"))
    return content
