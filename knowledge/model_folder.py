"""What can be known of a model's folder without loading the model."""

import hashlib
from pathlib import Path


def fingerprint(folder: Path) -> str:
    """A digest of every file in the folder: two snapshots are comparable only under the same one."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        with path.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
        digest.update(f"{path.relative_to(folder)} {content}\n".encode())
    return digest.hexdigest()
