"""A progress bar on standard error, so that standard output stays a program's to read."""

import sys
from collections.abc import Iterator, Sequence
from typing import TypeVar

import click

One = TypeVar("One")


def watched(items: Sequence[One], label: str) -> Iterator[One]:
    """The items one after another, with a bar where somebody watches."""
    with click.progressbar(items, label=label, file=sys.stderr) as bar:
        yield from bar
