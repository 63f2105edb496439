"""Brings messages to the product's callback address: five seconds, up to three tries, the same MsgId."""

import random
import secrets
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import requests

from simulator.wechat import xml
from simulator.wechat.account import Account
from simulator.wechat.chat import FAULT, PASSIVE, Chat
from simulator.wechat.crypto import signature
from simulator.wechat.letters import Letter
from simulator.wechat.replies import Asked, BadReply, read_reply
from simulator.wechat.switches import Switches

TRIES = 3
BROKEN_SECONDS = 0.05  # when a connection breaks off that is to break off
FAULT_WORDS = "该公众号提供的服务出现故障，请稍后再试"
SETTLED = ("reply", "repeat", "nothing")  # outcomes after which there is no further try
Row = dict[str, Any]


@dataclass(frozen=True)
class Parcel:
    """One letter on its way; `key` is the MsgId, or an event's user and time."""

    openid: str
    fields: Row
    key: str
    mode: str


class Courier:
    """Sends letters of users, keeps every try, and shows the first reply to each."""

    def __init__(self, account: Account, chat: Chat) -> None:
        self._account = account
        self._chat = chat
        self._lock = threading.Lock()
        self._last_id = 0

    def parcel(self, openid: str, letter: Letter, mode: str, switches: Switches) -> Parcel:
        """The letter with its names, time and id."""
        created = int(time.time() + switches.wrong_clock_seconds)
        names = {"ToUserName": self._account.original_id, "FromUserName": openid, "CreateTime": created}
        if letter.is_event:
            return Parcel(openid, names | letter.fields, f"{openid} {created} {secrets.token_hex(3)}", mode)
        number = self._next_id()
        return Parcel(openid, names | letter.fields | {"MsgId": number}, str(number), mode)

    def bring(self, parcel: Parcel, switches: Switches, copies: int = 1) -> str:
        """How it ended: reply, nothing, or fault. Each try sends as many copies at once as asked for."""
        lost = random.random() < switches.lost_share
        for number in range(1, TRIES + 1):
            outcomes = self._round(parcel, switches, number, copies, broken=lost and number == 1)
            settled = [outcome for outcome in outcomes if outcome in SETTLED]
            if settled:
                return "reply" if set(settled) & {"reply", "repeat"} else "nothing"
            if "bad" in outcomes:
                break
        if parcel.fields.get("Event") != "subscribe_msg_sent_event":  # which is no act of the user
            self._chat.add(parcel.openid, FAULT, {"type": "fault", "text": FAULT_WORDS})
        return "fault"

    def shake_hands(self) -> bool:
        """Whether the product proves that it knows the token."""
        echo = secrets.token_hex(10)
        query = self._signed(0) | {"echostr": echo}
        try:
            answer = _session().get(self._account.callback_url, params=query, timeout=5)
        except requests.RequestException:
            return False
        return answer.ok and answer.text == echo

    def _round(self, parcel: Parcel, switches: Switches, number: int, copies: int, broken: bool) -> list[str]:
        if copies == 1:
            return [self._try(parcel, switches, number, broken)]
        with ThreadPoolExecutor(copies) as pool:
            return list(pool.map(lambda _: self._try(parcel, switches, number, broken), range(copies)))

    def _try(self, parcel: Parcel, switches: Switches, number: int, broken: bool) -> str:
        started = time.monotonic()
        ended = self._ask(parcel, switches, broken)
        self._chat.note_try(parcel.key, parcel.openid, number, time.monotonic() - started, ended)
        return str(ended["outcome"])

    def _ask(self, parcel: Parcel, switches: Switches, broken: bool) -> Row:
        query, body = self._letter(parcel, switches)
        seconds = BROKEN_SECONDS if broken else switches.reply_seconds
        try:
            answer = _session().post(
                self._account.callback_url,
                params=query,
                data=body.encode(),
                headers={"Content-Type": "text/xml", "User-Agent": "Mozilla/4.0"},
                timeout=(switches.reply_seconds, seconds),
                allow_redirects=False,
            )
        except requests.RequestException as error:
            late = isinstance(error, requests.ReadTimeout)
            return _ended(0, "lost" if broken else "late" if late else "unreached", str(error))
        if broken:
            return _ended(answer.status_code, "lost", answer.text)
        if answer.status_code != 200:
            return _ended(answer.status_code, "refused", answer.text)
        return self._read(parcel, answer)

    def _read(self, parcel: Parcel, answer: requests.Response) -> Row:
        text = answer.content.decode("utf-8", "replace")
        try:
            reply = read_reply(self._account, Asked(parcel.openid, parcel.mode), answer.content)
        except BadReply as error:
            return _ended(200, "bad", f"{error}\n{text}")
        if reply is None:
            return _ended(200, "nothing", text)
        # The platform takes one reply to a message; whatever comes for the same message later is not shown.
        first = self._chat.add(parcel.openid, PASSIVE, reply, answers=parcel.key)
        return _ended(200, "reply" if first else "repeat", reply["text"])

    def _letter(self, parcel: Parcel, switches: Switches) -> tuple[Row, str]:
        """The query and the body of one request."""
        query = self._signed(switches.wrong_clock_seconds) | {"openid": parcel.openid}
        plain = xml.write(parcel.fields)
        if parcel.mode == "plain":
            return query, plain
        sealed = self._account.cipher.seal(plain)
        sign = signature(self._account.token, query["timestamp"], query["nonce"], sealed)
        beside = parcel.fields if parcel.mode == "compatible" else {"ToUserName": self._account.original_id}
        return query | {"encrypt_type": "aes", "msg_signature": sign}, xml.write({**beside, "Encrypt": sealed})

    def _signed(self, wrong_by: float) -> dict[str, str]:
        timestamp, nonce = str(int(time.time() + wrong_by)), str(random.randrange(10**8, 10**9))
        sign = signature(self._account.token, timestamp, nonce)
        return {"signature": sign, "timestamp": timestamp, "nonce": nonce}

    def _next_id(self) -> int:
        with self._lock:
            self._last_id = max(self._last_id + 1, time.time_ns())
            return self._last_id


def _session() -> requests.Session:
    """A connection of its own, past whatever proxy the environment names."""
    session = requests.Session()
    session.trust_env = False
    return session


def _ended(status: int, outcome: str, answer: str) -> Row:
    return {"status": status, "outcome": outcome, "answer": answer}
