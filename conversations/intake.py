"""One message: screened, recorded, understood by Rasa, answered, recorded again."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection

from conversations import record, words
from conversations.rasa import Rasa, RasaDown
from conversations.record import Caller
from conversations.screen import LONGEST, for_rasa, is_readable, normalise
from foundation.database import Database
from foundation.privacy import Vault
from knowledge.emergency import find_danger

UNFINISHED = (None, "unavailable")  # sent again under the same client id, such a turn is tried once more
log = logging.getLogger(__name__)


class EmptyMessage(ValueError):
    """Nothing was said."""


@dataclass(frozen=True)
class Incoming:
    """One message as a channel brings it; `client_id` is the caller's own name for it."""

    conversation: str | None
    client_id: str
    text: str = ""
    payload: str = ""
    location: dict[str, Any] | None = None


@dataclass(frozen=True)
class Turn:
    """How a turn ended, as the citizen may see it."""

    conversation: str
    turn: int
    outcome: str
    offers: list[str]
    intent: dict[str, Any] | None
    replies: list[dict[str, Any]]
    evidence: list[dict[str, Any]]


class Intake:
    """Takes messages, one at a time for each conversation."""

    def __init__(self, database: Database, vault: Vault, rasa: Rasa, key: str) -> None:
        """`key` is the secret that the values of conversations are made with."""
        self._database = database
        self._vault = vault
        self._rasa = rasa
        self._key = key
        self._busy: dict[str, tuple[threading.Lock, int]] = {}
        self._guard = threading.Lock()

    def take(self, message: Incoming, caller: Caller) -> Turn:
        """Answer one message. Raises EmptyMessage and record.UnknownConversation."""
        text = normalise(message.text or (message.location or {}).get("label") or "")
        if not text and not message.payload:
            raise EmptyMessage
        value = message.conversation or record.first_value(self._key, caller, message.client_id)
        begins = message.conversation is None
        with self._database.writing() if begins else self._database.reading() as connection:
            conversation = self._conversation(connection, value, caller, begin=begins)
        with self._alone(conversation):
            return self._take(conversation, value, message, text, caller)

    @staticmethod
    def _conversation(connection: Connection, value: str, caller: Caller, *, begin: bool) -> str:
        try:
            return record.find(connection, value, caller)
        except record.UnknownConversation:
            if not begin:
                raise
            return record.start(connection, value, caller)

    def _take(self, conversation: str, value: str, message: Incoming, text: str, caller: Caller) -> Turn:
        started = time.perf_counter()
        owner = f"conversation:{conversation}"
        with self._database.writing() as connection:
            said = self._vault.tokenize(connection, owner, text[: LONGEST + 1])
            row = record.begin_turn(
                connection,
                conversation,
                message.client_id,
                text=said,
                payload=message.payload or None,
                location=message.location,
            )
            refused = bool(message.payload) and not record.was_issued(connection, conversation, message.payload)
        if row.outcome in UNFINISHED:
            ended = _without_rasa(text, refused=refused) or self._ask(conversation, row, caller)
            ended["seconds"] = {**ended.get("seconds", {}), "whole": round(time.perf_counter() - started, 4)}
            with self._database.writing() as connection:
                record.end_turn(connection, conversation, row.turn, **ended)
                return self._shown(connection, conversation, value, row.turn, ended)
        with self._database.reading() as connection:
            return self._shown(connection, conversation, value, row.turn, dict(row._mapping))

    def _ask(self, conversation: str, row: Any, caller: Caller) -> dict[str, Any]:
        """What Rasa makes of the message; when it is down, the message is kept and danger is met all the same."""
        rasa_text = row.payload or for_rasa(row.text)
        metadata = {"turn": row.turn, "channel": caller.channel, "location": row.location}
        started = time.perf_counter()
        try:
            answer = self._rasa.send(conversation, rasa_text, metadata)
        except RasaDown as error:
            log.error("turn %s of %s: %s", row.turn, conversation, error)
            return _when_down(rasa_text)
        decided = ("intent", "intent_ranking", "knowledge", "danger")
        return {
            "outcome": answer["outcome"],
            "offers": answer["offers"],
            "replies": answer["messages"],
            "evidence": {name: answer.get(name) for name in decided},
            "seconds": {"rasa": round(time.perf_counter() - started, 4)},
        }

    def _shown(self, connection: Any, conversation: str, value: str, turn: int, ended: dict[str, Any]) -> Turn:
        evidence = ended.get("evidence") or {}
        return Turn(
            value,
            turn,
            ended["outcome"],
            ended["offers"] or [],
            evidence.get("intent"),
            self.show(connection, conversation, ended["replies"] or []),
            candidates(evidence.get("knowledge") or {}),
        )

    def show(self, connection: Any, conversation: str, value: Any) -> Any:
        """Texts, lists and objects with every token as its citizen may see it: 138****5678."""
        if isinstance(value, str):
            return self._vault.hint(connection, f"conversation:{conversation}", value) if "〔" in value else value
        if isinstance(value, list):
            return [self.show(connection, conversation, one) for one in value]
        if isinstance(value, dict):
            return {name: self.show(connection, conversation, one) for name, one in value.items()}
        return value

    @contextmanager
    def _alone(self, conversation: str) -> Iterator[None]:
        """Messages of one conversation wait for each other here: Rasa would let them wait a second at a time."""
        with self._guard:
            lock, waiting = self._busy.get(conversation, (threading.Lock(), 0))
            self._busy[conversation] = (lock, waiting + 1)
        try:
            with lock:
                yield
        finally:
            with self._guard:
                _, waiting = self._busy[conversation]
                if waiting == 1:
                    del self._busy[conversation]
                else:
                    self._busy[conversation] = (lock, waiting - 1)


def candidates(knowledge: dict[str, Any]) -> list[dict[str, Any]]:
    """The candidates that decided, in the form of the messages contract."""
    joined = knowledge.get("joined") or {}
    decided = joined if knowledge.get("decision") != "answer" and joined.get("decision") == "answer" else knowledge
    shown = ("entry", "revision", "title", "score", "probability")
    return [{name: one[name] for name in shown} for one in decided.get("candidates") or []]


def _without_rasa(text: str, *, refused: bool) -> dict[str, Any] | None:
    """The end of a turn that Rasa need not see, or None."""
    if refused:
        return _ended("refused", words.reply("utter_stale_button"))
    if len(text) > LONGEST:
        return _ended("too_long", words.reply("utter_too_long", limit=LONGEST))
    if text and not is_readable(text) and find_danger(text) is None:
        return _ended("clarifying", words.reply("utter_unreadable"))
    return None


def _when_down(text: str) -> dict[str, Any]:
    danger = find_danger(text)
    if danger:
        ended = _ended("emergency", words.reply(f"utter_emergency_{danger.kind}"))
        return ended | {"evidence": {"danger": {"kind": danger.kind, "matched": danger.matched}}}
    return _ended("unavailable", words.reply("utter_unavailable"))


def _ended(outcome: str, reply: dict[str, Any]) -> dict[str, Any]:
    return {"outcome": outcome, "offers": [], "replies": [reply], "evidence": {}}
