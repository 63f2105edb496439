"""Numbers as people write them, turned into digits: 三千五, 1.2万, 七八年, full-width, 8k."""

import re
import unicodedata

DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "俩": 2, "三": 3, "仨": 3, "四": 4, "五": 5} | {
    "六": 6, "七": 7, "八": 8, "九": 9
}  # fmt: skip
UNITS = {"十": 10, "百": 100, "千": 1000, "k": 1000, "万": 10000, "w": 10000}

_NUMBER = re.compile(r"\d+(?:\.\d+)?|[零〇一二两俩三仨四五六七八九]|[十百千万]|(?<=[\d.])[kw](?![a-z])")
_RUN = re.compile(rf"(?:{_NUMBER.pattern})+")
_ENDLESS = re.compile(r"[\d十百千万零一二三四五六七八九]{20,}")  # no number that anybody means
_SAID_DIGIT_BY_DIGIT = re.compile(r"[零〇一二三四五六七八九]{2,}")
_SEPARATOR = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_NEIGHBOURS = "|".join(a + b for a, b in zip("一二三四五六七八", "二三四五六七八九", strict=True))
# 三四年, 两三个, 五六千 name no number; 七八年一月 and 六七年的 are years of birth
_ABOUT = re.compile(
    rf"两三(?=[年个岁万千百天月])|(?:{_NEIGHBOURS})(?=[个岁万千百天])"
    rf"|(?<=[了过干做满有])(?:{_NEIGHBOURS})(?=年)"
)


def plain(text: str) -> str:
    """The text with narrow characters, small letters and no spaces."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text).lower())


def digits(text: str) -> str:
    """The text with every number in Arabic digits: 一万二 becomes 12000, 七八年 becomes 78年."""
    text = _ENDLESS.sub("", _SEPARATOR.sub("", plain(text))).replace("元月", "1月")
    text = re.sub(r"负(?=[\d零一二两三四五六七八九十])", "-", text)
    return _RUN.sub(_in_digits, _ABOUT.sub("几", text))


def is_about(text: str) -> bool:
    """Whether a bare answer names two neighbouring numbers, as in 三四年."""
    return re.search(rf"^\D{{0,4}}?(?:{_NEIGHBOURS}|两三)[年个]", plain(text)) is not None


def _in_digits(match: re.Match[str]) -> str:
    run = match.group()
    if _SAID_DIGIT_BY_DIGIT.fullmatch(run):
        return "".join(str(DIGITS[letter]) for letter in run)
    parts = _NUMBER.findall(run)
    if parts[0] in ("百", "千", "万"):
        return run
    return _written(_value(parts)) if any(part in UNITS for part in parts) else _apart(parts)


def _value(parts: list[str]) -> float:
    """The value of number words: 1万2 is 12000, 三千零五 is 3005, 一百五 is 150."""
    total = section = 0.0
    number: float | None = None
    last_unit = 1
    for position, part in enumerate(parts):
        if part in UNITS:
            last_unit = UNITS[part]
            if last_unit == UNITS["万"]:
                total, section, number = total + (section + (number or 0)) * last_unit, 0.0, None
            else:
                section, number = section + (1 if number is None else number) * last_unit, None
        elif part in ("零", "〇"):
            number, last_unit = 0.0, 1
        else:
            number = float(DIGITS.get(part, part) if part in DIGITS else part)
            is_last_digit = position == len(parts) - 1 and number < 10 and last_unit >= 100
            number = number * last_unit / 10 if is_last_digit else number
    return total + section + (number or 0.0)


def _apart(parts: list[str]) -> str:
    return "".join(str(DIGITS.get(part, part)) for part in parts)


def _written(value: float) -> str:
    return str(int(value)) if value == int(value) else f"{value:.2f}"
