"""Pictures to try things with: sound ones, and ones made to do harm."""

import random
import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import ExifTags, Image

EXIF_TIME = "2026:11:20 14:05:06"
SECRET = "Ada Lovelace 13812345678"  # stands in every part of a picture that holds words


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def noise(width: int, height: int, seed: int = 1) -> Image.Image:
    """A picture that no encoder makes small, and in which every pixel differs from its neighbours."""
    return Image.frombytes("RGB", (width, height), random.Random(seed).randbytes(width * height * 3))


def photo(width: int = 64, height: int = 48, orientation: int = 1) -> bytes:
    """What a phone makes: a red left half and a blue right one, with a place, a time and words inside."""
    image = Image.new("RGB", (width, height), "blue")
    image.paste("red", (0, 0, width // 2, height))
    return encoded(image, exif=exif(orientation), comment=SECRET.encode(), quality=95)


def exif(orientation: int = 1) -> Image.Exif:
    about = Image.Exif()
    about[ExifTags.Base.Orientation] = orientation
    about[ExifTags.Base.Artist] = SECRET
    about.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = EXIF_TIME
    about.get_ifd(ExifTags.IFD.GPSInfo).update(
        {
            ExifTags.GPS.GPSLatitudeRef: "N",
            ExifTags.GPS.GPSLatitude: (30.0, 15.0, 0.0),
            ExifTags.GPS.GPSLongitudeRef: "E",
            ExifTags.GPS.GPSLongitude: (120.0, 10.0, 12.0),
        }
    )
    return about


def bomb(width: int = 30_000, height: int = 30_000) -> bytes:
    """A PNG of a few bytes that would take gigabytes to decode."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * 100_000, 9)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


def many_scans(count: int) -> bytes:
    """A progressive JPEG whose last scan is there again and again."""
    data = encoded(noise(32, 32), progressive=True)
    last, end = data.rindex(b"\xff\xda"), data.rindex(b"\xff\xd9")
    return data[:end] + data[last:end] * count + data[end:]


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
