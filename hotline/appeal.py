"""What a citizen brings: the appeal that a ticket is opened for, the same from every channel."""

from dataclasses import dataclass

from hotline.catalogue import catalogue
from hotline.lifecycle import lifecycle
from hotline.time_limits import time_limits

MOST_PICTURES = 9
AUDIENCES = ("", "supervisors")


@dataclass(frozen=True)
class Appeal:
    """One appeal; texts hold the tokens of the conversation's vault, or raw words where there is no conversation."""

    instance: str  # the same one again opens no second ticket
    kind: str
    what: str
    place: str = ""
    time_of_event: str = ""
    contact: str = ""
    anonymous: bool = False
    channel: str = "chat"
    conversation: str = ""
    category: str = ""
    urgency: str = "normal"
    district: str = ""
    latitude: float | None = None
    longitude: float | None = None
    entry: str = ""
    audience: str = ""  # "supervisors": the departments never see it
    parent: str = ""
    pictures: tuple[str, ...] = ()  # ids of uploads
    uploader: str = ""  # whose uploads they must be

    def __post_init__(self) -> None:
        """Refuse what no ticket can be made of."""
        _one_of("kind", self.kind, lifecycle().kinds)
        _one_of("urgency", self.urgency, time_limits().urgency)
        _one_of("audience", self.audience, AUDIENCES)
        _one_of("category", self.category, ("", *catalogue().categories))
        _one_of("district", self.district, ("", *catalogue().districts))
        if not self.instance or not self.what.strip():
            raise ValueError("an appeal needs an instance and what happened")
        if self.anonymous and self.contact:
            raise ValueError("an anonymous appeal has no contact")
        if len(self.pictures) > MOST_PICTURES:
            raise ValueError(f"an appeal has at most {MOST_PICTURES} pictures")
        _on_earth(self.latitude, self.longitude)


def _one_of(name: str, value: str, known: object) -> None:
    if value not in known:  # type: ignore[operator]  # tuples and mappings both answer
        raise ValueError(f"unknown {name}: {value}")


def _on_earth(latitude: float | None, longitude: float | None) -> None:
    if (latitude is None) != (longitude is None):
        raise ValueError("a place has both coordinates or none")
    if latitude is not None and longitude is not None and not (abs(latitude) <= 90 and abs(longitude) <= 180):
        raise ValueError("coordinates lie between -90 and 90, -180 and 180 degrees")
