"""The first picture of a dish as words, border list and records."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lamella.tissue.grid import Grid, interior, pad_labels
from lamella.tissue.lattice import Lattice
from lamella.tissue.record import AXIS, CENTROID, IMAGE, PERIMETER, VOLUME
from lamella.tissue.run import wrap_centroids
from lamella.tissue.word import COUNT, COUNT_SHIFT, EDGE, GHOST, KIND_SHIFT, WALL


def first_lattice(labels: NDArray, kinds: NDArray, wall_kind: int, grid: Grid) -> tuple[Lattice, int]:
    """Words, counts and border list; no activity, no bonds, no fields.

    labels    cell on each site, `WALL` on obstacles, in the shape of the dish
    kinds     [n + 1]
    returns   the arrays and the number of border sites
    """
    owner = pad_labels(labels, grid)
    sites = owner.size
    kind_of = np.append(kinds, wall_kind)
    word = owner | (kind_of[np.where(owner == WALL, kinds.size, owner)].astype(np.uint32) << KIND_SHIFT)
    word[grid.edge_row >= 0] |= EDGE
    word[grid.home != np.arange(sites)] |= GHOST
    inside = interior(np.arange(sites), grid.space.shape).ravel()
    inside = inside[owner[inside] != WALL]
    differing = np.zeros(inside.size, np.uint32)
    for offset in grid.offsets.view(np.int64):
        near = owner[inside + offset]
        differing += (near != owner[inside]) & (near != WALL)
    word[inside] |= differing << COUNT_SHIFT
    border, rank = np.zeros(sites, np.uint32), np.zeros(sites, np.uint32)
    listed = inside[differing > 0]
    border[: listed.size] = listed
    rank[listed] = np.arange(listed.size)
    arrays = Lattice(
        word=word, expiry=np.zeros(sites, np.int32), bonds=np.zeros(sites), ligand=np.zeros(sites),
        attractant=np.zeros(0), offer=np.zeros(sites), border=border, rank=rank,
    )  # fmt: skip
    return arrays, listed.size


def first_record(record: NDArray, labels: NDArray, lattice: Lattice, keys: NDArray[np.uint64], grid: Grid) -> None:
    """Volumes, perimeters, centroids (over the nearest images round one site of each cell) and random axes.

    record   [rows, WIDTH], written
    keys     [rows] stream of each cell
    """
    rows, axes = record.shape[0], labels.ndim
    own = (labels > 0) & (labels != WALL)
    where, cell = np.argwhere(own), labels[own]
    number = np.bincount(cell, minlength=rows)
    live = np.flatnonzero(number)
    record[live, VOLUME] = number[live]
    differing = (interior(lattice.word, labels.shape)[own] >> COUNT_SHIFT) & COUNT
    record[live, PERIMETER] = np.bincount(cell, weights=differing, minlength=rows)[live]
    anchor = np.zeros((rows, axes))
    anchor[cell[::-1]] = where[::-1]
    delta = where - anchor[cell]
    for d, period in enumerate(grid.space.period):
        if period:
            delta[:, d] -= period * np.round(delta[:, d] / period)
        mean = np.bincount(cell, weights=delta[:, d], minlength=rows)[live] / number[live]
        record[live, CENTROID + d] = anchor[live, d] + mean
    wrap_centroids(record, grid.space.period)
    record[:, IMAGE : IMAGE + axes] = 0.0
    draws = [np.random.Generator(np.random.Philox(key=int(keys[c]))).standard_normal(axes) for c in live]
    axis = np.array(draws).reshape(-1, axes)
    record[live, AXIS : AXIS + axes] = axis / np.linalg.norm(axis, axis=1, keepdims=True)
