"""What one turn leaves behind on its way through the NLU graph, for the channel to hand to the caller.

The graph runs inside the channel's own task, so a context variable reaches from the last component back to the channel.
"""

from contextvars import ContextVar
from typing import Any

current_turn: ContextVar[dict[str, Any] | None] = ContextVar("current_turn", default=None)
