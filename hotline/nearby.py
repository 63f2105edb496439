"""Open tickets about the same thing nearby: offered by their approved summary before a new one is made."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from math import cos, hypot, radians
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.engine import Connection

from foundation.clock import now
from foundation.database import Database
from hotline.catalogue import catalogue
from hotline.followers import behind
from hotline.public import public
from hotline.tables import tickets

METRES_A_DEGREE = 111_320
OPEN = ("submitted", "accepted", "dispatched", "in_progress", "waiting_for_citizen")
AsVectors = Callable[[Sequence[str]], NDArray[np.float32] | None]


@dataclass(frozen=True)
class Nearby:
    """An open ticket about the same: its number, its approved summary, how many stand behind it."""

    number: str
    summary: str
    count: int
    likeness: float


class NearbyTickets:
    """Finds what others have reported already; never 举报, never what only supervisors may see."""

    def __init__(self, database: Database, vectors: AsVectors) -> None:
        self._database = database
        self._vectors = vectors

    def find(
        self, what: str, place: str, latitude: float | None = None, longitude: float | None = None
    ) -> Nearby | None:
        """The likeliest one, or None when none is about the same thing at the same place."""
        with self._database.reading() as connection:
            near = [row for row in _candidates(connection, place) if _is_near(row, place, latitude, longitude)]
            ranked = self._ranked(what, near)
            if not ranked:
                return None
            likeness, best = ranked[0]
            return Nearby(best.number, best.summary, behind(connection, [best.number])[best.number], round(likeness, 3))

    def _ranked(self, what: str, rows: list[Any]) -> list[tuple[float, Any]]:
        """Those that are alike enough, the most alike first; by words where there are no vectors."""
        rows = sorted(rows, key=lambda row: _common(what, row.summary), reverse=True)[: _settings()["compared"]]
        found = self._vectors([what, *(row.summary for row in rows)]) if rows else None
        if found is None:
            likenesses = [_common(what, row.summary) for row in rows]
            enough = _settings()["alike_by_words"]
        else:
            likenesses = [float(value) for value in found[1:] @ found[0]]
            enough = _settings()["alike_by_vectors"]
        alike = [(likeness, row) for likeness, row in zip(likenesses, rows, strict=True) if likeness >= enough]
        return sorted(alike, key=lambda pair: pair[0], reverse=True)


def _candidates(connection: Connection, place: str) -> list[Any]:
    since = now() - timedelta(days=_settings()["days"])
    district = catalogue().district_of(place)
    wanted = [
        public(),
        tickets.c.state.in_(OPEN),
        tickets.c.opened_at >= since,
    ]
    if district:
        wanted.append(tickets.c.district.in_((district, "")))
    latest = select(tickets).where(*wanted).order_by(tickets.c.opened_at.desc()).limit(_settings()["looked_at"])
    return list(connection.execute(latest))


def _is_near(row: Any, place: str, latitude: float | None, longitude: float | None) -> bool:
    """Within the distance where both places are known, else named alike."""
    if latitude is not None and longitude is not None and row.latitude is not None:
        return _metres(latitude, longitude, row.latitude, row.longitude) <= float(_settings()["metres"])
    return _common(_bare(place), _bare(row.place)) >= float(_settings()["place_alike"])


def _metres(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    north = (latitude - other_latitude) * METRES_A_DEGREE
    east = (longitude - other_longitude) * METRES_A_DEGREE * cos(radians(latitude))
    return hypot(north, east)


def _common(one: str, other: str) -> float:
    """The share of the shorter text's pairs of characters that the other has too, 0 to 1."""
    pairs, others = _pairs(one), _pairs(other)
    shorter = min(len(pairs), len(others))
    return len(pairs & others) / shorter if shorter else 0.0


def _pairs(text: str) -> set[str]:
    text = re.sub(r"[^\w]", "", text)
    return {text[start : start + 2] for start in range(len(text) - 1)}


def _bare(place: str) -> str:
    """A place without what every address of the district has in common."""
    return re.sub("|".join(d.label for d in catalogue().districts.values()), "", place)


@lru_cache(maxsize=1)
def _settings() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "nearby.yml").read_text(encoding="utf-8"))
    return content
