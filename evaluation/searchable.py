"""What an evaluation searches: the entries of a snapshot, or any documents cut into passages."""

import os
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np

from evaluation.cases import Case
from evaluation.errors import EvaluationError
from evaluation.progress import watched
from knowledge import snapshot
from knowledge.embedder import Embedder
from knowledge.fitting import shipped_ranker
from knowledge.keyword_index import KeywordIndex
from knowledge.model_folder import fingerprint
from knowledge.retriever import QUESTION, Passage, Retriever
from knowledge.tokenizer import Tokenizer
from knowledge.vector_index import VectorIndex, Vectors

CHUNK = "chunk"
CHUNK_LENGTH = 220  # characters, without the title
BATCH = 64
_PIECE = re.compile(rf".{{1,{CHUNK_LENGTH}}}?(?:[。！？；!?;\n]+|$)|.{{1,{CHUNK_LENGTH}}}", re.DOTALL)


@dataclass(frozen=True)
class Searchable:
    """The same passages, searched by words, by vectors of the unmodified model, and as the product does."""

    passages: list[Passage]
    words: Callable[[str], list[str]]
    keywords: KeywordIndex
    base_vectors: VectorIndex
    retriever: Retriever

    def known_positive(self) -> Passage:
        """A passage whose own text, asked as a question, must lead back to it. Raises EvaluationError without one."""
        counts = Counter(passage.text for passage in self.passages)
        asked = (one for one in self.passages if one.kind in (QUESTION, CHUNK) and counts[one.text] == 1)
        found = next(asked, None)
        if found is None:
            raise EvaluationError("没有一段独有的文字可以用来检查检索本身。")
        return found

    def ids(self) -> set[str]:
        """Everything that can be found."""
        return {passage.entry for passage in self.passages}


def entries(folder: Path, base: Path, shipped: Path) -> Searchable:
    """The passages of a snapshot, made of the published entries. Raises EvaluationError for one of another model."""
    loaded = snapshot.load(folder)
    if loaded.model != fingerprint(shipped):
        raise EvaluationError("索引快照是用另一个向量模型做的,请先运行 wenzheng prepare。")
    retriever = loaded.retriever
    texts = [passage.text for passage in retriever.passages]
    keywords = KeywordIndex.build([retriever.words(text) for text in texts])
    vectors = loaded.vectors if base == shipped else _exact(_embed(texts, base))
    return Searchable(retriever.passages, retriever.words, keywords, vectors, retriever)


def documents(found: list[Case], base: Path, shipped: Path) -> Searchable:
    """Documents as passages of title and chunk; each model is loaded for them with every core, and let go."""
    passages = [
        Passage(document["id"], CHUNK, f"{document['title']}:{chunk}" if chunk else document["title"])
        for document in found
        for chunk in chunks(document["text"]) or [""]
    ]
    tokenizer, texts = Tokenizer(), [passage.text for passage in passages]
    keywords = KeywordIndex.build([tokenizer.words(text) for text in texts])
    of_base = _embed(texts, base)
    vectors = VectorIndex.build(of_base if base == shipped else _embed(texts, shipped))
    retriever = Retriever(passages, vectors, keywords, tokenizer, shipped_ranker())
    return Searchable(passages, tokenizer.words, keywords, _exact(of_base), retriever)


def chunks(text: str) -> list[str]:
    """The text in pieces of at most 220 characters, cut at ends of sentences where there are any."""
    packed = [""]
    for piece in _PIECE.findall(text.strip()):
        if len(packed[-1]) + len(piece) > CHUNK_LENGTH:
            packed.append("")
        packed[-1] += piece
    return [chunk.strip() for chunk in packed if chunk.strip()]


def _exact(vectors: Vectors) -> VectorIndex:
    return VectorIndex.build(vectors, exact_up_to=len(vectors))


def _embed(texts: list[str], model: Path) -> Vectors:
    embedder = Embedder(model, threads=os.cpu_count() or 1)
    # a batch is as slow as its longest text
    by_length = sorted(range(len(texts)), key=lambda position: len(texts[position]))
    starts = range(0, len(texts), BATCH)
    batches = [by_length[start : start + BATCH] for start in starts]
    vectors = [embedder.passages([texts[i] for i in batch]) for batch in watched(batches, "向量")]
    order = np.argsort(list(chain.from_iterable(batches)))
    ordered: Vectors = np.concatenate(vectors)[order]
    return ordered
