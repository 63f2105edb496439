"""Joins the official account's parts, once in this process."""

from dataclasses import dataclass
from functools import partial

from conversations.intake import Intake
from conversations.showing import turn_shown
from foundation.controls import Controls
from foundation.database import Database
from foundation.privacy import Vault
from foundation.settings import Settings
from hotline.pictures.uploads import Uploads
from web.wechat_answers import Answers
from web.wechat_channel import Channel
from wechat.delivery import Delivery
from wechat.gate import Gate
from wechat.inbox import Inbox
from wechat.platform import Platform


@dataclass(frozen=True)
class Line:
    """The connected account."""

    gate: Gate
    channel: Channel
    platform: Platform


def connected(
    settings: Settings, database: Database, vault: Vault, intake: Intake, uploads: Uploads, controls: Controls
) -> Line | None:
    """The account of the settings, or None where there is none."""
    if not settings.has_wechat:
        return None
    platform = Platform(database, vault, settings)
    delivery = Delivery(database, vault, partial(turn_shown, vault))
    answers = Answers(settings, database, intake, uploads, platform, controls)
    return Line(Gate(settings), Channel(settings, Inbox(database, vault), delivery, answers), platform)
