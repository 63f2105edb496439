"""One running platform: its account, its people, and what they do to each other."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from simulator.database import File
from simulator.wechat.account import Account
from simulator.wechat.chat import NOTICE, PUSH, SENT, Chat
from simulator.wechat.clock import Clock
from simulator.wechat.courier import Courier
from simulator.wechat.errors import Refused
from simulator.wechat.letters import Letter, letter_of, sent_letter
from simulator.wechat.media import Media
from simulator.wechat.menu import Menu
from simulator.wechat.switches import Switches
from simulator.wechat.tokens import Tokens
from simulator.wechat.users import Users

MESSAGES_UNDER_WAY = 100
Row = dict[str, Any]


class Platform:
    """The parts, and the three things that happen: a user acts, the account pushes, the account notifies."""

    def __init__(self, account: Account, file: File) -> None:
        self.account = account
        self.switches = Switches()
        self.clock = Clock()
        self.users = Users(file, self.clock)
        self.tokens = Tokens(file, self.clock)
        self.media = Media(file, self.clock)
        self.chat = Chat(file, self.clock)
        self.menu = Menu(file)
        self.file = file
        self._courier = Courier(account, self.chat)
        self._pool: ThreadPoolExecutor | None = None
        self._lock = threading.Lock()

    @property
    def mode(self) -> str:
        """How messages are sent at the moment."""
        return self.switches.mode or ("safe" if self.account.aes_key else "plain")

    def act(self, openid: str, wanted: Row, wait: bool = True) -> Row:
        """A user writes, clicks, scans, follows or leaves; returns the message's key and, if waited for, its end.

        Raises ValueError for an act that does not exist or needs the user to follow first.
        """
        self.account.check()
        user, letter = self.users.one(openid), letter_of(wanted)
        copies = wanted.get("copies") or (3 if random.random() < self.switches.triple_share else 1)
        if not user["followed"] and letter.fields.get("Event") != "subscribe":
            raise ValueError("only who follows the account can write to it")
        if not isinstance(copies, int) or not 1 <= copies <= 10:
            raise ValueError("copies is between 1 and 10")
        parcel = self._courier.parcel(openid, letter, self.mode, self.switches)
        self.chat.add(openid, SENT, letter.shown | {"key": parcel.key})
        self._count(openid, letter)
        if not wait:
            self._background().submit(self._courier.bring, parcel, self.switches, copies)
            return {"key": parcel.key}
        return {"key": parcel.key, "ended": self._courier.bring(parcel, self.switches, copies)}

    def push(self, openid: str, body: Row) -> None:
        """The account writes on its own; raises Refused without right or allowance."""
        self._needs_right()
        self.users.spend(openid)
        self.chat.add(openid, PUSH, body)

    def notify(self, openid: str, template: str, body: Row) -> None:
        """The account sends a subscription message, and is told what became of it; raises Refused without grant."""
        self._needs_right()
        self.users.spend_grant(openid, template)
        error = self.switches.notice_error
        if not error:
            self.chat.add(openid, NOTICE, body)
        report = self._courier.parcel(openid, sent_letter(template, error), self.mode, self.switches)
        self._background().submit(self._courier.bring, report, self.switches)

    def shake_hands(self) -> bool:
        """Whether the callback address answers the handshake."""
        self.account.check()
        return self._courier.shake_hands()

    def _needs_right(self) -> None:
        if not self.switches.may_push:
            raise Refused(48001)

    def _count(self, openid: str, letter: Letter) -> None:
        """What the act changes before the product hears of it."""
        event = letter.fields.get("Event")
        if event in ("subscribe", "unsubscribe"):
            self.users.follow(openid, event == "subscribe")
        if letter.earns == "said":
            self.users.said(openid)
        elif letter.earns == "acted":
            self.users.acted(openid)
        if event == "subscribe_msg_change_event":
            for one in letter.fields["SubscribeMsgChangeEvent"]["List"]:
                self.users.refuse(openid, one["TemplateId"])
        if event == "subscribe_msg_popup_event":
            for one in letter.fields["SubscribeMsgPopupEvent"]["List"]:
                if one["SubscribeStatusString"] == "accept":
                    self.users.grant(openid, one["TemplateId"])

    def _background(self) -> ThreadPoolExecutor:
        with self._lock:
            self._pool = self._pool or ThreadPoolExecutor(MESSAGES_UNDER_WAY)
            return self._pool
