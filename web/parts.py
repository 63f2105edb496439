"""Joins the real parts, once in this process."""

from dataclasses import dataclass
from typing import cast

from flask import current_app

from conversations.intake import Intake
from conversations.rasa import Rasa
from foundation.database import Database
from foundation.privacy import Vault
from foundation.settings import Settings
from hotline.callbacks import Callbacks
from hotline.ticket import Tickets


@dataclass(frozen=True)
class Parts:
    """What the pages and interfaces work with."""

    settings: Settings
    database: Database
    vault: Vault
    rasa: Rasa
    intake: Intake
    tickets: Tickets
    callbacks: Callbacks


def join(settings: Settings) -> Parts:
    """The parts of one web process."""
    database, vault = Database(settings.database_url), Vault(settings.data_keys)
    rasa = Rasa(settings.rasa_url, settings.rasa_token)
    return Parts(
        settings,
        database,
        vault,
        rasa,
        Intake(database, vault, rasa, settings.secret_key),
        Tickets(database, vault, settings),
        Callbacks(database, vault, settings),
    )


def parts() -> Parts:
    """The parts of the application that is handling this request."""
    return cast(Parts, current_app.extensions["wenzheng"])
