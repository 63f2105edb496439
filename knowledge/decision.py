"""What follows from how sure a find is: answer, ask back, or admit that there is nothing."""

from dataclasses import dataclass
from pathlib import Path

import yaml

RULES = yaml.safe_load((Path(__file__).parent / "confidence.yml").read_text(encoding="utf-8"))
ANSWER, ASK_BACK, NOTHING = "answer", "ask_back", "nothing"


@dataclass(frozen=True)
class Decision:
    """What to do with the finds of a question, and why."""

    kind: str
    probabilities: tuple[float, ...]
    reason: str

    def offered(self) -> list[int]:
        """Positions of the finds worth naming when asking back, best first."""
        best = self.probabilities[0] if self.probabilities else 0.0
        worth = [i for i, p in enumerate(self.probabilities) if p >= best * RULES["choice_ratio"]]
        return sorted(worth, key=lambda i: -self.probabilities[i])[: RULES["choices"]]
