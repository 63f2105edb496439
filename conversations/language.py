"""Which language a message is in, as far as that decides who can answer it."""

import re

LEAST_LETTERS = 8
LEAST_WORDS = 2
LEAST_SHARE = 0.5  # of the letters, in words that cannot be pinyin
WITHOUT_COMMON_WORD = 3  # such words are a sentence even if none of the common ones is among them
_COMMON = (
    "am and are card does english for from get have help how i in is it live lost my need not of passport please "
    "report street the there this to visa want was what when where which who why with work your"
)
COMMON = frozenset(_COMMON.split())
_ADDRESS = re.compile(r"\S*(?:://|www\.|@)\S*")
_NOT_LATIN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
_VOWEL = re.compile(r"[aeiouy]")
_SYLLABLE = (
    r"(?:(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?"
    r"(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|ai|ei|ao|ou|an|en|in|un|ia|ie|iu|ua|uo|ui|ue|ve|a|o|e|i|u|v)"
    r"|er)"
)
_PINYIN = re.compile(rf"{_SYLLABLE}(?:{_SYLLABLE}|r)*")


def is_english(text: str) -> bool:
    """True for an English sentence; not for Chinese with foreign words in it, for pinyin, codes or addresses."""
    if _NOT_LATIN.search(text):
        return False
    words = _WORD.findall(_ADDRESS.sub(" ", text.lower()))
    letters = sum(map(len, words))
    foreign = [word for word in words if word in COMMON or (not _PINYIN.fullmatch(word) and _VOWEL.search(word))]
    if len(words) < LEAST_WORDS or letters < LEAST_LETTERS or sum(map(len, foreign)) < LEAST_SHARE * letters:
        return False
    return len(foreign) >= WITHOUT_COMMON_WORD or any(word in COMMON for word in foreign)
