"""When half of the cells have come to something: died, scattered."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def half_time(times: NDArray[np.float64], share: NDArray[np.float64]) -> float:
    """When a share of the cells is one half for the first time, between points by a straight line; NaN where that is
    never so.   [times]"""
    after = np.flatnonzero(share >= 0.5)
    if not after.size:
        return float("nan")
    i = int(after[0])
    return float(times[0] if i == 0 else np.interp(0.5, share[i - 1 : i + 1], times[i - 1 : i + 1]))
