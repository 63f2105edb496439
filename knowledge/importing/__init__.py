"""Entries from the files that people have: each kind is read by a file of its own into the same form."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePosixPath

from knowledge.importing import csv_file, excel, markdown, word
from knowledge.importing.archives import MEGABYTE
from knowledge.importing.lines import counted
from knowledge.importing.piece import File, Piece, Refused, limits
from knowledge.importing.words import refused
from knowledge.sources import Shelf

__all__ = ["KINDS", "File", "Piece", "Refused", "read"]

KINDS: dict[str, Callable[[File, Shelf], Iterator[Piece]]] = {
    ".md": markdown.read,
    ".zip": markdown.read_zip,
    ".csv": csv_file.read,
    ".xlsx": excel.read,
    ".docx": word.read,
}
OLDER = {".xls": ".xlsx", ".doc": ".docx"}


def read(files: Sequence[File], shelf: Shelf) -> Iterator[Piece]:
    """The entries of all files, one after the other; raises Refused for a file that is not taken."""
    given = sum(len(file.data) for file in files)
    if given > limits()["bytes"]:
        raise refused("too_large", megabytes=limits()["bytes"] // MEGABYTE, given=given // MEGABYTE)
    readers = [(file, _reader(file)) for file in _sources_first(files, shelf)]
    return counted((piece for file, reader in readers for piece in reader(file, shelf)), _names(files))


def _sources_first(files: Sequence[File], shelf: Shelf) -> list[File]:
    for file in files:
        if PurePosixPath(file.name).name == markdown.SOURCES:
            markdown.bring_sources(file, shelf)
    return [file for file in files if PurePosixPath(file.name).name != markdown.SOURCES]


def _reader(file: File) -> Callable[[File, Shelf], Iterator[Piece]]:
    suffix = PurePosixPath(file.name).suffix.lower()
    if suffix in OLDER:
        raise refused("old_office", name=file.name, suffix=OLDER[suffix])
    if suffix not in KINDS:
        raise refused("unknown", name=file.name)
    return KINDS[suffix]


def _names(files: Sequence[File]) -> str:
    return files[0].name if len(files) == 1 else f"{len(files)} 个文件"
