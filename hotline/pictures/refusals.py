"""Why a picture is not taken: a code for programs and a sentence for people."""


class PictureRefused(ValueError):
    """A picture that is not taken in."""

    code = "picture_refused"
    status = 400  # what the interface answers
    message = "这张图片收不了，请换一张。"


class NotAPicture(PictureRefused):
    """The content is none of the kinds that are taken, whatever its name says."""

    code, status = "not_a_picture", 415
    message = "这不是能收的图片。请发 JPG、PNG 或 WebP 格式的照片。"


class TooLarge(PictureRefused):
    """More bytes than one picture may have."""

    code, status = "too_large", 413
    message = "图片太大了，一张最多 12 MB。请把照片调小一点，或者换一张。"


class TooManyPixels(PictureRefused):
    """More pixels than are decoded; small files may hold very many."""

    code, status = "too_many_pixels", 413
    message = "图片的尺寸太大了。请用手机普通模式拍的照片，或者换一张。"


class Broken(PictureRefused):
    """It begins as a picture and cannot be read to its end."""

    code = "broken"
    message = "图片坏了，读不出来。请重新选一次，或者换一张。"


class NoRoom(PictureRefused):
    """It could not be kept: the disk is full, or failed."""

    code, status = "no_room", 503
    message = "现在存不下图片，请过一会儿再传，或者先不带图片提交。"
