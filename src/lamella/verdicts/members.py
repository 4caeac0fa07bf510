"""The rules of judging for the members of an ensemble, all at once: a member has one value per arm and no spread.

`robustness.stands` judges one member with the rules of `judging`; this says the same of thousands (tests compare them).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import singledispatch

import numpy as np
from numpy.typing import NDArray

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
from lamella.verdicts.effect import DETECTION
from lamella.verdicts.rank_odds import log_odds, odds

Rows = Mapping[tuple[str, str], NDArray[np.float64]]
"""(quantity, arm) -> value in every member.   [members]"""

Said = NDArray[np.bool_]


class _Members:
    """Values of the arms, and the logarithms of their ratios.   [members]"""

    def __init__(self, rows: Rows):
        self.raw = rows
        self._floor = {quantity: DETECTION * np.maximum.reduce([v for (q, _), v in rows.items() if q == quantity])
                       for quantity in {q for q, _ in rows}}

    def logs(self, quantity: str, first: str, second: str) -> NDArray[np.float64]:
        floor = self._floor[quantity]
        return np.log(np.maximum(self.raw[quantity, first], floor)) - np.log(
            np.maximum(self.raw[quantity, second], floor))


def standing_members(expectation: Base, rows: Rows) -> tuple[Said, Said]:
    """In which members an expectation holds, and in which nothing can be said for want of a value.   [members] twice

    rows   infinite for an event that never comes; NaN where a cell could not be advanced
    """
    table = np.array(list(rows.values()))
    unknown: Said = np.asarray(np.isnan(table).any(axis=0), bool)
    silent = np.zeros(table.shape[1], bool)
    if expectation.measure == "level":
        unknown |= np.isinf(table).any(axis=0)
        greatest = [np.maximum.reduce([v for (q, _), v in rows.items() if q == name]) for name in {q for q, _ in rows}]
        silent = np.minimum.reduce(greatest) <= 0.0
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        holds = _holds(expectation, _Members(rows))
    return holds & ~unknown & ~silent, unknown


@singledispatch
def _holds(expectation: Base, members: _Members) -> Said:
    raise TypeError(f"no rule for {type(expectation).__name__}")


def _exceeds(logs: NDArray[np.float64], at_least: float) -> Said:
    return (logs >= np.log(at_least)) & (logs > 0.0)


def _within(logs: NDArray[np.float64], low: float, high: float) -> Said:
    return (logs >= np.log(low)) & (logs <= np.log(high))


def _ordered(pair: Relation, quantity: str, at_least: float, members: _Members) -> Said:
    greater, less = pair.arms if pair.direction > 0 else (pair.second, pair.first)
    return _exceeds(members.logs(quantity, greater, less), at_least)


def _same(first: str, second: str, quantity: str, band: float, members: _Members) -> Said:
    return _within(members.logs(quantity, first, second), 1.0 / band, band)


@_holds.register
def _(expectation: Ordering, members: _Members) -> Said:
    return _ordered(expectation.pair, expectation.quantity, expectation.at_least, members)


@_holds.register
def _(expectation: FoldRange, members: _Members) -> Said:
    return _within(members.logs(expectation.quantity, *expectation.pair.arms), expectation.low, expectation.high)


@_holds.register
def _(expectation: Unchanged, members: _Members) -> Said:
    assert expectation.control is not None  # the linter of findings asks for it
    quantity = expectation.quantity
    return (_same(*expectation.pair.arms, quantity, expectation.band, members)
            & _ordered(expectation.control, quantity, LEAST_EFFECT, members))


@_holds.register
def _(expectation: Optimum, members: _Members) -> Said:
    quantity, (first, *inner, last) = expectation.quantity, expectation.series
    best = np.argmax([members.raw[quantity, arm] for arm in inner], axis=0)
    over = [np.choose(best, [members.logs(quantity, arm, end) for arm in inner]) for end in (first, last)]
    return _exceeds(over[0], expectation.at_least) & _exceeds(over[1], expectation.at_least)


@_holds.register
def _(expectation: Saturates, members: _Members) -> Said:
    first, by, last = expectation.series[0], expectation.by, expectation.series[-1]
    quantity, rise = expectation.quantity, expectation.at_least
    holds = _exceeds(members.logs(quantity, by, first), rise)
    for arm in expectation.series[expectation.series.index(by) + 1:]:
        holds &= _same(arm, by, quantity, expectation.band, members)
    if expectation.before:
        holds &= _exceeds(members.logs(expectation.before, last, by), rise)
    return holds


@_holds.register
def _(expectation: Required, members: _Members) -> Said:
    quantity, pair, lacking = expectation.quantity, expectation.pair, expectation.lacking
    whole = pair.direction * members.logs(quantity, *pair.arms)
    left = pair.direction * members.logs(quantity, *lacking.arms)
    alive = members.logs(quantity, lacking.second, pair.second)
    return (_ordered(pair, quantity, expectation.at_least, members)
            & _same(*lacking.arms, quantity, expectation.band, members) & _exceeds(whole - left, 1.0)
            & (0.5 * whole - left >= 0.0) & (alive >= np.log(expectation.keeps)))


@_holds.register
def _(expectation: Rescued, members: _Members) -> Said:
    quantity, pair, by = expectation.quantity, expectation.pair, expectation.by
    loss = pair.direction * members.logs(quantity, *pair.arms)
    back = pair.direction * members.logs(quantity, pair.first, by)
    return (_ordered(pair, quantity, expectation.at_least, members) & _exceeds(back, 1.0)
            & (back - expectation.share * loss >= 0.0))


@_holds.register
def _(expectation: Dissociation, members: _Members) -> Said:
    pair, quantity, stays = expectation.pair, expectation.quantity, expectation.stays
    moved, stayed = (pair.direction * members.logs(name, *pair.arms) for name in (quantity, stays))
    return (_ordered(pair, quantity, expectation.at_least, members)
            & _same(*pair.arms, stays, expectation.band, members) & (0.5 * moved - stayed >= 0.0))


@_holds.register
def _(expectation: Synergy, members: _Members) -> Said:
    quantity, least = expectation.quantity, expectation.at_least
    control, first, second, both = expectation.arms()
    sign = 1.0 if expectation.effect == "up" else -1.0
    moved = {arm: sign * members.logs(quantity, arm, control) for arm in (first, second, both)}
    there = _exceeds(moved[both], LEAST_EFFECT)
    if expectation.model == "loewe":
        over = [sign * members.logs(quantity, both, one) for one in (first, second)]
        return there & _exceeds(over[0], least) & _exceeds(over[1], least)
    return there & _exceeds(moved[both] - moved[first] - moved[second], least)


@_holds.register
def _(expectation: Pulse, members: _Members) -> Said:
    hours = np.log(np.maximum(members.raw[expectation.quantity, expectation.arm], 1.0) / 3600.0)
    low, high = (bound / 3600.0 for bound in expectation.seconds)
    return _within(hours, low, high)


@_holds.register
def _(expectation: EventOrder, members: _Members) -> Said:
    one, other = (members.raw[name, expectation.arm] for name in (expectation.quantity, expectation.then))
    later = np.log(np.maximum(other, 1.0)) - np.log(np.maximum(one, 1.0))
    return np.isfinite(one) & np.isfinite(other) & _exceeds(later, expectation.at_least)


@_holds.register
def _(expectation: Association, members: _Members) -> Said:
    rhos = members.raw[expectation.read(expectation.marker), expectation.arm]
    return _exceeds(expectation.direction * log_odds(rhos), odds(expectation.rho))


@_holds.register
def _(expectation: Unassociated, members: _Members) -> Said:
    assert expectation.control is not None  # the linter of findings asks for it
    rhos, most = members.raw[expectation.read(expectation.marker), expectation.arm], odds(expectation.below)
    return _within(log_odds(rhos), 1.0 / most, most) & _holds(expectation.control, members)
