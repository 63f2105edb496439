"""What people read after a check: one row a text, then what must be put right."""

from collections.abc import Iterator

from knowledge.plain_language import Report


def summary(reports: dict[str, Report]) -> Iterator[str]:
    """The lines of a short table, lowest score first, and a last line that counts."""
    yield "得分    必改  提示  条目或行"
    for name, report in sorted(reports.items(), key=lambda item: item[1].score):
        errors = len(report.errors)
        yield f"{report.score:5.1f}  {errors:>4}  {len(report.findings) - errors:>4}  {name}"
    wrong = sum(bool(report.errors) for report in reports.values())
    mean = sum(report.score for report in reports.values()) / len(reports) if reports else 100.0
    yield f"共 {len(reports)} 个，平均 {mean:.1f} 分，{wrong} 个有必须改的地方"


def complaints(reports: dict[str, Report]) -> Iterator[str]:
    """One line for each error: whose it is, where, why, and what to write instead."""
    for name, report in reports.items():
        for finding in report.errors:
            yield f"{name}：{finding.where}：{finding.why}；{finding.better}"
