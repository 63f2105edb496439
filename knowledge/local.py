"""What differs by place: values of one city that fill {{local.name}} in entries."""

from pathlib import Path

import yaml

from knowledge.entry import LOCAL

LOCAL_FOLDER = Path(__file__).parent / "local"


class LocalValues:
    """The values of one city."""

    def __init__(self, city: str, folder: Path = LOCAL_FOLDER) -> None:
        """Reads the file whose `city` is that name. Raises LookupError when there is none."""
        self.city = city
        self._values = _values_of(city, folder)

    def fill(self, text: str) -> str:
        """The text with every {{local.name}} filled. Raises KeyError for a name that the city lacks."""
        return LOCAL.sub(lambda match: self._values[match.group(1)], text)

    def used_in(self, text: str) -> bool:
        """True when the text holds something that differs by place."""
        return bool(LOCAL.search(text))


def _values_of(city: str, folder: Path) -> dict[str, str]:
    for path in sorted(folder.glob("*.yml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        if content["city"] == city:
            return {name: str(value) for name, value in content["values"].items()}
    raise LookupError(f"knowledge/local has no file for the city {city}")
