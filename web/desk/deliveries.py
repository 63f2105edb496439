"""Webhook deliveries: every attempt, and what staff do about those that are stuck."""

from collections.abc import Callable

from flask import Blueprint, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.engine import Connection

from foundation.database import LARGEST_INTEGER
from hotline import attempts, repair
from hotline.destination import entries
from web.desk.access import allowed
from web.desk.fields import moment, written
from web.parts import parts

pages = Blueprint("desk_deliveries", __name__, url_prefix="/desk/deliveries")


@pages.get("")
@allowed("deliveries.see")
def listing() -> str:
    """The newest deliveries that the filters let through."""
    wanted = {name: written(request.args.get(name, "")) for name in ("destination", "state", "ticket")}
    with parts().database.reading() as connection:
        found = attempts.listed(connection, **wanted, before=_before(), limit=attempts.PAGE + 1)
        receivers = entries(connection, parts().settings)
    page = found[: attempts.PAGE]
    return render_template(
        "desk/deliveries.html",
        deliveries=page,
        older={**wanted, "before": page[-1].id} if len(found) > len(page) else None,
        wanted=wanted,
        receivers=receivers,
        states=attempts.states(),
        in_words=attempts.in_words,
        when=moment,
    )


@pages.post("/<webhook_id>/replay")
@allowed("deliveries.repair")
def replay(webhook_id: str) -> ResponseReturnValue:
    """Try a dead delivery again."""
    return _acted(repair.replay, "delivery", webhook_id, "已重新排队，从头再试。", "这一条现在不是死信，没有改动。")


@pages.post("/<webhook_id>/skip")
@allowed("deliveries.repair")
def skip(webhook_id: str) -> ResponseReturnValue:
    """Give a dead delivery up."""
    return _acted(
        repair.skip, "delivery", webhook_id, "已跳过，同一张工单后面的接着投。", "这一条现在不是死信，没有改动。"
    )


@pages.post("/resume")
@allowed("deliveries.repair")
def resume() -> ResponseReturnValue:
    """Let a stopped destination receive again."""
    name = written(request.form.get("destination", ""))
    return _acted(repair.resume, "destination", name, f"已恢复给 {name} 投递。", "这个接收方没有停，没有改动。")


def _acted(
    act: Callable[[Connection, str], bool], kind: str, what: str, done: str, not_done: str
) -> ResponseReturnValue:
    """Act, say how it went, and go back to the same list."""
    with parts().database.writing() as connection:
        acted = act(connection, written(what))
        if acted:
            parts().audit.note(connection, g.staff.name, f"{kind}.{act.__name__}", f"{kind}:{written(what)}")
    flash(done if acted else not_done)
    return redirect(f"/desk/deliveries?{request.query_string.decode()}")


def _before() -> int | None:
    given = request.args.get("before", "")
    return min(int(given), LARGEST_INTEGER) if given.isascii() and given.isdigit() else None
