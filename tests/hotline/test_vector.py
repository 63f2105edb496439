"""The published test vector: our code and the Standard Webhooks library make and accept it, and nothing near it."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from standardwebhooks import Webhook, WebhookVerificationError

import hotline
from hotline.webhook import is_genuine, signed_headers

SCHEMAS = Path(hotline.__file__).parent / "schema"
VECTOR = json.loads((SCHEMAS / "test-vector.json").read_text(encoding="utf-8"))
NAMES = ("webhook-id", "webhook-timestamp", "webhook-signature")
HEADERS = {name: VECTOR[name] for name in NAMES}
BODY = VECTOR["body"].encode()
AT = datetime.fromtimestamp(int(VECTOR["webhook-timestamp"]), UTC)
Accepts = Callable[[dict[str, str], bytes], bool]


def library_accepts(headers: dict[str, str], body: bytes) -> bool:
    try:
        Webhook(VECTOR["secret"]).verify(body, headers)
    except (WebhookVerificationError, ValueError):
        return False
    return True


def we_accept(headers: dict[str, str], body: bytes) -> bool:
    return is_genuine([VECTOR["secret"]], headers, body)


@pytest.fixture(autouse=True)
def at_that_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library takes the moment of the vector for the present."""

    class Then(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return AT + timedelta(seconds=2)

    monkeypatch.setattr("standardwebhooks.webhooks.datetime", Then)


@pytest.mark.parametrize("hours", [0, 8, -5])
def test_we_sign_it_alike_in_whatever_zone_the_moment_is_said(hours: int) -> None:
    at = AT.astimezone(timezone(timedelta(hours=hours)))
    headers = signed_headers([VECTOR["secret"]], VECTOR["webhook-id"], VECTOR["body"], at)
    assert {name: headers[name] for name in NAMES} == HEADERS


def test_the_library_signs_it_alike() -> None:
    signature = Webhook(VECTOR["secret"]).sign(VECTOR["webhook-id"], AT, VECTOR["body"])
    assert signature == VECTOR["webhook-signature"]


@pytest.mark.parametrize("accepts", [library_accepts, we_accept])
def test_one_flipped_byte_of_body_id_time_or_signature_is_refused(accepts: Accepts) -> None:
    assert accepts(HEADERS, BODY)
    for place in range(len(BODY)):
        assert not accepts(HEADERS, flipped(BODY, place)), place
    for name in ("webhook-id", "webhook-timestamp"):
        for place in range(len(HEADERS[name])):
            assert not accepts(HEADERS | {name: flipped(HEADERS[name].encode(), place).decode()}, BODY), (name, place)
    signature = base64.b64decode(HEADERS["webhook-signature"].removeprefix("v1,"))
    for place in range(len(signature)):
        forged = "v1," + base64.b64encode(flipped(signature, place)).decode()
        assert not accepts(HEADERS | {"webhook-signature": forged}, BODY), place


def test_its_body_is_a_message_that_fits_the_schema() -> None:
    schema = json.loads((SCHEMAS / "webhook.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(json.loads(BODY))


def flipped(value: bytes, place: int) -> bytes:
    return value[:place] + bytes([value[place] ^ 1]) + value[place + 1 :]
