"""Thumbs up and down: for an answer, and under turn 0 for the whole conversation."""

from dataclasses import asdict
from functools import lru_cache
from pathlib import Path

import yaml
from flask import Blueprint, Response, jsonify, request
from pydantic import BaseModel, Extra, Field, StrictBool, validator

from conversations import ratings, record
from conversations.screen import normalise
from web.callers import caller, identified
from web.conversations import asked_turn
from web.errors import failure
from web.limits import messages_limit
from web.parts import parts

api = Blueprint("ratings", __name__, url_prefix="/api/v1/conversations")


class Given(BaseModel):
    """What a citizen thinks, and why."""

    up: StrictBool
    reason: str = ""
    text: str = Field("", max_length=500)

    class Config:
        extra = Extra.forbid

    @validator("reason")
    def _known(cls, value: str) -> str:
        if value and value not in ratings.REASONS:
            raise ValueError("unknown reason")
        return value


@api.post("/<value>/turns/<turn>/rating")
@identified
@messages_limit
def rate(value: str, turn: str) -> Response:
    """Keep what the citizen thinks of one answer, in place of what was said before."""
    number, said = asked_turn(turn), Given.parse_obj(request.get_json())
    with parts().database.writing() as connection:
        conversation = record.find(connection, value, caller())
        rating = ratings.Rating(said.up, said.reason, normalise(said.text))
        ratings.rate(connection, parts().vault, conversation, number, rating)
    return Response(status=204)


@api.get("/<value>/ratings")
@identified
def given(value: str) -> Response:
    """What the citizen thought so far, by turn."""
    with parts().database.reading() as connection:
        conversation = record.find(connection, value, caller())
        found = {turn: asdict(rating) for turn, rating in ratings.given(connection, conversation).items()}
        return jsonify({"ratings": parts().intake.show(connection, conversation, found)})


@api.errorhandler(ratings.UnknownTurn)
def unknown_turn(error: ratings.UnknownTurn) -> Response:
    """There is no such answer to rate."""
    return failure(404, "unknown_turn", "没有这条答复，评价没有存下。")


@lru_cache(maxsize=1)
def labels() -> dict[str, str]:
    """What the page calls each reason."""
    content: dict[str, str] = yaml.safe_load((Path(__file__).parent / "ratings.yml").read_text("utf-8"))
    return content
