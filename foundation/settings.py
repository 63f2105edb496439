"""Settings: environment variables (or `.env`) prefixed WENZHENG_, each with a default that works on one machine."""

import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from pydantic import BaseSettings, Field, validator

from foundation.secrets import Secrets, local_secrets

SECRET_FIELDS = ("secret_key", "data_keys", "ops_token", "rasa_token", "hotline_secret", "callback_secret")


class SettingsError(ValueError):
    """A setting that cannot work, said in one sentence."""


class Settings(BaseSettings):
    """Every setting the code reads; `.env.example` explains each one."""

    port: int = 8080
    public_url: str = ""
    trusted_proxies: int = 0
    timezone: str = "Asia/Shanghai"
    city: str = "示例市"
    data_dir: Path = Path("var")
    database_url: str = ""
    redis_url: str = ""
    secret_key: str = ""
    data_keys: str = ""
    ops_token: str = ""
    model_dir: Path = Path("models/embedding")
    rasa_url: str = "http://127.0.0.1:5005"
    rasa_token: str = ""
    messages_per_minute: int = Field(60, ge=0)
    handling: str = "hotline"
    hotline_url: str = "http://127.0.0.1:8081/webhook"
    hotline_secret: str = ""
    hotline_retry_seconds: list[float] = [5, 30, 120, 600, 3600, 10800, 21600, 43200, 86400]
    hotline_timeout_seconds: float = Field(10, gt=0)
    callback_secret: str = ""
    webhook_networks: str = "127.0.0.0/8,::1/128"
    embed_origins: list[str] = []
    wechat_app_id: str = ""
    wechat_app_secret: str = ""
    wechat_token: str = ""
    wechat_encoding_aes_key: str = ""
    wechat_api_base: str = "https://api.weixin.qq.com"
    wechat_oauth_base: str = "https://open.weixin.qq.com"
    wechat_subscribe_template: str = ""

    class Config:
        env_prefix = "WENZHENG_"
        env_file = ".env"
        env_file_encoding = "utf-8"

        @classmethod
        def parse_env_var(cls, field_name: str, raw_value: str) -> object:
            """Lists are written with commas; everything else as pydantic reads it."""
            if field_name in ("hotline_retry_seconds", "embed_origins"):
                return [part.strip() for part in raw_value.split(",") if part.strip()]
            return raw_value

    @validator("handling")
    def _known_handling(cls, value: str) -> str:
        if value not in ("hotline", "local"):
            raise ValueError("HANDLING is hotline or local")
        return value

    @validator("wechat_encoding_aes_key")
    def _whole_key(cls, value: str) -> str:
        if value and not re.fullmatch(r"[A-Za-z0-9+/]{43}", value):
            raise ValueError("WECHAT_ENCODING_AES_KEY has 43 characters of base64")
        return value

    @validator("embed_origins", each_item=True)
    def _whole_origin(cls, value: str) -> str:
        if not re.fullmatch(r"https?://[a-z0-9.\-]+(:\d{1,5})?", value):
            raise ValueError("EMBED_ORIGINS are origins such as https://www.example.gov.cn, without a path")
        return value

    @property
    def has_wechat(self) -> bool:
        """True where an official account is connected."""
        return bool(self.wechat_app_id and self.wechat_token)

    @property
    def on_one_machine(self) -> bool:
        """True on SQLite, where missing secrets may be made and kept beside the database."""
        return self.database_url.startswith("sqlite")

    @validator("webhook_networks")
    def _sound_networks(cls, value: str) -> str:
        for part in value.split(","):
            ip_network(part.strip())
        return value

    @property
    def networks(self) -> list[IPv4Network | IPv6Network]:
        """The networks that receivers entered at the desk must lie in."""
        return [ip_network(part.strip()) for part in self.webhook_networks.split(",")]

    @property
    def site(self) -> str:
        """The address citizens reach, without a slash at the end."""
        return (self.public_url or f"http://127.0.0.1:{self.port}").rstrip("/")


def load_settings() -> Settings:
    """The settings of this process; on one machine, missing secrets are made and kept in DATA_DIR (mode 600)."""
    settings = Settings()  # type: ignore[call-arg]  # pydantic fills the defaults that Field names
    if not settings.database_url:
        settings.database_url = f"sqlite:///{settings.data_dir / 'wenzheng.db'}"
    missing = [name for name in SECRET_FIELDS if not getattr(settings, name)]
    if missing and not settings.on_one_machine:
        names = ", ".join(f"WENZHENG_{name.upper()}" for name in missing)
        raise SettingsError(f"使用 {settings.database_url.split(':')[0]} 时必须给出这些设置:{names}")
    if missing:
        _fill(settings, local_secrets(settings.data_dir), missing)
    return settings


def _fill(settings: Settings, secrets: Secrets, missing: list[str]) -> None:
    for name in missing:
        setattr(settings, name, secrets[name])
