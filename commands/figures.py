"""`wenzheng tickets figures`: the figures of some months, read from the tickets at this moment."""

import json
from typing import TYPE_CHECKING, Any

import click

from foundation.database import Database
from foundation.settings import load_settings

if TYPE_CHECKING:
    from hotline.figures import Report
    from hotline.figures.cells import Cell


@click.command()
@click.option("--month", required=True, help="提交月份,如 2026-11")
@click.option("--to", "last", help="到哪个月为止;不写就只看一个月")
@click.option(
    "--by",
    default="department",
    show_default=True,
    help="按什么分:department、top、category、district、channel、kind、month",
)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def figures(month: str, last: str | None, by: str, as_json: bool) -> None:
    """统计:三率、数量和各环节用时的中位数。"""
    from hotline.desk import UNBOUND, Actor
    from hotline.figures import Refused, Selection, live

    settings = load_settings()
    database = Database(settings.database_url)
    database.create_tables()
    try:
        with database.reading() as connection:
            found = live(connection, Selection(month, last or month, by), Actor("", UNBOUND), settings.timezone)
    except Refused as error:
        raise click.ClickException(str(error)) from error
    click.echo(json.dumps(_as_json(found), ensure_ascii=False) if as_json else "\n".join(_lines(found)))


def _as_json(found: "Report") -> dict[str, Any]:
    selection = found.selection
    return {
        "from": selection.first,
        "to": selection.last,
        "by": selection.by,
        "at": found.at.isoformat() if found.at else None,
        "rows": [
            {"value": row.value, "label": row.label, **_figures(row.cell), "ranks": row.ranks} for row in found.rows
        ],
        "total": _figures(found.total),
    }


def _figures(cell: "Cell") -> dict[str, Any]:
    from hotline.figures import definitions

    rates, counts = definitions().rates.values(), definitions().counts.values()
    return {
        "counts": {name: cell.counts[name] for one in counts for name in (one.name, one.times) if name},
        "rates": {
            rate.name: {"part": cell.counts[rate.part], "of": cell.counts[rate.of], "rate": cell.rate(rate)}
            for rate in rates
        },
        "medians": {
            name: {"hours": cell.median(name), "tickets": cell.stages[name].total()} for name in definitions().stages
        },
    }


def _lines(found: "Report") -> list[str]:
    """The three tables one below the other, cells set apart by tabs."""
    from hotline.figures.sheet import TABLES, table

    tables = ([*table(name, found), []] for name in TABLES)
    return ["\t".join("" if value is None else str(value) for value in line) for lines in tables for line in lines]
