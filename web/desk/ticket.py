"""One ticket at the desk: everything about it, and every act that one may take on it now."""

from typing import Any

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.engine import Connection

from foundation.clock import now
from hotline import attempts, called_before, looks
from hotline.desk import UNBOUND, seen
from hotline.file import TicketFile, ticket_file
from hotline.lifecycle import NotAllowed, UnknownTicket
from hotline.remaining import contact_left, left
from hotline.staff_words import words
from staff import accounts
from staff.permissions import may, roles
from web.desk.access import actor, allowed
from web.desk.act_forms import ActForm, Unreadable, act_forms, read, sentence
from web.desk.labels import Labels
from web.desk.plain import ANYWAY, stumbles
from web.desk.ticket_forms import Typed, groups
from web.parts import parts
from web.refusals import REFUSED, refusal

UNDECIDED = ("submitted", "accepted")  # the states in which it is not settled who handles it
pages = Blueprint("desk_ticket", __name__, url_prefix="/desk/tickets")


@pages.get("/<number>")
@allowed("tickets.see")
def page(number: str) -> Response:
    """The ticket."""
    with parts().database.reading() as connection:
        return _page(connection, number, Typed())


@pages.post("/<number>/numbers")
@allowed("tickets.contact")
def numbers(number: str) -> Response:
    """The ticket with the numbers of its citizen; who looks is written down first."""
    with parts().database.writing() as connection:
        seen(connection, number, actor())
        looks.note(connection, parts().audit, number, actor())
    with parts().database.reading() as connection:
        return _page(connection, number, Typed(), full=True)


@pages.post("/<number>/<any(merge, split):name>")
@allowed("tickets.merge")
def join_or_part(number: str, name: str) -> ResponseReturnValue:
    """Let the ticket end in another, or make a new one of a part."""
    return _act(number, act_forms()[name])


@pages.post("/<number>/<name>")
@allowed("tickets.work")
def act(number: str, name: str) -> ResponseReturnValue:
    """Take a step."""
    if name not in act_forms():
        abort(404)
    return _act(number, act_forms()[name])


def _act(number: str, form: ActForm) -> ResponseReturnValue:
    """Take it and go back to the ticket; what cannot be used stands on the page again, with what is wrong."""
    version = _version()
    with parts().database.reading() as connection:
        ticket = seen(connection, number, actor())
    try:
        fields = read(form, request.form, ticket, parts().settings.timezone)
        found = [] if ANYWAY in request.form else stumbles(form, fields)
        if found:
            return _again(number, Typed(form.name, request.form, findings=found), version, 422)
        flash(_taken(ticket, form, fields, version))
    except Unreadable as error:
        return _again(number, Typed(form.name, request.form, error.problems), version, 422)
    except REFUSED as error:
        status, _, said = refusal(error)
        field = getattr(error, "reason", "")  # what some are refused for is the name of a field
        if any(one.name == field for one in form.fields):
            return _again(number, Typed(form.name, request.form, {field: said}), version, status)
        return _again(number, Typed(form.name, request.form), version, status, said)
    return redirect(_next_page(number))


def _taken(ticket: Any, form: ActForm, fields: dict[str, Any], version: int) -> str:
    """Take the act on the version that was looked at; what to say when it is done."""
    if form.name == "merge":
        _merge(ticket.number, fields["main"], version)
    elif form.name == "split":
        child = parts().desk.split(ticket.number, fields["part"], fields["category"], actor(), version)
        return f"{form.done}新工单号 {child}。"
    else:
        fields = _changed(ticket, fields) if form.name == "amend" else fields
        parts().desk.take(ticket.number, form.name, actor(), fields, version)
    return form.done


def _merge(number: str, main: str, version: int) -> None:
    try:
        parts().desk.merge(number, main, actor(), version)
    except UnknownTicket as error:
        raise Unreadable({"main": refusal(error)[2]}) from error
    except NotAllowed as error:
        if error.reason != "state":
            raise
        raise Unreadable({"main": sentence("main")}) from error


def _changed(ticket: Any, fields: dict[str, Any]) -> dict[str, Any]:
    changed = {name: value for name, value in fields.items() if value and value != getattr(ticket, name)}
    if not changed:
        raise Unreadable({"category": sentence("nothing")})
    return changed


def _version() -> int:
    given = request.form.get("version", "")
    if not given.isdecimal() or len(given) > 9:
        abort(400)
    return int(given)


def _next_page(number: str) -> str:
    """The ticket, or the list when it is no longer one's own, as after a return."""
    try:
        with parts().database.reading() as connection:
            seen(connection, number, actor())
    except UnknownTicket:
        return "/desk/tickets"
    return f"/desk/tickets/{number}"


def _again(number: str, typed: Typed, version: int, status: int, problem: str = "") -> Response:
    with parts().database.reading() as connection:
        response = _page(connection, number, typed, problem, version=version)
    response.status_code = status
    return response


def _page(
    connection: Connection,
    number: str,
    typed: Typed,
    problem: str = "",
    *,
    version: int | None = None,  # the one that a refused form was filled in on
    full: bool = False,
) -> Response:
    file = ticket_file(connection, parts().vault, number, actor(), parts().settings.timezone, full=full)
    return make_response(
        render_template(
            "desk/ticket.html",
            file=file,
            ticket=file.row,
            full=full,
            problem=problem,
            since=[entry for entry in file.log if version is not None and entry.position > version],
            **_acts(file, typed),
            **_times(file),
            **_behind(connection, file),
        )
    )


def _acts(file: TicketFile, typed: Typed) -> dict[str, Any]:
    """The forms, and what was typed into one that is no longer there."""
    suggestion = parts().suggest(file.row) if file.row.state in UNDECIDED else None
    shown = groups(file, actor(), typed, suggestion, parts().settings.timezone)
    names = [one.form.name for _, few in shown for one in few]
    lost = [] if typed.act in ("", *names) else _written(typed)
    wanted = set(names) & {"dispatch", "amend"}
    return {"groups": shown, "suggestion": suggestion if wanted else None, "lost": lost}


def _written(typed: Typed) -> list[str]:
    texts = [field.name for field in act_forms()[typed.act].fields if field.kind == "text"]
    return [typed.values[name] for name in texts if typed.values.get(name)]


def _times(file: TicketFile) -> dict[str, Any]:
    at, timezone = now(), parts().settings.timezone
    return {
        "labels": Labels(timezone),
        "left": left(file.row, at, timezone),
        "contact_left": contact_left(file.row, at, timezone),
    }


def _behind(connection: Connection, file: TicketFile) -> dict[str, Any]:
    """Who did what behind the ticket: names of staff, who looked, what was delivered, as far as one may know."""
    number = file.row.number
    looked = looks.looks(connection, number) if set(actor().roles) & set(UNBOUND) else []
    named = {entry.actor for entry in file.log} | {one.actor for one in looked}
    found = [account for name in sorted(named - {""}) if (account := accounts.find(connection, name))]
    reached = may(actor().roles, "tickets.contact") and not file.row.anonymous
    return {
        "caller": called_before.of_ticket(connection, number, actor()) if reached else None,
        "names": {account.name: account.label for account in found},
        "roles": {**words()["others"], **roles()},
        "looks": looked,
        "deliveries": attempts.listed(connection, ticket=number) if may(actor().roles, "deliveries.see") else [],
        "delivery_states": attempts.states(),
    }
