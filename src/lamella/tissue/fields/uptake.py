"""What cells take from a field, and how what they do is spread over voxels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lamella.tissue.fields.occupancy import Occupancy
from lamella.tissue.kernel import kernel


class Uptake:
    """Uptake by cells as a conductance of each voxel.

    clears   [2 * cells] volume that each site of a place empties                       (um^3/s)
    takes    [2 * cells] molecules that it takes where there are many                   (molecules/s)
    half     concentration at which it takes half of them                               (molecules/um^3)
    """

    def __init__(self, occupancy: Occupancy, clears: NDArray, takes: NDArray, half: float):
        self._table = (occupancy.start, occupancy.owner, occupancy.count)
        self._clears, self._takes, self._half = clears, takes, half
        self._x = np.zeros(0)
        self.saturates = bool(takes.any())
        self._linear, self._most = np.zeros(occupancy.medium.box), np.zeros(0)
        gather(*self._table, clears, self._linear.reshape(-1))
        if self.saturates:
            self._most = np.zeros(occupancy.medium.box)
            gather(*self._table, takes, self._most.reshape(-1))

    def conductance(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Volume emptied per second in each voxel, at concentrations x; not to be written to.   [box]"""
        if not self.saturates:
            return self._linear
        self._x = x.copy()
        return self._linear + self._most / (self._half + np.maximum(x, 0.0))

    def taken(self, x: NDArray[np.float64], seconds: float) -> NDArray[np.float64]:
        """Molecules that each place took: conductance as it was solved with, times concentration.   [2 * cells]"""
        out = np.zeros(self._clears.size)
        if not self.saturates:
            sum_voxels(*self._table, x.reshape(-1), out)
            return out * (self._clears * seconds)
        factor = 1.0 / (self._half + np.maximum(self._x, 0.0))
        hand_out(*self._table, self._clears, self._takes, factor.reshape(-1), x.reshape(-1), seconds, out)
        return out


@kernel
def gather(start, owner, count, per_site, out):
    """Sum of a per-site rate over the cells in each voxel.   out [voxels] flat, added to"""
    for voxel in range(start.size - 1):
        total = 0.0
        for entry in range(start[voxel], start[voxel + 1]):
            total += per_site[owner[entry]] * count[entry]
        out[voxel] += total


@kernel
def sum_voxels(start, owner, count, values, sums):
    """Sum over the sites of each place of what their voxels hold.   values [voxels] flat; sums [places], added to"""
    for voxel in range(start.size - 1):
        here = values[voxel]
        for entry in range(start[voxel], start[voxel + 1]):
            sums[owner[entry]] += here * count[entry]


@kernel
def hand_out(start, owner, count, clears, takes, factor, x, seconds, out):
    """Molecules taken by each place: (clears + takes * factor) * count * x * seconds.   out [2 * cells], added to"""
    for voxel in range(start.size - 1):
        here = x[voxel] * seconds
        for entry in range(start[voxel], start[voxel + 1]):
            which = owner[entry]
            out[which] += (clears[which] + takes[which] * factor[voxel]) * count[entry] * here
