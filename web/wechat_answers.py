"""What a message from WeChat is answered with: mostly a turn of the conversation."""

import logging
from collections.abc import Callable
from typing import Any

from conversations.intake import EmptyMessage, Incoming, Intake
from conversations.record import Caller
from conversations.screen import normalise
from foundation.clock import local, now
from foundation.controls import Controls
from foundation.database import Database
from foundation.settings import Settings
from hotline.access import keyed_digest, source_of_user
from hotline.pictures.image import MOST_BYTES
from hotline.pictures.refusals import PictureRefused
from hotline.pictures.uploads import Uploads
from web import metrics
from wechat import grants, menu, pushes, users
from wechat.choices import chosen
from wechat.errors import PlatformDown, PlatformRefused
from wechat.inbox import Answer
from wechat.message import Message
from wechat.notices import announce
from wechat.platform import Platform
from wechat.words import says, words

CHANNEL, EMERGENCY = "wechat", "emergency"
LABEL_LENGTH = 200
GRANT_EVENTS = ("subscribe_msg_popup_event", "subscribe_msg_change_event", "subscribe_msg_sent_event")
log = logging.getLogger(__name__)
Meaning = Callable[[Message, Any], Answer]


class Answers:
    """Answers one message after the other; several at once for different citizens."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        intake: Intake,
        uploads: Uploads,
        platform: Platform,
        controls: Controls,
    ) -> None:
        self._key, self._timezone = settings.secret_key, settings.timezone
        self._controls = controls
        self._database = database
        self._intake = intake
        self._uploads = uploads
        self._platform = platform
        self._kinds: dict[str, Meaning] = {
            "text": self._text,
            "voice": self._voice,
            "image": self._image,
            "location": self._location,
            "link": self._link,
        }
        self._events: dict[str, Meaning] = {
            "click": self._click,
            "subscribe": self._greet,
            "scan": self._greet,
            "unsubscribe": self._left,
            **{event: self._granted for event in GRANT_EVENTS},
        }

    def concerns(self, message: Message) -> bool:
        """False for events that nothing follows from, such as a page opened from the menu."""
        return not message.is_event or message.event in self._events

    def answer(self, message: Message, citizen: str) -> Answer:
        """The answer, whatever happens."""
        try:
            with self._database.reading() as connection:
                user = users.one(connection, citizen)
            known = self._events.get(message.event) if message.is_event else self._kinds.get(message.kind)
            return (known or self._unknown)(message, user)
        except EmptyMessage:
            return Answer(words=words().empty)
        except Exception:
            log.exception("a %s from WeChat could not be answered", message.event or message.kind)
            return Answer(words=words().failed)

    def _text(self, message: Message, user: Any) -> Answer:
        text = normalise(message.field("Content"))
        if text == normalise(words().not_shown):
            return Answer(words=words().unknown)
        return self._said(message, user, text)

    def _voice(self, message: Message, user: Any) -> Answer:
        heard = normalise(message.field("Recognition"))
        return self._said(message, user, heard) if heard else Answer(words=words().voice)

    def _said(self, message: Message, user: Any, text: str) -> Answer:
        """What was written or spoken: an order of this channel, the number of a choice, or a turn."""
        if user.more and says(words().asks_more, text):
            return Answer(is_more=True)
        for wanted, pattern in ((False, words().asks_notices_off), (True, words().asks_notices_on)):
            if says(pattern, text):
                return self._notices(user, wanted)
        choice = chosen(text, user.offered)
        if choice:
            return self._take(message, user, text=choice["title"], payload=choice["payload"])
        return self._take(message, user, text=text)

    def _image(self, message: Message, user: Any) -> Answer:
        try:
            data = self._platform.file(message.field("MediaId"), MOST_BYTES)
            name = self._uploads.take_in(data, self._uploader(message), consent=False)
        except PictureRefused as refused:
            return Answer(words=refused.message)
        except (PlatformDown, PlatformRefused) as error:
            log.warning("WeChat: a picture could not be fetched: %s", error)
            return Answer(words=words().picture_lost)
        return self._take(message, user, attachments=(name,))

    def _location(self, message: Message, user: Any) -> Answer:
        label = normalise(message.field("Label"))[:LABEL_LENGTH]
        try:
            latitude, longitude = float(message.field("Location_X")), float(message.field("Location_Y"))
        except ValueError:
            return self._take(message, user, text=label)
        if not (abs(latitude) <= 90 and abs(longitude) <= 180):  # also not a number
            return self._take(message, user, text=label)
        label = label or words().place.format(latitude=latitude, longitude=longitude)
        return self._take(message, user, location={"latitude": latitude, "longitude": longitude, "label": label})

    def _link(self, message: Message, user: Any) -> Answer:
        return self._take(message, user, text=message.field("Title") or message.field("Description"))

    def _click(self, message: Message, user: Any) -> Answer:
        entry = menu.entry_of(message.field("EventKey"))
        if entry is None:
            return Answer(words=words().greeting)
        return self._take(message, user, text=entry["says"], payload=entry.get("payload", ""), is_ours=True)

    def _greet(self, message: Message, user: Any) -> Answer:
        return Answer(words=words().greeting)

    def _unknown(self, message: Message, user: Any) -> Answer:
        return Answer(words=words().unknown)

    def _left(self, message: Message, user: Any) -> Answer:
        with self._database.writing() as connection:
            users.lock(connection, user.citizen)
            users.left(connection, user.citizen)
            grants.drop(connection, user.citizen)
            pushes.left(connection, user.citizen)
        return Answer()

    def _granted(self, message: Message, user: Any) -> Answer:
        with self._database.writing() as connection:
            users.lock(connection, user.citizen)
            for lost in grants.heard(connection, user.citizen, message):
                pushes.settle(connection, lost, "kept", "not delivered")
        return Answer()

    def _notices(self, user: Any, wanted: bool) -> Answer:
        with self._database.writing() as connection:
            users.lock(connection, user.citizen)
            users.change(connection, user.citizen, wants_notices=wanted)
            if not wanted:
                pushes.drop_notices(connection, user.citizen)
        return Answer(words=words().notices_on if wanted else words().notices_off)

    def _take(self, message: Message, user: Any, **what: Any) -> Answer:
        what |= {"uploader": self._uploader(message), "source": source_of_user(self._key, CHANNEL, message.openid)}
        incoming = Incoming(None, message.key, within=user.conversation, **what)
        with metrics.turn_seconds.time():
            turn = self._intake.take(incoming, Caller(CHANNEL, message.openid))
        metrics.turns.labels(turn.outcome).inc()
        told = self._controls.notices()
        if told and turn.outcome != EMERGENCY:  # there the numbers come first
            with self._database.writing() as connection:
                announce(connection, user.citizen, told, local(now(), self._timezone).date())
        return Answer(turn=turn.turn)

    def _uploader(self, message: Message) -> str:
        return keyed_digest(self._key, f"uploader\0wechat\0{message.openid}")
