"""Drawing of a module: forms of molecules as boxes, reactions as arrows, what drives or slows them beside these."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from lamella.report.module_story import Step, Story
from lamella.report.picture import Picture
from lamella.report.style import FAINT, INK, MUTED, PAPER

DRIVES, SLOWS = "#009e73", "#d55e00"
"""Green and vermilion of Okabe and Ito; a plus or a bar says the same to readers without colour."""

_ENDINGS = {"gtp": "GTP", "p": "P", "active": "active", "sumo": "SUMO", "ub": "Ub", "open": "open", "cleaved": "cut"}
_COLUMN, _ROW, _BOX = 3.5, 1.05, (1.6, 0.34)
"""Inches between columns and rows of boxes, and the size of a box."""

_BESIDE = 4
"""Columns of boxes beside each other, where no group needs more."""

_MOST = 3
"""Names beside an arrow; the others are counted, and told in the text."""

Place = tuple[float, float]


@dataclass(frozen=True)
class _Arrow:
    """All steps from one form to another; a form may be missing where something is made or lost."""

    start: str | None
    end: str | None
    drives: tuple[str, ...]
    slows: tuple[str, ...]


def spoken_form(name: str) -> str:
    """'RAC1_gtp' as 'RAC1-GTP', 'XIAP_CASP3' as 'XIAP:CASP3'."""
    parts = name.split("_")
    text = parts[0]
    for part in parts[1:]:
        ending = _ENDINGS.get(part)
        if ending in ("active", "open", "cut"):
            text = f"{text} {ending}"
        elif ending is not None:
            text = f"{text}-{ending}"
        else:
            text += (":" if part.isupper() else " ") + part
    return text


def module_picture(told: Story) -> Picture:
    """The drawing of a story. Call inside `style.drawing()`."""
    arrows = _arrows(told.steps)
    placed = _placed([_columns(group, arrows) for group in _groups(arrows)])
    widest, lowest = (max((abs(place[axis]) for place in placed.values()), default=0.0) for axis in (0, 1))
    width, height = widest + _BOX[0] + 0.8, lowest + _ROW + 0.3
    drawn = Figure(figsize=(width, height))
    axes = drawn.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_xlim(-_BOX[0] / 2 - 0.4, width - _BOX[0] / 2 - 0.4)
    axes.set_ylim(-height + _ROW / 2 + 0.05, _ROW / 2 + 0.05)
    axes.axis("off")
    both = {(a.start, a.end) for a in arrows}
    for arrow in arrows:
        _draw_arrow(axes, arrow, placed, returns=(arrow.end, arrow.start) in both)
    for form, (x, y) in placed.items():
        _draw_box(axes, form, x, y)
    names = ", ".join(spoken_form(form) for form in list(placed)[:6])
    return Picture(drawn, f"Reactions of the module {told.module.title} between {names} and others.",
                   "Boxes are forms of molecules, arrows reactions; front and rear of the cell are drawn once. Green "
                   "with a plus: speeds the reaction up in a grown cell; vermilion with a minus: slows it down; the "
                   "strongest first. A short arrow from above: made; one that leads below: lost.")


def _arrows(steps: Iterable[Step]) -> list[_Arrow]:
    """One arrow for every pair of forms; what only spreads within the membrane is left out."""
    found: dict[tuple[str | None, str | None], _Arrow] = {}
    for step in steps:
        before, after = dict.fromkeys(step.before), dict.fromkeys(step.after)
        kept = before.keys() & after.keys()
        starts = [name for name in before if name not in kept] or ([None] if not kept else [])
        ends = [name for name in after if name not in kept] or ([None] if not kept else [])
        for start in starts:
            for end in ends:
                if start is None and end is None:
                    continue
                old = found.get((start, end), _Arrow(start, end, (), ()))
                join = lambda one, other: tuple(dict.fromkeys((*one, *other)))
                found[start, end] = _Arrow(start, end, join(old.drives, step.drives), join(old.slows, step.slows))
    return list(found.values())


def _placed(groups: Sequence[list[list[str]]]) -> dict[str, Place]:
    """Where every form stands: groups from left to right, as long as they fit beside each other, then further down.

    groups   columns of forms
    """
    most = max(_BESIDE, *(len(columns) for columns in groups)) if groups else _BESIDE
    placed: dict[str, Place] = {}
    left, top, deepest = 0, 0.0, 0
    for columns in groups:
        if left + len(columns) > most:
            left, top, deepest = 0, top + deepest + 0.35, 0
        tallest = max(len(column) for column in columns)
        for x, column in enumerate(columns):
            for y, form in enumerate(column):
                placed[form] = ((left + x) * _COLUMN, -(top + y + (tallest - len(column)) / 2) * _ROW)
        left, deepest = left + len(columns), max(deepest, tallest)
    return placed


def _groups(arrows: Sequence[_Arrow]) -> list[list[str]]:
    """Forms that reactions connect, the largest group first, in the order of the file."""
    forms = list(dict.fromkeys(name for a in arrows for name in (a.start, a.end) if name is not None))
    group_of = {form: place for place, form in enumerate(forms)}
    for arrow in arrows:
        if arrow.start is not None and arrow.end is not None:
            one, other = group_of[arrow.start], group_of[arrow.end]
            group_of = {form: min(one, other) if g in (one, other) else g for form, g in group_of.items()}
    groups: dict[int, list[str]] = {}
    for form in forms:
        groups.setdefault(group_of[form], []).append(form)
    return list(groups.values())


def _columns(group: Sequence[str], arrows: Sequence[_Arrow]) -> list[list[str]]:
    """Forms by the number of steps from those that nothing turns into, or from the first of the file."""
    inside = [a for a in arrows if a.start in group and a.end in group]
    made = {a.end for a in inside}
    roots = [form for form in group if form not in made] or [group[0]]
    depth = dict.fromkeys(roots, 0)
    waiting = list(roots)
    while waiting:
        form = waiting.pop(0)
        for arrow in inside:
            if arrow.start == form and arrow.end is not None and arrow.end not in depth:
                depth[arrow.end] = depth[form] + 1
                waiting.append(arrow.end)
    for form in group:
        depth.setdefault(form, 0)
    columns: list[list[str]] = [[] for _ in range(max(depth.values()) + 1)]
    for form in group:
        columns[depth[form]].append(form)
    return [_sorted(column, columns[place - 1] if place else [], inside) for place, column in enumerate(columns)]


def _sorted(column: Sequence[str], before: Sequence[str], arrows: Sequence[_Arrow]) -> list[str]:
    """Forms in the order of those that they come from, so that few arrows cross."""
    rank = {form: place for place, form in enumerate(before)}
    own = {form: place for place, form in enumerate(column)}

    def key(form: str) -> tuple[float, int]:
        from_ = [rank[a.start] for a in arrows if a.end == form and a.start in rank]
        return (sum(from_) / len(from_) if from_ else own[form], own[form])

    return sorted(column, key=key)


def _draw_box(axes: Axes, form: str, x: float, y: float) -> None:
    wide, tall = _BOX
    axes.add_patch(FancyBboxPatch((x - wide / 2, y - tall / 2), wide, tall, boxstyle="round,pad=0.0,rounding_size=0.09",
                                  facecolor=PAPER, edgecolor=INK, linewidth=1.0, zorder=3))
    text = spoken_form(form)
    axes.text(x, y, text, ha="center", va="center", color=INK, fontsize=9.0 if len(text) < 19 else 7.0, zorder=4)


def _draw_arrow(axes: Axes, arrow: _Arrow, placed: Mapping[str, Place], *, returns: bool) -> None:
    wide, tall = _BOX
    style: dict[str, Any] = {"arrowstyle": "-|>", "mutation_scale": 9, "linewidth": 1.0, "color": MUTED, "zorder": 2}
    if arrow.start is None or arrow.end is None:
        _draw_stub(axes, arrow, placed, style)
        return
    (x0, y0), (x1, y1) = placed[arrow.start], placed[arrow.end]
    forward = x1 > x0
    if x1 == x0:
        down = y1 < y0
        shift = (-0.12 if down else 0.12) if returns else 0.0
        edge = -tall / 2 if down else tall / 2
        ends = ((x0 + shift, y0 + edge), (x1 + shift, y1 - edge))
    else:
        shift = (0.07 if forward else -0.07) if returns else 0.0
        ends = ((x0 + (wide / 2 if forward else -wide / 2), y0 + shift),
                (x1 - (wide / 2 if forward else -wide / 2), y1 + shift))
    bend = 0.0
    if abs(x1 - x0) > 1.5 * _COLUMN and y0 == y1:  # round the boxes between them
        bend, edge = -0.06, tall / 2 if forward else -tall / 2
        ends = ((x0, y0 + edge), (x1, y1 + edge))
    axes.add_patch(FancyArrowPatch(*ends, shrinkA=0, shrinkB=0, connectionstyle=f"arc3,rad={bend}", **style))
    middle = ((ends[0][0] + ends[1][0]) / 2, (ends[0][1] + ends[1][1]) / 2 - 0.5 * bend * (x1 - x0))
    _label(axes, arrow, middle[0], middle[1] + (0.06 if forward or not returns else -0.19))


def _draw_stub(axes: Axes, arrow: _Arrow, placed: Mapping[str, Place], style: Mapping[str, Any]) -> None:
    """What is made comes from above the box, what is lost goes below it."""
    wide, tall = _BOX
    if arrow.start is None and arrow.end is not None:
        x, y = placed[arrow.end]
        x, ends = x - 0.3 * wide, ((x - 0.3 * wide, y + tall / 2 + 0.24), (x - 0.3 * wide, y + tall / 2))
        _label(axes, arrow, x + 0.07, y + tall / 2 + 0.1, align="left")
    elif arrow.start is not None:
        x, y = placed[arrow.start]
        x, ends = x - 0.3 * wide, ((x - 0.3 * wide, y - tall / 2), (x - 0.3 * wide, y - tall / 2 - 0.24))
        _label(axes, arrow, x + 0.07, y - tall / 2 - 0.22, align="left")
    axes.add_patch(FancyArrowPatch(*ends, shrinkA=0, shrinkB=0, **style))


def _label(axes: Axes, arrow: _Arrow, x: float, y: float, *, align: str = "center") -> None:
    """What drives and slows, each in its colour, on one or two lines above `y`."""
    lines = [(sign, colour, names) for sign, colour, names in
             (("+", DRIVES, arrow.drives), ("−", SLOWS, arrow.slows)) if names]
    for row, (sign, colour, names) in enumerate(reversed(lines)):
        shown = ", ".join(spoken_form(name) for name in names[:_MOST])
        more = f" (+{len(names) - _MOST})" if len(names) > _MOST else ""
        axes.text(x, y + 0.115 * row, f"{sign} {shown}{more}", ha=align, va="bottom", color=colour, fontsize=6.4,
                  zorder=5, bbox={"facecolor": PAPER, "edgecolor": FAINT, "linewidth": 0.0, "pad": 0.4, "alpha": 0.8})
