"""What a citizen wrote on /report: read from the form, checked, made into an appeal."""

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from secrets import token_hex
from typing import Any

import yaml
from werkzeug.datastructures import MultiDict

from conversations.screen import LONGEST, normalise
from foundation.identifying import find_numbers
from hotline.appeal import MOST_PICTURES, Appeal
from hotline.catalogue import catalogue
from hotline.pictures.image import Taken

WHAT_SHORTEST, PLACE_SHORTEST, PLACE_LONGEST, TIME_LONGEST = 2, 2, 200, 60
INSTANCE_LENGTH = 32
OWN = "own"
ALONE = ("举报", "建议")  # kinds that are never joined with what others said
PLACELESS = "建议"  # a suggestion may be for the whole city


@dataclass
class Form:
    """One form as it stands; `problems` says beside which field what is wrong."""

    instance: str = field(default_factory=lambda: token_hex(INSTANCE_LENGTH // 2))
    kind: str = "求助"
    what: str = ""
    place: str = ""
    latitude: float | None = None
    longitude: float | None = None
    time: str = ""
    contact: str = ""
    anonymous: bool = False
    consent: bool = False
    pictures: list[str] = field(default_factory=list)
    nearby: str = ""  # OWN: this is another matter; a number: follow that ticket instead
    problems: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, sent: MultiDict[str, str]) -> "Form":
        """The form that was sent; whatever no browser sends counts as not given."""
        form = cls(
            kind=sent.get("kind", ""),
            what=normalise(sent.get("what", "")),
            place=normalise(sent.get("place", "")),
            time=normalise(sent.get("time", "")),
            contact=normalise(sent.get("contact", "")),
            anonymous=sent.get("anonymous") == "1",
            consent=sent.get("consent") == "1",
            pictures=list(dict.fromkeys(sent.getlist("picture"))),
            nearby=sent.get("nearby", ""),
        )
        form.latitude, form.longitude = _coordinates(sent.get("latitude", ""), sent.get("longitude", ""))
        if len(sent.get("instance", "")) == INSTANCE_LENGTH:
            form.instance = sent["instance"]
        return form

    def check(self) -> None:
        """Write down what is missing or wrong."""
        self._check_kind()
        self._check_texts()
        self._check_contact()
        self._check_pictures()

    def problem(self, name: str, key: str, **values: object) -> None:
        """Put a sentence beside a field, unless one stands there."""
        self.problems.setdefault(name, words()["problems"][key].format(**values))

    def complete(self, taken: Taken) -> None:
        """Add the place and time of the pictures where none was given."""
        if self.latitude is None:
            self.latitude, self.longitude = taken.latitude, taken.longitude
        if taken.at and not self.time:
            self.time = words()["taken_at"].format(at=taken.at.strftime("%Y-%m-%d %H:%M"))

    def appeal(self, uploader: str) -> Appeal:
        """What the ticket is opened for."""
        return Appeal(
            instance=f"report:{self.instance}",
            kind=self.kind,
            what=self.what,
            place=self.place,
            time_of_event=self.time,
            contact=self.contact,
            anonymous=self.anonymous,
            channel="report",
            district=catalogue().district_of(self.place),
            latitude=self.latitude,
            longitude=self.longitude,
            pictures=tuple(self.pictures),
            uploader=uploader,
        )

    def _check_kind(self) -> None:
        if self.kind not in [kind["name"] for kind in words()["kinds"]]:
            self.problem("kind", "kind_missing")

    def _check_texts(self) -> None:
        if len(self.what) < WHAT_SHORTEST:
            self.problem("what", "what_missing")
        if len(self.what) > LONGEST:
            self.problem("what", "what_long", limit=LONGEST, count=len(self.what))
        known = len(self.place) >= PLACE_SHORTEST or self.latitude is not None or self.kind == PLACELESS
        if not known:
            self.problem("place", "place_missing")
        if len(self.place) > PLACE_LONGEST:
            self.problem("place", "place_long", limit=PLACE_LONGEST)
        if len(self.time) > TIME_LONGEST:
            self.problem("time", "time_long", limit=TIME_LONGEST)

    def _check_contact(self) -> None:
        if self.contact and self.anonymous:
            self.problem("contact", "contact_anonymous")
        elif self.contact and not any(number.kind == "电话" for number in find_numbers(self.contact)):
            self.problem("contact", "contact_wrong")

    def _check_pictures(self) -> None:
        if len(self.pictures) > MOST_PICTURES:
            self.problem("pictures", "pictures_many", limit=MOST_PICTURES, count=len(self.pictures))
            self.pictures = []


@lru_cache(maxsize=1)
def words() -> dict[str, Any]:
    """The words of report.yml."""
    content: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "report.yml").read_text(encoding="utf-8"))
    return content


def _coordinates(latitude: str, longitude: str) -> tuple[float, float] | tuple[None, None]:
    try:
        place = float(latitude), float(longitude)
    except ValueError:
        return None, None
    return place if abs(place[0]) <= 90 and abs(place[1]) <= 180 else (None, None)  # NaN is nowhere
