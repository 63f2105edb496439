"""What the rules of a calculator are, as one digest: a signature holds for exactly these."""

import hashlib
import inspect
from pathlib import Path

from knowledge.calculators import dates

SHARED = "calculator"  # reads messages for all of them and counts nothing


def digest(path: Path, kind: type) -> str:
    """The digest of a YAML file and of the modules that count by it; taken when they are loaded."""
    counting = [inspect.getmodule(one) for one in kind.__mro__ if one.__module__.startswith(__package__)]
    modules = {Path(str(module.__file__)) for module in (*counting, dates) if module}
    files = [path, *sorted(module for module in modules if module.stem != SHARED)]
    return hashlib.sha256(b"".join(hashlib.sha256(file.read_bytes()).digest() for file in files)).hexdigest()
