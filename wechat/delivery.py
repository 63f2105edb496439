"""Which way an answer goes: back with a request, pushed, or kept for what the citizen hears next. Only one.

Every decision is one transaction that holds the citizen's row.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from foundation.database import Database
from foundation.privacy import Vault
from wechat import grants, inbox, pushes, quota, users
from wechat.errors import NO_GRANT, PlatformRefused
from wechat.rendering import Piece, cut, joined, piece_of
from wechat.users import Choice
from wechat.words import words

QUESTION_LENGTH = 20
GRANT = "grant"
BESIDES = (pushes.NOTICE, pushes.PERSON)  # what no message asked for: the citizen still reads the answer before it
EMERGENCY = "utter_emergency_"  # how the responses are called that tell the numbers in danger


@dataclass(frozen=True)
class Told:
    """A turn as its citizen may see it: what they said, when, and the replies."""

    question: str = ""
    at: datetime | None = None
    replies: list[dict[str, Any]] = field(default_factory=list)


# question, moment and replies of a turn of a conversation; empty where it is no more
Read = Callable[[Connection, str, int], tuple[str, datetime | None, list[dict[str, Any]]]]


@dataclass(frozen=True)
class Outgoing:
    """A push that goes out now: as a text, or, where a grant is spent on it, as the news of a ticket."""

    id: int
    openid: str
    way: str
    text: str
    news: Told
    offered: list[Choice]
    more: str


@dataclass(frozen=True)
class Passive:
    """A reply for a request, and what the citizen had still to hear before and after it, sealed."""

    text: str
    more_before: str | None
    more_after: str | None


class Delivery:
    """Decides, writes the decision down, and composes what is sent."""

    def __init__(self, database: Database, vault: Vault, read: Read, template: str = "") -> None:
        """`template` names the subscription messages for news of tickets."""
        self._database = database
        self._vault = vault
        self._read = read
        self._template = template

    def passive(self, identifier: int, citizen: str, request: int) -> Passive | None:
        """The reply for a request, led by what was kept; None when another request or the pushes have it."""
        with self._database.writing() as connection:
            user = users.lock(connection, citizen)
            row = inbox.take_ready(connection, identifier, request)
            if row is None:
                return None
            carried = self._carried(connection, row, f"m{identifier}")
            text, offered, more = self._composed(connection, user, carried, row)
            rest = self._show(connection, user, row, offered, more)
            inbox.keep_sent(connection, identifier, self._vault.seal(connection, users.owner(user.conversation), text))
            return Passive(text, user.more, rest)

    def take_back(self, identifier: int, citizen: str, request: int, passive: Passive) -> None:
        """Nobody waited for that reply: the next request, or else a push, brings it and what was kept."""
        with self._database.writing() as connection:
            user = users.lock(connection, citizen)
            if not inbox.take_back(connection, identifier, request):
                return
            pushes.put_back(connection, f"m{identifier}")
            if user.conversation and user.more == passive.more_after:  # neither erased nor shown anything since
                users.change(connection, citizen, more=passive.more_before)

    def again(self, row: Any) -> str:
        """The reply that an earlier request of the same message was given; the platform takes one reply only."""
        with self._database.reading() as connection:
            user = users.one(connection, row.citizen)
            return self._unsealed(connection, user, row.sent)

    def outgoing(self, claimed: Any, owner: str) -> Outgoing | None:
        """How a claimed push goes out; None when it must be kept, or is done."""
        with self._database.writing() as connection:
            user = users.lock(connection, claimed.citizen)
            push = pushes.mine(connection, claimed, owner)
            if push is None:
                return None
            openid, way = users.openid_of(connection, self._vault, user), ""
            if openid:
                way = self._way(connection, user, push)
            if not way:
                pushes.settle(connection, push.id, "kept", push.code)
                return None
            pushes.set_way(connection, push.id, way)
            return self._ready(connection, user, push, openid, way)

    def arrived(self, push: Any, out: Outgoing, message_id: str = "") -> None:
        """The platform took it."""
        with self._database.writing() as connection:
            user = users.lock(connection, push.citizen)
            pushes.settle(connection, push.id, "sent")
            if out.way == GRANT:
                grants.sent(connection, push.id, message_id)
            elif push.kind in BESIDES:
                self._show_besides(connection, user, push, out)
            else:
                self._show(connection, user, push, out.offered, out.more)

    def failed(self, push: Any, out: Outgoing, error: Exception) -> None:
        """It did not go out: it is tried again, or kept."""
        refused = error if isinstance(error, PlatformRefused) else None
        code = str(refused.code) if refused else str(error)[:40]
        with self._database.writing() as connection:
            users.lock(connection, push.citizen)
            self._undo(connection, push, out, refused.code if refused else 0)
            if refused is None or refused.is_passing or refused.code == NO_GRANT:
                pushes.retry(connection, push, code)
            else:
                pushes.settle(connection, push.id, "kept", code)

    def _way(self, connection: Connection, user: Any, push: Any) -> str:
        """What a push uses up: an answer or a person's words one of the quota; news a grant, or one but the last."""
        if push.kind != pushes.NOTICE:
            return quota.take(connection, user)
        is_news = any(reply["type"] == "ticket" for reply in self._told(connection, push).replies)
        if is_news and grants.spend(connection, user.citizen, self._template, push.id):
            return GRANT
        return quota.take(connection, user, leaving=1)

    def _ready(self, connection: Connection, user: Any, push: Any, openid: str, way: str) -> Outgoing | None:
        if way == GRANT:
            return Outgoing(push.id, openid, way, "", self._told(connection, push), [], "")
        carried = self._carried(connection, push, f"p{push.id}")
        text, offered, more = self._composed(connection, user, carried, push)
        if not text:  # its conversation was erased, or a person has it and has not answered yet
            quota.give_back(connection, push.citizen, way, 0)
            pushes.settle(connection, push.id, "dropped")
            return None
        return Outgoing(push.id, openid, way, text, Told(), offered, more)

    def _undo(self, connection: Connection, push: Any, out: Outgoing, code: int) -> None:
        pushes.put_back(connection, f"p{push.id}")
        if out.way != GRANT:
            quota.give_back(connection, push.citizen, out.way, code)
        elif code == NO_GRANT:
            grants.give_back(connection, push.id)
            grants.drop(connection, push.citizen, self._template)
        elif code:
            grants.give_back(connection, push.id)

    def _carried(self, connection: Connection, own: Any, carrier: str) -> list[Any]:
        """What was kept and goes along; with the numbers in danger nothing does, and kept ones come first."""
        if self._is_emergency(connection, own):
            return []
        rows = pushes.carry(connection, own.citizen, carrier)
        return sorted(rows, key=lambda row: not self._is_emergency(connection, row))

    def _is_emergency(self, connection: Connection, row: Any) -> bool:
        origins = (reply.get("origin") or {} for reply in self._told(connection, row).replies)
        return any(str(origin.get("id")).startswith(EMERGENCY) for origin in origins)

    def _composed(
        self, connection: Connection, user: Any, carried: list[Any], own: Any
    ) -> tuple[str, list[Choice], str]:
        """What goes into one message, the choices in it, and the rest."""
        kept = [piece for row in carried for piece in self._kept(connection, user, row)]
        text, offered = joined([*kept, *self._pieces(connection, user, own)])
        first, more = cut(text)
        return first, offered, more

    def _kept(self, connection: Connection, user: Any, row: Any) -> Iterator[Piece]:
        """What was kept, after the question that it answers."""
        pieces = self._pieces(connection, user, row)
        if pieces and row.kind == pushes.ANSWER:
            question = self._told(connection, row).question.replace("\n", " ")
            shown = question if len(question) <= QUESTION_LENGTH else question[:QUESTION_LENGTH] + "…"
            yield Piece(words().kept.format(question=shown) if shown else words().kept_plain)
        yield from pieces

    def _pieces(self, connection: Connection, user: Any, row: Any) -> list[Piece]:
        if row.is_more:
            rest = self._unsealed(connection, user, user.more)
            return [Piece(rest or words().no_more)]
        if row.words:
            return [Piece(row.words)]
        return [piece_of(reply) for reply in self._told(connection, row).replies]

    def _show(self, connection: Connection, user: Any, row: Any, offered: list[Choice], more: str) -> str | None:
        """Keep what the citizen sees now, so that a number and 更多 are understood; gives the rest, sealed."""
        sealed = self._sealed(connection, user, more)
        seen = {} if row.is_more and not offered else {"offered": offered}
        users.change(connection, user.citizen, more=sealed, **seen)
        return sealed

    def _show_besides(self, connection: Connection, user: Any, push: Any, out: Outgoing) -> None:
        """The same for what nobody asked for: 更多 and a number mean the answer before it, unless it brings its own.

        What a person asks may be answered with a number, which then presses no button any more.
        """
        seen: dict[str, Any] = {"more": self._sealed(connection, user, out.more)} if out.more else {}
        if out.offered or push.kind == pushes.PERSON:
            seen["offered"] = out.offered
        if seen:
            users.change(connection, user.citizen, **seen)

    def _sealed(self, connection: Connection, user: Any, more: str) -> str | None:
        return self._vault.seal(connection, users.owner(user.conversation), more) if more else None

    def _told(self, connection: Connection, row: Any) -> Told:
        return Told() if row.turn is None else Told(*self._read(connection, row.conversation, row.turn))

    def _unsealed(self, connection: Connection, user: Any, sealed: str | None) -> str:
        try:
            return self._vault.unseal(connection, users.owner(user.conversation), sealed) if sealed else ""
        except KeyError:  # erased
            return ""
