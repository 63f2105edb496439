"""Words of a Chinese text. The only file that knows jieba."""

import logging
import re
import warnings
from collections.abc import Iterable

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # jieba imports pkg_resources and says so each time
    import jieba

jieba.setLogLevel(logging.WARNING)

_WORD = re.compile(r"\w")
_STOP = frozenset(
    [
        "的",
        "了",
        "吗",
        "呢",
        "啊",
        "吧",
        "呀",
        "么",
        "我",
        "你",
        "您",
        "他",
        "她",
        "它",
        "们",
        "是",
        "在",
        "有",
        "和",
        "与",
        "就",
        "都",
        "也",
        "还",
        "这",
        "那",
        "个",
        "要",
        "怎么",
        "怎样",
        "如何",
        "什么",
        "咋",
        "啥",
        "哪",
        "哪里",
    ]
)


class Tokenizer:
    """Cuts text into words for search, with names of its own in the dictionary."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        # Its own dictionary: jieba's global one belongs to Rasa's tokenizer.
        self._jieba = jieba.Tokenizer()
        for name in names:
            self._jieba.add_word(name)

    def pieces(self, text: str) -> list[str]:
        """The whole text cut into words, signs and blanks: joined again, they are the text."""
        return list(self._jieba.cut(text))

    def words(self, text: str) -> list[str]:
        """The words of a text and the words inside them, without punctuation and without empty words."""
        cut = self._jieba.cut_for_search(text.lower())
        return [word for word in cut if _WORD.search(word) and word not in _STOP]
