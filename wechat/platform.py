"""What the account asks of the platform."""

from collections.abc import Callable
from typing import Any, TypeVar

from foundation.database import Database
from foundation.privacy import Vault
from foundation.settings import Settings
from wechat.errors import TOKEN_CODES, PlatformDown, PlatformRefused
from wechat.tokens import Tokens
from wechat.wire import Json, Wire

NOT_THERE = (48001, 40066)  # accounts and stand-ins that have no stable token
T = TypeVar("T")


class Platform:
    """WeChat's interfaces, as far as we use them. All raise PlatformDown and PlatformRefused."""

    def __init__(self, database: Database, vault: Vault, settings: Settings) -> None:
        self._app_id, self._secret = settings.wechat_app_id, settings.wechat_app_secret
        self._wire = Wire(settings.wechat_api_base)
        self._tokens = Tokens(database, vault, self._app_id, self._ask_token)

    def send_text(self, openid: str, text: str) -> None:
        """A customer-service message."""
        self._post("/cgi-bin/message/custom/send", {"touser": openid, "msgtype": "text", "text": {"content": text}})

    def send_notice(self, openid: str, template: str, page: str, data: dict[str, str]) -> str:
        """A subscription message; the platform's name for it, where it gives one."""
        body: dict[str, Any] = {"touser": openid, "template_id": template, "page": page}
        body["data"] = {name: {"value": value} for name, value in data.items()}
        return str(self._post("/cgi-bin/message/subscribe/bizsend", body).get("msgid") or "")

    def file(self, media_id: str, most: int) -> bytes:
        """A picture that a user sent; one byte more than `most` where it is larger."""
        return self._with_token(
            lambda token: self._wire.file("/cgi-bin/media/get", {"access_token": token, "media_id": media_id}, most)
        )

    def set_menu(self, menu: Json) -> None:
        """The menu below the chat."""
        self._post("/cgi-bin/menu/create", menu)

    def openid_of(self, code: str) -> str:
        """Who came back from the web authorisation with a code."""
        query = {"appid": self._app_id, "secret": self._secret, "code": code, "grant_type": "authorization_code"}
        openid = self._wire.get("/sns/oauth2/access_token", query).get("openid")
        if not isinstance(openid, str) or not openid:
            raise PlatformDown("an authorisation of nobody")
        return openid

    def _post(self, path: str, body: Json) -> Json:
        return self._with_token(lambda token: self._wire.post(path, {"access_token": token}, body))

    def _with_token(self, call: Callable[[str], T]) -> T:
        """Call; a token that is refused is renewed once."""
        token = self._tokens.current()
        try:
            return call(token)
        except PlatformRefused as refused:
            if refused.code not in TOKEN_CODES:
                raise
        return call(self._tokens.current(bad=token))

    def _ask_token(self, force: bool) -> tuple[str, int]:
        own = {"grant_type": "client_credential", "appid": self._app_id, "secret": self._secret}
        try:
            said = self._wire.post("/cgi-bin/stable_token", {}, {**own, "force_refresh": force})
        except (PlatformDown, PlatformRefused) as error:
            if not (isinstance(error, PlatformRefused) and error.code in NOT_THERE) and str(error) != "HTTP 404":
                raise
            said = self._wire.get("/cgi-bin/token", own)
        try:
            return str(said["access_token"]), int(said["expires_in"])
        except (KeyError, ValueError) as error:
            raise PlatformDown("an answer without a token") from error
