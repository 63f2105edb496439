"""Text as files bring it: in whatever encoding, with whatever signs, made plain."""

import re
from datetime import date, datetime

from knowledge.importing.piece import File
from knowledge.importing.words import refused

_UNSEEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u2028\u2029\ufeff]")
_WIDE = (b"\xff\xfe", b"\xfe\xff")  # how a text in UTF-16 begins


def decoded(file: File) -> str:
    """The text of a file in UTF-8, UTF-16 or GB 18030; raises Refused for any other."""
    encodings = ("utf-16",) if file.data.startswith(_WIDE) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return file.data.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError:
            continue
    raise refused("encoding", name=file.name)


def cell_text(value: object) -> str:
    """What stands in a cell, as somebody would write it; without signs that nobody sees."""
    if value is None:
        return ""
    if isinstance(value, datetime) and not (value.hour or value.minute or value.second):
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return cleaned(str(value))


def cleaned(text: str) -> str:
    """The text with plain line ends and blanks, without signs that nobody sees, and without blanks around."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").replace("\u00a0", " ")
    return _UNSEEN.sub("", plain).strip()
