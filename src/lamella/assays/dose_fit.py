"""Curves over dose: the four-parameter logistic, with the doses of half effect.

    y(d) = top + (bottom - top)/(1 + (half/d)^steepness)

`top` is what is there without drug, `bottom` with any amount of it; a curve may fall or rise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

_FLAT = 0.02
"""Change of the curve, as a share of its largest value, below which there is nothing to fit."""


@dataclass(frozen=True)
class DoseFit:
    """A fitted curve; NaN throughout where the curve is flat.

    top, bottom   without drug, and with any amount
    half          dose of half of the change between them (relative IC50 or EC50), in the unit of the doses
    steepness     Hill exponent
    absolute      dose that leaves half of `top` (absolute IC50); NaN where no dose does
    """

    top: float
    bottom: float
    half: float
    steepness: float
    absolute: float


NO_FIT = DoseFit(np.nan, np.nan, np.nan, np.nan, np.nan)
"""What a flat curve has."""


def logistic(
    doses: NDArray[np.float64], top: float, bottom: float, half: float, steepness: float
) -> NDArray[np.float64]:
    """The curve at doses above 0."""
    return top + (bottom - top) / (1.0 + np.exp(np.clip(steepness * np.log(half / doses), -700.0, 700.0)))


def dose_fit(doses: NDArray[np.float64], values: NDArray[np.float64], untreated: float) -> DoseFit:
    """Fit a dose response, by least squares.

    doses, values   [doses], doses above 0 and rising
    untreated       the value without drug, one more point of the curve
    """
    largest = max(float(np.abs(values).max()), abs(untreated))
    if not np.isfinite(values).all() or np.ptp(np.append(values, untreated)) <= _FLAT * largest:
        return NO_FIT
    logs = np.log(doses)
    low, high = logs[0] - np.log(1e3), logs[-1] + np.log(1e3)

    def residual(q: NDArray[np.float64]) -> NDArray[np.float64]:
        curve = logistic(doses, q[0], q[1], float(np.exp(q[2])), float(np.exp(q[3])))
        return np.append(curve - values / largest, q[0] - untreated / largest)

    nearest = logs[int(np.argmin(np.abs(values - 0.5 * (untreated + values[-1]))))]
    bounds = ((-np.inf, -np.inf, low, np.log(0.1)), (np.inf, np.inf, high, np.log(20.0)))
    starts = [(untreated / largest, values[-1] / largest, place, np.log(steep))
              for place in (nearest, logs[0], logs[-1]) for steep in (1.0, 3.0)]  # fmt: skip
    best = min((least_squares(residual, start, bounds=bounds) for start in starts), key=lambda fit: fit.cost)
    top, bottom = float(best.x[0] * largest), float(best.x[1] * largest)
    half, steepness = float(np.exp(best.x[2])), float(np.exp(best.x[3]))
    if not logs[0] <= best.x[2] <= logs[-1]:
        half = float("nan")  # beyond the doses given: not told by them
    share = (bottom - top) / (0.5 * top - top) - 1.0 if top > 0.0 else -1.0
    absolute = float(np.exp(best.x[2]) * share ** (-1.0 / steepness)) if share > 0.0 else float("nan")
    return DoseFit(top, bottom, half, steepness, absolute if doses[0] <= absolute <= doses[-1] else float("nan"))
