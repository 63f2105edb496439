"""Decoding pictures: what is refused and why, and what becomes of what is taken."""

from datetime import datetime
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageStat

from hotline.pictures.image import MOST_BYTES, Rectangle, Taken, hidden, made
from hotline.pictures.refusals import Broken, NotAPicture, PictureRefused, TooLarge, TooManyPixels
from tests.hotline.photos import SECRET, bomb, encoded, exif, many_scans, noise, opened, photo

RED, BLUE = (254, 0, 0), (0, 0, 254)


def difference(one: Image.Image, other: Image.Image) -> float:
    """How far two pictures of the same size are apart, on average, of 255."""
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) / 3


def close_to(one: Any, other: tuple[int, int, int]) -> bool:
    return all(abs(a - b) < 12 for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\n%%EOF", NotAPicture),
        (b"", NotAPicture),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", NotAPicture),
        (encoded(Image.new("RGB", (9, 9)), "GIF"), NotAPicture),
        (encoded(Image.new("RGB", (9, 9)), "TIFF"), NotAPicture),
        (encoded(Image.new("RGB", (9, 9)), "BMP"), NotAPicture),
        (b"\xff" * (MOST_BYTES + 1), TooLarge),
        (bomb(), TooManyPixels),
        (bomb(40_001, 1000), TooManyPixels),
        (photo()[:400], Broken),
        (encoded(noise(300, 300))[:20_000], Broken),
        (encoded(noise(300, 300), "PNG")[:20_000], Broken),
        (encoded(noise(300, 300), "WEBP")[:20_000], Broken),
        (bomb(1000, 1000), Broken),
        (many_scans(200), Broken),
    ],
)
def test_what_is_no_sound_picture_is_refused_for_its_reason(data: bytes, refusal: type[PictureRefused]) -> None:
    with pytest.raises(refusal) as raised:
        made(data, consent=True)
    assert raised.value.message.endswith("。")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_every_kind_becomes_a_jpeg_that_is_not_too_large(kind: str) -> None:
    picture = made(encoded(noise(2800, 1400), kind, quality=30), consent=False)
    whole, thumb = opened(picture.jpeg), opened(picture.thumb)
    assert (whole.format, whole.size, (picture.width, picture.height)) == ("JPEG", (2560, 1280), (2560, 1280))
    assert (thumb.format, thumb.size) == ("JPEG", (320, 160))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_way_to_write_colours_is_read(mode: str) -> None:
    middle = 128 if mode in ("L", "P", "I;16") else (128,) * len(Image.new(mode, (1, 1)).getbands())
    grey = Image.new(mode, (20, 10), 128 * 256 if mode == "I;16" else 1 if mode == "1" else middle)
    if mode == "P":
        grey.putpalette([128] * 768)
    shown = opened(made(encoded(grey, "PNG"), consent=False).jpeg).getpixel((5, 5))
    through = {"1": 255, "LA": 191, "RGBA": 191}  # half transparent, it stands on white
    assert close_to(shown, (through.get(mode, 128),) * 3)


def test_of_a_moving_picture_the_first_frame_is_kept() -> None:
    frames = [Image.new("RGB", (20, 10), colour) for colour in ("red", "blue")]
    moving = encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    assert close_to(opened(made(moving, consent=False).jpeg).getpixel((5, 5)), RED)


@pytest.mark.parametrize(
    ("orientation", "size", "first", "last"),
    [
        (1, (64, 48), RED, BLUE),
        (2, (64, 48), BLUE, RED),
        (3, (64, 48), BLUE, RED),
        (6, (48, 64), RED, BLUE),
        (8, (48, 64), BLUE, RED),
    ],
)
def test_a_picture_taken_sideways_is_turned_upright(
    orientation: int, size: tuple[int, int], first: tuple[int, int, int], last: tuple[int, int, int]
) -> None:
    picture = made(photo(orientation=orientation), consent=False)
    whole = opened(picture.jpeg)
    assert whole.size == size == (picture.width, picture.height)
    assert close_to(whole.getpixel((3, 3)), first)
    assert close_to(whole.getpixel((size[0] - 4, size[1] - 4)), last)


@pytest.mark.parametrize("consent", [True, False])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_place_and_time_are_read_with_consent_only_and_never_stay_in_the_picture(kind: str, consent: bool) -> None:
    data = encoded(noise(50, 50), kind, exif=exif(), **({"comment": SECRET.encode()} if kind == "JPEG" else {}))
    assert b"Lovelace" in data
    picture = made(data, consent=consent)
    known = Taken(30.25, 120.17, datetime(2026, 11, 20, 14, 5, 6))
    assert picture.taken == (known if consent else Taken())
    for written in (picture.jpeg, picture.thumb):
        assert b"Lovelace" not in written and b"Exif" not in written and b"2026" not in written
        assert not opened(written).getexif() and set(opened(written).info) <= {
            "jfif",
            "jfif_version",
            "jfif_unit",
            "jfif_density",
            "progressive",
            "progression",
        }


def test_metadata_that_cannot_be_read_costs_nothing_but_itself() -> None:
    broken = encoded(noise(50, 50), exif=b"Exif\x00\x00MM\x00*\x00\x00\x00\x08" + b"\xff" * 60)
    assert made(broken, consent=True).taken == Taken()
    nowhere = exif()
    nowhere.get_ifd(0x8825).update({2: (0.0, 0.0, 0.0), 4: (0.0, 0.0, 0.0)})
    assert made(encoded(noise(50, 50), exif=nowhere), consent=True).taken.latitude is None


def test_what_is_blurred_cannot_be_told_apart_any_more_and_the_rest_stays() -> None:
    one, other = (made(encoded(noise(400, 200, seed), quality=95), consent=False).jpeg for seed in (1, 2))
    rectangle = Rectangle(250, 250, 500, 500)
    blurred = [opened(hidden(jpeg, [rectangle])[0]).crop((110, 60, 290, 140)) for jpeg in (one, other)]
    before = opened(one).crop((110, 60, 290, 140))
    assert difference(before, blurred[0]) > 40, "the part is as it was"
    assert difference(*blurred) < 12, "two different parts can still be told apart"
    outside = (0, 0, 90, 200)
    assert difference(opened(one).crop(outside), opened(hidden(one, [rectangle])[0]).crop(outside)) < 12
    small = opened(hidden(one, [rectangle])[1])
    assert (
        difference(small.crop((90, 50, 230, 110)), opened(made(one, consent=False).thumb).crop((90, 50, 230, 110))) > 4
    )


@pytest.mark.parametrize("numbers", [(-1, 0, 10, 10), (0, 0, 0, 10), (0, 995, 10, 10), (600, 0, 401, 10)])
def test_a_rectangle_lies_in_its_picture(numbers: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="inside"):
        Rectangle(*numbers)


def test_a_few_more_scans_than_usual_do_no_harm() -> None:
    assert made(many_scans(20), consent=False).width == 32
