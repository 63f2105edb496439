"""One turn: what decided it, what staff say of it, and what its tokens stand for."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, Response, flash, g, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.engine import Connection
from werkzeug.datastructures import MultiDict

from conversations import record
from conversations.ratings import UnknownTurn
from conversations.record import UnknownConversation
from conversations.review import evidence, judging, listing, looks, reading, sampling
from conversations.review.judging import Judgement
from conversations.review.tables import turn_facts
from conversations.review.words import words as review_words
from conversations.showing import show_to_staff
from hotline.desk import UNBOUND
from hotline.pictures.store import in_tickets
from knowledge import reviewed_cases
from knowledge.store import Store
from staff.permissions import may
from web import ratings
from web.desk import turn_filters
from web.desk.access import allowed
from web.desk.act_forms import clean
from web.desk.conversations import names_of, words
from web.errors import failure
from web.parts import parts

TEXTS = {"question": 300, "wording": judging.LONGEST, "note": judging.LONGEST}
DISPUTED = "和别人的判断不一样，这一轮放进了“有分歧”，定下来以前发布时不问。"
pages = Blueprint("desk_review", __name__, url_prefix="/desk/conversations/<conversation>/turns/<int:turn>")


@dataclass
class Typed:
    """A form as it stands on the page, and what is wrong with it."""

    values: dict[str, Any]
    problems: dict[str, str] = field(default_factory=dict)


@pages.get("")
@allowed("conversations.see")
def page(conversation: str, turn: int) -> Response:
    """The turn with its evidence and the form to judge it."""
    return _page(conversation, turn)


@pages.post("/judge")
@allowed("conversations.judge")
def judge(conversation: str, turn: int) -> ResponseReturnValue:
    """Keep one's judgement, in place of an earlier one."""
    typed = _typed(request.form)
    if typed.problems:
        return _page(conversation, turn, typed, status=422)
    given, service = Judgement(**typed.values), parts()
    with service.database.writing() as connection:
        kept = judging.judge(connection, service.vault, conversation, turn, g.staff.name, given)
        facts = {"verdict": given.verdict, "entry": given.entry, "case": kept.case, "asked": given.asked}
        service.audit.note(connection, g.staff.name, "conversations.judge", looks.subject(conversation, turn), facts)
    case_said = "这一轮存成了题目。" if kept.case and given.asked else ""
    flash("判断已记下。" + (DISPUTED if kept.disputed else case_said))
    return redirect(f"/desk/conversations/{conversation}/turns/{turn}?{urlencode(_came_from())}".rstrip("?"))


@pages.post("/behind")
@allowed("conversations.reveal")
def behind(conversation: str, turn: int) -> ResponseReturnValue:
    """Show this once what the tokens of a turn stand for."""
    reason, before = clean(request.form.get("reason", "")), request.form.get("before", "")
    if not looks.SHORTEST_REASON <= len(reason) <= looks.LONGEST_REASON:
        problem = _sentence("reason", shortest=looks.SHORTEST_REASON, longest=looks.LONGEST_REASON)
        return _page(conversation, turn, problem=problem, status=422)
    service, count = parts(), int(before) if before.isascii() and before.isdecimal() and len(before) < 9 else -1
    try:
        with service.database.writing() as connection:
            look, shown = looks.look(connection, service.vault, conversation, turn, g.staff.name, reason, count)
            facts, content = {looks.LOOK: look}, looks.said(connection, look)
            subject = looks.subject(conversation, turn)
            service.audit.note(connection, g.staff.name, "conversations.reveal", subject, facts, content)
    except looks.LookedAlready:
        return _page(conversation, turn, problem="这张表已经用过一次。要再看，请重新写原因。", status=409)
    return make_response(
        render_template("desk/conversation_behind.html", conversation=conversation, turn=turn, shown=shown, **words())
    )


@pages.errorhandler(UnknownConversation)
@pages.errorhandler(UnknownTurn)
def unknown(_: Exception) -> Response:
    """The same for a turn that never was and for one that was erased."""
    return failure(404, "not_found", "没有这一轮，或者会话已经删除了。")


def _page(conversation: str, turn: int, typed: Typed | None = None, problem: str = "", status: int = 200) -> Response:
    service = parts()
    with service.database.reading() as connection:
        reading.known(connection, conversation)
        row = record.one(connection, conversation, turn)
        if row is None:
            raise UnknownTurn
        shown = {
            "one": reading.one(connection, service.vault, row),
            "pictures": in_tickets(connection, row.attachments or []),
            "next_turn": _next(connection, conversation, turn),
            **_judged(connection, row, typed),
            **_looked(connection, conversation, turn),
        }
        people = [one["reviewer"] for one in shown["judgements"]] + [one.actor for one in shown["looked"]]
        shown["names"] = names_of(connection, people)
    titles = Store(service.database).published_titles()
    page = render_template(
        "desk/conversation_turn.html",
        conversation=conversation,
        turn=turn,
        row=row,
        evidence=evidence.read(row.evidence, row.seconds),
        origins=_origins(row.replies or []),
        titles=titles,
        verdicts=review_words()["verdicts"],
        reasons=ratings.labels(),
        longest=TEXTS,
        problem=problem,
        came_from=_came_from(),
        **shown,
        **words(),
    )
    return make_response(page, status)


