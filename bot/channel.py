"""The guarded channel: one message in, one JSON answer with replies, outcome, offers, intent and evidence out."""

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any

import aiohttp
from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from rasa.core.tracker_store import SQLTrackerStore
from rasa.utils.endpoints import EndpointConfig
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse
from sqlalchemy.exc import SQLAlchemyError

import bot.speed
from bot.nlu.embedding import embedder
from bot.nlu.evidence import reader, search
from bot.outcomes import first, outcome_of_response
from bot.tone import dressed
from bot.turn import current_turn
from foundation.controls import Controls
from foundation.database import Database
from foundation.settings import load_settings
from knowledge.local import LocalValues

MOST_TEXTS = 64
LONGEST_SEARCH = 1000
log = logging.getLogger(__name__)
bot.speed.mend()


class ReplyCollector(CollectingOutputChannel):
    """Turns what Rasa says into replies of the messages contract."""

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keep one reply with the outcome that it says."""
        self.messages.append(_reply_of(message))


class WenzhengChannel(InputChannel):
    """Only callers with the token get through; Rasa's own token does not guard channels."""

    def __init__(self, token: str) -> None:
        self._token = token

    @classmethod
    def name(cls) -> str:
        return "wenzheng"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> "WenzhengChannel":
        """The token comes from the settings, so that it stands in no file of the project."""
        return cls(load_settings().rasa_token)

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        channel = Blueprint("wenzheng_channel", __name__)

        @channel.middleware("request")
        async def guard(request: Request) -> HTTPResponse | None:
            given = request.headers.get("authorization", "")
            if hmac.compare_digest(given.encode(), f"Bearer {self._token}".encode()):
                return None
            return response.json({"error": "unauthorized"}, status=401)

        @channel.route("/webhook", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            return response.json(await _answer(request.json, on_new_message))

        @channel.route("/vectors", methods=["POST"])
        async def vectors(request: Request) -> HTTPResponse:
            texts = [str(text) for text in request.json["texts"]][:MOST_TEXTS]
            embed = embedder().passages if request.json.get("searched") else embedder().queries
            found = await asyncio.get_running_loop().run_in_executor(None, embed, texts)
            return response.json({"vectors": found.tolist()})

        @channel.route("/search", methods=["POST"])
        async def find(request: Request) -> HTTPResponse:
            text = str(request.json["text"])[:LONGEST_SEARCH]
            return response.json(await asyncio.get_running_loop().run_in_executor(None, _found, text))

        @channel.route("/conversations/<sender>", methods=["DELETE"])
        async def forget(request: Request, sender: str) -> HTTPResponse:
            _forget(request.app.ctx.agent.tracker_store, sender)
            return response.empty()

        @channel.route("/ready", methods=["GET"])
        async def ready(request: Request) -> HTTPResponse:
            agent = request.app.ctx.agent
            return response.json({"rasa": agent.is_ready(), "actions": await _reaches(agent.action_endpoint)})

        return channel


async def _answer(body: dict[str, Any], on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> dict[str, Any]:
    turn: dict[str, Any] = {}
    current_turn.set(turn)
    collector = ReplyCollector()
    message = UserMessage(
        body["message"],
        collector,
        body["sender"],
        input_channel=WenzhengChannel.name(),
        metadata=body.get("metadata") or {},
    )
    try:
        await on_new_message(message)
    except Exception:  # the caller learns of it by the missing replies; the reason stands in the log
        log.exception("a turn failed")
        return {"messages": []}
    said = collector.messages
    return {
        "messages": [one["reply"] for one in said],
        "outcome": first([one["outcome"] for one in said]) if said else None,
        "offers": sorted({offer for one in said for offer in one["offers"]}),
        **turn,
    }


def _found(text: str) -> dict[str, Any]:
    """The decision on a question with its candidates, for staff who look for an entry."""
    return search(reader().snapshot, text, embedder().queries([text])[0])


def _reply_of(message: dict[str, Any]) -> dict[str, Any]:
    """One reply of the messages contract: fixed words by their response's name, and what an action adds to them."""
    added = message.get("custom") or {}
    name = message.get("utter_action")
    reply: dict[str, Any] = {"type": "text", "text": dressed(name, message.get("text") or "", _tone())}
    buttons = message.get("buttons") or []
    if buttons:
        reply |= {"type": "choices", "choices": [{"title": b["title"], "payload": b["payload"]} for b in buttons]}
    reply["origin"] = {"kind": "response", "id": name, "revision": None}
    return {
        "outcome": added.get("outcome") or outcome_of_response()[name],
        "offers": added.get("offers", []),
        "reply": reply | added.get("reply", {}),
    }


def _tone() -> str:
    """The tone that administrators chose, else that of the city; the city's too while the database does not answer."""
    controls, of_city = _tones()
    try:
        return controls.tone(of_city)
    except SQLAlchemyError:
        log.exception("the tone could not be read")
        return of_city


@lru_cache(maxsize=1)
def _tones() -> tuple[Controls, str]:
    settings = load_settings()
    return Controls(Database(settings.database_url), settings), LocalValues(settings.city).tone


async def _reaches(actions: EndpointConfig) -> bool:
    """True when the action server says that it is well."""
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session,
            session.get(actions.url.removesuffix("/webhook") + "/health") as health,
        ):
            return bool(health.status == 200)
    except aiohttp.ClientError:
        return False


def _forget(store: Any, sender: str) -> None:
    """Delete every event of a conversation from the tracker store."""
    store = getattr(store, "_tracker_store", store)  # Rasa wraps its store to survive failures
    if not isinstance(store, SQLTrackerStore):
        raise TypeError(f"{type(store).__name__} cannot forget a conversation")
    with store.session_scope() as session:
        session.query(store.SQLEvent).filter_by(sender_id=sender).delete()
        session.commit()
