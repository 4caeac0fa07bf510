"""Rules of judging: what each kind of expectation asks of the values of its arms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import singledispatch

import numpy as np
from numpy.typing import NDArray

from lamella.errors import InputError
from lamella.findings import (
    LEAST_EFFECT,
    Association,
    Base,
    Dissociation,
    EventOrder,
    FoldRange,
    Optimum,
    Ordering,
    Pulse,
    Relation,
    Required,
    Rescued,
    Saturates,
    Synergy,
    Unassociated,
    Unchanged,
)
from lamella.verdicts.effect import Criterion, Effect, Look, Standing, exceeds, lies_within, log_ratios, reaches
from lamella.verdicts.rank_odds import log_odds, odds

Values = Mapping[tuple[str, str], NDArray[np.float64]]
"""(quantity, arm) -> value of every replicate, in the same order for all arms.   [replicates]"""


class Readings:
    """Values of the arms of one expectation, and the logarithms of their ratios."""

    def __init__(self, values: Values):
        self._values = values
        self._scale = {quantity: _scale([v for (q, _), v in values.items() if q == quantity])
                       for quantity in {q for q, _ in values}}

    def logs(self, quantity: str, first: str, second: str) -> NDArray[np.float64]:
        return log_ratios(self._values[quantity, first], self._values[quantity, second], self._scale[quantity])

    def raw(self, quantity: str, arm: str) -> NDArray[np.float64]:
        return self._values[quantity, arm]

    def mean(self, quantity: str, arm: str) -> float:
        return float(np.mean(self._values[quantity, arm]))


def _scale(arms: Sequence[NDArray[np.float64]]) -> float:
    """The greatest arm: of the medians, so that one absurd dish does not hide the others; of the means if all are 0."""
    return max(_median(row) for row in arms) or max(float(np.mean(row)) for row in arms)


def _median(row: NDArray[np.float64]) -> float:
    return 0.5 * float(row[0] + row[1]) if row.size == 2 else float(np.median(row))


def judge(expectation: Base, values: Values, *, last: bool = True) -> tuple[Criterion, ...]:
    """The criteria of an expectation, each with its standing after this look.

    values   (quantity, arm) -> [replicates]
    last     whether no more replicates will be spent
    """
    return _criteria(expectation, Readings(values), Look(last))


def standing(criteria: tuple[Criterion, ...]) -> Standing:
    """Of an expectation: it holds when all its criteria hold and fails when one fails."""
    found = {criterion.standing for criterion in criteria}
    return Standing.FAILS if Standing.FAILS in found else Standing.OPEN if Standing.OPEN in found else Standing.HOLDS


@singledispatch
def _criteria(expectation: Base, readings: Readings, look: Look) -> tuple[Criterion, ...]:
    raise TypeError(f"no rule for {type(expectation).__name__}")


def _ordered(pair: Relation, quantity: str, at_least: float, readings: Readings, look: Look) -> Criterion:
    """The ordering of two arms, greater over less."""
    greater, less = pair.arms if pair.direction > 0 else (pair.second, pair.first)
    return exceeds(f"{greater} / {less}", quantity, readings.logs(quantity, greater, less), at_least, look)


def _same(first: str, second: str, quantity: str, band: float, readings: Readings, look: Look) -> Criterion:
    """Two arms agree within a band."""
    return lies_within(f"{first} / {second}", quantity, readings.logs(quantity, first, second), 1.0 / band, band, look)


@_criteria.register
def _(expectation: Ordering, readings: Readings, look: Look) -> tuple[Criterion, ...]:
    return (_ordered(expectation.pair, expectation.quantity, expectation.at_least, readings, look),)


@_criteria.register
def _(expectation: FoldRange, readings: Readings, look: Look) -> tuple[Criterion, ...]:
    first, second = expectation.pair.arms
    logs = readings.logs(expectation.quantity, first, second)
    return (lies_within(f"{first} / {second}", expectation.quantity, logs, expectation.low, expectation.high, look),)


@_criteria.register
def _(expectation: Unchanged, readings: Readings, look: Look) -> tuple[Criterion, ...]:
    quantity = expectation.quantity
    same = _same(*expectation.pair.arms, quantity, expectation.band, readings, look)
    if expectation.control is None:
        raise InputError(f"'{expectation.says()}' has no positive control", remedy="Add `wired = 'arm > control'`.")
    return (same, _ordered(expectation.control, quantity, LEAST_EFFECT, readings, look))


@_criteria.register
def _(expectation: Optimum, readings: Readings, look: Look) -> tuple[Criterion, ...]:
    """The best inner arm over both ends; its interval is widened for the choice among the inner arms."""
    quantity, (first, *inner, last) = expectation.quantity, expectation.series
    best = max(inner, key=lambda arm: readings.mean(quantity, arm))
    return tuple(exceeds(f"{best} / {end}", quantity, readings.logs(quantity, best, end), expectation.at_least, look,
                         comparisons=len(inner)) for end in (first, last))


@_criteria.register
def _(expectation: Saturates, readings: Readings, look: Look) -> tuple[Criterion, ...]:
    """Up to the arm `by` and no further; a later quantity goes on."""
    first, by, last = expectation.series[0], expectation.by, expectation.series[-1]
    beyond = expectation.series[expectation.series.index(by) + 1:]
    quantity, rise = expectation.quantity, expectation.at_least
    found = [exceeds(f"{by} / {first}", quantity, readings.logs(quantity, by, first), rise, look)]
    found += [_same(arm, by, quantity, expectation.band, readings, look) for arm in beyond]
    if expectation.before:
        later = expectation.before
        found.append(exceeds(f"{last} / {by}", later, readings.logs(later, last, by), rise, look))
    return tuple(found)


@_criteria.register
def _(expectation: Required, readings: Readings, look: Look) -> tuple[Criterion, ...]:
    """The effect is there, is gone in the arms that lack the thing, and these arms are still alive.

    Gone: within the band, at least half of it lost, and the loss itself off zero.
    """
    quantity, pair, lacking = expectation.quantity, expectation.pair, expectation.lacking
    whole = pair.direction * readings.logs(quantity, *pair.arms)
    left = pair.direction * readings.logs(quantity, *lacking.arms)
    alive = readings.logs(quantity, lacking.second, pair.second)
    between = f"({pair.first} / {pair.second}) / ({lacking.first} / {lacking.second})"
    return (_ordered(pair, quantity, expectation.at_least, readings, look),
            _same(*lacking.arms, quantity, expectation.band, readings, look),
            exceeds(between, quantity, whole - left, 1.0, look),
            reaches(f"half of {pair.first} / {pair.second}, over {lacking.first} / {lacking.second}", quantity,
                    0.5 * whole - left, 1.0, look),
            reaches(f"{lacking.second} / {pair.second}", quantity, alive, expectation.keeps, look))


@_criteria.register
def _(expectation: Rescued, readings: Readings, look: Look) -> tuple[Criterion, ...]:
    """There is a loss, and the arm `by` brings back its share, told from none."""
    quantity, pair, by = expectation.quantity, expectation.pair, expectation.by
    loss = pair.direction * readings.logs(quantity, *pair.arms)
    back = pair.direction * readings.logs(quantity, pair.first, by)
    label = f"{by} / {pair.first}" if pair.direction < 0 else f"{pair.first} / {by}"
    return (_ordered(pair, quantity, expectation.at_least, readings, look),
            exceeds(label, quantity, back, 1.0, look),
            reaches(f"{label}, over {expectation.share:.0%} of the loss", quantity, back - expectation.share * loss,
                    1.0, look))


@_criteria.register
def _(expectation: Dissociation, readings: Readings, look: Look) -> tuple[Criterion, ...]:
    """One moves; the other stays within the band, and goes less than half as far the same way."""
    pair, quantity, stays = expectation.pair, expectation.quantity, expectation.stays
    moved, stayed = (pair.direction * readings.logs(name, *pair.arms) for name in (quantity, stays))
    return (_ordered(pair, quantity, expectation.at_least, readings, look),
            _same(*pair.arms, stays, expectation.band, readings, look),
            reaches(f"half of {pair.first} / {pair.second} of {quantity}, over that of {stays}", stays,
                    0.5 * moved - stayed, 1.0, look))


@_criteria.register
def _(expectation: Synergy, readings: Readings, look: Look) -> tuple[Criterion, ...]:
    """Bliss: more than the product of what each leaves. Loewe: halves of both do more than either in full."""
    quantity, least = expectation.quantity, expectation.at_least
    control, first, second, both = expectation.arms()
    sign = 1.0 if expectation.effect == "up" else -1.0

    def moved(arm: str, from_: str) -> NDArray[np.float64]:
        return sign * readings.logs(quantity, arm, from_)

    there = exceeds(_over(both, control, sign), quantity, moved(both, control), LEAST_EFFECT, look)
    if expectation.model == "loewe":
        return (there, *(exceeds(_over(both, one, sign), quantity, moved(both, one), least, look)
                         for one in (first, second)))
    excess = moved(both, control) - moved(first, control) - moved(second, control)
    return (there, exceeds(f"effect of {both} over those of {first} times {second}", quantity, excess, least, look))


def _over(one: str, other: str, sign: float) -> str:
    return f"{one} / {other}" if sign > 0.0 else f"{other} / {one}"


@_criteria.register
def _(expectation: Pulse, readings: Readings, look: Look) -> tuple[Criterion, ...]:
    """The duration, in hours, with its whole interval between the two; none at all lasts a second."""
    hours = np.log(np.maximum(readings.raw(expectation.quantity, expectation.arm), 1.0) / 3600.0)
    low, high = (bound / 3600.0 for bound in expectation.seconds)
    return (lies_within(f"hours of the pulse in {expectation.arm}", expectation.quantity, hours, low, high, look),)


@_criteria.register
def _(expectation: EventOrder, readings: Readings, look: Look) -> tuple[Criterion, ...]:
    """Time of the later event over that of the first, in every dish."""
    first, then, arm = expectation.quantity, expectation.then, expectation.arm
    label = f"half time of {then} / {first} in {arm}"
    one, other = readings.raw(first, arm), readings.raw(then, arm)
    for name, times in ((first, one), (then, other)):
        never = int(np.count_nonzero(~np.isfinite(times)))
        if never:
            nothing = Effect(label, first, float("nan"), float("nan"), float("nan"), times.size)
            return (Criterion(nothing, Standing.FAILS, f"{name} does not change in {never} of {times.size} dishes"),)
    logs = np.log(np.maximum(other, 1.0)) - np.log(np.maximum(one, 1.0))
    return (exceeds(label, first, logs, expectation.at_least, look),)


@_criteria.register
def _(expectation: Association, readings: Readings, look: Look) -> tuple[Criterion, ...]:
    return (_associated(expectation, readings, look),)


@_criteria.register
def _(expectation: Unassociated, readings: Readings, look: Look) -> tuple[Criterion, ...]:
    """The whole interval of rho is nearer to none than `below`, and the other marker has its association."""
    if expectation.control is None:
        raise InputError(f"'{expectation.says()}' has no positive control", remedy="Add `wired = '-MARKER'`.")
    name, most = expectation.read(expectation.marker), odds(expectation.below)
    none = lies_within(f"odds of more {expectation.marker} in {expectation.arm}", name,
                       log_odds(readings.raw(name, expectation.arm)), 1.0 / most, most, look)
    return (none, _associated(expectation.control, readings, look))


def _associated(expectation: Association, readings: Readings, look: Look) -> Criterion:
    """Rank correlations of cohorts, as odds, in the direction that is expected."""
    name, less = expectation.read(expectation.marker), "less" if expectation.direction < 0 else "more"
    logs = expectation.direction * log_odds(readings.raw(name, expectation.arm))
    return exceeds(f"odds of {less} {expectation.marker} in {expectation.arm}", name, logs, odds(expectation.rho), look)
