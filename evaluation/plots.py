"""Figures as SVG text; labels are English, for want of a Chinese font. The only file that knows matplotlib."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

SIZE = (5.2, 3.4)  # inches: readable on a phone without turning it
SHADES = ("#9aa5b1", "#4c78a8", "#1b7f5c", "#c26a1d")
RIGHT, LINE = "#1b7f5c", "#4c78a8"


def bars(heads: Sequence[str], series: Mapping[str, Sequence[float]]) -> str:
    """A group of bars for each head, one bar a series, from 0 to 1."""
    figure, axes = _blank()
    width = 0.8 / len(series)
    for place, (label, values) in enumerate(series.items()):
        left = [head + (place - (len(series) - 1) / 2) * width for head in range(len(heads))]
        drawn = axes.bar(left, values, width * 0.92, label=label, color=SHADES[place % len(SHADES)])
        axes.bar_label(drawn, [f"{value:.2f}" for value in values], fontsize=7, padding=1)
    axes.set_xticks(range(len(heads)), heads)
    axes.set_ylim(0, 1.22)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1])
    axes.legend(fontsize=7, ncols=len(series), loc="upper center", frameon=False)
    return _svg(figure)


def reliability(bins: Sequence[tuple[float, float, int]]) -> str:
    """For each bin its mean probability, the share right and how many; the diagonal is perfect calibration."""
    figure, axes = _blank()
    axes.plot([0, 1], [0, 1], color="#888888", linewidth=1, linestyle="--")
    if bins:
        said, came, counts = zip(*bins, strict=True)
        axes.scatter(said, came, [20 + 300 * count / sum(counts) for count in counts], color=RIGHT, alpha=0.8)
        for x, y, count in bins:
            axes.annotate(str(count), (x, y), (6, -10), textcoords="offset points", fontsize=7)
    axes.set(xlim=(0, 1.05), ylim=(-0.05, 1.1), xlabel="stated probability", ylabel="share right")
    return _svg(figure)


def risk_coverage(points: Sequence[tuple[float, float]], marks: Mapping[str, tuple[float, float]]) -> str:
    """The share wrong among the answered against the share answered, with named points on it."""
    figure, axes = _blank()
    if points:
        axes.plot(*zip(*points, strict=True), color=LINE, drawstyle="steps-post")
    for label, (x, y) in marks.items():
        axes.plot([x], [y], "o", color="#c26a1d")
        axes.annotate(label, (x, y), (-6, 8), textcoords="offset points", fontsize=8, ha="right")
    axes.set(xlim=(0, 1.02), xlabel="share answered", ylabel="share wrong among answered")
    axes.set_ylim(0, max([0.1, *(risk for _, risk in points), *(risk for _, risk in marks.values())]) * 1.15)
    return _svg(figure)


def growth(sizes: Sequence[int], series: Mapping[str, Sequence[float]]) -> str:
    """Milliseconds against the number of passages, both on logarithmic axes."""
    figure, axes = _blank()
    for place, (label, values) in enumerate(series.items(), 1):
        axes.plot(sizes, values, "o-", label=label, color=SHADES[place % len(SHADES)])
    axes.set(xscale="log", yscale="log", xlabel="passages", ylabel="milliseconds (95 %)")
    axes.legend(fontsize=8, frameon=False)
    return _svg(figure)


def _blank() -> tuple[Figure, Axes]:
    figure = Figure(figsize=SIZE, layout="constrained")
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color="#e4e7eb")
    axes.set_axisbelow(True)
    axes.tick_params(labelsize=8)
    return figure, axes


def _svg(figure: Figure) -> str:
    written = io.StringIO()
    settings: dict[Any, Any] = {"svg.hashsalt": "wenzheng"}  # the same figure is the same text
    with rc_context(settings):
        figure.savefig(written, format="svg", metadata={"Date": None})
    return written.getvalue()
