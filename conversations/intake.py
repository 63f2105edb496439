"""One message: screened, recorded, understood by Rasa, answered, recorded again."""

import logging
import time
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection

from conversations import record, without_rasa, words
from conversations.evidence import candidates
from conversations.handover.citizen import NOBODY, asked, meet
from conversations.keys import OUR_OWN
from conversations.leases import Leases
from conversations.one_at_a_time import OneAtATime
from conversations.rasa import Rasa, RasaDown
from conversations.record import Caller
from conversations.screen import LONGEST, for_rasa, is_readable, normalise
from conversations.showing import show
from foundation.controls import Controls
from foundation.database import Database
from foundation.privacy import Vault
from knowledge.emergency import find_danger

PICTURES_ONLY = "/send_picture"  # what Rasa reads when pictures came without words
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
    attachments: tuple[str, ...] = ()  # ids of uploads
    uploader: str = ""  # whose uploads this caller may use
    source: str = ""  # where this caller's tries with codes are counted together
    within: str = ""  # the internal id, from a channel that keeps it itself; then `conversation` is not read
    is_ours: bool = False  # the channel itself made the payload, such as that of its menu


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

    def __init__(self, database: Database, vault: Vault, rasa: Rasa, key: str, controls: Controls) -> None:
        """`key` is the secret that the values of conversations are made with."""
        self._database = database
        self._vault = vault
        self._rasa = rasa
        self._key = key
        self._controls = controls
        self._alone = OneAtATime()
        self._leases = Leases(database)

    def take(self, message: Incoming, caller: Caller) -> Turn:
        """Answer one message. Raises EmptyMessage and record.UnknownConversation."""
        text = normalise(message.text or (message.location or {}).get("label") or "")
        if not text and not message.payload and not message.attachments:
            raise EmptyMessage
        value, conversation = "", message.within
        if not conversation:
            value = self._value(message, caller)
            begins = message.conversation is None
            with self._database.writing() if begins else self._database.reading() as connection:
                conversation = self._conversation(connection, value, caller, begin=begins)
        with self._alone(conversation):
            return self._take(conversation, value, message, text, caller)

    def knows(self, message: Incoming, caller: Caller) -> bool:
        """True when this message was taken before, so that whatever it did is done."""
        with self._database.reading() as connection:
            try:
                conversation = record.find(connection, self._value(message, caller), caller)
            except record.UnknownConversation:
                return False
            return record.has_turn(connection, conversation, message.client_id)

    def _value(self, message: Incoming, caller: Caller) -> str:
        return message.conversation or record.first_value(self._key, caller, message.client_id)

    @staticmethod
    def _conversation(connection: Connection, value: str, caller: Caller, *, begin: bool) -> str:
        try:
            return record.find(connection, value, caller)
        except record.UnknownConversation:
            if not begin:
                raise
            return record.start(connection, value, caller)

    def _take(self, conversation: str, value: str, message: Incoming, text: str, caller: Caller) -> Turn:
        """The end of the turn; where another process works on it, the end that comes of that."""
        while True:
            turn = self._work(conversation, value, message, text, caller)
            if turn is not None:
                return turn
            if not self._leases.come_free(conversation, message.client_id):
                return self._not_yet(conversation, value, message.client_id)

    def _work(self, conversation: str, value: str, message: Incoming, text: str, caller: Caller) -> Turn | None:
        """The turn; None where another process works on it."""
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
                attachments=list(message.attachments) or None,
            )
            if not _is_unfinished(row):
                return self._shown(connection, conversation, value, row.turn, dict(row._mapping))
            lease = self._leases.take(connection, row)
            if lease is None:
                return None
            refused = bool(message.payload) and not (
                message.is_ours or record.was_issued(connection, conversation, message.payload)
            )
            if not refused and len(text) <= LONGEST:
                ended = meet(connection, conversation, row, text)
                if ended:
                    self._leases.give_back(connection, row, lease)
                    return self._ended(connection, conversation, value, row.turn, ended, started)
        with self._leases.kept(row, lease):
            pictures, pressed = bool(message.attachments), bool(message.payload)
            ended = without_rasa.not_needed(text, refused=refused, pictures=pictures, pressed=pressed) or self._ask(
                conversation, row, caller, message
            )
            with self._database.writing() as connection:
                if record.keep(connection, conversation):  # a place in the queue is given to one message at a time
                    if not self._leases.give_back(connection, row, lease):
                        return None
                    ended = asked(connection, conversation, caller.channel, row, ended, self._controls)
                return self._ended(connection, conversation, value, row.turn, ended, started)

    def _not_yet(self, conversation: str, value: str, client_id: str) -> Turn:
        """That there is no answer now, or the numbers to call; the record is left to whoever works on the turn."""
        with self._database.reading() as connection:
            row = record.of_client(connection, conversation, client_id)
            if row is None:  # erased meanwhile
                raise record.UnknownConversation
            ended = without_rasa.numbers_or(_for_rasa(row), words.reply("utter_unavailable"))
            return self._shown(connection, conversation, value, row.turn, ended)

    def _ended(
        self, connection: Connection, conversation: str, value: str, turn: int, ended: dict[str, Any], started: float
    ) -> Turn:
        """Write how a turn ended and how long it took, and give it as the citizen may see it."""
        ended["seconds"] = {**ended.get("seconds", {}), "whole": round(time.perf_counter() - started, 4)}
        record.end_turn(connection, conversation, turn, **ended)
        return self._shown(connection, conversation, value, turn, ended)

    def _ask(self, conversation: str, row: Any, caller: Caller, message: Incoming) -> dict[str, Any]:
        """What Rasa makes of the message; when it is down, the message is kept and danger is met all the same."""
        rasa_text = _for_rasa(row)
        off = self._controls.switched_off(_channel_part(caller.channel), "bot")
        if off:
            response = "utter_bot_paused" if off.part == "bot" else "utter_channel_paused"
            return without_rasa.when_down(rasa_text, words.reply(response, **self._controls.words(off)))
        metadata = {
            "turn": row.turn,
            "channel": caller.channel,
            "location": row.location,
            "attachments": row.attachments or [],
            "uploader": message.uploader,
            "source": message.source,
        }
        started = time.perf_counter()
        try:
            answer = self._rasa.send(conversation, rasa_text, metadata)
        except RasaDown as error:
            log.error("turn %s of %s: %s", row.turn, conversation, error)
            return without_rasa.when_down(rasa_text, words.reply("utter_unavailable"))
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
        return show(self._vault, connection, conversation, value)


def _is_unfinished(row: Any) -> bool:
    """True for a turn that is tried once more under the same client id; not where it was told that nobody is there."""
    origins = {reply["origin"]["id"] for reply in row.replies or ()}
    return row.outcome is None or (row.outcome == "unavailable" and not origins & set(NOBODY))


def _for_rasa(row: Any) -> str:
    """A button's order, the words, or the order that stands for pictures without words that can be read."""
    if row.payload:
        return str(row.payload)
    says_nothing = not is_readable(row.text) and find_danger(row.text) is None
    return PICTURES_ONLY if row.attachments and says_nothing else for_rasa(row.text)


def _channel_part(channel: str) -> str:
    """What a channel is called where it is switched off: its own name, or that of its key."""
    return channel if channel in OUR_OWN else f"key:{channel}"
