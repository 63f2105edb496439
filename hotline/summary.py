"""A text for the public, proposed from what a citizen said; staff read and change it before anybody else sees it."""

import re
from pathlib import Path
from typing import Any

import yaml

from foundation.identifying import TOKEN
from hotline.catalogue import catalogue

LONGEST = 100
WORDS = yaml.safe_load((Path(__file__).parent / "summary.yml").read_text(encoding="utf-8"))
SURNAMES = WORDS["surnames"].replace(" ", "")
TITLES = "|".join(WORDS["titles"])
PEOPLE = (
    (
        re.compile(
            rf"(?:我叫|我是|本人叫|名叫|名字叫|姓名[:：是]?)[{SURNAMES}][\u4e00-\u9fff]{{1,2}}(?=[,，。;；、!！\s]|$)"
        ),
        "",
    ),
    (re.compile(rf"(?:小|老|阿)?[{SURNAMES}][\u4e00-\u9fff]{{0,2}}?(?:{TITLES})"), "有关人员"),
)
DOORS = re.compile(
    r"[\d一二三四五六七八九十A-Za-z]+(?:号楼|幢|栋|座|单元|室|房|楼(?!道|下|上|顶))[\d\-A-Za-z号室单元]*|\d+(?:-\d+){1,3}"
)
NUMBERS = re.compile(r"[A-Za-z]?\d[\d\-]{4,}[\dXx]?|[\u4e00-\u9fff][A-Z][A-Z0-9]{5,6}(?![A-Za-z0-9])")
EMPTY = re.compile(r"(?:联系)?(?:电话|手机|号码|微信|身份证|住址|地址)(?:号码?)?[是为:：]*(?=[,，。;；、!！\s]|$)")
GAPS = re.compile(r"[,，、;；\s]*([,，。;；])[,，、;；\s]*")
SENTENCE = re.compile(r"[^。!?！？\n]+[。!?！？\n]?")


def proposed(ticket: Any) -> str:
    """Where and what, without numbers, names of people and doors; at most a hundred characters, whole sentences."""
    lists = catalogue()
    place = "".join(dict.fromkeys((lists.district_label(ticket.district), ticket.street)))
    head = " · ".join(part for part in (place, lists.category_label(ticket.category)) if part)
    told = _shortened(_nameless(ticket.what))
    return "：".join(part for part in (head, told) if part)


def _nameless(text: str) -> str:
    for pattern, instead in ((TOKEN, ""), (DOORS, ""), (NUMBERS, ""), *PEOPLE, (EMPTY, "")):
        text = pattern.sub(instead, text)
    return GAPS.sub(r"\1", text).strip(" ,，、;；\n")


def _shortened(text: str) -> str:
    kept = ""
    for sentence in SENTENCE.findall(text):
        if len(kept) + len(sentence) > LONGEST:
            break
        kept += sentence.strip()
    return kept or text[:LONGEST]
