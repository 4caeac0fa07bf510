"""The medium of a dish: a coarse grid of voxels on the grid of sites, open where no obstacle stands.

Finite volumes. A voxel's volume is that of its open sites. Two voxels meet
through the lines of sites that run from centre to centre with no obstacle
between, so that a wall of a single site stops what diffuses, whatever the
coarsening. Axes whose sites the coarsening does not divide get voxels that
differ by one site, and periodic axes stay periodic.

Kernels see three axes always; a flat dish is one layer of voxels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from lamella.errors import InputError

_HERE = "tissue.fields.Medium"
MOST_SITES = 2**30


@dataclass(frozen=True, eq=False)
class Medium:
    """Geometry that all fields of a dish share. Build it with `make_medium`.

    shape      sites along each axis
    site       length of a site                                                         (um)
    depth      of the liquid over a flat dish (um); in 3D the length of a site
    periodic   one truth value an axis
    starts     first site of each voxel along each axis, and the end
    voxel_of   voxel of each site along the three axes of the box
    volume     [box] open volume of each voxel                                          (um^3)
    faces      three times [box], open area over distance to the next voxel along the axis; the last entry is the
               way round a periodic axis                                                (um)
    regions    [box] number of the connected open region of each voxel, or None if there is only one
    walls      (axis, side): [box] open area over distance from voxel to wall, 0 away from it; closed axes only  (um)
    """

    shape: tuple[int, ...]
    site: float
    depth: float
    periodic: tuple[bool, ...]
    starts: tuple[NDArray[np.int64], ...]
    voxel_of: tuple[NDArray[np.int32], ...]
    volume: NDArray[np.float64]
    faces: tuple[NDArray[np.float64], ...]
    regions: NDArray[np.int32] | None
    walls: dict[tuple[int, str], NDArray[np.float64]] = field(repr=False)
    obstacles: NDArray[np.bool_] | None = field(repr=False)

    @property
    def dimensions(self) -> int:
        return len(self.shape)

    @property
    def voxels(self) -> tuple[int, ...]:
        """Voxels along each axis of the dish."""
        return self.volume.shape[3 - self.dimensions :]

    @property
    def box(self) -> tuple[int, int, int]:
        """Voxels along the three axes that kernels see."""
        return self.volume.shape  # type: ignore[return-value]

    @property
    def measure(self) -> float:
        """What one site counts: um^2 of a flat dish, um^3 in 3D."""
        return self.site**self.dimensions

    @property
    def site_box(self) -> tuple[int, int, int]:
        """Sites along the three axes that kernels see."""
        return (1,) * (3 - self.dimensions) + self.shape  # type: ignore[return-value]

    @cached_property
    def between(self) -> tuple[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]], ...]:
        """Voxels between whose middles each site lies, and the share of the way, along the three axes of the box.

        Where there are obstacles, or one voxel, both are the site's own.   each [sites]
        """
        found = []
        for voxel in self.voxel_of[: 3 - self.dimensions]:
            found.append((voxel.astype(np.int64), voxel.astype(np.int64), np.zeros(voxel.size)))
        for axis, sites in enumerate(self.shape):
            voxel = self.voxel_of[3 - self.dimensions + axis].astype(np.int64)
            if self.obstacles is not None or self.voxels[axis] == 1:
                found.append((voxel, voxel, np.zeros(sites)))
                continue
            centre = self.centres(axis) / self.site
            at = np.arange(sites) + 0.5
            low = np.searchsorted(centre, at, side="right") - 1
            if self.periodic[axis]:
                low_centre = np.where(low < 0, centre[-1] - sites, centre[np.maximum(low, 0)])
                high = (low + 1) % centre.size
                high_centre = np.where(low + 1 < centre.size, centre[high], centre[0] + sites)
                low = low % centre.size
            else:
                low, high = np.clip(low, 0, centre.size - 1), np.clip(low + 1, 0, centre.size - 1)
                low_centre, high_centre = centre[low], centre[high]
            gap = high_centre - low_centre
            share = np.divide(at - low_centre, gap, out=np.zeros(sites), where=gap > 0)
            found.append((low.astype(np.int64), high.astype(np.int64), share))
        return tuple(found)

    def centres(self, axis: int) -> NDArray[np.float64]:
        """Middle of each voxel along an axis of the dish, from its low wall.   (um)"""
        start = self.starts[axis]
        return (0.5 * (start[1:] + start[:-1]) * self.site).astype(np.float64)

    def boxed(self, values: ArrayLike, name: str, where: str = _HERE) -> NDArray[np.float64]:
        """Values in the shape of the voxels, or of the sites (means are taken), or one number.   returns [box], a copy

        raises   InputError: another shape, not finite, or negative
        """
        array = np.asarray(values, float)
        if array.ndim and array.shape == self.shape and self.shape != self.voxels:
            array = self.means(array)
        if array.ndim and array.shape != self.voxels:
            raise InputError(
                f"{name} has shape {array.shape}",
                where=where,
                why=f"the dish has {self.shape} sites in {self.voxels} voxels",
                remedy="Give one number, or an array of one of these shapes.",
            )
        wrong = ~(np.isfinite(array) & (array >= 0.0))
        if wrong.any():
            raise InputError(
                f"{name} is {array[wrong].flat[0]} at {int(wrong.sum())} place(s)",
                where=where,
                why="It must be finite and not negative.",
            )
        return np.array(np.broadcast_to(array, self.voxels), order="C").reshape(self.box)

    def means(self, sites: NDArray[np.float64]) -> NDArray[np.float64]:
        """Mean over the open sites of each voxel; 0 where none is open.   sites [shape]; returns [voxels]"""
        weight = np.ones(self.shape) if self.obstacles is None else (~self.obstacles).astype(float)
        total, number = _pooled(sites * weight, self.starts), _pooled(weight, self.starts)
        return total / np.maximum(number, 1.0)


def make_medium(
    shape: Sequence[int],
    site: float,
    *,
    coarsening: int = 4,
    depth: float | None = None,
    periodic: Sequence[bool] | None = None,
    obstacles: ArrayLike | None = None,
) -> Medium:
    """The medium of a dish of `shape` sites.

    site         length of a site                                              (um)
    coarsening   sites along the edge of a voxel, 1 or more
    depth        of the liquid over a flat dish (um); it is taken as well mixed from bottom to top
    periodic     default all, as of a dish; the other walls are closed
    obstacles    mask of sites through which nothing diffuses
    raises       InputError
    """
    shape = tuple(int(n) for n in shape)
    dimensions = len(shape)
    periodic = tuple(bool(p) for p in (periodic if periodic is not None else (True,) * dimensions))
    _check(shape, site, coarsening, depth, periodic)
    mask = None if obstacles is None else np.asarray(obstacles, bool)
    if mask is not None and mask.shape != shape:
        raise InputError(f"obstacles has shape {mask.shape}, the dish {shape}", where=_HERE)
    if mask is not None and mask.all():
        raise InputError("obstacles leave no open site", where=_HERE)

    thick = float(site) if dimensions == 3 else float(depth)  # type: ignore[arg-type]
    starts = tuple(_starts(n, int(coarsening)) for n in shape)
    volume = _open_sites(mask, starts) * (site**2 * thick)
    lead = (1,) * (3 - dimensions)
    box = lead + volume.shape
    faces = [np.zeros(box) for _ in lead]
    walls = {}
    across = site * thick
    for axis, start in enumerate(starts):
        low, high, between = _lines(mask, starts, axis)
        wide = np.diff(start) * site
        distance = 0.5 * (wide + np.roll(wide, -1))
        face = between * across / _along(distance, axis, dimensions)
        if not periodic[axis] or face.shape[axis] == 1:
            face[(slice(None),) * axis + (-1,)] = 0.0
        faces.append(face.reshape(box))
        if periodic[axis]:
            continue
        for side, lines, end in (("low", low, 0), ("high", high, -1)):
            wall = np.zeros(volume.shape)
            place = (slice(None),) * axis + (end,)
            wall[place] = lines[place] * across / (0.5 * wide[end])
            walls[axis, side] = wall.reshape(box)
    return Medium(
        shape=shape,
        site=float(site),
        depth=thick,
        periodic=periodic,
        starts=starts,
        voxel_of=(np.zeros(1, np.int32),) * len(lead) + tuple(_voxel_of(s) for s in starts),
        volume=volume.reshape(box),
        faces=tuple(np.ascontiguousarray(f) for f in faces),
        regions=None if mask is None else _regions([f.reshape(volume.shape) for f in faces[len(lead) :]]),
        walls=walls,
        obstacles=mask,
    )


def _check(shape, site, coarsening, depth, periodic) -> None:
    dimensions = len(shape)
    if dimensions not in (2, 3) or min(shape) < 1 or np.prod(shape, dtype=float) >= MOST_SITES:
        raise InputError(f"a dish of {shape} sites", where=_HERE, why="It has two or three axes and below 2^30 sites.")
    if not (np.isfinite(site) and site > 0):
        raise InputError(f"site is {site} um", where=_HERE, why="A length is positive and finite.")
    if int(coarsening) != coarsening or coarsening < 1:
        raise InputError(
            f"coarsening is {coarsening}", where=_HERE, why="A voxel has a whole number of sites along its edge."
        )
    if len(periodic) != dimensions:
        raise InputError(f"periodic names {len(periodic)} axes, the dish has {dimensions}", where=_HERE)
    if dimensions == 3 and depth is not None:
        raise InputError("depth is given for a dish in 3D", where=_HERE, why="Only a flat dish has liquid over it.")
    if dimensions == 2 and not (depth is not None and np.isfinite(depth) and depth > 0):
        raise InputError(
            f"depth is {depth}",
            where=_HERE,
            why="The liquid over a flat dish turns molecules into a concentration.",
            remedy="Give its depth in um.",
        )


def _starts(sites: int, coarsening: int) -> NDArray[np.int64]:
    """First site of each voxel and the end: as many voxels as come nearest, of widths that differ by at most one."""
    voxels = max(1, round(sites / coarsening))
    return np.arange(voxels + 1) * sites // voxels


def _voxel_of(start: NDArray[np.int64]) -> NDArray[np.int32]:
    return np.repeat(np.arange(start.size - 1), np.diff(start)).astype(np.int32)


def _along(values: NDArray, axis: int, dimensions: int) -> NDArray:
    """One-dimensional values, to be multiplied along `axis`."""
    return values.reshape((-1,) + (1,) * (dimensions - 1 - axis))


def _open_sites(mask: NDArray[np.bool_] | None, starts: tuple[NDArray, ...], skip: int = -1) -> NDArray[np.float64]:
    """Open sites of each voxel; along the axis `skip` a voxel counts one site."""
    if mask is not None:
        return _pooled((~mask).astype(float), starts)
    total = np.ones((1,) * len(starts))
    for axis, start in enumerate(starts):
        wide = np.diff(start).astype(float)
        total = total * _along(np.ones_like(wide) if axis == skip else wide, axis, len(starts))
    return total


def _regions(faces: list[NDArray[np.float64]]) -> NDArray[np.int32] | None:
    """Numbers of the regions that faces join; None if there is one."""
    number = np.arange(faces[0].size).reshape(faces[0].shape)
    pairs = [(number[f > 0], np.roll(number, -1, axis)[f > 0]) for axis, f in enumerate(faces)]
    here, there = (np.concatenate(ends) for ends in zip(*pairs))
    graph = coo_array((np.ones(here.size, bool), (here, there)), shape=(number.size, number.size))
    found, label = connected_components(graph, directed=False)
    lead = (1,) * (3 - number.ndim)
    return None if found == 1 else label.astype(np.int32).reshape(lead + number.shape)


def _lines(mask: NDArray[np.bool_] | None, starts: tuple[NDArray, ...], axis: int):
    """Free lines of sites along `axis`: from each voxel's centre to its low face, to its high face, and to the
    centre of the next voxel.   returns three arrays [voxels]
    """
    if mask is None:
        every = _open_sites(None, starts, skip=axis)
        return every, every, every
    start = starts[axis]
    wide = np.diff(start)
    blocked = np.cumsum(mask, axis=axis, dtype=np.int32)
    blocked = np.concatenate([np.zeros_like(blocked.take([0], axis)), blocked], axis=axis)

    def free(first: NDArray, end: NDArray) -> NDArray[np.bool_]:
        return blocked.take(end, axis) == blocked.take(first, axis)

    low, high = free(start[:-1], start[:-1] + (wide + 1) // 2), free(start[:-1] + wide // 2, start[1:])
    ways = (low, high, high & np.roll(low, -1, axis))
    return tuple(_pooled(way.astype(float), starts, skip=axis) for way in ways)


def _pooled(sites: NDArray[np.float64], starts: tuple[NDArray, ...], skip: int = -1) -> NDArray[np.float64]:
    """Sums over the voxels along all axes but `skip`."""
    for axis, start in enumerate(starts):
        if axis != skip:
            sites = np.add.reduceat(sites, start[:-1], axis)
    return sites
