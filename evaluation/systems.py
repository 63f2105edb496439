"""The systems that an evaluation compares: words alone, the unmodified model's vectors alone, and the product."""

from collections.abc import Callable, Iterable

from evaluation.searchable import Searchable
from knowledge.embedder import Embedder
from knowledge.retriever import CASE, NEAR_MISS, WEIGHTS

System = Callable[[str], list[str]]  # from a question to ids, best first


def systems(searchable: Searchable, base: Embedder, shipped: Embedder) -> dict[str, System]:
    """Search by words, by the vectors of the unmodified model, and as the product does with the model that it ships."""
    depth = WEIGHTS["passages"]

    def keyword(question: str) -> list[str]:
        hits = zip(*searchable.keywords.search(searchable.words(question), depth), strict=True)
        return _best(searchable, (position for position, score in hits if score > 0))

    def dense(question: str) -> list[str]:
        return _best(searchable, searchable.base_vectors.search(base.queries([question])[0], depth)[0])

    def product(question: str) -> list[str]:
        retriever = searchable.retriever
        hidden = retriever.own_case(question)  # a saved case must not be found by itself
        return [find.entry for find in retriever.search(question, shipped.queries([question])[0], without=hidden)]

    return {"keyword": keyword, "dense": dense, "product": product}


def _best(searchable: Searchable, positions: Iterable[int]) -> list[str]:
    """Each id once, at the place of its best passage; what was learned from saved cases is the product's alone."""
    passages = (searchable.passages[position] for position in positions)
    return list(dict.fromkeys(passage.entry for passage in passages if passage.kind not in (NEAR_MISS, CASE)))
