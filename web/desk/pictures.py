"""Pictures of a ticket for staff: looked at, approved for the public, hidden, made unreadable in parts."""

from collections.abc import Callable
from functools import wraps

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hotline.pictures.gallery import NeverPublic, Outpaced
from hotline.pictures.image import WHOLE, Rectangle
from hotline.pictures.refusals import NoRoom
from hotline.pictures.store import UnknownPicture
from hotline.steps import UnknownTicket
from web.desk.access import actor, allowed
from web.errors import failure
from web.parts import parts
from web.pictures import as_picture

pages = Blueprint("desk_pictures", __name__, url_prefix="/desk/pictures")
Act = Callable[[str], str]


@pages.get("/<name>")
@allowed("pictures.see")
def picture(name: str) -> str:
    """One picture: what it is, what the public sees of it, and what can be done with it."""
    return _page(name)


@pages.get("/<name>/<any(thumb, original, public):part>")
@allowed("pictures.see")
def file(name: str, part: str) -> Response:
    """The picture itself: small, as it came, or as the public sees it."""
    return as_picture(parts().gallery.part(name, part, actor()))


def _act(act: Act) -> Callable[[str], ResponseReturnValue]:
    """Do it and show the picture again; what does not go is said above it."""

    @wraps(act)
    def view(name: str) -> ResponseReturnValue:
        try:
            flash(act(name))
        except NeverPublic:
            return _page(name, "这类工单不公开，图片也不能公开。"), 422
        except Outpaced:
            return _page(name, "别人刚改过这张图，请看一下再改。"), 409
        except NoRoom:
            return _page(name, "现在存不下图片，没有改成。请过一会儿再试。"), 503
        except ValueError:
            return _page(name, "没有选好要遮住的地方，请在图上框一下。"), 422
        return redirect(url_for("desk_pictures.picture", name=name))

    return view


@pages.post("/<name>/approve")
@allowed("pictures.moderate")
@_act
def approve(name: str) -> str:
    """Let the public see it."""
    parts().gallery.approve(name, actor())
    return "已同意公开。工单的公开摘要通过后，市民就能看到。"


@pages.post("/<name>/hide")
@allowed("pictures.moderate")
@_act
def hide(name: str) -> str:
    """Keep it from the public."""
    parts().gallery.hide(name, actor())
    return "已设为不公开。"


@pages.post("/<name>/blur")
@allowed("pictures.moderate")
@_act
def blur(name: str) -> str:
    """Make parts unreadable in what the public sees; `rectangle` is left,top,width,height in thousandths, repeated."""
    afresh = request.form.get("afresh") == "1"
    rectangles = [_rectangle(text) for text in request.form.getlist("rectangle") if text.strip(", ")]
    if not rectangles and not afresh:
        raise ValueError("nothing to blur")
    parts().gallery.blur(name, actor(), rectangles, afresh=afresh)
    return "已遮住选中的地方。" if rectangles else "遮挡已全部去掉。"


@pages.errorhandler(UnknownPicture)
@pages.errorhandler(UnknownTicket)
@pages.errorhandler(FileNotFoundError)
def unknown(error: Exception) -> Response:
    """The same for a picture that is not there and for one that one may not see."""
    return failure(404, "not_found", "没有这张图片。")


def _page(name: str, problem: str = "") -> str:
    shown = parts().gallery.shown(name, actor())
    return render_template("desk/picture.html", shown=shown, picture=shown.picture, whole=WHOLE, problem=problem)


def _rectangle(text: str) -> Rectangle:
    left, top, width, height = (int(number) for number in text.split(","))
    return Rectangle(left, top, width, height)
