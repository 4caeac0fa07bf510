"""How figures look: colours that colour-blind readers tell apart, one look per arm, one set of matplotlib settings.

The categorical colours are those of Okabe & Ito 2008 (Color Universal Design, https://jfly.uni-koeln.de/color/).
Ink, muted ink, lines and paper are placeholders which the page replaces by its own colours, so that figures follow
light and dark.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

INK, MUTED, FAINT, PAPER = "#1b1f25", "#5c6571", "#d8dce3", "#fefefd"
"""Text; secondary text; rules; background. Unusual on purpose: they must not meet a colour of the data."""

CONTROL = "#7a828e"
"""Neutral grey of the arm that others are compared with."""

FREE_EDGE = "#f0e442"
"""Yellow of Okabe and Ito: cells at the free edge in pictures, and no arm."""

_COLOURS = ("#d55e00", "#0072b2", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
_MARKERS = ("s", "^", "D", "v", "P", "X")
_DASHES = ("solid", (0, (5, 1.5)), (0, (1.5, 1.2)), (0, (6, 1.5, 1.5, 1.5)))

SETTINGS: dict[Any, Any] = {
    "font.family": ["DejaVu Sans"], "font.size": 9.0, "axes.titlesize": 9.5, "axes.labelsize": 9.0,
    "xtick.labelsize": 8.5, "ytick.labelsize": 8.5, "axes.titlelocation": "left", "axes.titleweight": "bold",
    "text.color": INK, "axes.labelcolor": INK, "axes.titlecolor": INK, "axes.edgecolor": MUTED,
    "xtick.color": MUTED, "ytick.color": MUTED, "xtick.labelcolor": INK, "ytick.labelcolor": INK,
    "axes.linewidth": 0.8, "xtick.major.width": 0.8, "ytick.major.width": 0.8, "grid.color": FAINT,
    "axes.spines.top": False, "axes.spines.right": False, "axes.axisbelow": True, "axes.unicode_minus": True,
    "figure.facecolor": "none", "axes.facecolor": "none", "savefig.facecolor": "none", "savefig.dpi": 160,
    "figure.dpi": 100, "lines.solid_capstyle": "round", "text.parse_math": False, "axes.formatter.use_locale": False,
    "svg.fonttype": "path", "svg.hashsalt": "lamella", "path.simplify": True, "path.simplify_threshold": 0.2,
}
"""matplotlib settings; names are drawn as written (no mathematics), whatever characters they hold."""

_LOCK = threading.Lock()


@dataclass(frozen=True)
class Look:
    """How one arm is drawn in every figure: colour, and marker and dash for readers without colour."""

    colour: str
    marker: str
    dash: str | tuple


def looks(arms: Sequence[str], control: str | None) -> dict[str, Look]:
    """Arm -> Look. The control is grey; the others take the colours in order, then again with the next dash."""
    chosen, number = {}, 0
    for arm in arms:
        if arm == control:
            chosen[arm] = Look(CONTROL, "o", "solid")
            continue
        turn, place = divmod(number, len(_COLOURS))
        chosen[arm] = Look(_COLOURS[place], _MARKERS[(place + turn) % len(_MARKERS)], _DASHES[turn % len(_DASHES)])
        number += 1
    return chosen


@contextmanager
def drawing() -> Iterator[None]:
    """Settings of this room in force, whatever the user's own are; one thread draws at a time.

    Characters without a glyph are drawn as boxes, without a warning.
    """
    with _LOCK, matplotlib.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(SETTINGS)
        yield


def figure(width: float, height: float, *, w_pad: float = 0.06, h_pad: float = 0.06) -> Figure:
    """An empty figure (inches, as are the pads round its panels) outside pyplot, hence without global state."""
    return Figure(figsize=(width, height), layout=ConstrainedLayoutEngine(w_pad=w_pad, h_pad=h_pad))


def placed_figure(rows: int, columns: int, panel: tuple[float, float], *, left: float, head: float,
                  gap: float) -> tuple[Figure, list[list[Axes]]]:
    """A grid of panels of a given size (inches), with room on the left and above, and nothing left to a layout."""
    wide, tall = left + columns * (panel[0] + gap), head + rows * (panel[1] + gap)
    drawn = Figure(figsize=(wide, tall))
    axes = [[drawn.add_axes(((left + column * (panel[0] + gap)) / wide,
                             1 - (head + (row + 1) * panel[1] + row * gap) / tall, panel[0] / wide, panel[1] / tall))
             for column in range(columns)] for row in range(rows)]
    return drawn, axes


def quiet_axes(axes: Axes, *, grid: Literal["x", "y"] | None = None) -> None:
    """Remove what carries no information; `grid` is 'x', 'y' or nothing."""
    axes.tick_params(length=3)
    if grid:
        axes.grid(True, axis=grid, linewidth=0.7)
        axes.tick_params(axis=grid, length=0)
        axes.spines["left" if grid == "y" else "bottom"].set_visible(False)


def spread(positions: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Positions moved apart to at least `gap`, in the same order and as little as needed, inside low..high.

    Used for labels at the ends of curves. Where there is no room for all, the gap shrinks.
    """
    order = sorted(range(len(positions)), key=lambda i: positions[i])
    if len(order) > 1:
        gap = min(gap, (high - low) / (len(order) - 1))
    groups: list[list[int]] = []
    centres: list[float] = []

    def place(group: list[int]) -> float:
        half = gap * (len(group) - 1) / 2
        mean = sum(positions[i] for i in group) / len(group)
        return min(max(mean, low + half), high - half)

    for i in order:
        groups.append([i])
        centres.append(place([i]))
        while len(groups) > 1 and centres[-1] - centres[-2] < gap * (len(groups[-1]) + len(groups[-2])) / 2 - 1e-12:
            last = groups.pop()
            centres.pop()
            groups[-1] += last
            centres[-1] = place(groups[-1])
    moved = [0.0] * len(positions)
    for group, centre in zip(groups, centres):
        for rank, i in enumerate(group):
            moved[i] = centre + gap * (rank - (len(group) - 1) / 2)
    return moved
