"""Entries as Markdown files: one at a time, or many in a zip together with their sources."""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

import yaml

from knowledge.importing.archives import name_of, opened
from knowledge.importing.piece import File, Piece, Refused
from knowledge.importing.texts import decoded
from knowledge.importing.words import problem, refused, too_long
from knowledge.sources import FIELDS, Shelf, is_web_address
from knowledge.store import Source

SOURCES = "sources.yml"
_OF_THE_SYSTEM = ("__MACOSX", ".")


def read(file: File, shelf: Shelf) -> Iterator[Piece]:
    """The entry of one file."""
    try:
        yield Piece(file.name, decoded(file).strip("\n") + "\n")
    except Refused:
        yield Piece(file.name, "", (problem("text_encoding"),))


def read_zip(file: File, shelf: Shelf) -> Iterator[Piece]:
    """The entries of an archive; the sources in it are put on the shelf first. Raises Refused for a broken one."""
    archive = opened(file)
    members = [(name_of(member), member) for member in archive.infolist() if not member.is_dir()]
    members = [(name, member) for name, member in members if not _is_of_the_system(name)]
    try:
        for name, member in members:
            if PurePosixPath(name).name == SOURCES:
                bring_sources(File(name, archive.read(member)), shelf)
        for name, member in members:
            if name.endswith(".md"):
                yield from read(File(name, archive.read(member)), shelf)
            elif PurePosixPath(name).name != SOURCES:
                yield Piece(name, "", (problem("nested", name=name),))
    except Refused:
        raise
    except Exception as error:  # whatever a broken or hostile archive makes the library stumble over
        raise refused("broken", name=file.name) from error


def bring_sources(file: File, shelf: Shelf) -> None:
    """Put the sources of a sources.yml on the shelf; raises Refused when it is none."""
    try:
        for source in _listed(yaml.load(decoded(file), yaml.CSafeLoader)):
            shelf.bring(source)
    except (yaml.YAMLError, ValueError, TypeError, AttributeError, RecursionError) as error:
        reason = str(error).replace("\n", " ")[:200]
        raise refused("sources", name=file.name, reason=reason) from error


def _listed(content: Any) -> Iterator[Source]:
    for id, values in (content or {}).items():
        texts = {name: values.get(name) for name in FIELDS if name != "year"}
        if not isinstance(id, str) or set(values) != set(FIELDS) or not all(isinstance(t, str) for t in texts.values()):
            raise ValueError(f"{id}")
        if not is_web_address(values["url"]):
            raise ValueError(problem("web_address", url=values["url"][:80]))
        source = Source(id=id, **texts, year=int(values["year"]))
        if too_long(source):
            raise ValueError(f"{id}：{too_long(source)}")
        if not 0 < source.year < 10000:
            raise ValueError(f"{id}：{source.year}")
        yield source


def _is_of_the_system(name: str) -> bool:
    path = PurePosixPath(name)
    return name.startswith(_OF_THE_SYSTEM) or path.name.startswith(".")
