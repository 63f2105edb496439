"""The way in: only what the platform signed comes through, and only when it is fresh."""

import logging
import secrets
from collections.abc import Mapping
from dataclasses import replace

from foundation.clock import now
from foundation.settings import Settings
from wechat.envelope import Envelope, Unopenable
from wechat.markup import BadDocument, read, write
from wechat.message import Message, message_of
from wechat.signing import FRESH_SECONDS, age, is_signed, signature

MOST_BYTES = 64 * 1024
log = logging.getLogger(__name__)
Query = Mapping[str, str]


class Refused(Exception):
    """A request that is not taken; `status` is the HTTP answer."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class Gate:
    """Opens what comes and seals what goes back."""

    def __init__(self, settings: Settings) -> None:
        self._token = settings.wechat_token
        key = settings.wechat_encoding_aes_key
        self._envelope = Envelope(key, settings.wechat_app_id) if key else None

    def echo(self, query: Query) -> str:
        """What proves to the platform that we know the token. Raises Refused."""
        self._check(query, "signature")
        return query.get("echostr", "")

    def open(self, query: Query, body: bytes) -> Message:
        """The message of a request. Raises Refused: 403 for what is forged or old, 400 for what is no message."""
        try:
            return self._open(query, body)
        except BadDocument as error:
            raise Refused(400, str(error)) from error

    def reply(self, message: Message, text: str) -> str:
        """The passive reply with a text, sealed where the message was."""
        created = int(now().timestamp())
        plain = write(
            ToUserName=message.openid,
            FromUserName=message.account,
            CreateTime=created,
            MsgType="text",
            Content=text,
        )
        if not (message.sealed and self._envelope):
            return plain
        sealed, nonce = self._envelope.seal(plain), secrets.token_hex(8)
        signed = signature(self._token, str(created), nonce, sealed)
        return write(Encrypt=sealed, MsgSignature=signed, TimeStamp=created, Nonce=nonce)

    def _open(self, query: Query, body: bytes) -> Message:
        if self._envelope is None:
            self._check(query, "signature")
            return message_of(read(body))
        # The signature of a plain message does not cover its body. Where there is a key, only sealed ones count.
        sealed = read(body).get("Encrypt")
        if not isinstance(sealed, str) or not sealed:
            raise _refused("a plain message, although an EncodingAESKey is set")
        self._check(query, "msg_signature", sealed)
        try:
            return replace(message_of(read(self._envelope.open(sealed))), sealed=True)
        except Unopenable as error:
            raise _refused(f"a message that was not sealed for us: {error}") from error

    def _check(self, query: Query, name: str, *more: str) -> None:
        timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
        if not is_signed(query.get(name, ""), self._token, timestamp, nonce, *more):
            raise _refused("a wrong signature")
        late = age(timestamp)
        if abs(late) > FRESH_SECONDS:
            raise _refused(f"a request of {late:.0f} seconds ago: is this machine's clock right?")


def _refused(reason: str) -> Refused:
    log.warning("WeChat: %s", reason)
    return Refused(403, reason)
