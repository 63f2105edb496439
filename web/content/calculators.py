"""Calculators on the page of entries: how each stands, and signing those that are samples."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, flash, g, redirect, request
from flask.typing import ResponseReturnValue

from knowledge.calculators import CALCULATORS
from knowledge.calculators.signing import SHOWN_DIGITS, Standing, sign, standings
from knowledge.store import Source
from web.content.desk import desk, note, people, problem
from web.desk.access import allowed
from web.parts import parts

pages = Blueprint("content_calculators", __name__, url_prefix="/content")


@dataclass(frozen=True)
class Row:
    """A calculator as the page shows it: what it rests on, who signed its rules, or that earlier ones were signed."""

    id: str
    title: str
    digest: str
    basis: str
    checked_on: date
    signed_by: str | None
    was_signed: bool

    @property
    def short_digest(self) -> str:
        """The rules as people read them."""
        return self.digest[:SHOWN_DIGITS]


def calculator_rows() -> list[Row]:
    """Every calculator as it stands."""
    with parts().database.reading() as connection:
        known = standings(connection)
    titles = desk().store.sources([source.source for one in known for source in one.calculator.sources])
    return [_row(one, titles, people()) for one in known]


@pages.post("/sign-calculators")
@allowed("content.publish")
def sign_calculators() -> ResponseReturnValue:
    """Sign the chosen calculators by the rules that the page showed; what counts by other rules now is left out."""
    shown = dict(value.rpartition("@")[::2] for value in request.form.getlist("calculator"))
    known = {name: digest for name, digest in shown.items() if name in CALCULATORS}
    as_read = [name for name, digest in known.items() if digest == CALCULATORS[name].digest]
    with parts().database.writing() as connection:
        signed = sign(
            connection,
            as_read,
            g.staff.name,
            lambda one: note(connection, "sign", f"calculator:{one.id}", {"rules": one.digest[:SHOWN_DIGITS]}),
        )
    if signed:
        flash(f"签发了 {len(signed)} 个计算器，结果上不再写“示例内容”。")
    if changed := "、".join(CALCULATORS[name].title for name in known if name not in as_read):
        flash(problem("rules_changed", titles=changed))
    elif not signed:
        flash(problem("signed"))
    return redirect("/content#calculators")


def _row(standing: Standing, titles: Mapping[str, Source], labels: Mapping[str, str]) -> Row:
    one, by = standing.calculator, standing.signed_by
    cited = [source for source in one.sources if source.source in titles]
    basis = "、".join(f"《{titles[source.source].title}》{source.article}" for source in cited)
    signed_by = labels.get(by, by) if by else None
    return Row(one.id, one.title, one.digest, basis, one.checked_on, signed_by, standing.was_signed)
