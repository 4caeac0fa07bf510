"""Whether a verdict hangs on the very threshold that its record names.

The same values are judged again with half and with double the threshold (on the scale of logarithms). A verdict that
is the same under both does not depend on where exactly the line was drawn.
"""

from __future__ import annotations

from math import exp, log

from lamella.findings import Base
from lamella.verdicts.effect import Standing
from lamella.verdicts.judging import Values, judge, standing
from lamella.verdicts.rank_odds import odds, rho_of
from lamella.verdicts.verdict import Outcome

MOVES = {"looser": 0.5, "stricter": 2.0}
"""How far the logarithm of an effect that is asked for moves; that of a band moves the other way."""


def moved_threshold(expectation: Base, move: float) -> Base:
    """The expectation with its thresholds moved: effects by this factor on their logarithm, bands by its inverse."""
    changed = {}
    for name, power in (("rho", move), ("below", 1.0 / move)):
        value = getattr(expectation, name, None)
        if value is not None:
            changed[name] = rho_of(odds(value) ** power)
    for name, power in (("at_least", move), ("band", 1.0 / move)):
        value = getattr(expectation, name, None)
        if value is not None:
            changed[name] = exp(power * log(value))
    low, high = getattr(expectation, "low", None), getattr(expectation, "high", None)
    if low is not None and high is not None:
        centre, half = 0.5 * log(low * high), 0.5 * log(high / low)
        changed |= {"low": exp(centre - half / move), "high": exp(centre + half / move)}
    return expectation.model_copy(update=changed)


def under_other_thresholds(expectation: Base, values: Values) -> dict[str, Outcome]:
    """What the values say under half and under double the threshold.

    values   (quantity, arm) -> [replicates], all that were spent
    """
    found = {}
    for name, move in MOVES.items():
        criteria = judge(moved_threshold(expectation, move), values, last=True)
        found[name] = Outcome.HOLDS if standing(criteria) is Standing.HOLDS else Outcome.FAILS
    return found
