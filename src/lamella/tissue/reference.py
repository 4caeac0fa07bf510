"""The readable twin: the whole energy of a dish and its book-keeping, from nothing but the picture.

Slow and plain numpy. Tests hold the kernels to it. `whole_energy` is all that is an energy. Protrusion and the rupture
of bonds are none: what they add to a copy depends on the way, and `beyond_energy` says it.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from lamella.tissue.record import FORCE, MEAN_TRACTION, NUCLEUS_PLACE

if TYPE_CHECKING:
    from lamella.tissue.dish import Dish

OUTSIDE = -1
"""Owner of walls and obstacles in the pictures of this file, as in `Dish.labels`."""


def neighbours(labels: NDArray, periodic: Sequence[bool]) -> NDArray:
    """Owner of each neighbour of each site, `OUTSIDE` beyond a closed wall.   returns [K, *shape]"""
    padded = labels
    for axis, wraps in enumerate(periodic):
        width = [(1, 1) if a == axis else (0, 0) for a in range(labels.ndim)]
        padded = np.pad(padded, width, mode="wrap") if wraps else np.pad(padded, width, constant_values=OUTSIDE)
    steps = [step for step in itertools.product((-1, 0, 1), repeat=labels.ndim) if any(step)]
    return np.stack([padded[tuple(slice(1 + s, 1 + s + n) for s, n in zip(step, labels.shape))] for step in steps])


def contact_energy(labels: NDArray, kinds: NDArray, energy: NDArray, wall: NDArray, periodic: Sequence[bool]) -> float:
    """Sum over neighbouring pairs of different owners of J; a pair with the wall stands once, any other twice."""
    near = neighbours(labels, periodic)
    mine = kinds[labels]
    pairs = np.where(near == OUTSIDE, 2.0 * wall[mine], energy[mine, kinds[np.maximum(near, 0)]])
    return 0.5 * float(pairs[(near != labels) & (labels != OUTSIDE)].sum())


def volumes(labels: NDArray, cells: int) -> NDArray:
    """Sites of each cell.   returns [cells]"""
    return np.bincount(labels[labels > 0], minlength=cells).astype(float)


def perimeters(labels: NDArray, cells: int, periodic: Sequence[bool]) -> NDArray:
    """Pairs of a site of the cell and a neighbour that is neither its own nor a wall.   returns [cells]"""
    near = neighbours(labels, periodic)
    differing = ((near != labels) & (near != OUTSIDE)).sum(axis=0)
    own = labels > 0
    return np.bincount(labels[own], weights=differing[own], minlength=cells)


def centroids(labels: NDArray, anchor: NDArray, periodic: Sequence[bool]) -> NDArray:
    """Mean place of each cell's sites, each in the image nearest to the anchor of the cell.

    anchor    [cells, D]
    returns   [cells, D], the anchor itself for a cell without sites
    """
    where, cell = np.argwhere(labels > 0), labels[labels > 0]
    delta = where - anchor[cell]
    for d, wraps in enumerate(periodic):
        if wraps:
            delta[:, d] -= labels.shape[d] * np.round(delta[:, d] / labels.shape[d])
    number = np.maximum(np.bincount(cell, minlength=len(anchor)), 1)
    shift = [np.bincount(cell, weights=delta[:, d], minlength=len(anchor)) for d in range(labels.ndim)]
    return anchor + np.array(shift).T / number[:, None]


def chemotaxis_energy(labels: NDArray, attractant: NDArray, strength: NDArray) -> float:
    """Minus the sum over all sites of cells of the strength of the cell times the attractant."""
    own = labels > 0
    return -float((strength[labels[own]] * attractant[own]).sum())


def force_energy(centroid: NDArray, force: NDArray) -> float:
    """Minus the work of the forces.   centroid, force [cells, D], medium in row 0"""
    return -float((force[1:] * centroid[1:]).sum())


def linkage_energy(centroid: NDArray, nucleus: NDArray, link: NDArray, periodic: Sequence[bool], shape) -> float:
    """Springs between cells and nuclei.   centroid, nucleus [cells, D] centroids of either; link [cells], 0: none"""
    lag = centroid - nucleus
    for d, wraps in enumerate(periodic):
        if wraps:
            lag[:, d] -= shape[d] * np.round(lag[:, d] / shape[d])
    return float((link[1:] * (lag[1:] ** 2).sum(axis=1)).sum())


def nuclear_perimeters(nuclei: NDArray, cells: int, periodic: Sequence[bool]) -> NDArray:
    """Pairs of a site of the nucleus and a neighbour that is not, walls among them.   returns [cells]"""
    differing = (neighbours(nuclei, periodic) != nuclei).sum(axis=0)
    own = nuclei > 0
    return np.bincount(nuclei[own], weights=differing[own], minlength=cells)


def nucleus_energy(nuclei: NDArray, cells, fibres: NDArray, periodic: Sequence[bool]) -> float:
    """Elasticity of the nuclei, and the fibres that they cover.

    nuclei   cell whose nucleus lies on each site, else 0
    cells    `CellTable`, for targets and stiffnesses
    """
    live = np.unique(nuclei[nuclei > 0])
    volume = volumes(nuclei, len(cells)) - cells.nucleus_volume
    perimeter = nuclear_perimeters(nuclei, len(cells), periodic) - cells.nucleus_perimeter
    elastic = cells.nucleus_stiffness * volume**2 + cells.nucleus_rigidity * perimeter**2
    return float(elastic[live].sum() + fibres[nuclei > 0].sum())


def rear_energy(labels: NDArray, centroid: NDArray, axis: NDArray, focus: NDArray, mean: float, periodic) -> NDArray:
    """Sum over the sites of each cell of the rear weight, with centroids and axes held.   returns [cells]"""
    where = np.argwhere(labels > 0)
    cell = labels[labels > 0]
    delta = where - centroid[cell]
    for d, wraps in enumerate(periodic):
        if wraps:
            delta[:, d] -= labels.shape[d] * np.round(delta[:, d] / labels.shape[d])
    distance = np.linalg.norm(delta, axis=1)
    cosine = np.divide((delta * axis[cell]).sum(axis=1), distance, out=np.zeros_like(distance), where=distance > 1e-9)
    weight = (1.0 - focus[cell]) * mean + focus[cell] * np.maximum(0.0, -cosine)
    return np.bincount(cell, weights=weight, minlength=len(centroid))


class Energies(NamedTuple):
    """Energies of a picture, term by term."""

    contact: float
    volume: float
    perimeter: float
    chemotaxis: float
    force: float
    link: float
    contraction: float
    nucleus: float


def whole_energy(dish: Dish, labels: NDArray, nuclei: NDArray) -> Energies:
    """Every energy of a picture with the parameters, fields and forces of a dish.

    Axes, traction and the directions from the centroids, which contraction asks for, are those of the dish: while cells
    copy they stand still.

    labels, nuclei   as `Dish.labels` and `Dish.nuclei`
    """
    cells, record, periodic, live = dish.cells, dish._record, dish._periodic, slice(1, None)
    volume = volumes(labels, len(cells)) - cells.target_volume
    perimeter = perimeters(labels, len(cells), periodic) - cells.target_perimeter
    centroid = centroids(labels, dish.centroid, periodic)
    place = centroids(nuclei, record[:, NUCLEUS_PLACE : NUCLEUS_PLACE + nuclei.ndim], periodic)
    weight = rear_energy(labels, dish.centroid, dish.axis, cells.rear_focus, dish._physics.mean_rear, periodic)
    fibres, attractant = dish.fibres, dish.attractant
    return Energies(
        contact=contact_energy(labels, dish._kinds, dish._energy[:-1, :-1], dish._energy[-1, :-1], periodic),
        volume=float((cells.volume_stiffness * volume**2)[live].sum()),
        perimeter=float((cells.perimeter_stiffness * perimeter**2)[live].sum()),
        chemotaxis=0.0 if attractant is None else chemotaxis_energy(labels, attractant, cells.chemotaxis),
        force=force_energy(centroid, record[:, FORCE : FORCE + labels.ndim]),
        link=linkage_energy(
            centroid, place, np.where(cells.nucleus > 0, cells.nucleus_link, 0.0), periodic, labels.shape
        ),
        contraction=float((cells.contraction * record[:, MEAN_TRACTION] * weight)[live].sum()),
        nucleus=nucleus_energy(nuclei, cells, np.zeros(labels.shape) if fibres is None else fibres, periodic),
    )


def beyond_energy(dish: Dish, labels: NDArray, source: tuple[int, ...], site: tuple[int, ...]) -> float:
    """What the copy of `source` to `site` costs beyond energies: bonds that break, and protrusion of either cell.

    labels         the picture before the copy
    source, site   places inside the dish
    """
    cells, winner, loser = dish.cells, labels[source], labels[site]
    cost = float(cells.dissipation[loser] * dish.bonds[site]) if loser > 0 else 0.0
    if winner > 0:
        cost -= _push(dish, labels, int(winner), source, site, into=int(loser))
    if loser > 0:
        cost += _push(dish, labels, int(loser), site, site, into=int(winner))
    return cost


def _push(dish: Dish, labels: NDArray, cell: int, root, site, *, into: int) -> float:
    """Energy that protrusion of a cell lends to `site`, for the activity and the bonds round `root`."""
    cells, near = dish.cells, _block(root, dish._periodic, labels.shape)
    own = tuple(near[labels[tuple(near.T)] == cell].T)
    share = dish.act[own] / cells.act_memory[cell]
    activity = float(np.exp(np.log(share).mean())) if share.min() > 0.0 else 0.0
    bonds = float(dish.bonds[own].mean())
    floor = cells.traction_floor[cell]
    traction = floor + (1.0 - floor) * bonds / (bonds + cells.traction_half[cell])
    delta = np.array(site) - dish.centroid[cell]
    for d, wraps in enumerate(dish._periodic):
        if wraps:
            delta[d] -= labels.shape[d] * np.round(delta[d] / labels.shape[d])
    distance = np.linalg.norm(delta)
    cosine = float(delta @ dish.axis[cell] / distance) if distance > 1e-9 else 0.0
    front = dish._physics.norm * max(0.0, cosine) ** dish._physics.exponent
    weight = 1.0 - cells.polarity[cell] + cells.polarity[cell] * front
    gain = cells.contact_gain[cell] if into != 0 else 1.0
    return float(cells.protrusion[cell] * gain * weight * traction * activity)


def _block(place, periodic: Sequence[bool], shape: tuple[int, ...]) -> NDArray:
    """Places of the 3^D sites round one, itself included, that are in the dish.   returns [k, D]"""
    near = np.array(place) + np.array(list(itertools.product((-1, 0, 1), repeat=len(shape))))
    near = np.where(periodic, near % shape, near)
    return near[((near >= 0) & (near < shape)).all(axis=1)]


def pieces(labels: NDArray, periodic: Sequence[bool]) -> dict[int, int]:
    """Face-connected pieces of each cell.   returns cell: number of pieces"""
    found: dict[int, int] = {}
    for cell in np.unique(labels[labels > 0]):
        part = np.empty(labels.shape, np.int32)
        ndimage.label(labels == cell, output=part)
        alias = np.arange(part.max() + 1)
        for axis in np.flatnonzero(periodic):
            first, last = np.take(part, 0, axis), np.take(part, -1, axis)
            for a, b in zip(first[(first > 0) & (last > 0)], last[(first > 0) & (last > 0)]):
                alias[alias == alias[a]] = alias[b]
        found[int(cell)] = len(np.unique(alias[1:]))
    return found
