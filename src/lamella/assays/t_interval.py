"""The t interval of a mean: how wide, at which coverage. What is averaged is told where it is averaged."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

LEVEL = 0.95
"""Coverage of every interval that is reported."""


def student(freedom: int, level: float = LEVEL) -> float:
    """Student's t that leaves half of what `level` leaves above it."""
    return float(stdtrit(freedom, 0.5 + level / 2))


def half_width(values: NDArray[np.float64], level: float = LEVEL) -> float:
    """Half of the interval of the mean; NaN with fewer than two values."""
    if values.size < 2:
        return float("nan")
    return float(student(values.size - 1, level) * values.std(ddof=1) / np.sqrt(values.size))
