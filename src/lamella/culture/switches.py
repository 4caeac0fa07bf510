"""Switches of reactions: which are deleted for good, and which are stopped for a time.

A switch multiplies the rate of its reaction: 1 lets it run, 0 stops it. The switch of a reaction deleted from the
network of a cell is the negative zero. It stops as 0 does and goes with the cell through growth, division and
checkpoints; by its sign the reaction is told from one that a treatment stops for a time and then lets run again.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lamella.reactions import SWITCH

DELETED = -0.0
"""Value of the switch of a reaction that no treatment can start again."""


def set_parameter(parameters: NDArray[np.float64], column: int, name: str, value: float) -> None:
    """Write a value into every cell, but not into the switch of a reaction that is deleted in it.

    parameters   [cells, parameters]; written to
    """
    values = parameters[:, column]  # a view
    if name.startswith(SWITCH):
        values[~(np.signbit(values) & (values == 0.0))] = value
    else:
        values[:] = value
