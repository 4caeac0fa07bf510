"""Who sits where: the half of a cell on each site, and the cells' shares of each voxel.

Made once per update of the fields from the picture of the dish. A `place` is
2 * cell + half, half 0 in front and 1 behind: the front half are the sites
whose direction from the centroid has a non-negative cosine with the axis, as
in `lamella.tissue.reading`. Medium and obstacles have place -1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lamella.errors import InputError
from lamella.tissue.fields.medium import Medium
from lamella.tissue.kernel import kernel, term

_HERE = "tissue.fields.Occupancy"


@dataclass(frozen=True, eq=False)
class Occupancy:
    """The picture of a dish as fields and matrix see it. Build it with `occupy`.

    cells     cells, medium (row 0) included
    place     [site box] int32, place of the half cell on each site
    sites     [2 * cells] sites of each place
    start     [voxels + 1] entries of voxel v are start[v] to start[v + 1]
    owner     [entries] int32 place
    count     [entries] int32 sites of that place in the voxel
    """

    medium: Medium
    cells: int
    place: NDArray[np.int32]
    sites: NDArray[np.float64]
    start: NDArray[np.int64]
    owner: NDArray[np.int32]
    count: NDArray[np.int32]

    def per_site(self, rates: ArrayLike, name: str) -> NDArray[np.float64]:
        """What each cell, or each half of it, does in all, as a part for each of its sites.

        rates     one number, [cells], spread over all sites of the cell, or [cells, 2], over those of the half
        returns   [2 * cells]; 0 for medium and where there is no site
        raises    InputError: wrong shape, negative or not finite
        """
        values = self.per_place(rates, name)
        halves = np.asarray(rates).ndim == 2
        whole = self.sites.reshape(-1, 2).sum(axis=1)
        over = self.sites if halves else np.repeat(whole, 2)
        return np.divide(values, over, out=np.zeros_like(values), where=over > 0)

    def per_place(self, values: ArrayLike, name: str) -> NDArray[np.float64]:
        """Values of cells, or of their halves, for each place; medium gets 0.   returns [2 * cells]"""
        array = np.asarray(values, float)
        if array.shape not in ((), (self.cells,), (self.cells, 2)):
            raise InputError(
                f"{name} has shape {array.shape}",
                where=_HERE,
                why=f"It is one number, or has a row for each of the {self.cells} cells, medium included, and then "
                "perhaps two columns, front and rear.",
            )
        wrong = ~(np.isfinite(array) & (array >= 0.0))
        if wrong.any():
            cell = int(np.argwhere(wrong)[0][0]) if array.ndim else 0
            raise InputError(
                f"{name} of cell {cell} is {array[wrong].flat[0]}",
                where=_HERE,
                why="It must be finite and not negative.",
            )
        full = np.empty((self.cells, 2))
        full[:] = array if array.ndim != 1 else array[:, None]
        full[0] = 0.0
        return full.ravel()

    def rim(self) -> NDArray[np.int32]:
        """`place` of the sites that share a face with a site outside the cell, -1 elsewhere; walls do not count."""
        out = np.empty_like(self.place)
        rim_places(self.place, self._wraps(), out)
        return out

    def _wraps(self) -> NDArray[np.bool_]:
        return np.array((False,) * (3 - self.medium.dimensions) + self.medium.periodic)


def occupy(
    medium: Medium,
    labels: ArrayLike,
    centroid: ArrayLike | None = None,
    axis: ArrayLike | None = None,
    *,
    cells: int | None = None,
) -> Occupancy:
    """Occupancy of a dish.

    labels     cell on each site, 0 medium, negative an obstacle; `Dish.labels()`
    centroid   [cells, D] in sites, `Dish.centroid`; without it, or without an axis, all of a cell is its front
    axis       [cells, D], `Dish.axis`
    cells      rows of per-cell arrays, medium included; default as in `centroid`, or up to the largest label
    raises     InputError
    """
    array = np.asarray(labels)
    if array.dtype.kind not in "iu" or array.shape != medium.shape:
        raise InputError(
            f"labels has shape {array.shape} and type {array.dtype}",
            where=_HERE,
            why=f"It must hold whole numbers in the shape of the dish, {medium.shape}.",
        )
    picture = np.ascontiguousarray(array, np.int32).reshape(medium.site_box)
    halved = centroid is not None and axis is not None
    rows = cells if cells is not None else (len(np.asarray(centroid)) if halved else int(picture.max()) + 1)
    rows = max(rows, 1)
    if int(picture.max()) >= rows:
        raise InputError(f"labels name cell {int(picture.max())}", where=_HERE, why=f"There are {rows - 1} cells.")
    middle, direction = np.zeros((rows, 3)), np.zeros((rows, 3))
    if halved:
        for target, given, name in ((middle, centroid, "centroid"), (direction, axis, "axis")):
            values = np.asarray(given, float)
            if values.shape != (rows, medium.dimensions) or not np.isfinite(values[1:]).all():
                raise InputError(f"{name} is not finite, or has shape {values.shape}", where=_HERE)
            target[:, 3 - medium.dimensions :] = values
    box = medium.site_box
    period = np.array([float(n) if wraps else 0.0 for n, wraps in zip(medium.shape, medium.periodic)])
    period = np.concatenate([np.zeros(3 - period.size), period])
    place = np.empty(box, np.int32)
    mark_places(picture, middle, direction, period, halved, place)
    starts = (np.array([0, 1], np.int64),) * (3 - medium.dimensions) + medium.starts
    start, owner, count = share_voxels(place, starts[0], starts[1], starts[2])
    sites = np.bincount(owner, weights=count, minlength=2 * rows).astype(np.float64)
    return Occupancy(medium, rows, place, sites, start, owner, count)


@kernel
def mark_places(labels, centroid, axis, period, halved, place):
    """Place of every site."""
    n0, n1, n2 = labels.shape
    for i in range(n0):
        for j in range(n1):
            row, out = labels[i, j], place[i, j]
            last, base, step, middle = -1, 0.0, 0.0, 0.0
            for k in range(n2):
                cell = row[k]
                if cell <= 0:
                    out[k] = -1
                    continue
                half = 0
                if halved:
                    if cell != last:
                        last = cell
                        step, middle = axis[cell, 2], centroid[cell, 2]
                        base = _nearest(i - centroid[cell, 0], period[0]) * axis[cell, 0]
                        base += _nearest(j - centroid[cell, 1], period[1]) * axis[cell, 1]
                    along = base + _nearest(k - middle, period[2]) * step
                    half = 0 if along >= 0.0 else 1
                out[k] = 2 * cell + half


@kernel
def _nearest(delta, period):
    """A distance to the nearest periodic image; period 0 for a closed axis."""
    half = 0.5 * period
    if period > 0.0:
        if delta > half:
            return delta - period
        if delta < -half:
            return delta + period
    return delta


@kernel
def share_voxels(place, start0, start1, start2):
    """Sparse table of the places in each voxel.   returns start, owner, count; see `Occupancy`

    Most rows of a voxel belong to one place, mostly to that of the row before: these are found without a branch a site.
    """
    m0, m1, m2 = start0.size - 1, start1.size - 1, start2.size - 1
    start = np.zeros(m0 * m1 * m2 + 1, np.int64)
    room = 2 * m0 * m1 * m2 + 64
    owner, count = np.empty(room, np.int32), np.empty(room, np.int32)
    widest = 0
    for axis in (start0, start1, start2):
        widest = max(widest, np.max(axis[1:] - axis[:-1]))
    most = widest**3
    used, voxel = 0, 0
    for a in range(m0):
        for b in range(m1):
            for c in range(m2):
                if used + most > room:
                    room = 2 * room + most
                    more_owner, more_count = np.empty(room, np.int32), np.empty(room, np.int32)
                    more_owner[:used], more_count[:used] = owner[:used], count[:used]
                    owner, count = more_owner, more_count
                here, recent = used, used
                first, end = start2[c], start2[c + 1]
                for i in range(start0[a], start0[a + 1]):
                    for j in range(start1[b], start1[b + 1]):
                        leading = place[i, j, first]
                        differing = 0
                        for k in range(first + 1, end):
                            differing |= place[i, j, k] ^ leading
                        if differing == 0:
                            if leading >= 0:
                                used, recent = _count(owner, count, leading, end - first, here, used, recent)
                            continue
                        for k in range(first, end):
                            which = place[i, j, k]
                            if which >= 0:
                                used, recent = _count(owner, count, which, 1, here, used, recent)
                voxel += 1
                start[voxel] = used
    return start, owner[:used].copy(), count[:used].copy()


@term
def _count(owner, count, which, sites, here, used, recent):
    """Add sites to the entry of a place in the voxel whose entries begin at `here`.   returns used, entry"""
    if recent >= used or owner[recent] != which:
        recent = here
        while recent < used and owner[recent] != which:
            recent += 1
        if recent == used:
            owner[used], count[used] = which, 0
            used += 1
    count[recent] += sites
    return used, recent


@kernel
def rim_places(place, wraps, out):
    """Places of the sites with a face neighbour that is not of the same cell."""
    n0, n1, n2 = place.shape
    for i in range(n0):
        for j in range(n1):
            for k in range(n2):
                which = place[i, j, k]
                out[i, j, k] = -1
                if which < 0:
                    continue
                cell = which >> 1
                if (
                    _foreign(place, cell, i, j, k, 0, n0, wraps[0])
                    or _foreign(place, cell, i, j, k, 1, n1, wraps[1])
                    or _foreign(place, cell, i, j, k, 2, n2, wraps[2])
                ):
                    out[i, j, k] = which


@kernel
def _foreign(place, cell, i, j, k, axis, length, wraps):
    """Whether one of the two neighbours along an axis is not of `cell`; beyond a closed wall there is none."""
    if length == 1:
        return False
    at = i if axis == 0 else (j if axis == 1 else k)
    for step in (-1, 1):
        to = at + step
        if to < 0 or to >= length:
            if not wraps:
                continue
            to = to % length
        near = place[to, j, k] if axis == 0 else (place[i, to, k] if axis == 1 else place[i, j, to])
        if near < 0 or near >> 1 != cell:
            return True
    return False
