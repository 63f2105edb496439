"""The platform's time, which tests move so that 48 hours and a token's life go by."""

import time


class Clock:
    """Real time plus what it was moved by; quotas, tokens, codes and media live by it."""

    def __init__(self) -> None:
        self.moved = 0.0

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time() + self.moved

    def move(self, seconds: float) -> None:
        """Move forward, never back; raises ValueError for anything else."""
        if not 0 <= seconds < 10**9:
            raise ValueError("the clock moves forward only")
        self.moved += seconds
