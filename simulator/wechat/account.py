"""The one official account of this platform, as its operator sees it at mp.weixin.qq.com."""

import os
from dataclasses import dataclass

from simulator.wechat.crypto import Cipher

TOKEN, AES_KEY = "WENZHENG_WECHAT_TOKEN", "WENZHENG_WECHAT_ENCODING_AES_KEY"
APP_ID, APP_SECRET = "WENZHENG_WECHAT_APP_ID", "WENZHENG_WECHAT_APP_SECRET"


class NoAccount(LookupError):
    """The environment names no account."""


@dataclass(frozen=True)
class Account:
    """What the product and the platform both know, and where the product listens."""

    app_id: str = ""
    secret: str = ""
    token: str = ""
    aes_key: str = ""
    callback_url: str = ""
    api_base: str = ""  # where this platform is reached, for the addresses of pictures

    @property
    def original_id(self) -> str:
        """The account's name in messages."""
        return f"gh_{self.app_id[2:14]}"

    @property
    def cipher(self) -> Cipher:
        """Seals and opens messages; raises NoAccount where no key is set."""
        if not self.aes_key:
            raise NoAccount(f"{AES_KEY} is not set")
        return Cipher(self.aes_key, self.app_id)

    def check(self) -> None:
        """Raises NoAccount where the account has no name or no token."""
        if not (self.app_id and self.secret and self.token):
            raise NoAccount(f"{APP_ID}, {APP_SECRET} and {TOKEN} must be set for the platform to have an account")


NO_ACCOUNT = Account()


def load_account(product: str, api_base: str) -> Account:
    """The account that the environment names; `product` is the product's own address."""
    names = (APP_ID, APP_SECRET, TOKEN, AES_KEY)
    app_id, secret, token, aes_key = (os.environ.get(name, "").strip() for name in names)
    return Account(app_id, secret, token, aes_key, f"{product.rstrip('/')}/wechat", api_base)
