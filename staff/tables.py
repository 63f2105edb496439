"""Tables of staff accounts and of their sessions."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Integer, String, Table

from foundation.database import Instant, metadata

accounts = Table(
    "staff_accounts",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("label", String(80), nullable=False),  # the name that colleagues and citizens read
    Column("password", String(200), nullable=False),  # argon2id
    Column("roles", JSON, nullable=False),
    Column("department", String(80), nullable=False, default="", server_default=""),  # an officer's
    Column("active", Boolean, nullable=False),
    Column("failures", Integer, nullable=False, default=0),
    Column("failed_at", Instant),
    Column("must_change", Boolean, nullable=False, default=False),  # the password was made by somebody else
    Column("created_at", Instant, nullable=False),
)
sessions = Table(
    "staff_sessions",
    metadata,
    Column("digest", String(64), primary_key=True),  # of the secret in the cookie
    Column("account", String(40), ForeignKey("staff_accounts.name"), nullable=False, index=True),
    Column("began_at", Instant, nullable=False),
    Column("used_at", Instant, nullable=False),
)
second_factors = Table(
    "staff_second_factors",
    metadata,
    Column("account", String(40), ForeignKey("staff_accounts.name"), primary_key=True),
    Column("secret", String(200), nullable=False),  # sealed under the account's key in the vault
    Column("is_on", Boolean, nullable=False),  # its owner has shown a right code once
    Column("last_step", Integer, nullable=False),  # of the last code that was taken: each works once
)
recovery_codes = Table(
    "staff_recovery_codes",
    metadata,
    Column("account", String(40), ForeignKey("staff_accounts.name"), primary_key=True),
    Column("digest", String(64), primary_key=True),
)
