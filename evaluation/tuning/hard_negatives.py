"""Passages that share words with a question and do not answer it."""

from collections.abc import Iterable, Mapping, Sequence

from evaluation.tuning.pairs import Pair
from knowledge.keyword_index import KeywordIndex
from knowledge.tokenizer import Tokenizer

LOOKED_AT, MOST = 30, 8


class HardNegatives:
    """BM25 over the passages of all groups."""

    def __init__(self, passages: Mapping[str, Sequence[str]]) -> None:
        self._tokenizer = Tokenizer()
        self._texts = [(group, text) for group, texts in passages.items() for text in texts]
        self._index = KeywordIndex.build([self._tokenizer.words(text) for _, text in self._texts])

    @classmethod
    def of_pairs(cls, pairs: Iterable[Pair]) -> "HardNegatives":
        """The passages of the pairs themselves."""
        passages: dict[str, set[str]] = {}
        for pair in pairs:
            for group in pair.groups:
                passages.setdefault(group, set()).update(pair.passages)
        return cls({group: sorted(texts) for group, texts in passages.items()})

    def of(self, pair: Pair) -> list[str]:
        """The passages of other groups that share most with the pair's question."""
        positions, _ = self._index.search(self._tokenizer.words(pair.question), LOOKED_AT)
        found = (self._texts[position] for position in positions)
        return [text for group, text in found if group not in pair.groups][:MOST]
