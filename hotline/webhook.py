"""Standard Webhooks: signing what goes out, sending it once, and verifying what comes in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic

from standardwebhooks import Webhook, WebhookVerificationError

from foundation.clock import now
from hotline.addresses import Network
from hotline.destination import Destination
from hotline.posting import Answer, NoAnswer, post

LONGEST_WAIT_SECONDS = 86400
ERASED = "erased"


@dataclass(frozen=True)
class Result:
    """How one try went; `status` is None when no answer came, and `note` says why."""

    status: int | None
    milliseconds: int
    retry_after: float | None = None  # seconds
    note: str = ""

    @property
    def delivered(self) -> bool:
        """The receiver has it."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def erased(self) -> bool:
        """There was nothing left to send."""
        return self.note == ERASED

    @property
    def gone(self) -> bool:
        """The receiver wants nothing more."""
        return self.status == 410


def signed_headers(secrets: Iterable[str], webhook_id: str, body: str, at: datetime) -> dict[str, str]:
    """The headers of a webhook, signed with every secret."""
    at = at.astimezone(UTC)  # the library signs the hour that it reads, whatever the zone
    return {
        "content-type": "application/json",
        "user-agent": "wenzheng",
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(Webhook(secret).sign(webhook_id, at, body) for secret in secrets),
    }


def send(
    destination: Destination, webhook_id: str, body: str, seconds: float, networks: Iterable[Network] = ()
) -> Result:
    """Sign afresh and try once, for at most `seconds`; an entered destination must lie in one of the networks."""
    started = monotonic()
    headers = signed_headers(destination.secrets, webhook_id, body, now())
    try:
        allowed = None if destination.trusted else networks
        answer = post(destination.url, headers, body.encode(), seconds, allowed)
    except (NoAnswer, ValueError) as error:
        return Result(None, _since(started), note=str(error)[:80])
    return Result(answer.status, _since(started), _retry_after(answer))


def is_genuine(secrets: Iterable[str], headers: Mapping[str, str], body: bytes) -> bool:
    """Tell whether one of the secrets signed this body, at most five minutes ago."""
    return any(_verifies(secret, headers, body) for secret in secrets)


def _verifies(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    try:
        Webhook(secret).verify(body, dict(headers), json_parse=False)
    except (WebhookVerificationError, ValueError):
        # A malformed signature, or a body that is not UTF-8, leaves the library as ValueError.
        return False
    return True


def _retry_after(answer: Answer) -> float | None:
    """Seconds that the receiver asks us to wait, at most a day; it writes seconds or a date."""
    try:
        seconds = float(answer.retry_after)
    except ValueError:
        seconds = _seconds_until(answer.retry_after)
    return min(seconds, LONGEST_WAIT_SECONDS) if seconds > 0 else None


def _seconds_until(date: str) -> float:
    try:
        moment = parsedate_to_datetime(date)
    except ValueError:
        return 0
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - now()).total_seconds()


def _since(started: float) -> int:
    return round((monotonic() - started) * 1000)
