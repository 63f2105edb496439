"""Tables of the official account: who writes, what came, what goes out, what was allowed, and the access token."""

from sqlalchemy import JSON, Boolean, Column, Index, Integer, String, Table, Text

from foundation.database import Instant, metadata

wechat_users = Table(
    "wechat_users",
    metadata,
    Column("citizen", String(64), primary_key=True),  # a digest of the openid
    Column("conversation", String(32), nullable=False, default=""),
    Column("openid", Text),  # sealed under the conversation's key; empty while the citizen does not follow
    Column("wants_notices", Boolean, nullable=False, default=True),
    Column("message_at", Instant),  # the last message, and what was pushed since
    Column("message_pushes", Integer, nullable=False, default=0),
    Column("act_at", Instant),  # the last click, scan or follow, and what was pushed since
    Column("act_pushes", Integer, nullable=False, default=0),
    Column("offered", JSON),  # the numbered choices that the citizen sees: title and payload
    Column("more", Text),  # sealed: what did not fit into the last answer
    Column("told_too_fast_at", Instant),
    Column("announced", JSON),  # the notices of this moment that the citizen was told of, each with the day
    Index("wechat_users_by_conversation", "conversation"),
)
wechat_messages = Table(
    "wechat_messages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(64), nullable=False, unique=True),  # the same for the same message sent again
    Column("citizen", String(64), nullable=False),
    Column("state", String(10), nullable=False),  # see inbox.py
    Column("requests", Integer, nullable=False, default=1),  # how often the platform has sent it
    Column("came_at", Instant, nullable=False),
    Column("asked_at", Instant, nullable=False),  # when it was sent last
    Column("acknowledged", Boolean, nullable=False, default=False),  # it will not be sent again
    Column("leased_until", Instant),  # somebody is answering it until then
    Column("conversation", String(32), nullable=False, default=""),
    Column("turn", Integer),  # the answer: a turn of the conversation,
    Column("words", Text, nullable=False, default=""),  # or fixed words,
    Column("is_more", Boolean, nullable=False, default=False),  # or what did not fit the last time
    Column("sent", Text),  # sealed: the passive reply, should the connection have been lost
    Index("wechat_messages_of_citizen", "citizen", "came_at"),
    Index("wechat_messages_by_state", "state", "asked_at"),
)
wechat_pushes = Table(
    "wechat_pushes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("citizen", String(64), nullable=False),
    Column("kind", String(10), nullable=False),  # answer, person or notice
    Column("conversation", String(32), nullable=False),
    Column("turn", Integer),
    Column("words", Text, nullable=False, default=""),
    Column("is_more", Boolean, nullable=False, default=False),
    Column("state", String(10), nullable=False),  # see pushes.py
    Column("created_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("tries", Integer, nullable=False, default=0),
    Column("code", String(40), nullable=False, default=""),  # what the platform refused the last try with
    Column("owner", String(100)),
    Column("way", String(20), nullable=False, default=""),  # what the try under way uses up
    Column("carried_by", String(20)),  # what it was given together with: m<message> or p<push>
    Column("ended_at", Instant),
    Index("wechat_pushes_due", "state", "due_at"),
    Index("wechat_pushes_of_citizen", "citizen", "state"),
    Index("wechat_pushes_of_conversation", "conversation"),
)
wechat_grants = Table(
    "wechat_grants",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("citizen", String(64), nullable=False),
    Column("template", String(64), nullable=False),
    Column("granted_at", Instant, nullable=False),
    Column("push", Integer),  # what it is spent on
    Column("message_id", String(40), nullable=False, default=""),  # the platform's name of the sent notice
    Index("wechat_grants_of_citizen", "citizen", "template"),
)
wechat_tokens = Table(
    "wechat_tokens",
    metadata,
    Column("app_id", String(64), primary_key=True),
    Column("sealed", Text, nullable=False, default=""),
    Column("ends_at", Instant, nullable=False),
    Column("renewing_until", Instant, nullable=False),  # one process fetches a new one until then
)
