"""What the simulator reads from its environment."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from simulator.wechat.account import NO_ACCOUNT, Account, load_account


@dataclass(frozen=True)
class Settings:
    """Where the simulator listens, keeps its record, and sends its callbacks."""

    port: int
    database: Path
    callback_url: str
    secrets_file: Path
    given_hotline_secret: str = ""
    given_callback_secret: str = ""
    account: Account = NO_ACCOUNT  # of WeChat

    @property
    def hotline_secrets(self) -> list[str]:
        """The secrets that a genuine webhook may be signed with; raises LookupError when none is known."""
        return _split(self.given_hotline_secret or self._kept("hotline_secret"))

    @property
    def callback_secret(self) -> str:
        """The secret that callbacks are signed with; raises LookupError when none is known."""
        return _split(self.given_callback_secret or self._kept("callback_secret"))[0]

    def _kept(self, name: str) -> str:
        # Read anew each time: the product may write the file after this program has started.
        try:
            return str(json.loads(self.secrets_file.read_text(encoding="utf-8"))[name])
        except (OSError, ValueError, KeyError) as error:
            raise LookupError(f"{name} is neither in the environment nor in {self.secrets_file}") from error


def load_settings() -> Settings:
    """Return the settings of this process."""
    data_dir = Path(os.environ.get("WENZHENG_DATA_DIR") or "var")
    product = os.environ.get("WENZHENG_PUBLIC_URL") or f"http://127.0.0.1:{os.environ.get('WENZHENG_PORT') or 8080}"
    port = int(os.environ.get("SIMULATOR_PORT") or 8081)
    return Settings(
        port=port,
        database=Path(os.environ.get("SIMULATOR_DATABASE") or data_dir / "simulator.db"),
        callback_url=product.rstrip("/") + "/hotline/callbacks",
        secrets_file=data_dir / "secrets.json",
        given_hotline_secret=os.environ.get("WENZHENG_HOTLINE_SECRET", ""),
        given_callback_secret=os.environ.get("WENZHENG_CALLBACK_SECRET", ""),
        account=load_account(product, f"http://127.0.0.1:{port}"),
    )


def _split(secrets: str) -> list[str]:
    return [secret.strip() for secret in secrets.split(",") if secret.strip()]
