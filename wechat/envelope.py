"""Messages sealed with AES, as the compatible and the safe mode send them."""

import base64
import binascii
import secrets

from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext, algorithms, modes

BLOCK_BYTES = 32  # WeChat fills up to 32, not to the 16 of AES
RANDOM_BYTES, LENGTH_BYTES = 16, 4


class Unopenable(ValueError):
    """It was not sealed with our key, or not for this account."""


class Envelope:
    """AES-256-CBC over 16 random bytes, four bytes of length, the text and the AppID."""

    def __init__(self, encoding_aes_key: str, app_id: str) -> None:
        self._key = base64.b64decode(encoding_aes_key + "=")
        self._app_id = app_id.encode()

    def seal(self, text: str) -> str:
        """The text as it travels."""
        content = text.encode()
        whole = secrets.token_bytes(RANDOM_BYTES) + len(content).to_bytes(LENGTH_BYTES, "big") + content + self._app_id
        missing = BLOCK_BYTES - len(whole) % BLOCK_BYTES
        return base64.b64encode(_through(self._cipher().encryptor(), whole + bytes([missing]) * missing)).decode()

    def open(self, sealed: str) -> bytes:
        """The text again, as bytes. Raises Unopenable, also when it names another AppID."""
        whole = _unfilled(self._decrypted(sealed))
        begin = RANDOM_BYTES + LENGTH_BYTES
        end = begin + int.from_bytes(whole[RANDOM_BYTES:begin], "big")
        if len(whole) < begin or whole[end:] != self._app_id:
            raise Unopenable("another AppID")
        return whole[begin:end]

    def _decrypted(self, sealed: str) -> bytes:
        try:
            return _through(self._cipher().decryptor(), base64.b64decode(sealed, validate=True))
        except (binascii.Error, ValueError) as error:
            raise Unopenable("no whole blocks") from error

    def _cipher(self) -> Cipher[modes.CBC]:
        return Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16]))


def _through(context: CipherContext, data: bytes) -> bytes:
    return context.update(data) + context.finalize()


def _unfilled(whole: bytes) -> bytes:
    filled = whole[-1] if whole else 0
    if not 1 <= filled <= BLOCK_BYTES or whole[-filled:] != bytes([filled]) * filled:
        raise Unopenable("wrong filling")
    return whole[:-filled]
