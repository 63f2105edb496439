"""Joins the real parts, once in this process."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, cast

from flask import current_app

from conversations.handover.staff import PersonDesk
from conversations.intake import Intake
from conversations.rasa import Rasa
from foundation.audit import Audit
from foundation.controls import Controls
from foundation.database import Database
from foundation.privacy import Vault
from foundation.settings import Settings
from hotline.board import Board
from hotline.callbacks import Callbacks
from hotline.desk import Desk
from hotline.dispatch.suggestion import Dispatcher
from hotline.nearby import NearbyTickets
from hotline.open311.public import PublicRequests
from hotline.open311.reports import Reports
from hotline.pictures.gallery import Gallery
from hotline.pictures.uploads import Uploads
from hotline.ticket import Tickets
from hotline.vectors import Vectors
from web.wechat_line import Line, connected
from wechat import notices


class Suggestion(Protocol):
    """Where a ticket probably belongs: ids, the share of such suggestions that were right, and why, for operators."""

    @property
    def category(self) -> str: ...

    @property
    def department(self) -> str: ...

    @property
    def confidence(self) -> float: ...

    @property
    def reason(self) -> str: ...


@dataclass(frozen=True)
class Parts:
    """What the pages and interfaces work with."""

    settings: Settings
    database: Database
    vault: Vault
    audit: Audit
    controls: Controls
    rasa: Rasa
    intake: Intake
    tickets: Tickets
    desk: Desk
    callbacks: Callbacks
    open311_reports: Reports
    open311_requests: PublicRequests
    uploads: Uploads
    gallery: Gallery
    nearby: NearbyTickets
    board: Board
    wechat: Line | None
    person_desk: PersonDesk
    suggest: Callable[[Any], Suggestion | None] = lambda ticket: None  # of a ticket's row
    similar: Callable[[str], tuple[str, ...]] = lambda text: ()  # numbers of earlier tickets that say about the same


def join(settings: Settings) -> Parts:
    """The parts of one web process."""
    database, vault = Database(settings.database_url), Vault(settings.data_keys)
    rasa = Rasa(settings.rasa_url, settings.rasa_token)
    vectors = Vectors(settings.rasa_url, settings.rasa_token)
    controls, dispatcher = Controls(database, settings), Dispatcher(settings.data_dir / "dispatch", vectors)
    intake = Intake(database, vault, rasa, settings.secret_key, controls)
    uploads = Uploads(database, vault, settings)
    return Parts(
        settings,
        database,
        vault,
        Audit(settings.secret_key),
        controls,
        rasa,
        intake,
        Tickets(database, vault, settings, controls),
        Desk(database, vault, settings),
        Callbacks(database, vault, settings),
        Reports(database, vault, settings, controls),
        PublicRequests(database, settings),
        uploads,
        Gallery(database, vault, settings),
        NearbyTickets(database, vectors),
        Board(database, settings),
        connected(settings, database, vault, intake, uploads, controls),
        PersonDesk(database, vault, Audit(settings.secret_key), controls, notices.pass_on),
        dispatcher.for_ticket,
        dispatcher.similar,
    )


def parts() -> Parts:
    """The parts of the application that is handling this request."""
    return cast(Parts, current_app.extensions["wenzheng"])
