"""Callbacks: what the hotline tells us about a ticket that it handles."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection

from foundation.clock import now
from foundation.database import Database
from foundation.privacy import Vault
from foundation.settings import Settings
from hotline.destination import split_secrets
from hotline.lifecycle import NotAllowed, lifecycle
from hotline.steps import Steps, UnknownTicket, locked
from hotline.tables import callbacks, tickets
from hotline.webhook import is_genuine

MAX_BODY_BYTES = 100_000
MAX_ID_LENGTH = 120
FIELDS = ("department", "message", "reason", "deadline")
Answer = tuple[int, dict[str, Any]]
log = logging.getLogger(__name__)


class Refused(Exception):
    """A callback that is not applied; `code` names why."""

    def __init__(self, status: HTTPStatus, code: str, message: str) -> None:
        super().__init__(message)
        self.answer: Answer = (status.value, {"error": {"code": code, "message": message}})
        self.code = code


@dataclass(frozen=True)
class Callback:
    """A callback that is genuine and well formed."""

    webhook_id: str
    type: str
    ticket: str
    sequence: int
    fields: Mapping[str, Any]


class Callbacks:
    """Applies the hotline's callbacks, each one once."""

    def __init__(self, database: Database, vault: Vault, settings: Settings) -> None:
        self._database = database
        self._secrets = split_secrets(settings.callback_secret)
        self._steps = Steps(vault, settings)

    def apply(self, headers: Mapping[str, str], body: bytes) -> Answer:
        """The status and JSON to answer with: applied, known already, or refused."""
        given = {name.lower(): value for name, value in headers.items()}
        try:
            self._admit(given, body)
            callback = _parsed(given["webhook-id"], body)
            with self._database.writing() as connection:
                known = self._taken(connection, callback)
        except Refused as refused:
            log.warning("callback %s refused: %s", given.get("webhook-id", "")[:MAX_ID_LENGTH], refused.code)
            return refused.answer
        return HTTPStatus.OK.value, {"applied": False, "reason": known} if known else {"applied": True}

    def _admit(self, headers: Mapping[str, str], body: bytes) -> None:
        if len(body) > MAX_BODY_BYTES:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", f"内容不能超过 {MAX_BODY_BYTES} 字节。")
        if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "media_type", "内容类型必须是 application/json。")
        if not is_genuine(self._secrets, headers, body):
            raise Refused(HTTPStatus.UNAUTHORIZED, "signature", "签名不对,或时间相差超过五分钟。")

    def _taken(self, connection: Connection, callback: Callback) -> str:
        """Take the step; returns why not when it is known already, and "" when it was taken."""
        try:
            ticket = locked(connection, callback.ticket)
        except UnknownTicket as error:
            raise Refused(HTTPStatus.NOT_FOUND, "unknown_ticket", "没有这张工单。") from error
        if ticket.handled_by != "hotline":
            raise _unprocessable("local_ticket", "这张工单由本单位办理,不接受回传。")
        if _seen(connection, callback.webhook_id):
            return "repeat"
        if callback.sequence <= ticket.callback_sequence:
            return "old_sequence"
        step = lifecycle().of_callback(callback.type)
        try:
            self._steps.take(connection, callback.ticket, step.name, "hotline", callback.fields)
        except NotAllowed as error:
            raise _unprocessable("step_not_allowed", f"工单现在的状态({ticket.state})不能走这一步。") from error
        _remember(connection, callback)
        return ""


def _seen(connection: Connection, webhook_id: str) -> bool:
    known = select(callbacks.c.webhook_id).where(callbacks.c.webhook_id == webhook_id)
    return connection.execute(known).first() is not None


def _remember(connection: Connection, callback: Callback) -> None:
    connection.execute(
        insert(callbacks).values(
            webhook_id=callback.webhook_id, ticket=callback.ticket, sequence=callback.sequence, at=now()
        )
    )
    connection.execute(
        update(tickets).where(tickets.c.number == callback.ticket).values(callback_sequence=callback.sequence)
    )


def _parsed(webhook_id: str, body: bytes) -> Callback:
    try:
        content = json.loads(body)
        json.dumps(content, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except (ValueError, RecursionError) as error:
        raise _unprocessable("body", "内容不是 JSON。") from error
    _drop_nulls(content)
    problem = next(_schema().iter_errors(content), None)
    if problem or len(webhook_id) > MAX_ID_LENGTH:
        raise _unprocessable("body", f"内容不合要求:{problem.json_path if problem else 'webhook-id'}")
    data = content["data"]
    for moment in (content["timestamp"], data.get("deadline")):
        _check_moment(moment)
    fields = {name: data[name] for name in FIELDS if name in data}
    return Callback(webhook_id, content["type"].removeprefix("ticket."), data["ticket"], int(data["sequence"]), fields)


def _drop_nulls(content: Any) -> None:
    """A field given as null is a field not given."""
    data = content.get("data") if isinstance(content, dict) else None
    if isinstance(data, dict):
        for name in [name for name, value in data.items() if value is None]:
            del data[name]


def _check_moment(moment: str | None) -> None:
    try:
        if moment is not None:
            datetime.fromisoformat(moment).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise _unprocessable("body", "时间写法不对。") from error


@cache
def _schema() -> Draft202012Validator:
    path = Path(__file__).parent / "schema" / "callback.schema.json"
    return Draft202012Validator(json.loads(path.read_text(encoding="utf-8")))


def _unprocessable(code: str, message: str) -> Refused:
    return Refused(HTTPStatus.UNPROCESSABLE_ENTITY, code, message)
