"""What differs by place: values of one city that fill {{local.name}} in entries."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from knowledge.entry import LOCAL

STANDARD = "standard"
TONES = (STANDARD, "warm", "lively")  # how greetings, transitions and closings are said
LOCAL_FOLDER = Path(__file__).parent / "local"


class LocalValues:
    """The values of one city."""

    def __init__(self, city: str, folder: Path = LOCAL_FOLDER) -> None:
        """Reads the file whose `city` is that name. Raises LookupError for none, ValueError for an unknown tone."""
        content = _content_of(city, folder)
        self.city = city
        self.tone = str(content.get("tone", STANDARD))
        if self.tone not in TONES:
            raise ValueError(f"{city}: tone is {self.tone}, and can only be one of {', '.join(TONES)}")
        self._values = {name: str(value) for name, value in content["values"].items()}

    def __contains__(self, name: str) -> bool:
        """Whether the city has a value of this name."""
        return name in self._values

    def fill(self, text: str) -> str:
        """The text with every {{local.name}} filled. Raises KeyError for a name that the city lacks."""
        return LOCAL.sub(lambda match: self._values[match.group(1)], text)

    def used_in(self, text: str) -> bool:
        """True when the text holds something that differs by place."""
        return bool(LOCAL.search(text))


def _content_of(city: str, folder: Path) -> dict[str, Any]:
    for path in sorted(folder.glob("*.yml")):
        content = _parsed(path.read_text(encoding="utf-8"))
        if content["city"] == city:
            return content
    raise LookupError(f"knowledge/local has no file for the city {city}")


@lru_cache(16)
def _parsed(text: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(text)
    return content
