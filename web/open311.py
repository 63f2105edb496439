"""`/open311/v2`: reports from other programs, and what the public may know, as GeoReport v2 wants it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, Response, g, make_response, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from conversations import keys
from conversations.screen import normalise
from hotline.open311 import services as offered
from hotline.open311.formats import TYPES, written
from hotline.open311.query import Query
from hotline.open311.refusal import Refused
from web.limits import messages_limit
from web.parts import parts

api = Blueprint("open311", __name__, url_prefix=offered.ADDRESS)
FORM = "<any(json, xml):form>"
View = Callable[..., ResponseReturnValue]


def keyed(view: View) -> View:
    """Lets only callers with a key through, before the limits count; it is read from the form, never from a URL."""

    @wraps(view)
    def wrapped(*args: object, **kwargs: object) -> ResponseReturnValue:
        with parts().database.reading() as connection:
            g.channel_key = keys.find(connection, request.form.get("api_key", ""))
        if g.channel_key is None:
            raise Refused("key")
        if keys.OPEN311 not in g.channel_key.rights:
            raise Refused("right")
        return view(*args, **kwargs)

    return wrapped


@api.get(f"/discovery.{FORM}")
def discovery(form: str) -> Response:
    """Where the interface is and what it speaks."""
    return _answer("discovery", offered.discovery(parts().settings), form)


@api.get(f"/services.{FORM}")
def services(form: str) -> Response:
    """What can be reported."""
    return _answer("services", offered.services(), form)


@api.get(f"/services/<code>.{FORM}")
def definition(code: str, form: str) -> Response:
    """What else is asked about one of them."""
    return _answer("service_definition", offered.definition(code), form)


@api.post(f"/requests.{FORM}")
@keyed
@messages_limit
def report(form: str) -> Response:
    """Open a ticket."""
    opened = parts().open311_reports.take(g.channel_key.name, _texts(request.form))
    return _answer("service_requests", opened, form, 201)


@api.get(f"/tokens/<token>.{FORM}")
@messages_limit
def number(token: str, form: str) -> Response:
    """The number of the ticket that a view link shows."""
    return _answer("service_requests", parts().open311_reports.number_of(token), form)


@api.get(f"/requests.{FORM}")
@messages_limit
def requests(form: str) -> Response:
    """The tickets whose summary is public."""
    query = Query.read(_texts(request.args))
    return _answer("service_requests", parts().open311_requests.found(query), form)


@api.get(f"/requests/<number>.{FORM}")
@messages_limit
def one_request(number: str, form: str) -> Response:
    """One of them."""
    return _answer("service_requests", parts().open311_requests.one(number), form)


@api.errorhandler(Refused)
def _refused(error: Refused) -> Response:
    return refusal(error.status, str(error))


def refusal(status: int, message: str) -> Response:
    """One refusal, in the form that the address ends in."""
    form = "xml" if request.path.endswith(".xml") else "json"
    return _answer("errors", [{"code": status, "description": message}], form, status)


def _answer(name: str, value: Any, form: str, status: int = 200) -> Response:
    return make_response(written(name, value, form), status, {"Content-Type": TYPES[form]})


def _texts(given: MultiDict[str, str]) -> dict[str, list[str]]:
    """The fields, as clean as a message in the chat."""
    return {normalise(name): [normalise(value) for value in values] for name, values in given.lists()}
