"""A finding: something in a text that a citizen stumbles over, with better words."""

from dataclasses import dataclass

WHOLE = "整条"  # the words of a finding about a whole entry
SHOWN = 30  # characters of the found words that are shown


@dataclass(frozen=True)
class Finding:
    """One thing to write more plainly: `points` lower the score, `size` is a key of `weights` in rules.yml."""

    rule: str
    words: str
    start: int
    why: str
    better: str
    size: str
    points: float
    part: str = ""
    is_error: bool = False

    @property
    def end(self) -> int:
        """Where the found words end in their text."""
        return self.start + len(self.words)

    @property
    def where(self) -> str:
        """The words, then the part of the entry and the place in it, counted from 1."""
        if self.words == WHOLE:
            return WHOLE
        words = self.words if len(self.words) <= SHOWN else f"{self.words[:SHOWN]}…"
        place = [self.part] if self.part else []
        return f"{words}（{'，'.join([*place, f'第{self.start + 1}字'])}）"

    def as_json(self) -> dict[str, str]:
        """What a program is given: rule, where, why and better."""
        return {"rule": self.rule, "where": self.where, "why": self.why, "better": self.better}
