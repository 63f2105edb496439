"""What citizens allowed: each consent to a subscription message is kept, and spent on one message."""

from typing import Any, cast

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection

from foundation.clock import now
from wechat.markup import listed
from wechat.message import Message
from wechat.tables import wechat_grants

ACCEPT = "accept"


def heard(connection: Connection, citizen: str, message: Message) -> list[int]:
    """Take what an event says of grants; the pushes that did not arrive although the platform had taken them."""
    if message.event == "subscribe_msg_popup_event":
        _asked(connection, citizen, listed(_list(message, "SubscribeMsgPopupEvent")))
    elif message.event == "subscribe_msg_change_event":
        _refused(connection, citizen, listed(_list(message, "SubscribeMsgChangeEvent")))
    else:
        return _sent(connection, citizen, listed(_list(message, "SubscribeMsgSentEvent")))
    return []


def spend(connection: Connection, citizen: str, template: str, push: int) -> bool:
    """Spend one grant on a push, or find that one is already; False where there is none."""
    if not template:
        return False
    mine = (wechat_grants.c.citizen == citizen, wechat_grants.c.template == template)
    free = select(wechat_grants.c.id).where(*mine, wechat_grants.c.push.is_(None)).order_by(wechat_grants.c.id)
    spent = select(wechat_grants.c.id).where(*mine, wechat_grants.c.push == push)
    if connection.execute(spent).first():
        return True
    oldest = connection.execute(free.limit(1)).scalar()
    if oldest is not None:
        connection.execute(update(wechat_grants).where(wechat_grants.c.id == oldest).values(push=push))
    return oldest is not None


def sent(connection: Connection, push: int, message_id: str) -> None:
    """Keep the platform's name of a message that it took."""
    connection.execute(update(wechat_grants).where(wechat_grants.c.push == push).values(message_id=message_id))


def give_back(connection: Connection, push: int) -> None:
    """What a grant was spent on did not go out; it is free again."""
    connection.execute(update(wechat_grants).where(wechat_grants.c.push == push).values(push=None))


def drop(connection: Connection, citizen: str, *templates: str) -> None:
    """Forget the grants that are not spent: of some templates, or of all."""
    free = [wechat_grants.c.citizen == citizen, wechat_grants.c.push.is_(None)]
    if templates:
        free.append(wechat_grants.c.template.in_(templates))
    connection.execute(delete(wechat_grants).where(*free))


def _asked(connection: Connection, citizen: str, answers: list[dict[str, Any]]) -> None:
    for template in (one.get("TemplateId") for one in answers if one.get("SubscribeStatusString") == ACCEPT):
        if isinstance(template, str) and 0 < len(template) <= 64:
            connection.execute(
                insert(wechat_grants).values(citizen=citizen, template=template, granted_at=now(), message_id="")
            )


def _refused(connection: Connection, citizen: str, answers: list[dict[str, Any]]) -> None:
    refused = [str(one.get("TemplateId")) for one in answers if one.get("SubscribeStatusString") != ACCEPT]
    if refused:
        drop(connection, citizen, *refused)


def _sent(connection: Connection, citizen: str, results: list[dict[str, Any]]) -> list[int]:
    failed = [one for one in results if str(one.get("ErrorCode", "0")) != "0"]
    found = [_push_of(connection, citizen, str(one.get("TemplateId")), str(one.get("MsgID") or "")) for one in failed]
    return [push for push in found if push is not None]


def _push_of(connection: Connection, citizen: str, template: str, message_id: str) -> int | None:
    """By the platform's name of the message; where it gave none, the last one of the template."""
    spent = select(wechat_grants.c.push).where(
        wechat_grants.c.citizen == citizen, wechat_grants.c.template == template, wechat_grants.c.push.is_not(None)
    )
    named = spent.where(wechat_grants.c.message_id == message_id)
    unnamed = spent.where(wechat_grants.c.message_id == "").order_by(wechat_grants.c.push.desc()).limit(1)
    found: int | None = connection.execute(named).scalar() if message_id else None
    return found or cast("int | None", connection.execute(unnamed).scalar())


def _list(message: Message, name: str) -> Any:
    outer = message.fields.get(name)
    return outer.get("List") if isinstance(outer, dict) else None
