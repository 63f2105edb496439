"""Addresses at which the receivers of webhooks fetch originals: signed, and good for a week."""

import hmac
from datetime import datetime, timedelta
from typing import Any

from foundation.clock import now
from foundation.settings import Settings
from hotline.access import keyed_digest

VALID_FOR = timedelta(days=7)


def with_urls(body: dict[str, Any], settings: Settings) -> dict[str, Any]:
    """The body of a webhook, each picture with an address that is signed now."""
    data = body["data"]
    pictures = [one | {"url": _signed(settings, one["id"], now())} for one in data.get("attachments", [])]
    return body | {"data": data | {"attachments": pictures}}


def opens(settings: Settings, name: str, expires: str, signature: str) -> bool:
    """Tell whether an address is one of ours and still good."""
    if not hmac.compare_digest(_signature(settings, name, expires).encode(), signature.encode()):
        return False
    return now().timestamp() <= int(expires)


def _signed(settings: Settings, name: str, at: datetime) -> str:
    expires = str(int((at + VALID_FOR).timestamp()))
    signature = _signature(settings, name, expires)
    return f"{settings.site}/hotline/attachments/{name}?expires={expires}&signature={signature}"


def _signature(settings: Settings, name: str, expires: str) -> str:
    return keyed_digest(settings.secret_key, f"attachment\0{name}\0{expires}")
