"""Secrets of one machine: made at first start, kept in DATA_DIR/secrets.json, readable by its owner only."""

import base64
import fcntl
import json
import os
import secrets
from pathlib import Path
from typing import cast

Secrets = dict[str, str]


def local_secrets(data_dir: Path) -> Secrets:
    """The secrets in `data_dir`, made when they are not there yet; several processes may ask at once."""
    data_dir.mkdir(parents=True, exist_ok=True)
    path = data_dir / "secrets.json"
    with open(data_dir / "secrets.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            _write(path, _new())
        return cast(Secrets, json.loads(path.read_text()))


def _new() -> Secrets:
    return {
        "secret_key": secrets.token_urlsafe(32),
        "data_keys": "1:" + base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "ops_token": secrets.token_urlsafe(24),
        "rasa_token": secrets.token_urlsafe(24),
        "hotline_secret": "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode(),
        "callback_secret": "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode(),
    }


def _write(path: Path, values: Secrets) -> None:
    """Write aside and rename, so that no one ever reads half a file."""
    aside = path.with_suffix(".new")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(values, file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    aside.rename(path)
