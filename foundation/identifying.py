"""Finds what identifies a person (phones, documents, bank cards, e-mail) or opens a ticket (codes)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from foundation.landlines import GAP, joined, landlines

CODE, LINK = "查询码", "链接"
PHONE = "电话"
GIVEN = "告知"  # a number that staff wrote for the citizen to use
TOKEN = re.compile(rf"〔({PHONE}|证件|卡号|邮箱|{CODE}|{LINK}|{GIVEN})(\d{{1,4}})〕")

_GAP = r"[ \-.·]?"
_SHOWN_AT_BOTH_ENDS = 11  # a shorter number would be known by its first and last digits
_CODE_OF_CHINA = re.compile(r"^(?:00)?86(?=1\d{10}$)")
_CODE_OF_CHINA_AND_AREA = re.compile(r"^(?:00)?860?(?=(?:10|2\d|[3-9]\d{2})\d{7,8}$)")
_FOREIGN = re.compile(r"[(（ ]*\+[(（ ]*(?!86)[1-9]")
_CHINESE_DIGITS = str.maketrans("零〇一幺二两三四五六七八九", "0011223456789")

# The order decides: a longer kind comes before one that could be a part of it.
_PATTERNS = [
    # a ticket's secret code, where it follows the ticket's number
    (CODE, re.compile(r"(?<=\d{8}-\d{6})\D{0,8}?(?<![A-Za-z0-9])([A-HJ-NP-Z2-9]{8})(?![A-Za-z0-9])", re.IGNORECASE)),
    # or the word for it
    (CODE, re.compile(r"(?<=查询码)[ :：,，是为]{0,3}([A-HJ-NP-Z2-9]{8})(?![A-Za-z0-9])", re.IGNORECASE)),
    ("邮箱", re.compile(r"(?<![A-Za-z0-9._%+\-])[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+")),
    (
        "证件",
        re.compile(
            rf"(?<!\d)[1-9]\d{{5}}{_GAP}(?:18|19|20)\d{{2}}(?:0[1-9]|1[0-2])[0-3]\d{_GAP}\d{{3}}[\dXx](?![\dA-Za-z])"
        ),
    ),
    ("卡号", re.compile(r"(?<!\d)(?:\d{15,19}|\d{4}(?:[ \-]\d{4}){3}(?:[ \-]?\d{1,3})?)(?!\d)")),
    # or a foreign one that looks the same but for its +; in 张三+13812345678 that joins a name and a phone
    (
        PHONE,
        re.compile(rf"(?<!\d)(?:(?:\+|00)?86{GAP}|\+(?=1\D)|(?<![\u4e00-\u9fff])\+)?1{GAP}[3-9](?:{GAP}\d){{9}}(?!\d)"),
    ),
    ("证件", re.compile(r"(?<![A-Za-z0-9])(?:[EGDSPHKMC]\d{8}|[EC][A-Z]\d{7})(?![A-Za-z0-9])", re.IGNORECASE)),
    (
        "证件",
        re.compile(r"[零〇一幺二两三四五六七八九]{17}[零〇一幺二两三四五六七八九xX](?![零〇一幺二两三四五六七八九])"),
    ),
    (
        PHONE,
        re.compile(
            r"(?<![零〇一幺二两三四五六七八九])[一幺][零〇一幺二两三四五六七八九]{10}(?![零〇一幺二两三四五六七八九])"
        ),
    ),
]


@dataclass(frozen=True)
class Number:
    """One identifying number in a text: its kind and where it stands."""

    kind: str
    value: str
    start: int
    end: int


def find_numbers(text: str) -> list[Number]:
    """The identifying numbers of a normalised text, in order, none overlapping another."""
    found: list[Number] = []
    taken = bytearray(len(text))
    for number in _candidates(text):
        if not any(taken[number.start : number.end]):
            found.append(number)
            taken[number.start : number.end] = b"x" * (number.end - number.start)
    return sorted(found, key=lambda number: number.start)


def _candidates(text: str) -> Iterator[Number]:
    ends = []  # of phones
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            group = match.lastindex or 0
            found = Number(kind, match.group(group), match.start(group), match.end(group))
            yield found
            ends += [found.end] if kind == PHONE else []
    for start, end in landlines(text):
        yield Number(PHONE, text[start:end], start, end)
        ends.append(end)
    yield from (Number(PHONE, text[start:end], start, end) for start, end in joined(text, ends))


def plain_phone(phone: str) -> str:
    """The same digits for every way to write a phone, after a + where it is one of another country."""
    digits = re.sub(r"\D", "", phone.translate(_CHINESE_DIGITS))
    if _FOREIGN.match(phone):
        return f"+{digits}"
    return _CODE_OF_CHINA_AND_AREA.sub("0", _CODE_OF_CHINA.sub("", digits))


def hint(kind: str, value: str) -> str:
    """A number shown so that its owner knows it again and no one else learns it."""
    if kind in (CODE, LINK, GIVEN):
        return value  # it was given to this very citizen
    if kind == "邮箱":
        name, _, host = value.partition("@")
        return f"{name[:1]}***@{host}"
    plain = re.sub(r"[^0-9A-Za-z]", "", value.translate(_CHINESE_DIGITS))
    return f"{plain[:3]}****{plain[-4:]}" if len(plain) >= _SHOWN_AT_BOTH_ENDS else f"****{plain[-2:]}"
