"""Pictures for reports, drawn by a few rules: plainly drawings, so that nobody takes them for a real place."""

import struct
import zlib
from random import Random

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 640, 480
HORIZON = 300
Canvas = NDArray[np.uint8]
Colour = tuple[int, int, int]
DAY, NIGHT, ASPHALT, PAVING = (196, 216, 232), (30, 36, 58), (92, 96, 100), (176, 172, 164)
RUBBISH: tuple[Colour, ...] = ((52, 92, 60), (160, 60, 48), (60, 80, 130), (210, 190, 90), (40, 40, 44))


def drawn(chance: Random) -> bytes:
    """A street with some trouble in it, as a PNG file."""
    dark = chance.random() < 0.3
    canvas = np.zeros((HEIGHT, WIDTH, 3), dtype=np.uint8)
    canvas[:HORIZON] = NIGHT if dark else DAY
    canvas[HORIZON:] = tuple(part // (3 if dark else 1) for part in ASPHALT)
    _houses(canvas, chance, dark)
    canvas[HORIZON : HORIZON + 34] = tuple(part // (3 if dark else 1) for part in PAVING)
    chance.choice((_heap, _hole, _pool, _lamp))(canvas, chance)
    _stripes(canvas)
    return _png(canvas)


def _houses(canvas: Canvas, chance: Random, dark: bool) -> None:
    left = 0
    while left < WIDTH:
        wide, tall = chance.randrange(70, 150), chance.randrange(110, 250)
        grey = chance.randrange(110, 200) // (3 if dark else 1)
        _box(canvas, left, HORIZON - tall, wide, tall, (grey, grey - 8, max(grey - 18, 0)))
        for y in range(HORIZON - tall + 16, HORIZON - 24, 36):
            for x in range(left + 12, left + wide - 18, 28):
                lit = dark and chance.random() < 0.3
                _box(canvas, x, y, 14, 18, (236, 212, 130) if lit else (70, 84, 100))
        left += wide + chance.randrange(4, 20)


def _heap(canvas: Canvas, chance: Random) -> None:
    middle = chance.randrange(160, 480)
    for _ in range(40):
        x, y = middle + int(chance.gauss(0, 50)), 380 - abs(int(chance.gauss(0, 30)))
        _disc(canvas, x, y, chance.randrange(10, 26), chance.choice(RUBBISH))


def _hole(canvas: Canvas, chance: Random) -> None:
    x, y = chance.randrange(180, 460), 400
    for size, shade in ((70, 70), (56, 48), (40, 30)):
        _disc(canvas, x, y, size, (shade, shade, shade), flat=0.4)


def _pool(canvas: Canvas, chance: Random) -> None:
    for _ in range(5):
        place = (chance.randrange(80, 560), chance.randrange(370, 440))
        _disc(canvas, *place, chance.randrange(60, 120), (108, 128, 146), flat=0.25)


def _lamp(canvas: Canvas, chance: Random) -> None:
    x = chance.randrange(120, 520)
    _box(canvas, x, 110, 8, 224, (60, 64, 70))
    _box(canvas, x - 50, 104, 58, 8, (60, 64, 70))
    _disc(canvas, x - 50, 118, 14, (40, 42, 46))


def _stripes(canvas: Canvas) -> None:
    """A band at the lower edge, as on things that are only shown."""
    y, x = np.mgrid[HEIGHT - 20 : HEIGHT, 0:WIDTH]
    canvas[HEIGHT - 20 :] = np.where((((x + y) // 20) % 2 == 0)[..., None], (250, 200, 60), (40, 40, 40))


def _box(canvas: Canvas, left: int, top: int, wide: int, tall: int, colour: Colour) -> None:
    canvas[max(top, 0) : top + tall, max(left, 0) : left + wide] = colour


def _disc(canvas: Canvas, x: int, y: int, size: int, colour: Colour, flat: float = 1.0) -> None:
    rows, columns = np.ogrid[:HEIGHT, :WIDTH]
    canvas[((columns - x) ** 2 + ((rows - y) / flat) ** 2) < size**2] = colour


def _png(canvas: Canvas) -> bytes:
    lines = b"".join(b"\0" + line.tobytes() for line in canvas)
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(lines, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*part) for part in parts)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