def _judged(connection: Connection, row: Any, typed: Typed | None) -> dict[str, Any]:
    """The judgements that one may see, and one's own form."""
    conversation, turn, me = row.conversation, row.turn, g.staff.name
    is_blind = may(g.staff.roles, "conversations.judge") and sampling.is_blind(connection, conversation, turn, me)
    seen = [] if is_blind else judging.all_of(connection, conversation, turn)
    case = None if is_blind else reviewed_cases.of_turn(connection, conversation, turn)
    mine = judging.own(connection, conversation, turn, me)
    return {
        "is_blind": is_blind,
        "judgements": [_hidden(connection, one) for one in seen],
        "case": case,
        "mine": mine,
        "is_disputed": not is_blind and judging.is_disputed(connection, conversation, turn),
        "typed": typed or Typed(_first(connection, row, mine, case)),
    }


def _first(connection: Connection, row: Any, mine: Any, case: Any) -> dict[str, Any]:
    """What stands in the form before anybody typed."""
    if mine is None:
        return {"verdict": "", "entry": "", "question": reviewed_cases.without_numbers(row.text or ""), "asked": True}
    texts = _hidden(connection, mine)
    return {**texts, "asked": mine.asked and (case is None or case.state != reviewed_cases.ASIDE)}


def _hidden(connection: Connection, judgement: Any) -> dict[str, Any]:
    """A judgement with its numbers as hints."""
    values = dict(judgement._mapping)
    shown: dict[str, Any] = show_to_staff(parts().vault, connection, judgement.conversation, values)
    return shown


def _looked(connection: Connection, conversation: str, turn: int) -> dict[str, Any]:
    """Who looked behind the turn, for supervisors and auditors; and what the form to look carries."""
    return {
        "looked": looks.of_turn(connection, conversation, turn) if set(g.staff.roles) & set(UNBOUND) else [],
        "looks_before": looks.count(connection, conversation, turn, g.staff.name),
    }


def _typed(form: "MultiDict[str, str]") -> Typed:
    """The form as it was sent; an entry is named by its title or its id."""
    texts = {name: clean(form.get(name, "")) for name in ("verdict", "entry", *TEXTS)}
    problems = {name: _sentence("long", most=most) for name, most in TEXTS.items() if len(texts[name]) > most}
    if texts["verdict"] not in review_words()["verdicts"]:
        problems["verdict"] = _sentence("verdict")
    titles = Store(parts().database).published_titles()
    called = [texts["entry"]] if texts["entry"] in titles else [i for i, t in titles.items() if t == texts["entry"]]
    if texts["entry"] and len(called) != 1:
        problems["entry"] = _sentence("entries", ids="、".join(called)) if called else _sentence("entry")
    values: dict[str, Any] = {**texts, "asked": form.get("asked") == "1"}
    return Typed(values if problems else values | {"entry": "".join(called)}, problems)


def _origins(replies: list[dict[str, Any]]) -> list[tuple[str, int]]:
    """The entries that the replies came from, at the revision of then."""
    origins = (reply.get("origin") or {} for reply in replies)
    found = [(one["id"], one["revision"]) for one in origins if one.get("kind") == "entry" and one.get("revision")]
    return list(dict.fromkeys(found))


def _came_from() -> dict[str, str]:
    """The list or the sample that led here, to go back to and on from."""
    return {name: request.args[name][:500] for name in ("list", "week") if name in request.args}


def _next(connection: Connection, conversation: str, turn: int) -> str:
    """The address of the next turn of the list or the sample that led here; empty at its end."""
    came = _came_from()
    following: Any = None
    if "week" in came:
        items = sampling.items(connection, came["week"], g.staff.name)
        wanted = [
            one.facts
            for one in items
            if one.is_wanted and (one.facts.conversation, one.facts.turn) != (conversation, turn)
        ]
        following = wanted[0] if wanted else None
    elif "list" in came:
        following = _following(connection, came["list"], conversation, turn)
    if following is None:
        return ""
    return f"/desk/conversations/{following.conversation}/turns/{following.turn}?{urlencode(came)}"


def _following(connection: Connection, query: str, conversation: str, turn: int) -> Any:
    own = (turn_facts.c.conversation == conversation, turn_facts.c.turn == turn)
    key = connection.execute(turn_facts.select().where(*own)).scalar()
    given = MultiDict(parse_qsl(query))
    filters = turn_filters.read(given, turn_filters.choices(connection, given))
    found = listing.page(connection, filters, parts().settings.timezone, key or 0, size=1).turns
    return found[0] if found else None


def _sentence(name: str, **values: object) -> str:
    return str(turn_filters.page_words()["problems"][name].format(**values))
