"""Effects: arms over arms as ratios with their intervals, as a figure and as a table."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from lamella.report import words
from lamella.report.picture import Picture
from lamella.report.style import FAINT, INK, MUTED, PAPER, Look, figure, quiet_axes

Row = Mapping[str, Any]
"""arm, against, readout, effect, low, high, replicates, and where it matters reason."""

_FARTHEST = 50.0
"""Ratios beyond this are written at the edge of the axis, so that they do not flatten the others."""

_TOLD = 8
"""Ratios that the text for readers without the picture spells out."""

_TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 0.7, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0, 3.0, 5.0, 10.0, 20.0, 50.0, 100.0)


def effects_picture(rows: Sequence[Row], looks: Mapping[str, Look]) -> Picture | None:
    """A panel per read-out, a line per comparison, ratios on a logarithmic scale; None where there is no ratio."""
    finite = [row for row in rows if _positive(row["effect"])]
    readouts = list(dict.fromkeys(str(row["readout"]) for row in finite))
    pairs = list(dict.fromkeys((str(row["arm"]), str(row["against"])) for row in rows))
    if not readouts:
        return None
    columns = min(3, len(readouts))
    lines = -(-len(readouts) // columns)
    drawn = figure(6.8 if columns == 1 else 9.4, lines * (0.85 + 0.29 * max(len(pairs), 2)), w_pad=0.06, h_pad=0.06)
    panels = drawn.subplots(lines, columns, squeeze=False, sharey=True).ravel()
    for axes, readout in zip(panels, readouts):
        own = {(str(row["arm"]), str(row["against"])): row for row in finite if row["readout"] == readout}
        _draw_panel(axes, readout, [own.get(pair) for pair in pairs], pairs, looks)
    for axes in panels[len(readouts):]:
        axes.set_axis_off()
    apart = [sentence(row) for row in finite if told_apart(row)]
    alt = (f"{len(finite)} ratios with 95 % intervals; {len(apart)} of the intervals leave out 1. "
           + " ".join(apart[:_TOLD]) + (" The table below holds all." if len(apart) > _TOLD else ""))
    caption = ("Ratio of each read-out between two arms, paired by dish, with its 95 % interval, on a logarithmic "
               "scale. Filled: the interval leaves out 1. The table holds the numbers.")
    return Picture(drawn, alt, caption)


def effects_table(rows: Sequence[Row]) -> str:
    """All comparisons as an HTML table: read-outs down, comparisons across; reasons for what is unusual beneath."""
    pairs = list(dict.fromkeys((str(row["arm"]), str(row["against"])) for row in rows))
    readouts = list(dict.fromkeys(str(row["readout"]) for row in rows))
    found = {(str(row["readout"]), str(row["arm"]), str(row["against"])): row for row in rows}
    dishes = {int(row["replicates"]) for row in rows}
    heads = "".join(f'<th scope="col">{_breakable(arm)}<small>over {_breakable(against)}</small></th>'
                    for arm, against in pairs)
    body = "".join(
        f'<tr><th scope="row">{html.escape(words.shown(readout).title)}</th>'
        + "".join(_cell(found.get((readout, *pair)), count=len(dishes) > 1) for pair in pairs) + "</tr>"
        for readout in readouts)
    same = f", over {words.plural(dishes.pop(), 'dish', 'dishes')}" if len(dishes) == 1 else ""
    reasons = [f"<li>{html.escape(words.shown(str(row['readout'])).title)}, {html.escape(str(row['arm']))} over "
               f"{html.escape(str(row['against']))}: {html.escape(str(row['reason']))}.</li>"
               for row in rows if row.get("reason")]
    notes = f"<details><summary>Intervals that are missing or made another way</summary><ul>{''.join(reasons)}</ul>" \
            "</details>" if reasons else ""
    return ('<div class="scroll" tabindex="0" role="group" aria-label="Table of effects"><table class="matrix">'
            f"<caption>Effects: ratio of two arms, paired by dish, with its 95 % interval{same}. &#9650; higher, "
            '&#9660; lower: the interval leaves out 1.</caption><thead><tr><th scope="col">Read-out</th>'
            f"{heads}</tr></thead><tbody>{body}</tbody></table></div>{notes}")


def _breakable(name: str) -> str:
    """A name that may be broken after +."""
    return html.escape(name).replace("+", "+<wbr>")


def _cell(row: Row | None, *, count: bool) -> str:
    """Ratio with its mark, interval, and number of dishes where that differs between rows."""
    if row is None:
        return f"<td>{words.MISSING}</td>"
    low, high = float(row["low"]), float(row["high"])
    direction = told_apart(row)
    mark = {1: '<span aria-label="higher">&#9650;</span> ', -1: '<span aria-label="lower">&#9660;</span> '}
    style = "" if direction else ' class="zero"'
    dishes = f"<small>{words.plural(int(row['replicates']), 'dish', 'dishes')}</small>" if count else ""
    return (f"<td><strong{style}>{mark.get(direction or 0, '')}{words.ratio(float(row['effect']))}</strong>"
            f"<small>{words.interval(low, high, words.ratio)}</small>{dishes}</td>")


def told_apart(row: Row) -> int | None:
    """1 or -1 where the interval lies above or below 1, 0 where it holds 1, None where there is no interval."""
    low, high = float(row["low"]), float(row["high"])
    if not (math.isfinite(low) and math.isfinite(high)):
        return None
    return 1 if low > 1 else -1 if high < 1 else 0


def sentence(row: Row) -> str:
    """'Total Rac1, knockdown over control: 1.90 (1.85 to 1.95).'"""
    low, high = float(row["low"]), float(row["high"])
    bounds = f" ({words.interval(low, high, words.ratio)})" if told_apart(row) is not None else ""
    return (f"{words.shown(str(row['readout'])).title}, {row['arm']} over {row['against']}: "
            f"{words.ratio(float(row['effect']))}{bounds}.")


def _positive(value: Any) -> bool:
    return math.isfinite(float(value)) and float(value) > 0


def _draw_panel(axes: Axes, readout: str, rows: Sequence[Row | None], pairs: Sequence[tuple[str, str]],
                looks: Mapping[str, Look]) -> None:
    reach = _reach(rows)
    axes.axvline(1.0, color=MUTED, linewidth=1.0, zorder=1)
    for place, (row, (arm, _)) in enumerate(zip(rows, pairs)):
        axes.axhline(place, color=FAINT, linewidth=0.7, zorder=0)
        if row is None:
            continue
        effect, low, high = (float(row[key]) for key in ("effect", "low", "high"))
        look = looks[arm]
        if _positive(low) and _positive(high):
            axes.plot([low, high], [place, place], color=look.colour, linewidth=2.4, solid_capstyle="butt", zorder=2)
        if not 1 / reach <= effect <= reach:
            side = "left" if effect < 1 else "right"
            axes.text(1.06 / reach if effect < 1 else reach / 1.06, place, f"\u25c2 {words.ratio(effect)}" if effect < 1
                      else f"{words.ratio(effect)} \u25b8", ha=side, va="center", fontsize=8, color=INK)
        axes.plot([effect], [place], look.marker, color=look.colour, markersize=6.5, zorder=3,
                  markerfacecolor=look.colour if told_apart(row) else PAPER, markeredgecolor=look.colour)
    axes.set_xscale("log")
    axes.set_xlim(1 / reach, reach)
    axes.set_xticks(_ticks(reach), [f"{tick:g}" for tick in _ticks(reach)])
    axes.set_xticks([], minor=True)
    axes.set_yticks(range(len(pairs)), [f"{arm} / {against}" for arm, against in pairs])
    axes.set_ylim(len(pairs) - 0.4, -0.6)
    axes.set_title(words.broken(words.shown(readout).title, 24))
    quiet_axes(axes)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0, labelcolor=INK, labelsize=8)


def _reach(rows: Sequence[Row | None]) -> float:
    """Where the axis ends: beyond every ratio and interval, or at 50, whichever is less."""
    ends = [float(row[key]) for row in rows if row is not None for key in ("effect", "low", "high")]
    return min(max([1.12, *(max(end, 1 / end) for end in ends if _positive(end))]) ** 1.12, _FARTHEST)


def _ticks(reach: float) -> list[float]:
    """Round ratios inside 1/reach to reach, about a fifth of the axis apart, 1 among them."""
    inside = [tick for tick in _TICKS if 1 / reach <= tick <= reach]
    kept = [1.0]
    apart = 2 * np.log(reach) / 6.5
    for tick in sorted(inside, key=lambda t: abs(np.log(t))):
        if all(abs(np.log(tick / other)) >= apart for other in kept):
            kept.append(tick)
    return sorted(kept)
