"""Signatures and sealed messages, as WeChat defines them."""

import base64
import hashlib
import secrets

from cryptography.hazmat.primitives.ciphers import Cipher as Aes
from cryptography.hazmat.primitives.ciphers import CipherContext, algorithms, modes

BLOCK_BYTES = 32  # WeChat pads to 32, not to the 16 of AES
NONCE_BYTES, LENGTH_BYTES = 16, 4


def signature(*parts: str) -> str:
    """The SHA-1 of the sorted parts."""
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


class Cipher:
    """AES-CBC over 16 random bytes, four bytes of length, the text and the AppID."""

    def __init__(self, encoding_aes_key: str, app_id: str) -> None:
        """Raises ValueError for a key that is not 43 characters of base64."""
        self._key = base64.b64decode(encoding_aes_key + "=", validate=True)
        if len(encoding_aes_key) != 43 or len(self._key) != 32:
            raise ValueError("an EncodingAESKey has 43 characters")
        self._app_id = app_id.encode()

    def seal(self, text: str) -> str:
        """The text as it travels."""
        content = text.encode()
        whole = secrets.token_bytes(NONCE_BYTES) + len(content).to_bytes(LENGTH_BYTES, "big") + content + self._app_id
        missing = BLOCK_BYTES - len(whole) % BLOCK_BYTES
        encryptor = self._aes().encryptor()
        return base64.b64encode(_through(encryptor, whole + bytes([missing]) * missing)).decode()

    def open(self, sealed: str) -> str:
        """The text again; raises ValueError when it is damaged or sealed for another account."""
        decryptor = self._aes().decryptor()
        whole = _through(decryptor, base64.b64decode(sealed, validate=True))
        if not whole or not 1 <= whole[-1] <= BLOCK_BYTES:
            raise ValueError("the padding is wrong")
        whole = whole[: -whole[-1]]
        begin = NONCE_BYTES + LENGTH_BYTES
        end = begin + int.from_bytes(whole[NONCE_BYTES:begin], "big")
        if whole[end:] != self._app_id:
            raise ValueError("sealed for another AppID")
        return whole[begin:end].decode()

    def _aes(self) -> Aes[modes.CBC]:
        return Aes(algorithms.AES(self._key), modes.CBC(self._key[:16]))


def _through(context: CipherContext, data: bytes) -> bytes:
    return context.update(data) + context.finalize()
