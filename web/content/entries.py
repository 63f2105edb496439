"""The list of entries: by domain and state, found by words; samples are signed and new entries begun here."""

from collections import Counter
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, current_app, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from knowledge import listing, publish_jobs
from knowledge.drafts import APPROVED, Draft
from knowledge.entry import FACETS, KINDS, is_id
from knowledge.listing import SAMPLE, Listed
from web.content.calculators import calculator_rows
from web.content.desk import desk, join, note, problem, today, words
from web.desk.access import allowed
from web.desk.act_forms import clean
from web.parts import parts

pages = Blueprint("content_entries", __name__, url_prefix="/content")
pages.record_once(join)
A_PAGE = 50
LONGEST_WORDS = 60


@pages.get("")
@allowed("content.see")
def entries() -> str:
    """The entries that the filters let through, fifty at a time."""
    everything = _everything()
    given = {name: clean(request.args.get(name, ""))[:LONGEST_WORDS] for name in ("domain", "state", "words")}
    of_domain = listing.matching(everything, given["domain"], "", given["words"])
    found = listing.matching(of_domain, state=given["state"])
    page = request.args.get("page", 1, type=int)
    first = max(0, page - 1) * A_PAGE
    return render_template(
        "content/entries.html",
        found=found[first : first + A_PAGE],
        count=len(found),
        states=Counter(state for one in of_domain for state in one.states),
        domains=sorted({one.domain for one in everything if one.domain}),
        kinds=KINDS,
        given=given,
        words=words(),
        samples=sum(SAMPLE in one.states for one in of_domain),
        query=lambda **more: urlencode({name: value for name, value in {**given, **more}.items() if value}),
        page=page if found[first : first + A_PAGE] else 1,
        pages=-(-len(found) // A_PAGE),
        today=today(),
        stuck=_stuck(),
        calculators=calculator_rows() if first == 0 and not (given["domain"] or given["words"]) else [],
    )


@pages.post("/new")
@allowed("content.edit")
def begin() -> ResponseReturnValue:
    """Begin a new entry: its editor opens, and nothing is kept before something is written there."""
    entry = clean(request.form.get("id", "")).lower()
    known = {one.id for one in _everything()}
    if not is_id(entry):
        flash(problem("id"))
    elif entry in _own_addresses():
        flash(problem("reserved"))
    else:
        if entry in known:
            flash(problem("known"))
        kind = request.form.get("kind", "")
        given = {"kind": kind if kind in FACETS else "", "title": clean(request.form.get("title", ""))[:120]}
        return redirect(
            f"/content/{entry}?{urlencode({**given, 'domain': clean(request.form.get('domain', ''))[:40]})}"
        )
    return redirect("/content")


@pages.post("/sign")
@allowed("content.publish")
def sign() -> ResponseReturnValue:
    """Sign the chosen samples, or all of a domain: from now on they are the city's own content."""
    wanted, domain = request.form.getlist("entry"), request.form.get("domain", "")
    if request.form.get("all") == "yes" and domain:
        wanted = [one.id for one in listing.matching(_everything(), domain, SAMPLE)]
    signed = desk().store.sign(
        wanted, g.staff.name, lambda connection, entry: note(connection, "sign", f"entry:{entry}")
    )
    flash(f"签发了 {len(signed)} 条，市民看到的卡片上不再写“示例内容”。" if signed else problem("signed"))
    return redirect(f"/content?{urlencode({'domain': domain, 'state': SAMPLE} if domain else {})}")


def _stuck() -> list[Draft]:
    """Approved drafts whose publishing did not go through; nobody was waiting for those that had a day."""
    approved = {one.entry: one for one in desk().drafts.by_state(APPROVED) if not one.publish_on}
    with parts().database.reading() as connection:
        return [approved[entry] for entry in publish_jobs.unsuccessful(connection, approved)]


def _everything() -> list[Listed]:
    with parts().database.reading() as connection:
        return desk().listing.everything(connection, today())


def _own_addresses() -> set[str]:
    """Words that are pages of this desk, and so no entries."""
    rules: Any = current_app.url_map.iter_rules()
    return {rule.rule.split("/")[2] for rule in rules if rule.rule.startswith("/content/")}
