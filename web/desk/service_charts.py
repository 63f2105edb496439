"""The pictures of the overview."""

from datetime import date

from conversations.figures import Report
from web.desk import charts
from web.desk.charts import Chart

MOST_BARS = 12


def drawn(report: Report) -> dict[str, Chart]:
    """A picture for each table."""
    days = [(day_label(row.value), row.cell) for row in report.days]
    visits = [(day_label(row.value), row.visits) for row in report.visit_days]
    return {
        "days": charts.columns([(name, cell.messages, cell.answered) for name, cell in days]),
        "rates": charts.lines([(name, [cell.answer_rate]) for name, cell in days]),
        "visits": charts.columns([(name, one.conversations, one.to_person) for name, one in visits]),
        "waits": charts.columns([(name, (one.wait or 0) / 60, (one.wait or 0) / 60) for name, one in visits]),
        "visit-channels": charts.bars(
            [(row.label, row.visits.conversations, row.visits.to_person) for row in report.visit_channels[:MOST_BARS]]
        ),
        "outcomes": charts.bars([(row.label, row.cell.messages, row.cell.messages) for row in report.outcomes]),
        **{
            name: charts.bars([(row.label, row.cell.messages, row.cell.answered) for row in rows[:MOST_BARS]])
            for name, rows in (("channels", report.channels), ("domains", [row for row in report.domains if row.value]))
        },
    }


def day_label(day: str) -> str:
    """A day as it stands below a picture."""
    return date.fromisoformat(day).strftime("%-m.%-d")


def length(seconds: int | None) -> str:
    """A time as people say it."""
    if seconds is None:
        return ""
    return f"{seconds} 秒" if seconds < 60 else f"{seconds // 60} 分 {seconds % 60:02d} 秒"
