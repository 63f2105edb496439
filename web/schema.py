"""The messages contract as a schema: what is accepted and what is given."""

from typing import Any

from pydantic import BaseModel, Extra, Field, root_validator, validator

from hotline.appeal import MOST_PICTURES


def _text(value: str | None) -> str | None:
    """The same. Half a character, which JSON can name, can neither be kept nor compared."""
    try:
        (value or "").encode()
    except UnicodeEncodeError as error:
        raise ValueError("half a character") from error
    return value


class Location(BaseModel):
    """A place that the citizen chose to share, in degrees (WGS 84)."""

    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    label: str = Field("", max_length=200)
    _label_is_text = validator("label", allow_reuse=True)(_text)

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
    attachments: list[str] = Field([], max_items=MOST_PICTURES, description="ids that POST /api/v1/uploads gave")
    location: Location | None = None
    user: str | None = Field(
        None,
        min_length=1,
        max_length=200,
        description="keyed channels: their own user reference; others: a secret of theirs that owns their uploads",
    )

    class Config:
        extra = Extra.forbid

    @root_validator(pre=True)
    def _only_strings_where_strings_belong(cls, values: dict[str, Any]) -> dict[str, Any]:
        for name in ("conversation", "client_id", "text", "payload", "user"):
            if values.get(name) is not None and not isinstance(values[name], str):
                raise ValueError(f"{name} is not a string")
        return values

    _are_text = validator("conversation", "client_id", "payload", "user", allow_reuse=True)(_text)
    _are_names = validator("attachments", each_item=True, allow_reuse=True)(_text)


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


class Upload(BaseModel):
    """One picture: JPEG, PNG or WebP, at most 12 MB and 40 megapixels."""

    file: bytes
    consent: str = Field("", description="1: place and time may be read from the picture before they are taken out")
    user: str | None = Field(None, max_length=200, description="keyed channels only: their own user reference")


class Uploaded(BaseModel):
    """A picture that was taken in; it is kept for a day unless a ticket is opened with it."""

    upload: str


class Said(BaseModel):
    """One message of a conversation: a citizen's has `text`, everybody else's `replies`."""

    turn: int
    at: str = Field(description="ISO 8601 with offset")
    sender: str = Field(alias="from", regex="^(citizen|bot|staff|hotline)$")
    text: str | None
    attachments: list[str] | None = Field(description="ids of the pictures that came with a citizen's message")
    replies: list[Reply] | None


class Messages(BaseModel):
    """What was said after a turn, in order."""

    messages: list[Said]


class Suggestions(BaseModel):
    """At most five published questions, the best first."""

    suggestions: list[str]


class Rating(BaseModel):
    """What a citizen thought of an answer."""

    up: bool
    reason: str
    text: str


class Ratings(BaseModel):
    """Ratings by turn; turn 0 stands for the whole conversation."""

    ratings: dict[str, Rating]


class Failure(BaseModel):
    """A refusal in plain Chinese."""

    error: dict[str, str]
