"""Charts: where everything stands in a small picture, in the units of its view box. The template draws it."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 720, 200
LEFT, RIGHT, TOP, BOTTOM = 48, 8, 12, 24  # room for the scale, and for the days below
FEW_LABELS = 8
BAR, GAP, NAME = 20, 10, 168  # of lying bars: height, distance, room for the name
NAME_LETTERS = 11
STEPS = (1, 2, 5)


@dataclass(frozen=True)
class Block:
    """A rectangle, and its part that is filled."""

    x: float
    y: float
    width: float
    height: float
    part: float  # of the height of a standing block, of the width of a lying one


@dataclass(frozen=True)
class Label:
    """A word at a place."""

    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Chart:
    """A picture of so much width and height."""

    width: float
    height: float
    blocks: list[Block]
    lines: list[str]  # the points of each unbroken piece of a line
    scale: list[Label]  # values, each with a thin line through it
    names: list[Label]
    values: list[Label]


def columns(values: Sequence[tuple[str, float, float]]) -> Chart:
    """Standing blocks one beside the other: name, whole and the part that is filled."""
    top = ceiling(max((whole for _, whole, _ in values), default=0))
    step = (WIDTH - LEFT - RIGHT) / max(len(values), 1)
    blocks = [
        Block(_x(place, step, 0.1), _y(whole, top), step * 0.8, _tall(whole, top), _tall(part, top))
        for place, (_, whole, part) in enumerate(values)
    ]
    scale = [Label(LEFT, _y(mark, top), f"{mark:g}") for mark in (0, top / 2, top)]
    return Chart(WIDTH, HEIGHT, blocks, [], scale, _below([name for name, _, _ in values], step), [])


def lines(values: Sequence[tuple[str, Sequence[float | None]]]) -> Chart:
    """Shares between 0 and 1, one line for each place of the sequences; where there is none the line is broken."""
    step = (WIDTH - LEFT - RIGHT) / max(len(values), 1)
    count = len(values[0][1]) if values else 0
    drawn = [piece for one in range(count) for piece in _pieces([shares[one] for _, shares in values], step)]
    scale = [Label(LEFT, _y(share, 1), f"{share:.0%}") for share in (0, 0.5, 1)]
    return Chart(WIDTH, HEIGHT, [], drawn, scale, _below([name for name, _ in values], step), [])


def bars(values: Sequence[tuple[str, int, int]]) -> Chart:
    """Lying blocks one below the other: name, whole and the part that is filled."""
    most, room = max((whole for _, whole, _ in values), default=0) or 1, WIDTH - NAME - LEFT - RIGHT
    blocks, names, said = [], [], []
    for place, (name, whole, part) in enumerate(values):
        y, long = place * (BAR + GAP), room * whole / most
        blocks.append(Block(NAME, y, long, BAR, long * part / whole if whole else 0))
        names.append(Label(NAME - 8, y + BAR * 0.75, _short(name)))
        said.append(Label(NAME + long + 6, y + BAR * 0.75, str(whole)))
    return Chart(WIDTH, len(values) * (BAR + GAP), blocks, [], [], names, said)


def ceiling(most: float) -> float:
    """The round number at the top of a scale that holds so much."""
    power = 1
    while True:
        for step in STEPS:
            if step * power >= most:
                return step * power
        power *= 10


def _pieces(shares: Sequence[float | None], step: float) -> list[str]:
    pieces: list[list[str]] = [[]]
    for place, share in enumerate(shares):
        if share is None:
            pieces.append([])
        else:
            pieces[-1].append(f"{_x(place, step, 0.5):.1f},{_y(share, 1):.1f}")
    return [" ".join(piece if len(piece) > 1 else piece * 2) for piece in pieces if piece]


def _below(names: Sequence[str], step: float) -> list[Label]:
    """Names below the blocks, as many as can be read."""
    every = -(-len(names) // FEW_LABELS)
    return [Label(_x(place, step, 0.5), HEIGHT - 6, name) for place, name in enumerate(names) if place % every == 0]


def _x(place: int, step: float, within: float) -> float:
    return LEFT + (place + within) * step


def _y(value: float, top: float) -> float:
    return HEIGHT - BOTTOM - _tall(value, top)


def _tall(value: float, top: float) -> float:
    return (HEIGHT - TOP - BOTTOM) * value / top


def _short(name: str) -> str:
    return name if len(name) <= NAME_LETTERS else f"{name[: NAME_LETTERS - 1]}…"
