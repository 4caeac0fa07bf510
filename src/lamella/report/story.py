"""What came out, in sentences made from the numbers alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lamella.report import words
from lamella.report.effects import Row, told_apart

_FIRST = ("closure", "front_advance", "speed")
"""Read-outs that speak for an assay where they are there."""


def summary(rows: Sequence[Row], control: str | None) -> list[str]:
    """Sentences: the main read-out in every arm; the others in the first arm; arms against other arms than the control.

    rows      comparisons; the first arm in them is taken as the one the experiment is about
    returns   empty without rows
    """
    if not rows:
        return []
    readouts = [str(row["readout"]) for row in rows]
    main = next((name for name in _FIRST if name in readouts), readouts[0])
    with_control = [row for row in rows if row["against"] == control]
    beside = [row for row in rows if row["against"] != control and row["readout"] == main]
    sentences = list(_main([row for row in with_control if row["readout"] == main], control))
    if with_control:
        arm = with_control[0]["arm"]
        sentences += _others([row for row in with_control if row["arm"] == arm and row["readout"] != main])
    sentences += [f"{title(row)}: {row['arm']} {_told(row)} {row['against']} alone ({_bounds(row)})." for row in beside]
    if sentences:
        sentences[0] += _reading(rows)
    return sentences


_SENTENCE = 8
"""Read-outs that one sentence can hold."""


def title(row: Row) -> str:
    return words.shown(str(row["readout"])).title


def _main(rows: Sequence[Row], control: str | None) -> Iterable[str]:
    """The read-out that speaks for the assay, arm by arm against the control."""
    phrases = {1: "was higher than in {} with ", -1: "was lower than in {} with ",
               0: "could not be told apart from {} with ", None: "over that of {}, without an interval: "}
    clauses = []
    for direction, phrase in phrases.items():
        members = [f"{row['arm']} ({_bounds(row)})" for row in rows if told_apart(row) == direction]
        if members:
            clauses.append(phrase.format(control) + words.joined(members))
    if clauses:
        yield f"{title(rows[0])} {'; it '.join(clauses)}."


def _others(rows: Sequence[Row]) -> Iterable[str]:
    """What else moved in one arm, and what did not."""
    if not rows:
        return
    arm, against = rows[0]["arm"], rows[0]["against"]
    rest, rows = len(rows) - _SENTENCE, rows[:_SENTENCE]
    parts = [(f"{word}: " + ", ".join(f"{title(row)} ({_bounds(row)})" for row in rows if told_apart(row) == direction))
             for direction, word in ((1, "higher"), (-1, "lower"), (0, "not told apart"), (None, "without an interval"))
             if any(told_apart(row) == direction for row in rows)]
    more = f" {rest} more stand in the table of effects." if rest > 0 else ""
    yield f"In {arm} over {against}, {'; '.join(parts)}.{more}"


def _told(row: Row) -> str:
    return {1: "was higher than", -1: "was lower than", 0: "could not be told apart from",
            None: "has no interval over"}[told_apart(row)]


def _bounds(row: Row) -> str:
    """'1.44 ×, 1.40 to 1.49'; the space does not break."""
    ratio = f"{words.ratio(float(row['effect']))}\u00a0×"
    return ratio if told_apart(row) is None else \
        f"{ratio}, {words.interval(float(row['low']), float(row['high']), words.ratio)}"


def _reading(rows: Sequence[Row]) -> str:
    """How to read the brackets."""
    if all(told_apart(row) is None for row in rows):
        return " Brackets: ratio; one dish gives no interval." if all(int(row["replicates"]) < 2 for row in rows) \
            else " Brackets: ratio."
    dishes = sorted({int(row["replicates"]) for row in rows})
    many = str(dishes[0]) if len(dishes) == 1 else f"{dishes[0]} to {dishes[-1]}"
    return f" Brackets: ratio and its 95 % interval over {many} dishes."
