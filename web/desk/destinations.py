"""Receivers of webhooks: entered, given new secrets, removed. A secret is shown once, in the answer that made it."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from hotline import attempts, destination
from hotline.addresses import AddressRefused
from web.desk.access import allowed
from web.desk.fields import moment, written
from web.parts import parts

pages = Blueprint("desk_destinations", __name__, url_prefix="/desk/destinations")


@pages.get("")
@allowed("destinations.change")
def listing() -> str:
    """Every receiver, and the form for a new one."""
    return _page()


@pages.post("")
@allowed("destinations.change")
def add() -> ResponseReturnValue:
    """Enter a receiver."""
    name, url = written(request.form.get("name", "")), written(request.form.get("url", ""))
    try:
        secret = destination.enter(parts().database, parts().vault, parts().settings, name, url, g.staff.name)
    except AddressRefused as error:
        return _page(name=name, url=url, url_problem=attempts.in_words(str(error))), 422
    except OSError as error:
        return _page(name=name, url=url, url_problem=attempts.in_words(type(error).__name__)), 422
    except ValueError as error:
        return _page(name=name, url=url, name_problem=str(error)), 422
    return _page(told=name, secret=secret)


@pages.post("/rotate")
@allowed("destinations.change")
def rotate() -> ResponseReturnValue:
    """Give a receiver a new secret; the form says which one was looked at, so that a second click changes nothing."""
    name, mark = written(request.form.get("name", "")), request.form.get("mark", "")
    try:
        with parts().database.writing() as connection:
            secret = destination.rotate(connection, parts().vault, name, mark)
            parts().audit.note(connection, g.staff.name, "destination.rotate", f"destination:{name}")
    except destination.AlreadyRotated:
        return _page(problem=f"{name} 的密钥刚才已经换过，这次没有再换。"), 409
    except destination.UnknownDestination:
        return _page(problem=f"没有叫 {name} 的接收方。"), 404
    return _page(told=name, secret=secret, rotated=True)


@pages.post("/remove")
@allowed("destinations.change")
def remove() -> ResponseReturnValue:
    """Remove a receiver; the first time, ask once more."""
    name = written(request.form.get("name", ""))
    if request.form.get("sure") != "yes":
        return _page(removing=name)
    try:
        with parts().database.writing() as connection:
            destination.remove(connection, parts().vault, name)
            parts().audit.note(connection, g.staff.name, "destination.remove", f"destination:{name}")
    except destination.UnknownDestination:
        return _page(problem=f"没有叫 {name} 的接收方。"), 404
    flash(f"已删除 {name}，还没送到的不再送。")
    return redirect("/desk/destinations")


def _page(**said: Any) -> str:
    with parts().database.reading() as connection:
        receivers = destination.entries(connection, parts().settings)
    networks = parts().settings.webhook_networks
    return render_template("desk/destinations.html", receivers=receivers, networks=networks, when=moment, **said)
