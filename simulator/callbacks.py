"""Calling the product back about a ticket."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import requests

from simulator.record import Record
from simulator.settings import Settings
from simulator.signing import signed_headers

TYPES = {
    "accepted": "受理",
    "dispatched": "派单",
    "contacted": "已联系市民",
    "progress": "办理进展",
    "waiting": "等市民补充",
    "answered": "答复",
    "rejected": "不予受理",
    "returned": "退单",
}
TIMEOUT_SECONDS = 10


def call_back(settings: Settings, record: Record, number: str, wanted: dict[str, Any]) -> dict[str, Any]:
    """Send one signed callback and return the product's answer, status 0 when none came.

    Raises ValueError for an unknown type and LookupError when the secret is not known.
    """
    if wanted.get("type") not in TYPES:
        raise ValueError(f"type must be one of {', '.join(TYPES)}")
    body = _body(number, record.next_sequence(number), wanted)
    status, answer = _post(settings, body)
    record.note_callback(number, body, status, answer)
    return {"status": status, "answer": answer, "sent": body}


def _body(number: str, sequence: int, wanted: dict[str, Any]) -> dict[str, Any]:
    from_staff = {name: wanted[name] for name in ("department", "message", "reason", "deadline") if wanted.get(name)}
    return {
        "type": f"ticket.{wanted['type']}",
        "timestamp": datetime.now(tz=UTC).isoformat(timespec="seconds"),
        "data": {"ticket": number, "sequence": sequence} | from_staff,
    }


def _post(settings: Settings, body: dict[str, Any]) -> tuple[int, str]:
    text = json.dumps(body, ensure_ascii=False)
    headers = signed_headers(settings.callback_secret, f"call_{uuid4().hex}", text)
    try:
        answer = requests.post(
            settings.callback_url, data=text.encode(), headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False
        )
    except requests.RequestException as error:
        return 0, str(error)
    return answer.status_code, answer.text
