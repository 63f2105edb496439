"""The trained Rasa model without the service: one load, every text in a conversation of its own."""

import asyncio
import logging
import os
import warnings
from pathlib import Path
from typing import Any

from conversations.screen import for_rasa, normalise
from evaluation.errors import EvaluationError
from foundation.identifying import find_numbers


class Understanding:
    """What the trained model makes of a text."""

    def __init__(self, model: Path) -> None:
        """Loads the model file. Raises EvaluationError when there is none."""
        if not model.is_file():
            raise EvaluationError(f"没有训练好的模型 {model},请先运行 wenzheng prepare。")
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
        logging.basicConfig(level=logging.ERROR)  # before Rasa points the log at standard output
        with warnings.catch_warnings(record=True):  # of packages that Rasa pins
            from rasa.core.agent import Agent
            from rasa.core.channels.channel import UserMessage
            from rasa.shared.core.trackers import DialogueStateTracker
            from rasa.utils.log_utils import configure_structlog

            configure_structlog(logging.ERROR)
            self._agent = Agent.load(model)
        self._message = UserMessage
        self._tracker = DialogueStateTracker

    def parse(self, text: str) -> dict[str, Any]:
        """Intent, entities, evidence and danger of a text that a citizen sends first."""
        message = self._message(as_rasa_reads(text))
        tracker = self._tracker.from_events("evaluation", [], self._agent.domain.slots)
        parsed: dict[str, Any] = asyncio.run(self._agent.processor.parse_message(message, tracker))
        return parsed

    def words_of(self, response: str) -> str:
        """The fixed words of a response; empty where the model has none."""
        variants = self._agent.domain.responses.get(response) or [{}]
        return str(variants[0].get("text", ""))


def as_rasa_reads(text: str) -> str:
    """The text as it reaches Rasa: normalised, with tokens for identifying numbers, in simplified characters."""
    said = normalise(text)
    for number, found in reversed(list(enumerate(find_numbers(said), 1))):
        said = f"{said[: found.start]}〔{found.kind}{number}〕{said[found.end :]}"
    return for_rasa(said)
