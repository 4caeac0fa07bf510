"""Figures of the scorecard: claims per module, effects with their intervals, robustness with its interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any

from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator, FuncFormatter, NullFormatter

from lamella.report import words
from lamella.report.picture import Picture
from lamella.report.style import FAINT, INK, MUTED, PAPER, figure, quiet_axes

if TYPE_CHECKING:
    from lamella.verdicts import Scorecard, Verdict

HUES = {"holds": "#009e73", "fails": "#d55e00", "not applicable": "#8a93a0", "open": FAINT}
"""State of a claim or a verdict -> colour."""

_MARKS = {"holds": "o", "fails": "X", "not applicable": "s"}
_LEAST, _MOST = 0.02, 50.0
"""Ratios beyond are drawn at the edge, as arrows."""


def modules_picture(card: Scorecard) -> Picture:
    """How many claims of every part of the biology hold, fail, are not applicable, or are open."""
    rows = sorted(card.by("module").items(),
                  key=lambda item: (item[1]["open"] - item[1]["of"], -item[1]["of"], item[0]))
    drawn = figure(8.6, 0.9 + 0.27 * len(rows))
    axes = drawn.subplots()
    for place, (_, totals) in enumerate(rows):
        left = 0
        for state, hue in HUES.items():
            count = totals[state.replace(" ", "_")]
            axes.barh(place, count, left=left, height=0.68, color=hue, linewidth=0)
            if count and state != "open":
                axes.text(left + count / 2, place, str(count), ha="center", va="center", fontsize=8, color=PAPER,
                          fontweight="bold")
            left += count
        axes.text(left + 0.5, place, f"{totals['of'] - totals['open']} judged of {totals['of']}", va="center",
                  fontsize=8, color=MUTED)
    axes.set_yticks(range(len(rows)), [name.replace("_", " ") for name, _ in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(0, max(totals["of"] for _, totals in rows) * 1.22)
    axes.set_xlabel("claims")
    quiet_axes(axes)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.legend(handles=[Patch(color=hue, label=state) for state, hue in HUES.items()], loc="lower right",
                frameon=False, fontsize=8.5)
    total = card.totals()
    alt = (f"Of {total['of']} claims {total['holds']} hold, {total['fails']} fail, {total['not_applicable']} are not "
           f"applicable and {total['open']} are open. "
           + " ".join(f"{name}: {t['holds']}, {t['fails']}, {t['not_applicable']}, {t['open']} of {t['of']}."
                      for name, t in rows))
    return Picture(drawn, alt, "Claims by part of the biology. Open: no record, or a record that was not judged here.")


def effects_picture(verdicts: Sequence[Verdict], title: str) -> Picture | None:
    """Every effect that an expectation was judged on, with its interval and with 1 as a line; None without effects."""
    rows = [(verdict, cell.cell, expectation, effect) for verdict in verdicts for cell in verdict.cells
            for expectation in cell.expectations for effect in expectation.effects if isfinite(effect.ratio)]
    if not rows:
        return None
    heads = len({id(verdict) for verdict, *_ in rows})
    drawn = figure(9.6, 0.8 + 0.225 * (len(rows) + 1.25 * heads))
    axes = drawn.subplots()
    axes.axvline(1.0, color=MUTED, linewidth=1.0, zorder=0)
    place, ticks, last = 0.0, [], None
    for verdict, cell, expectation, effect in rows:
        if verdict is not last:
            place += 0.25 if last is not None else 0.0
            axes.text(_LEAST * 1.02, place, words.broken(verdict.finding.id.replace("-", " "), 90), fontsize=8.5,
                      va="center", fontweight="bold", color=INK, clip_on=False)
            place, last = place + 1.0, verdict
        outcome = expectation.outcome.value
        hue, at = HUES[outcome], min(max(effect.ratio, _LEAST), _MOST)
        if isfinite(effect.low) and isfinite(effect.high):
            axes.plot([max(effect.low, _LEAST), min(effect.high, _MOST)], [place, place], color=hue, linewidth=2.2,
                      solid_capstyle="butt")
        hollow = expectation.corollary
        beyond = ">" if effect.ratio > _MOST else "<" if effect.ratio < _LEAST else _MARKS[outcome]
        axes.plot([at], [place], beyond, color=hue, markersize=5.5, markerfacecolor=PAPER if hollow else hue,
                  clip_on=False)
        ticks.append((place, f"{cell}  {effect.quantity}: {words.broken(effect.label, 46)}"))
        axes.annotate(f"{effect.ratio:.3g}", (1.01, place), xycoords=("axes fraction", "data"), va="center", fontsize=8,
                      color=MUTED, annotation_clip=False)
        place += 1.0
    axes.set_yticks([at for at, _ in ticks], [text for _, text in ticks], fontsize=8)
    axes.set_ylim(place - 0.4, -0.8)
    axes.set_xscale("log")
    axes.set_xlim(_LEAST, _MOST)
    axes.xaxis.set_major_locator(FixedLocator([0.03, 0.1, 0.3, 1, 3, 10, 30]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel("ratio of the arms, with its 95 % interval over dishes")
    quiet_axes(axes, grid="x")
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    alt = f"{title}. " + " ".join(f"{cell}: {effect} {e.outcome.value}." for _, cell, e, effect in rows)
    return Picture(drawn, alt, f"{title}: every effect that was judged. Circles belong to expectations that hold, "
                   "crosses to those that fail; hollow marks are our own corollaries, arrows lie beyond the axis. An "
                   "ordering needs its whole interval off 1 and a ratio of at least its threshold.")


def robustness_picture(card: Scorecard) -> Picture | None:
    """In how many members of its ensemble a verdict stands, with the binomial interval; None where none was run."""
    rows: list[tuple[str, Mapping[str, Any]]] = sorted(
        card.robustness.items(), key=lambda item: (-item[1]["stands"] / max(item[1]["of"], 1), item[0]))
    if not rows:
        return None
    drawn = figure(8.6, 0.8 + 0.3 * len(rows))
    axes = drawn.subplots()
    axes.axvline(0.5, color=FAINT, linewidth=1.0, zorder=0)
    for place, (_, row) in enumerate(rows):
        share = row["stands"] / row["of"]
        axes.plot([row["low"], row["high"]], [place, place], color=HUES["holds"], linewidth=3, solid_capstyle="butt")
        axes.plot([share], [place], "o", color=HUES["holds"], markersize=7)
        axes.annotate(f"{row['stands']} of {row['of']}", (1.02, place), xycoords=("axes fraction", "data"),
                      va="center", fontsize=8.5, color=INK, annotation_clip=False)
    axes.set_yticks(range(len(rows)), [words.broken(name.replace("-", " "), 52) for name, _ in rows], fontsize=8.5)
    axes.set_ylim(len(rows) - 0.5, -0.6)
    axes.set_xlim(0.0, 1.0)
    axes.set_xlabel("share of the ensemble in which the verdict stands")
    quiet_axes(axes, grid="x")
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    alt = " ".join(f"{name}: {row['stands']} of {row['of']}." for name, row in rows)
    return Picture(drawn, alt, "Findings that hold, judged again with every parameter wrong by as much as its grade "
                   "allows (log-normal: 0.2 measured, ln 2 fitted, ln 3 order of magnitude or assumed). Exact 95 % "
                   "intervals.")
