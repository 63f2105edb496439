"""What every page of the content desk needs."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import yaml
from flask import current_app, g
from flask.blueprints import BlueprintSetupState
from sqlalchemy.engine import Connection

from foundation.audit import Facts
from foundation.clock import local, now
from hotline.staff_words import moment
from hotline.vectors import Vectors
from knowledge.drafts import Draft, Drafts
from knowledge.listing import Listing
from knowledge.local import LocalValues
from knowledge.store import FILES, Store
from staff import accounts
from web.parts import parts

if TYPE_CHECKING:
    from knowledge.snapshot import SnapshotReader
    from knowledge.trial import Trial


class ContentDesk:
    """The parts that the pages share, one for each application; what is large is loaded when it is first needed."""

    def __init__(self, state: BlueprintSetupState) -> None:
        service = state.app.extensions["wenzheng"]
        self._settings = service.settings
        self.drafts, self.store = Drafts(service.database), Store(service.database)
        self.listing = Listing()
        self.local = LocalValues(self._settings.city)
        self._vectors = Vectors(self._settings.rasa_url, self._settings.rasa_token)
        self._reader: SnapshotReader | None = None
        self._trial: Trial | None = None

    def trial(self) -> "Trial":
        """The snapshot that serves, to be asked. Raises FileNotFoundError where there is none yet."""
        from knowledge.snapshot import SnapshotReader  # searching takes seconds to load, and few pages need it
        from knowledge.trial import Trial

        self._reader = self._reader or SnapshotReader(self._settings.data_dir / "snapshots")
        snapshot = self._reader.snapshot
        if self._trial is None or self._trial.snapshot.name != snapshot.name:
            self._trial = Trial(snapshot, lambda texts, searched: self._vectors(texts, searched=searched))
        return self._trial


def join(state: BlueprintSetupState) -> None:
    """Join the shared parts to an application."""
    state.app.extensions["content_desk"] = ContentDesk(state)


def desk() -> ContentDesk:
    """The shared parts of the application that is handling this request."""
    return cast(ContentDesk, current_app.extensions["content_desk"])


def note(connection: Connection, act: str, subject: str, facts: Facts | None = None) -> None:
    """Write an act of the signed-in member of staff into the trace."""
    parts().audit.note(connection, g.staff.name, f"content.{act}", subject, facts)


def note_draft(connection: Connection, act: str, draft: Draft, facts: Facts | None = None) -> None:
    """The same for an act on a draft; it stands under the entry, where all that was done with one is found."""
    note(connection, act, f"entry:{draft.entry}", {"draft": f"{draft.id}@{draft.version}", **(facts or {})})


def people() -> dict[str, str]:
    """The names of those who write and publish, by account."""
    with parts().database.reading() as connection:
        return {one.name: one.label for one in accounts.everyone(connection)} | {FILES: "随产品来的"}


def today() -> date:
    """The day on the clocks of the city."""
    return local(now(), parts().settings.timezone).date()


def when(at: datetime | None) -> str:
    """A moment on the clocks of the city."""
    return moment(at, parts().settings.timezone) if at else ""


@cache
def words() -> Mapping[str, Any]:
    """The words of words.yml."""
    content: Mapping[str, Any] = yaml.safe_load((Path(__file__).parent / "words.yml").read_text(encoding="utf-8"))
    return content


def problem(name: str, /, **values: object) -> str:
    """What cannot be done, in words."""
    return str(words()["problems"][name].format(**values))
