"""What came out, in sentences made from the numbers alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lamella.report import words
from lamella.report.effects import Row, told_apart

_FIRST = ("closure", "front_advance", "speed")
"""Read-outs that speak for an assay where they are there."""


def summary(rows: Sequence[Row], control: str | None) -> str:
    """One paragraph: the main read-out in every arm, then what else moved in the first arm. Empty without rows."""
    if not rows:
        return ""
    readouts = list(dict.fromkeys(str(row["readout"]) for row in rows))
    main = next((name for name in _FIRST if name in readouts), readouts[0])
    with_control = [row for row in rows if row["against"] == control]
    sentences = [*_main(main, [row for row in with_control if row["readout"] == main], control)]
    first = str(with_control[0]["arm"]) if with_control else ""
    sentences += _others([row for row in with_control if row["arm"] == first and row["readout"] != main], first, control)
    sentences += _alone(main, [row for row in rows if row["against"] != control and row["readout"] == main])
    return " ".join(sentences)


def _main(name: str, rows: Sequence[Row], control: str | None) -> Iterable[str]:
    """The read-out that speaks for the assay, arm by arm against the control."""
    title = words.shown(name).title
    groups = [("was higher than in {c} with ", 1), ("was lower than in {c} with ", -1),
              ("was not told apart from {c} with ", 0), ("has no interval against {c} with ", None)]
    clauses = []
    for text, direction in groups:
        members = [f"{row['arm']} ({_bounds(row)})" for row in rows if told_apart(row) is direction
                   or (direction is not None and told_apart(row) == direction)]
        if members:
            clauses.append(text.format(c=control) + words.joined(members))
    if clauses:
        yield f"{title} {'; it '.join(clauses)}."


def _others(rows: Sequence[Row], arm: str, control: str | None) -> Iterable[str]:
    """What else moved in one arm."""
    moved = [f"{words.shown(str(row['readout'])).title} ({_bounds(row)})" for row in rows if told_apart(row)]
    still = [words.shown(str(row["readout"])).title for row in rows if told_apart(row) == 0]
    if moved:
        yield f"In {arm}, these also differed from {control}: {words.joined(moved)}."
    if still:
        yield f"Not told apart from {control} in {arm}: {words.joined(still)}."


def _alone(name: str, rows: Sequence[Row]) -> Iterable[str]:
    """Arms against something other than the control: does a gain remain on top of it?"""
    title = words.shown(name).title
    told = {1: "higher than", -1: "lower than", 0: "not told apart from", None: "without an interval against"}
    parts = [f"{row['arm']} is {told[told_apart(row)]} {row['against']} alone ({_bounds(row)})" for row in rows]
    if parts:
        yield f"{title}: {'; '.join(parts)}."


def _bounds(row: Row) -> str:
    low, high = float(row["low"]), float(row["high"])
    ratio = words.ratio(float(row["effect"]))
    return f"ratio {ratio}, {words.interval(low, high, words.ratio)}" if told_apart(row) is not None \
        else f"ratio {ratio}"
