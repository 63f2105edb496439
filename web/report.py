"""`/report`: a problem with pictures, reported from a phone or a desk; one plain form that works without scripts."""

from dataclasses import replace
from pathlib import Path

from flask import Blueprint, Response, make_response, render_template, request
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge, TooManyRequests

from conversations import words as fixed
from foundation.controls import Off
from hotline.appeal import MOST_PICTURES, Appeal
from hotline.pictures.image import MOST_BYTES
from hotline.pictures.refusals import PictureRefused
from hotline.pictures.store import UnknownPicture
from hotline.ticket import NotAllowed, Opened, TicketsOff, UnknownTicket
from knowledge.emergency import find_danger
from web.callers import own_conversation, wechat_conversation
from web.errors import failure
from web.limits import messages_limit, uploads_limit
from web.parts import parts
from web.pictures import as_picture
from web.report_form import ALONE, OWN, PLACE_LONGEST, TIME_LONGEST, Form, words
from web.uploads import FORM_BYTES, uploader

pages = Blueprint("report", __name__, url_prefix="/report")
LARGEST = MOST_PICTURES * (MOST_BYTES + FORM_BYTES)


@pages.get("")
def form() -> Response:
    """An empty form."""
    uploader()  # from the first page on, so that pictures sent at the same time have one sender
    return _page(Form())


@pages.post("")
def send() -> Response:
    """Open the ticket, or show the form again with what is wrong beside each field and nothing lost."""
    request.max_content_length = LARGEST
    try:
        form = Form.read(request.form)
    except RequestEntityTooLarge:
        return failure(413, "too_large", words()["problems"]["too_large"])
    try:
        _count()
    except TooManyRequests:
        form.problem("all", "too_fast")
        return _page(form, 429)
    off = parts().controls.switched_off("web", "tickets")
    if off:
        return _paused(form, off)
    _take_pictures(form)
    if form.consent:
        form.complete(parts().uploads.taken(uploader(), form.pictures))
    form.check()
    return _page(form, 422) if form.problems else _join(form) or _offer(form) or _open(form)


@pages.get("/pictures/<name>")
def thumb(name: str) -> Response:
    """A picture that this browser sent and that stands in no report yet, small."""
    try:
        return as_picture(Path(parts().uploads.thumb(uploader(), name)))
    except (UnknownPicture, FileNotFoundError):
        return failure(404, "not_found", "没有这张图片。")


def _offer(form: Form) -> Response | None:
    """What others have reported about the same, asked about once before a ticket is made."""
    if form.nearby or form.kind in ALONE:
        return None
    found = parts().nearby.find(form.what, form.place, form.latitude, form.longitude)
    return _private(_told_where("report/nearby.html", form=form, found=found, own=OWN)) if found else None


def _join(form: Form) -> Response | None:
    """Follow that ticket from this browser's conversation; None where that is not wanted or cannot be done."""
    if form.nearby in ("", OWN):
        return None
    try:
        view = parts().tickets.join(form.nearby, own_conversation())
    except (UnknownTicket, NotAllowed):
        return None
    return _private(_told_where("report/joined.html", ticket=view))


def _told_where(template: str, **values: object) -> str:
    """A page that says where news will come: in WeChat for whom it named."""
    return render_template(template, city=parts().settings.city, in_wechat=bool(wechat_conversation()), **values)


def _open(form: Form) -> Response:
    try:
        opened = parts().tickets.open(_appeal(form))
    except TicketsOff as closed:
        return _paused(form, closed.off)
    except UnknownPicture:
        form.pictures = parts().uploads.free(uploader(), form.pictures)
        form.problem("pictures", "pictures_lost")
        return _page(form, 422)
    return _private(render_template("report/done.html", city=parts().settings.city, **_told(form, opened)))


def _paused(form: Form, off: Off) -> Response:
    """Nothing is taken for now; what was written stays in the form."""
    form.problems["all"] = fixed.reply("utter_tickets_paused", **parts().controls.words(off))["text"]
    return _page(form, 503)


def _appeal(form: Form) -> Appeal:
    """What was filled in; of a citizen whom WeChat named, it belongs to their conversation there."""
    appeal, mine = form.appeal(uploader()), wechat_conversation()
    return replace(appeal, channel="wechat", conversation=mine) if mine else appeal


def _told(form: Form, opened: Opened) -> dict[str, object]:
    danger = find_danger(form.what)
    warning = fixed.reply(f"utter_emergency_{danger.kind}")["text"] if danger else ""
    return {"opened": opened, "ticket": opened.view, "warning": warning, "anonymous": form.anonymous}


def _take_pictures(form: Form) -> None:
    """Take in the files that came with the form; too many, and none is taken."""
    files = [file for file in request.files.getlist("photo") if file.filename]
    count = len(files) + len(form.pictures)
    if files and count > MOST_PICTURES:
        form.problem("pictures", "pictures_many", limit=MOST_PICTURES, count=count)
        return
    for file in files:
        try:
            form.pictures.append(_take_in(file, consent=form.consent))
        except PictureRefused as refused:
            form.problem("pictures", "picture", file=file.filename, message=refused.message)
        except TooManyRequests:
            form.problem("pictures", "too_fast")
            return


@messages_limit
def _count() -> None:
    """A report counts as a message does."""


@uploads_limit
def _take_in(file: FileStorage, *, consent: bool) -> str:
    return parts().uploads.take_in(file.stream.read(MOST_BYTES + 1), uploader(), consent=consent)


def _page(form: Form, status: int = 200) -> Response:
    page = render_template(
        "report/form.html",
        city=parts().settings.city,
        form=form,
        words=words(),
        most_pictures=MOST_PICTURES,
        place_longest=PLACE_LONGEST,
        time_longest=TIME_LONGEST,
    )
    return _private(page, status)


def _private(page: str, status: int = 200) -> Response:
    """What one citizen wrote is kept by no cache."""
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response
