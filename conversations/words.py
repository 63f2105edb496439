"""Fixed words for turns that never reach Rasa, from the same domain.yml that Rasa speaks from."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

DOMAIN = Path(__file__).parent.parent / "domain.yml"
Reply = dict[str, Any]


def reply(response: str, **values: object) -> Reply:
    """The text reply of one fixed response, filled."""
    return {
        "type": "text",
        "text": _texts()[response].format(**values),
        "origin": {"kind": "response", "id": response, "revision": None},
    }


@lru_cache(maxsize=1)
def _texts() -> dict[str, str]:
    content = yaml.safe_load(DOMAIN.read_text(encoding="utf-8"))
    return {name: variants[0]["text"] for name, variants in content["responses"].items()}
