"""The OpenAPI description of everything under /api/v1, made from the models that the code reads messages with."""

from typing import Any

from pydantic import BaseModel

from web.conversations import A_PAGE
from web.ratings import Given
from web.schema import Answer, Failure, Message, Messages, Ratings, Suggestions, Upload, Uploaded

PREFIX = "#/components/schemas/"
CONVERSATION = "/api/v1/conversations/{value}"
VALUE = {"name": "value", "in": "path", "required": True, "schema": {"type": "string"}}
TURN = {"name": "turn", "in": "path", "required": True, "schema": {"type": "integer"}}
AFTER = {"name": "after", "in": "query", "schema": {"type": "integer", "default": 0}}
BEFORE = {
    "name": "before",
    "in": "query",
    "description": "gives the last turns before this one instead",
    "schema": {"type": "integer"},
}
LIMIT = {
    "name": "limit",
    "in": "query",
    "description": "how many turns at most; read on from the last one that came, until nothing comes",
    "schema": {"type": "integer", "minimum": 1, "maximum": A_PAGE, "default": A_PAGE},
}
PICTURE = {"name": "name", "in": "path", "required": True, "schema": {"type": "string"}}
TYPED = {"name": "q", "in": "query", "description": "what was typed so far", "schema": {"type": "string"}}
JSON, FORM = "application/json", "multipart/form-data"
Part = dict[str, Any]


def openapi(site: str) -> Part:
    """The whole description."""
    models = (Message, Answer, Messages, Upload, Uploaded, Given, Ratings, Suggestions, Failure)
    return {
        "openapi": "3.0.3",
        "info": {"title": "wenzheng messages", "version": "1"},
        "servers": [{"url": site}],
        "paths": _of_messages() | _of_conversations() | _of_ratings(),
        "components": {
            "schemas": _schemas(*models),
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


def _of_messages() -> Part:
    turn, taken_in = _described("the turn", Answer), _described("taken in", Uploaded)
    found = _described("questions", Suggestions)
    described = {"200": {"description": "this description", **_empty(JSON)}}
    return {
        "/api/v1/messages": {"post": _body(_act("Send one message", {"200": turn}), Message)},
        "/api/v1/uploads": {
            "post": _body(
                _act("Send one picture, to name it in a message", {"201": taken_in}, refusals=(413, 415, 503)),
                Upload,
                FORM,
            )
        },
        "/api/v1/suggestions": {
            "get": {
                "summary": "Published questions that go on as typed",
                "parameters": [TYPED],
                "responses": {"200": found, **_refusals(429)},
            }
        },
        "/api/v1/openapi.json": {"get": {"summary": "This description", "responses": described}},
    }


def _of_conversations() -> Part:
    events = {"description": "events", **_empty("text/event-stream")}
    text = {"description": "the text", **_empty("text/plain")}
    small = {"description": "the picture", **_empty("image/jpeg")}
    erased, ended = {"description": "erased"}, {"description": "ended"}
    return {
        f"{CONVERSATION}/messages": {
            "get": _act(
                "The messages of the first turns after one, or of the last before one",
                {"200": _described("messages", Messages)},
                VALUE,
                AFTER,
                BEFORE,
                LIMIT,
            )
        },
        f"{CONVERSATION}/stream": {
            "get": _act(
                "The same messages as server-sent events, each as it comes; the id is the turn",
                {"200": events},
                VALUE,
                AFTER,
            )
        },
        f"{CONVERSATION}/pictures/{{name}}": {
            "get": _act("A picture that was sent in the conversation, small", {"200": small}, VALUE, PICTURE)
        },
        f"{CONVERSATION}/text": {"get": _act("The whole conversation as a text file", {"200": text}, VALUE)},
        f"{CONVERSATION}/end": {"post": _act("Leave a conversation; it is kept", {"204": ended}, VALUE)},
        CONVERSATION: {"delete": _act("Erase a conversation", {"204": erased}, VALUE)},
    }


def _of_ratings() -> Part:
    kept = {"description": "kept, in place of an earlier one"}
    return {
        f"{CONVERSATION}/ratings": {
            "get": _act("What the citizen thought so far", {"200": _described("by turn", Ratings)}, VALUE)
        },
        f"{CONVERSATION}/turns/{{turn}}/rating": {
            "post": _body(_act("Rate an answer, or under turn 0 the conversation", {"204": kept}, VALUE, TURN), Given)
        },
    }


def _act(summary: str, good: Part, *parameters: Part, refusals: tuple[int, ...] = ()) -> Part:
    """An operation for citizens, and for other channels with their key."""
    return {
        "summary": summary,
        "security": [{}, {"key": []}],
        **({"parameters": list(parameters)} if parameters else {}),
        "responses": {**good, **_refusals(400, 401, 404, 429, *refusals)},
    }


def _body(operation: Part, model: type[BaseModel], kind: str = JSON) -> Part:
    return operation | {"requestBody": {"required": True, **_content(model, kind)}}


def _refusals(*statuses: int) -> Part:
    return {str(status): _described("refused", Failure) for status in statuses}


def _described(description: str, model: type[BaseModel]) -> Part:
    return {"description": description, **_content(model)}


def _content(model: type[BaseModel], kind: str = JSON) -> Part:
    return {"content": {kind: {"schema": {"$ref": PREFIX + model.__name__}}}}


def _empty(kind: str) -> Part:
    return {"content": {kind: {}}}


def _schemas(*models: type[BaseModel]) -> Part:
    found: Part = {}
    for model in models:
        schema = dict(model.schema(ref_template=PREFIX + "{model}"))  # a copy: pydantic gives the same one each time
        found |= schema.pop("definitions", {})
        found[model.__name__] = schema
    return found
