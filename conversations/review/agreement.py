"""How far two reviewers agree."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Agreement:
    """Of turns that two reviewers judged."""

    turns: int
    share: float | None  # of the turns with the same verdict twice; None without turns
    kappa: float | None  # Cohen's: 1 full agreement, 0 as much as by chance; None where chance alone agrees fully


def agreement(pairs: Sequence[tuple[str, str]]) -> Agreement:
    """Share and Cohen's kappa (Cohen 1960) of pairs of verdicts."""
    count = len(pairs)
    if not count:
        return Agreement(0, None, None)
    observed = sum(first == second for first, second in pairs) / count
    firsts, seconds = Counter(first for first, _ in pairs), Counter(second for _, second in pairs)
    chance = sum(firsts[verdict] * seconds[verdict] for verdict in firsts) / count**2
    return Agreement(count, observed, (observed - chance) / (1 - chance) if chance < 1 else None)
