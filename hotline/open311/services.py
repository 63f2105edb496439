"""What can be reported: the public categories, and the file that tells programs where the interface is."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from foundation.settings import Settings
from hotline import catalogue as files
from hotline.catalogue import Category, catalogue
from hotline.open311.formats import TYPES
from hotline.open311.questions import questions
from hotline.open311.refusal import Refused, words

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
ADDRESS = "/open311/v2"
_PAUSE = re.compile("[、，和]")


def discovery(settings: Settings) -> dict[str, Any]:
    """Where the interface is, in which forms, since when its list of services is as it is, and how to get a key."""
    told = {name: text.format(city=settings.city) for name, text in words()["discovery"].items()}
    endpoint = {
        "specification": SPECIFICATION,
        "url": f"{settings.site}{ADDRESS}",
        "changeset": _changed(),
        "type": "production",
        "formats": [media_type.partition(";")[0] for media_type in TYPES.values()],
    }
    return {"changeset": _changed(), **told, "endpoints": [endpoint]}


def services() -> list[dict[str, Any]]:
    """Every category whose tickets may be public."""
    return [_service(leaf) for leaf in catalogue().categories.values() if leaf.public]


def definition(code: str) -> dict[str, Any]:
    """What is asked about a category besides the usual fields; raises Refused for an unknown one."""
    leaf = service(code)
    described = [question.described(order) for order, question in enumerate(questions(leaf.id), 1)]
    return {"service_code": leaf.id, "attributes": described}


def service(code: str) -> Category:
    """The public category of a code; raises Refused."""
    if not code:
        raise Refused("service_missing")
    leaf = catalogue().categories.get(code)
    if leaf is None or not leaf.public:
        raise Refused("service_unknown")
    return leaf


def _service(leaf: Category) -> dict[str, Any]:
    top, group, label = leaf.path
    department = catalogue().department_label(leaf.department)
    return {
        "service_code": leaf.id,
        "service_name": label,
        "description": words()["service"].format(group=group, label=label, department=department),
        "metadata": bool(questions(leaf.id)),
        "type": "realtime",
        "keywords": ",".join(word for part in leaf.path for word in _PAUSE.split(part)),
        "group": top,
    }


def _changed() -> str:
    """When a file that says what can be reported last changed; it sorts as text."""
    folders = (Path(files.__file__).parent, Path(__file__).parent)
    latest = max(path.stat().st_mtime for folder in folders for path in folder.glob("*.yml"))
    return datetime.fromtimestamp(latest, UTC).isoformat(timespec="seconds")
