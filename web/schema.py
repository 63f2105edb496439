"""The messages contract as a schema: what is accepted, and the OpenAPI description made from it."""

from typing import Any

from pydantic import BaseModel, Extra, Field, root_validator

PREFIX = "#/components/schemas/"


class Location(BaseModel):
    """A place that the citizen chose to share, in degrees (WGS 84)."""

    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    label: str = Field("", max_length=200)

    class Config:
        extra = Extra.forbid


class Message(BaseModel):
    """One message from a citizen: one or more of text, payload, attachments and location."""

    conversation: str | None = Field(None, min_length=1, max_length=100)
    client_id: str = Field(
        min_length=1,
        max_length=100,
        description="the caller's own id of this message; sent again, it does nothing twice",
    )
    text: str = Field("", max_length=100_000)
    payload: str = Field("", max_length=2_000, description="of a button that was issued in this conversation")
    attachments: list[str] = Field([], max_items=0, description="upload ids; uploads are not open yet")
    location: Location | None = None
    user: str | None = Field(
        None, min_length=1, max_length=200, description="keyed channels only: their own user reference"
    )

    class Config:
        extra = Extra.forbid

    @root_validator(pre=True)
    def _only_strings_where_strings_belong(cls, values: dict[str, Any]) -> dict[str, Any]:
        for name in ("conversation", "client_id", "text", "payload", "user"):
            if values.get(name) is not None and not isinstance(values[name], str):
                raise ValueError(f"{name} is not a string")
        return values


class Origin(BaseModel):
    """Where a reply comes from; nothing is made up on the spot."""

    kind: str = Field(regex="^(entry|response|calculator|staff|hotline)$")
    id: str
    revision: int | None


class Reply(BaseModel):
    """One reply; `text` alone is always a whole one. Cards, choices, tickets and links add fields of their own."""

    type: str = Field(regex="^(text|card|choices|ticket|link)$")
    text: str
    origin: Origin


class Evidence(BaseModel):
    """A candidate of the search."""

    entry: str
    revision: int
    title: str
    score: float
    probability: float


class Intent(BaseModel):
    """What the citizen wants, a dialogue act."""

    name: str | None
    confidence: float


class Answer(BaseModel):
    """How the turn ended."""

    conversation: str
    turn: int
    outcome: str
    offers: list[str]
    intent: Intent | None
    replies: list[Reply]
    evidence: list[Evidence]


class Failure(BaseModel):
    """A refusal in plain Chinese."""

    error: dict[str, str]


def openapi(site: str) -> dict[str, Any]:
    """The OpenAPI description of the messages interface."""
    value = {"name": "value", "in": "path", "required": True, "schema": {"type": "string"}}
    after = {"name": "after", "in": "query", "schema": {"type": "integer", "default": 0}}
    refusals = {str(status): _described("refused", Failure) for status in (400, 401, 404, 429)}
    return {
        "openapi": "3.0.3",
        "info": {"title": "wenzheng messages", "version": "1"},
        "servers": [{"url": site}],
        "paths": {
            "/api/v1/messages": {
                "post": {
                    "summary": "Send one message",
                    "security": [{}, {"key": []}],
                    "requestBody": {"required": True, **_content(Message)},
                    "responses": {"200": _described("the turn", Answer), **refusals},
                }
            },
            "/api/v1/conversations/{value}/messages": {
                "get": {
                    "summary": "The messages after a turn",
                    "parameters": [value, after],
                    "responses": {"200": {"description": "messages in order"}, **refusals},
                }
            },
            "/api/v1/conversations/{value}": {
                "delete": {
                    "summary": "Erase a conversation",
                    "parameters": [value],
                    "responses": {"204": {"description": "erased"}, **refusals},
                }
            },
        },
        "components": {
            "schemas": _schemas(Message, Answer, Failure),
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


def _content(model: type[BaseModel]) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": {"$ref": PREFIX + model.__name__}}}}


def _described(description: str, model: type[BaseModel]) -> dict[str, Any]:
    return {"description": description, **_content(model)}


def _schemas(*models: type[BaseModel]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for model in models:
        schema = model.schema(ref_template=PREFIX + "{model}")
        found |= schema.pop("definitions", {})
        found[model.__name__] = schema
    return found
