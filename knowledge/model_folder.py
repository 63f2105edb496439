"""What can be known of a model's folder without loading the model."""

import hashlib
import json
from pathlib import Path

DESCRIPTION = "wenzheng.json"
WEIGHTS = "model.safetensors"


def base_of(folder: Path) -> Path:
    """Where the unmodified model lies, from which the one in `folder` was tuned."""
    return folder.with_name(f"{folder.name}-base")


def marker(folder: Path, name: str) -> object:
    """What the folder's own description says under a name; None where there is no description."""
    description = folder / DESCRIPTION
    return json.loads(description.read_text("utf-8")).get(name) if description.is_file() else None


def is_foreign(folder: Path) -> bool:
    """True for a model that somebody put there: neither converted nor tuned by this project."""
    made_here = marker(folder, "converted") or marker(folder, "tuned")
    return (folder / "modules.json").is_file() and made_here is None


def fingerprint(folder: Path) -> str:
    """A digest of every file in the folder: two snapshots are comparable only under the same one."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        with path.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
        digest.update(f"{path.relative_to(folder)} {content}\n".encode())
    return digest.hexdigest()
