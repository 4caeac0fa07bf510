"""Rank correlations as odds, (1 + rho) / (1 - rho): positive numbers with 1 for none, as the ratio of two arms is.

Their logarithm is twice Fisher's z, on whose scale correlations of cohorts of one size spread alike and whose intervals
do not pass rho = 1 (Fisher 1921, Metron 1:3, from memory). A rho of 0.2 is odds of 1.5, one of -0.2 is 1 / 1.5.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_UTMOST = 1.0 - 1e-9
"""Of a rho: cohorts of few patients may be ranked alike, and odds are finite."""


def odds(rho: float) -> float:
    """Odds of a rank correlation."""
    return (1.0 + rho) / (1.0 - rho)


def rho_of(odds_: float) -> float:
    """The inverse of `odds`."""
    return (odds_ - 1.0) / (odds_ + 1.0)


def log_odds(rhos: NDArray[np.float64]) -> NDArray[np.float64]:
    """Logarithms of the odds of correlations.   [replicates]"""
    return 2.0 * np.arctanh(np.clip(rhos, -_UTMOST, _UTMOST))
