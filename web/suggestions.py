"""`GET /api/v1/suggestions?q=`: published questions that go on as a citizen has begun to type.

What was typed is neither kept nor logged; it is only looked up in memory.
"""

import logging
import threading
from time import monotonic

from flask import Blueprint, Response, current_app, jsonify, request
from flask.blueprints import BlueprintSetupState

from conversations.popular import asked_most
from conversations.screen import for_rasa, normalise
from foundation.clock import local, now
from foundation.database import Database
from knowledge.store import Store
from knowledge.suggestions import Question, Suggestions, questions
from web.limits import suggestions_limit
from web.quick_questions import ASKED_WITHIN

LONGEST = 40  # what is longer tells a story
LOOK_AGAIN_SECONDS = 60.0
log = logging.getLogger(__name__)
api = Blueprint("suggestions", __name__, url_prefix="/api/v1")


class Suggester:
    """Follows what is published: a new index is built aside, and the one before it serves meanwhile."""

    def __init__(self, database: Database, timezone: str) -> None:
        self._database = database
        self._store = Store(database)
        self._timezone = timezone
        self._index = Suggestions([])
        self._built_from: object = None
        self._look_at = 0.0
        self._guard = threading.Lock()

    def find(self, typed: str) -> list[Question]:
        """The best questions at this moment; none before the first index is there."""
        self.look()
        return self._index.find(for_rasa(typed))

    def near(self, text: str) -> list[Question]:
        """Questions that a whole message is near to, by its letters; none before the first index is there."""
        self.look()
        return self._index.near(for_rasa(text))

    def look(self) -> None:
        """Look aside whether something else was published, unless that was done a moment ago."""
        with self._guard:
            due = monotonic() >= self._look_at
            if due:
                self._look_at = monotonic() + LOOK_AGAIN_SECONDS
        if due:
            threading.Thread(target=self._follow, daemon=True, name="suggestions").start()

    def _follow(self) -> None:
        try:
            today = local(now(), self._timezone).date()
            published = self._store.published()
            built_from = (today, [(one.entry.id, one.revision) for one in published])
            if built_from == self._built_from:
                return
            with self._database.reading() as connection:
                asked = asked_most(connection, now() - ASKED_WITHIN)
            self._index, self._built_from = Suggestions(questions(published, asked, today)), built_from
        except Exception:  # suggestions are a help; the page goes on without them
            log.exception("no new suggestions")


@api.record_once
def join(state: BlueprintSetupState) -> None:
    """One index for each application."""
    service = state.app.extensions["wenzheng"]
    state.app.extensions["suggester"] = Suggester(service.database, service.settings.timezone)


@api.get("/suggestions")
@suggestions_limit
def suggestions() -> Response:
    """At most five questions, the best first."""
    typed = normalise(request.args.get("q", "")[: LONGEST + 1])
    suggester: Suggester = current_app.extensions["suggester"]
    found = suggester.find(typed) if len(typed) <= LONGEST else []
    response = jsonify({"suggestions": [question.text for question in found]})
    response.headers["Cache-Control"] = "no-store"
    return response
