"""One timestamped folder a run: settings, results, cases, and the report as Markdown and as a page, with its plots."""

import hashlib
import json
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evaluation.cases import Case
from evaluation.page import page
from foundation.clock import now
from foundation.settings import Settings
from knowledge.confidence import Confidence
from knowledge.decision import RULES
from knowledge.model_folder import base_of, fingerprint
from knowledge.pointer import current
from knowledge.retriever import WEIGHTS

PROJECT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Findings:
    """What a run found: the figures for programs, the body of the report, a line for each case, the plots by file."""

    result: dict[str, Any]
    body: str
    lines: Sequence[Case] = field(default=())
    plots: Mapping[str, str] = field(default_factory=dict)  # SVG


def save(settings: Settings, name: str, rested_on: dict[str, Any], findings: Findings) -> Path:
    """Write a run beside the settings it rested on; returns its new folder under DATA_DIR/evaluations."""
    at = now()
    folder = settings.data_dir / "evaluations" / f"{at:%Y%m%dT%H%M%S%f}-{name}"
    folder.mkdir(parents=True)
    held = {"evaluation": name, "at": at.isoformat(), **rested_on}
    (folder / "settings.json").write_text(_json(held), encoding="utf-8")
    (folder / "results.json").write_text(_json(findings.result), encoding="utf-8")
    report = _report(held, findings.body)
    (folder / "report.md").write_text(report, encoding="utf-8")
    (folder / "report.html").write_text(page(f"评测:{name} {at:%Y-%m-%d}", report, findings.plots), encoding="utf-8")
    for file, plot in findings.plots.items():
        (folder / file).write_text(plot, encoding="utf-8")
    write_lines(folder / "cases.jsonl", findings.lines)
    return folder


def basis(settings: Settings, rasa_model: Path | None = None, **files: Path) -> dict[str, Any]:
    """What figures rest on: code, snapshot, models, weights, thresholds, and a digest of each file by its role."""
    snapshot, base = current(settings.data_dir / "snapshots"), base_folder(settings.model_dir)
    return {
        "commit": _git("rev-parse", "HEAD"),
        "uncommitted_changes": bool(_git("status", "--porcelain")),
        "snapshot": snapshot.name if snapshot else None,
        "model": fingerprint(settings.model_dir) if settings.model_dir.is_dir() else None,
        "base_model": fingerprint(base) if base.is_dir() else None,
        "rasa_model": _digest(rasa_model) if rasa_model else None,
        "weights": WEIGHTS,
        "thresholds": RULES | {"answer_from": answer_from(settings)},
        "files": {role: {"path": str(path), "sha256": _digest(path)} for role, path in files.items()},
    }


def base_folder(model: Path) -> Path:
    """The unmodified conversion that a tuned model has beside it; the model itself where it is not tuned."""
    base = base_of(model)
    return base if base.is_dir() else model


def answer_from(settings: Settings) -> float | None:
    """The probability from which the current snapshot answers; None before the first one."""
    snapshot = current(settings.data_dir / "snapshots")
    return Confidence.load(snapshot / "confidence.json").answer_from if snapshot else None


def write_lines(path: Path, lines: Iterable[Case]) -> None:
    """Write one JSON object a line."""
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; bars and line breaks inside a cell give way."""
    lines = [heads, ["---"] * len(heads), *rows]
    cells = [[" ".join(str(cell).replace("|", "｜").split()) for cell in line] for line in lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)


def _report(held: dict[str, Any], body: str) -> str:
    rested = [(name, json.dumps(value, ensure_ascii=False)) for name, value in held.items()]
    return f"# 评测:{held['evaluation']}\n\n{body}\n\n## 依据的设置\n\n{table(['项目', '值'], rested)}\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _git(*words: str) -> str | None:
    """What git says of the project; None where it is not there or the project is no repository."""
    try:
        run = subprocess.run(["git", *words], cwd=PROJECT, check=False, capture_output=True, text=True, timeout=30)
    except OSError:
        return None
    return run.stdout.strip() if run.returncode == 0 else None
