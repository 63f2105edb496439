"""Standard Webhooks as the hotline's side sees them: verify what comes in, sign what goes out."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from standardwebhooks import Webhook, WebhookVerificationError


def is_genuine(secrets: Iterable[str], headers: Mapping[str, str], body: bytes) -> bool:
    """Tell whether one of the secrets signed this body less than five minutes ago."""
    return any(_verifies(secret, headers, body) for secret in secrets)


def signed_headers(secret: str, webhook_id: str, body: str) -> dict[str, str]:
    """Return the headers of a request that carries this body, signed now."""
    at = datetime.now(tz=UTC)
    return {
        "content-type": "application/json",
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(webhook_id, at, body),
    }


def _verifies(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    try:
        Webhook(secret).verify(body, dict(headers), json_parse=False)
    except (WebhookVerificationError, ValueError):
        # The library lets a malformed signature or text that is not UTF-8 escape as ValueError.
        return False
    return True
