"""The causal path drawn: proteins from what was done on the left to what was read on the right, reactions as arrows."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch

from lamella.report import words
from lamella.report.picture import Picture
from lamella.report.style import FAINT, INK, MUTED, PAPER, figure

if TYPE_CHECKING:
    from lamella.verdicts import CausalPath, Route, Step

RAISES, LOWERS = "#0072b2", "#d55e00"
"""Colour of an arrow by its sign."""

_MOST_STEPS = 16
_WIDE, _TALL = 1.9, 1.15
"""Inches between columns and between rows."""


def route_picture(path: CausalPath, way: Route) -> Picture:
    """Proteins in columns by their distance from what was done; the width of an arrow is the share of the effect."""
    arrows = [step for step in way.steps if step.source != step.target][:_MOST_STEPS]
    drawn_proteins = {*way.starts, *way.ends, *(p for step in arrows for p in (step.source, step.target))}
    steps = arrows + [step for step in way.steps if step.source == step.target and step.source in drawn_proteins]
    column = _columns(way.starts, way.ends, steps)
    places = _places(column, arrows)
    ys = [y for _, y in places.values()]
    columns = max(column.values()) + 1
    drawn = figure(max(5.2, 1.6 + _WIDE * columns), 2.0 + _TALL * (max(ys) - min(ys)))
    axes = drawn.subplots()
    axes.set_axis_off()
    between: dict[tuple[str, str], list[Step]] = defaultdict(list)
    for step in steps:
        between[step.source, step.target].append(step)
    for (source, target), parallel in between.items():
        if source == target:
            _own(axes, places[source], parallel)
        else:
            _arrow(axes, places[source], places[target], parallel)
    for protein, (x, y) in places.items():
        start, end = protein in way.starts, protein in way.ends
        axes.text(x, y, protein, ha="center", va="center", fontsize=10, fontweight="bold" if start or end else "normal",
                  color=INK, zorder=5, bbox={"boxstyle": "round,pad=0.35", "facecolor": PAPER, "linewidth": 2.2 if start
                                             or end else 1.0, "edgecolor": INK if start or end else MUTED})
    axes.set_xlim(-0.6, columns - 0.4)
    axes.set_ylim(min(ys) - 0.75, max(ys) + 0.75)
    axes.set_title(f"{path.quantity} in {path.cell}: {path.arm} over {path.against} = {path.effect:.3g}")
    alt = (f"{path.quantity} in {path.cell}, {path.arm} over {path.against}: {path.effect:.3g}. "
           + " ".join(f"{s.source} {'raises' if s.raises else 'lowers'} {s.target} by {s.what} "
                      f"({100 * s.share_lost:.0f} % of the effect)." for s in steps))
    return Picture(drawn, alt, "Blue arrows: more of the one makes more of the other, or of its active form. Orange "
                   "bars: less. Numbers: share of the effect that is lost without the reaction; they need not add up, "
                   "since reactions in a row share one effect. Dashed: without the reaction the control itself is "
                   "another one, or cells die, so that it sets the stage. Framed in bold: what was done, and what was "
                   "read.")


def _columns(starts: tuple[str, ...], ends: tuple[str, ...], steps: list[Step]) -> dict[str, int]:
    """Protein -> column: steps from the nearest start; what is read stands last."""
    proteins = dict.fromkeys([*starts, *(p for s in steps for p in (s.source, s.target)), *ends])
    found = {protein: 0 for protein in proteins if protein in starts}
    for _ in proteins:
        for step in steps:
            if step.source in found and step.target not in found:
                found[step.target] = found[step.source] + 1
    last = max([*found.values(), 0])
    for protein in proteins:
        found.setdefault(protein, 1 if last > 1 else last)
    far = max([column for protein, column in found.items() if protein not in ends] or [0])
    for protein in ends:
        if protein not in starts:
            found[protein] = max(far + (1 if far >= found[protein] else 0), found[protein])
    return found


def _places(column: dict[str, int], arrows: list[Step]) -> dict[str, tuple[float, float]]:
    """Protein -> place; in each column proteins stand at the height of those that act on them, one row apart."""
    placed: dict[str, tuple[float, float]] = {}
    for k in sorted(set(column.values())):
        members = [protein for protein, c in column.items() if c == k]

        def height(protein: str) -> float:
            before = [placed[s.source][1] for s in arrows if s.target == protein and s.source in placed]
            return sum(before) / len(before) if before else 0.0

        members.sort(key=lambda protein: -height(protein))
        centre = sum(map(height, members)) / len(members) if k else 0.0
        for rank, protein in enumerate(members):
            placed[protein] = (float(k), centre + (len(members) - 1) / 2 - rank)
    return placed


def _arrow(axes: Axes, begin: tuple[float, float], end: tuple[float, float], steps: list[Step]) -> None:
    """All reactions between two proteins as one arrow, labelled with each."""
    main = max(steps, key=lambda s: s.share_lost)
    colour = RAISES if main.raises else LOWERS
    bend = _bend(end[0] - begin[0])
    ends = (begin, end, "-|>", 11, bend) if main.raises else (end, begin, "]-", 6, -bend)
    axes.add_patch(FancyArrowPatch(
        *ends[:2], arrowstyle=ends[2], mutation_scale=ends[3], connectionstyle=f"arc3,rad={ends[4]}", color=colour,
        linewidth=0.8 + 3.2 * min(main.share_lost, 1.0) if main.carries else 1.3, shrinkA=24, shrinkB=26, zorder=2,
        alpha=0.9, linestyle="solid" if main.carries else (0, (2.5, 1.5))))
    across, up = (end[0] - begin[0]) * _WIDE, (end[1] - begin[1]) * _TALL
    x = 0.5 * (begin[0] + end[0]) + 0.5 * bend * up / _WIDE
    y = 0.5 * (begin[1] + end[1]) - 0.5 * bend * across / _TALL
    text = _labels(steps)
    axes.text(x, y, text, ha="center", va="center", fontsize=7.5, color=INK, zorder=4,
              bbox={"boxstyle": "round,pad=0.12", "facecolor": PAPER, "edgecolor": "none", "alpha": 0.85})


def _bend(columns: float) -> float:
    """Curvature of an arrow: straight to the next column, over what stands between, and out of the way of the others
    where it leads back or within its column."""
    if columns < -0.5:
        return 0.3
    return 0.5 if columns <= 0.5 else 0.0 if columns <= 1.5 else -0.22


def _labels(steps: list[Step]) -> str:
    """What the reactions are, with the share of those that carry."""
    share = {True: lambda s: f" {100 * s.share_lost:.0f} %", False: lambda s: ""}
    return "\n".join(words.broken(s.what, 24) + share[s.carries](s) for s in steps[:3])


def _own(axes: Axes, at: tuple[float, float], steps: list[Step]) -> None:
    """Reactions that nothing else on the path drives, below their protein."""
    text = _labels(steps)
    axes.text(at[0], at[1] - 0.27, text, ha="center", va="top", fontsize=7.5, color=MUTED, zorder=4,
              bbox={"boxstyle": "round,pad=0.12", "facecolor": PAPER, "edgecolor": FAINT, "alpha": 0.9})
