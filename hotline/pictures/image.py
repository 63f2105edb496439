"""Decoding and encoding pictures: what comes in is checked and made anew, and nothing of the old file is kept."""

import math
import threading
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from PIL import ExifTags, Image, ImageFilter, ImageOps, UnidentifiedImageError

from hotline.pictures.refusals import Broken, NotAPicture, PictureRefused, TooLarge, TooManyPixels
from hotline.pictures.scans import too_many_scans

MOST_BYTES = 12 * 1024 * 1024
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 2560
THUMB_SIDE = 320
QUALITY = 85
FORMATS = ("JPEG", "PNG", "WEBP")
WHOLE = 1000  # rectangles count in thousandths of the picture's width and height
COARSE = 6  # blocks on the longer side of what is made unreadable: too few for a face, a plate or a line of writing
Image.MAX_IMAGE_PIXELS = MOST_PIXELS
_decoding = threading.BoundedSemaphore(2)  # a picture in memory takes up to 500 MB; the others wait


@dataclass(frozen=True)
class Taken:
    """Where (WGS 84 degrees) and when (local time, without zone) a camera says that it took a picture."""

    latitude: float | None = None
    longitude: float | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class Made:
    """A picture made anew: JPEG, upright, its longer side at most 2560 pixels, without any metadata."""

    width: int
    height: int
    jpeg: bytes
    thumb: bytes
    taken: Taken  # empty without consent


@dataclass(frozen=True)
class Rectangle:
    """A part of a picture, in thousandths of its width and height."""

    left: int
    top: int
    width: int
    height: int

    def __post_init__(self) -> None:
        """Refuse what does not lie in the picture."""
        inside = self.left + self.width <= WHOLE and self.top + self.height <= WHOLE
        if min(self.left, self.top) < 0 or min(self.width, self.height) < 1 or not inside:
            raise ValueError("a rectangle lies inside its picture")

    def on(self, width: int, height: int) -> tuple[int, int, int, int]:
        """Left, top, right and bottom in pixels, never smaller than the rectangle itself."""
        right, bottom = self.left + self.width, self.top + self.height
        corner = (self.left * width // WHOLE, self.top * height // WHOLE)
        return *corner, math.ceil(right * width / WHOLE), math.ceil(bottom * height / WHOLE)


def made(data: bytes, *, consent: bool) -> Made:
    """The picture in `data`, made anew; place and time are read only with consent. Raises PictureRefused."""
    if len(data) > MOST_BYTES:
        raise TooLarge
    if too_many_scans(data):
        raise Broken
    with _decoding:
        try:
            with Image.open(BytesIO(data), formats=FORMATS) as image:
                _check_size(image)
                taken = _taken(image.getexif()) if consent else Taken()
                picture = _clean(image)
            return Made(*picture.size, _encoded(picture), _thumb(picture), taken)
        except PictureRefused:
            raise
        except UnidentifiedImageError as error:
            raise NotAPicture from error
        except Image.DecompressionBombError as error:
            raise TooManyPixels from error
        except Exception as error:  # decoders raise nearly anything on a file that was made to break them
            raise Broken from error


def hidden(jpeg: bytes, rectangles: Iterable[Rectangle]) -> tuple[bytes, bytes]:
    """A picture of ours and its thumbnail with parts made unreadable for good."""
    with _decoding, Image.open(BytesIO(jpeg), formats=["JPEG"]) as image:
        picture = image.convert("RGB")
        for rectangle in rectangles:
            box = rectangle.on(*picture.size)
            picture.paste(_coarse(picture.crop(box)), box)
        return _encoded(picture), _thumb(picture)


def _check_size(image: Image.Image) -> None:
    """Only the header was read so far."""
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise TooManyPixels


def _clean(image: Image.Image) -> Image.Image:
    """The first frame, shrunk, upright, in plain colours on white."""
    if image.mode.startswith("I;16"):
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    elif image.mode not in ("L", "LA", "RGB", "RGBA", "CMYK"):
        image = image.convert("RGBA")
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    with suppress(Exception):  # a turn that cannot be read is none; the picture itself is sound
        image = ImageOps.exif_transpose(image)
    plain = Image.new("RGB", image.size, "white")  # a new one, because an old one carries its comments along
    solid = image.getchannel("A") if "A" in image.getbands() else None
    plain.paste(image.convert("RGB"), mask=solid)
    return plain


def _encoded(picture: Image.Image) -> bytes:
    buffer = BytesIO()
    picture.save(buffer, "JPEG", quality=QUALITY, progressive=True)
    return buffer.getvalue()


def _thumb(picture: Image.Image) -> bytes:
    small = picture.copy()
    small.thumbnail((THUMB_SIDE, THUMB_SIDE))
    return _encoded(small)


def _coarse(part: Image.Image) -> Image.Image:
    """A few blocks of few colours, blurred into each other: what was there cannot be worked out from them."""
    longer = max(part.size)
    few = (math.ceil(part.width * COARSE / longer), math.ceil(part.height * COARSE / longer))
    blocks = ImageOps.posterize(part.resize(few, Image.Resampling.BOX), 4)
    return blocks.resize(part.size, Image.Resampling.NEAREST).filter(ImageFilter.GaussianBlur(longer / COARSE / 2))


def _taken(exif: Image.Exif) -> Taken:
    """Only an addition: what cannot be read is left out."""
    latitude = longitude = at = None
    with suppress(Exception):
        latitude, longitude = _place(exif.get_ifd(ExifTags.IFD.GPSInfo))
    with suppress(Exception):
        written = exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal]
        at = datetime.strptime(written.strip("\x00 "), "%Y:%m:%d %H:%M:%S")
    return Taken(latitude, longitude, at)


def _place(gps: dict[int, object]) -> tuple[float, float]:
    latitude = _degrees(gps[ExifTags.GPS.GPSLatitude], gps[ExifTags.GPS.GPSLatitudeRef] == "S")
    longitude = _degrees(gps[ExifTags.GPS.GPSLongitude], gps[ExifTags.GPS.GPSLongitudeRef] == "W")
    if not (0 < abs(latitude) <= 90 and 0 < abs(longitude) <= 180):  # cameras write 0, 0 while they do not know
        raise ValueError("no place on earth")
    return latitude, longitude


def _degrees(parts: object, negative: bool) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)  # type: ignore[attr-defined]  # three fractions
    value = degrees + minutes / 60 + seconds / 3600
    return round(-value if negative else value, 6)
