"""Effects between arms, paired by replicate, and where their intervals lie.

A replicate is a dish, or a batch of cells in a population assay; arms share the
seeds of a replicate, so that the logarithm of the ratio is taken within it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from math import exp, inf, log, nan

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from lamella.assays.t_interval import LEVEL, half_width, student

EARLY_LEVEL = 0.99
"""Coverage that an earlier look needs, where the last is judged on `LEVEL`: looking more than once must not make a null
effect hold (Haybittle-Peto)."""

DETECTION = 1e-3
"""Share of the greatest arm below which nothing can be told from nothing; smaller values count as this much."""


class Standing(Enum):
    """Where an interval lies: clear of its line on the right side or the wrong one, or across it."""

    HOLDS = "holds"
    FAILS = "fails"
    OPEN = "open"


@dataclass(frozen=True)
class Effect:
    """One arm over another.

    label        'knockdown / control'
    quantity     what was read
    ratio        geometric mean over replicates; low, high: its 95 % interval (NaN with one replicate)
    replicates   how many it rests on
    """

    label: str
    quantity: str
    ratio: float
    low: float
    high: float
    replicates: int

    def __str__(self) -> str:
        return f"{self.label} = {self.ratio:.3g} ({self.low:.3g} to {self.high:.3g})"


def log_ratios(first: NDArray[np.float64], second: NDArray[np.float64], scale: float) -> NDArray[np.float64]:
    """Logarithm of first over second within each replicate.   [replicates]

    scale   greatest arm; values below DETECTION times it count as that
    """
    floor = DETECTION * scale
    return np.log(np.maximum(first, floor)) - np.log(np.maximum(second, floor))


def interval(logs: NDArray[np.float64], level: float = LEVEL) -> tuple[float, float, float]:
    """Mean and t interval of the mean; the interval is the whole line with fewer than two values."""
    mean = float(np.mean(logs)) if logs.size else nan
    if logs.size < 2:
        return mean, -inf, inf
    if logs.size == 2 and logs[0] == logs[1]:  # a member of an ensemble: its effects have no spread
        return mean, mean, mean
    half = half_width(logs, level)
    return mean, mean - half, mean + half


def effect(label: str, quantity: str, logs: NDArray[np.float64], level: float = LEVEL) -> Effect:
    """Ratio with its interval from the logarithms of the replicates."""
    mean, low, high = interval(logs, level)
    known = logs.size > 1
    return Effect(label, quantity, exp(mean), exp(low) if known else nan, exp(high) if known else nan, int(logs.size))


@dataclass(frozen=True)
class Criterion:
    """One condition of an expectation.

    shown     the effect that it is judged on
    standing  after this look
    reason    a clause that says what is so, for the sentence of the verdict
    """

    shown: Effect
    standing: Standing
    reason: str


@dataclass(frozen=True)
class Look:
    """Which look at the replicates this is: only the last is judged at the common level.

    comparisons   how many chances the criterion has to hold; its interval is widened accordingly
    """

    last: bool

    def level(self, comparisons: int = 1) -> float:
        return 1.0 - (1.0 - (LEVEL if self.last else EARLY_LEVEL)) / comparisons


def exceeds(label: str, quantity: str, logs: NDArray[np.float64], at_least: float, look: Look,
            comparisons: int = 1) -> Criterion:
    """The ratio is at least `at_least` and its interval is off 1.

    Before the last look the whole interval must be clear of `at_least`, on one side or the other.
    """
    mean, low, high = interval(logs, look.level(comparisons))
    line = log(at_least)
    shown = effect(label, quantity, logs)
    if not look.last:
        standing = Standing.HOLDS if low > line else Standing.FAILS if high < line else Standing.OPEN
    else:
        standing = Standing.HOLDS if mean >= line and low > 0.0 else Standing.FAILS
    if mean < line:
        return Criterion(shown, standing, f"{shown} is less than {at_least:g}")
    if standing is Standing.FAILS:
        return Criterion(shown, standing, f"{shown} is not told from 1")
    return Criterion(shown, standing, f"{shown} is at least {at_least:g}")


def lies_within(label: str, quantity: str, logs: NDArray[np.float64], low: float, high: float, look: Look) -> Criterion:
    """The whole interval of the ratio lies between `low` and `high`."""
    _, left, right = interval(logs, look.level())
    inside = log(low) <= left and right <= log(high)
    outside = right < log(low) or left > log(high)
    shown = effect(label, quantity, logs)
    if inside:
        return Criterion(shown, Standing.HOLDS, f"{shown} lies within {low:.3g} to {high:.3g}")
    standing = Standing.FAILS if outside or look.last else Standing.OPEN
    where = "lies outside" if outside else "is not wholly within"
    return Criterion(shown, standing, f"{shown} {where} {low:.3g} to {high:.3g}")


def reaches(label: str, quantity: str, logs: NDArray[np.float64], line: float, look: Look) -> Criterion:
    """The mean ratio is at least `line`; before the last look the whole interval must be clear of it."""
    mean, low, high = interval(logs, look.level())
    at = log(line)
    if look.last:
        standing = Standing.HOLDS if mean >= at else Standing.FAILS
    else:
        standing = Standing.HOLDS if low > at else Standing.FAILS if high < at else Standing.OPEN
    shown = effect(label, quantity, logs)
    verb = "is less than" if mean < at else "reaches"
    return Criterion(shown, standing, f"{shown} {verb} {line:g}")


def smallest_effect(at_least: float, sd: float, replicates: int, power: float = 0.9) -> float:
    """The smallest true ratio of which `exceeds` says, with this power, that it is at least `at_least`.

    sd           of the logarithm of the paired ratio between replicates
    replicates   at the last look
    """
    error, chance = sd / np.sqrt(replicates), float(ndtri(power))
    off_one = (student(replicates - 1) + chance) * error
    return float(np.exp(max(log(at_least) + chance * error, off_one)))
