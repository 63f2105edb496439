"""The evidence of a turn, as Rasa attached it to the message."""

from typing import Any

SHOWN = ("entry", "revision", "title", "score", "probability")


def deciding(knowledge: dict[str, Any]) -> dict[str, Any]:
    """The search that decided: the one for topic and message where only that led to an answer."""
    joined: dict[str, Any] = knowledge.get("joined") or {}
    return joined if knowledge.get("decision") != "answer" and joined.get("decision") == "answer" else knowledge


def candidates(knowledge: dict[str, Any]) -> list[dict[str, Any]]:
    """The candidates that decided, in the form of the messages contract."""
    return [{name: one[name] for name in SHOWN} for one in deciding(knowledge).get("candidates") or []]
