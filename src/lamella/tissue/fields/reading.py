"""What cells feel of fields and matrix: means over their halves, gradients, and fields on sites."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lamella.errors import InputError
from lamella.tissue.fields.medium import Medium
from lamella.tissue.fields.occupancy import Occupancy
from lamella.tissue.fields.uptake import sum_voxels
from lamella.tissue.kernel import kernel


@dataclass(frozen=True)
class HalfMeans:
    """Means over the front half, the rear half and all of each cell.   [cells]; 0 where there is no site"""

    front: NDArray[np.float64]
    rear: NDArray[np.float64]
    whole: NDArray[np.float64]


def voxel_means(values: NDArray[np.float64], occupancy: Occupancy) -> HalfMeans:
    """Means over each cell's sites of a field on voxels, weighted exactly as secretion and uptake are.

    values   [box], `Field.box`
    """
    sums = np.zeros(occupancy.sites.size)
    sum_voxels(occupancy.start, occupancy.owner, occupancy.count, np.ascontiguousarray(values).reshape(-1), sums)
    return _halves(sums, occupancy.sites)


def site_means(values: NDArray[np.float64], occupancy: Occupancy, *, rim: bool = False) -> HalfMeans:
    """Means of a quantity on sites over each cell's sites, or over those at its edge.   values [shape of the dish]"""
    if values.shape != occupancy.medium.shape:
        raise InputError(f"values have shape {values.shape}", where="tissue.fields.reading", why="They are on sites.")
    place = occupancy.rim() if rim else occupancy.place
    sums, number = np.zeros(occupancy.sites.size), np.zeros(occupancy.sites.size)
    sum_sites(place, np.ascontiguousarray(values, float).reshape(place.shape), sums, number)
    return _halves(sums, number)


def _halves(sums: NDArray[np.float64], number: NDArray[np.float64]) -> HalfMeans:
    def mean(total, over):
        return np.divide(total, over, out=np.zeros_like(total), where=over > 0)

    both, sites = sums.reshape(-1, 2), number.reshape(-1, 2)
    parts = mean(both, sites)
    return HalfMeans(parts[:, 0].copy(), parts[:, 1].copy(), mean(both.sum(axis=1), sites.sum(axis=1)))


def gradients(values: NDArray[np.float64], occupancy: Occupancy) -> NDArray[np.float64]:
    """Mean gradient of a field over each cell, per um: central differences, one-sided at walls and obstacles.

    values    [box]
    returns   [cells, D]
    """
    medium = occupancy.medium
    lead = 3 - medium.dimensions
    centres = [np.zeros(1)] * lead + [medium.centres(d) for d in range(medium.dimensions)]
    length = [1.0] * lead + [n * medium.site for n in medium.shape]
    sums = np.zeros((3, occupancy.sites.size))
    sum_gradients(
        occupancy.start, occupancy.owner, occupancy.count, np.ascontiguousarray(values),
        medium.faces[0], medium.faces[1], medium.faces[2], centres[0], centres[1], centres[2], np.array(length), sums,
    )  # fmt: skip
    whole = sums.reshape(3, -1, 2).sum(axis=2)[lead:]
    sites = occupancy.sites.reshape(-1, 2).sum(axis=1)
    return np.divide(whole, sites, out=np.zeros_like(whole), where=sites > 0).T.copy()


def on_sites(values: NDArray[np.float64], medium: Medium) -> NDArray[np.float64]:
    """A field on the sites of the dish: linear between the middles of voxels, or, where there are obstacles, constant
    within a voxel, so that it does not reach through walls.   values [box]; returns [shape of the dish]
    """
    out = np.empty(medium.site_box)
    interpolate(np.ascontiguousarray(values), *(array for axis in medium.between for array in axis), out)
    return out.reshape(medium.shape)


@kernel
def interpolate(values, low0, high0, share0, low1, high1, share1, low2, high2, share2, out):
    """A field on the sites, axis by axis: that of the voxel `low` and a share of the way to the voxel `high`.

    values   [box];   low, high, share   [sites] along each axis;   out  [site box]
    """
    n0, n1, n2 = out.shape
    row = np.empty(values.shape[2])
    for i in range(n0):
        a, b, s = low0[i], high0[i], share0[i]
        for j in range(n1):
            c, d, t = low1[j], high1[j], share1[j]
            for k in range(row.size):
                near = values[a, c, k] * (1.0 - s) + values[b, c, k] * s
                far = values[a, d, k] * (1.0 - s) + values[b, d, k] * s
                row[k] = near * (1.0 - t) + far * t
            to = out[i, j]
            for k in range(n2):
                to[k] = row[np.uint64(low2[k])] * (1.0 - share2[k]) + row[np.uint64(high2[k])] * share2[k]


@kernel
def sum_sites(place, values, sums, number):
    """Sum over the sites of each place, and how many they are; runs along the last axis are added up first."""
    n0, n1, n2 = place.shape
    for i in range(n0):
        for j in range(n1):
            which, row, total = place[i, j], values[i, j], 0.0
            first = 0
            for k in range(n2):
                total += row[k]
                if k + 1 == n2 or which[k + 1] != which[k]:
                    if which[k] >= 0:
                        sums[which[k]] += total
                        number[which[k]] += k + 1 - first
                    total, first = 0.0, k + 1


@kernel
def _slope(values, i, j, k, axis, centre, length, face):
    """Derivative along one axis in one voxel, over the neighbours that it is open to."""
    n = values.shape[axis]
    if n == 1:
        return 0.0
    at = i if axis == 0 else (j if axis == 1 else k)
    after, before = (at + 1 if at + 1 < n else 0), (at - 1 if at > 0 else n - 1)
    if axis == 0:
        up, down = values[after, j, k], values[before, j, k]
        open_up, open_down = face[i, j, k] > 0.0, face[before, j, k] > 0.0
    elif axis == 1:
        up, down = values[i, after, k], values[i, before, k]
        open_up, open_down = face[i, j, k] > 0.0, face[i, before, k] > 0.0
    else:
        up, down = values[i, j, after], values[i, j, before]
        open_up, open_down = face[i, j, k] > 0.0, face[i, j, before] > 0.0
    to_up = centre[after] - centre[at] + (length if after == 0 else 0.0)
    to_down = centre[at] - centre[before] + (length if at == 0 else 0.0)
    here = values[i, j, k]
    if open_up and open_down:
        return (up - down) / (to_up + to_down)
    if open_up:
        return (up - here) / to_up
    if open_down:
        return (here - down) / to_down
    return 0.0


@kernel
def sum_gradients(start, owner, count, values, f0, f1, f2, c0, c1, c2, length, sums):
    """Sum over the sites of each place of the gradient in their voxels.   sums [3, places]"""
    n0, n1, n2 = values.shape
    voxel = 0
    for i in range(n0):
        for j in range(n1):
            for k in range(n2):
                if start[voxel] < start[voxel + 1]:
                    g0 = _slope(values, i, j, k, 0, c0, length[0], f0)
                    g1 = _slope(values, i, j, k, 1, c1, length[1], f1)
                    g2 = _slope(values, i, j, k, 2, c2, length[2], f2)
                    for entry in range(start[voxel], start[voxel + 1]):
                        which, sites = owner[entry], count[entry]
                        sums[0, which] += g0 * sites
                        sums[1, which] += g1 * sites
                        sums[2, which] += g2 * sites
                voxel += 1
