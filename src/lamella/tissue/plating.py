"""The first picture of a dish as words, border list and records."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lamella.tissue.grid import Grid, interior, pad_labels
from lamella.tissue.lattice import Lattice
from lamella.tissue.record import AXIS, CENTROID, IMAGE, MOMENT, PERIMETER, VOLUME
from lamella.tissue.run import wrap_centroids
from lamella.tissue.tiles import BORDER, SIZE, Tiles
from lamella.tissue.word import COUNT, COUNT_SHIFT, GHOST, ID, KIND, KIND_SHIFT, LISTED, RIM, WALL


def first_lattice(labels: NDArray, kinds: NDArray, wall_kind: int, grid: Grid, tiles: Tiles) -> Lattice:
    """Words, counts and border list; no activity, no bonds, no fields.

    labels    cell on each site, `WALL` on obstacles, in the shape of the dish
    kinds     [n + 1]
    tiles     the sizes of their border lists are set
    """
    owner = pad_labels(labels, grid)
    sites = owner.size
    kind_of = np.append(kinds, wall_kind)
    word = owner | (kind_of[np.where(owner == WALL, kinds.size, owner)].astype(np.uint32) << KIND_SHIFT)
    word[grid.home != np.arange(sites)] |= GHOST
    inside = interior(np.arange(sites), grid.space.shape).ravel()
    inside = inside[owner[inside] != WALL]
    differing, rim = np.zeros(inside.size, np.uint32), grid.edge_row[inside] >= 0
    for offset in grid.offsets.view(np.int64):
        near = owner[inside + offset]
        differing += (near != owner[inside]) & (near != WALL)
        rim |= (near == WALL) | (tiles.tile_of[grid.home[inside + offset]] != tiles.tile_of[inside])
    word[inside] |= differing << COUNT_SHIFT
    word[inside[rim]] |= RIM
    word[inside[differing > 0]] |= LISTED
    border = listed_sites(inside[differing > 0], tiles, int(grid.rows[0]))
    tiles.state[:, BORDER] = tiles.state[:, SIZE]
    arrays = Lattice(
        word=with_slack(word), expiry=with_slack(np.zeros(sites, np.int32)), bonds=np.zeros(sites),
        ligand=np.zeros(sites),
        attractant=np.zeros(0), nucleus=np.zeros(0, np.uint32), fibres=np.zeros(0), offer=np.zeros(sites),
        border=border,
    )  # fmt: skip
    return arrays


def listed_sites(sites: NDArray, tiles: Tiles, inside: int) -> NDArray[np.uint32]:
    """Border lists that hold `sites`, each tile's in their order here; sets the lengths of the lists.

    inside   any site of the dish
    """
    tile = tiles.tile_of[sites]
    order = np.argsort(tile, kind="stable")
    tiles.state[:, SIZE] = np.bincount(tile, minlength=tiles.state.shape[0])
    begins = tiles.state[:, SIZE].cumsum() - tiles.state[:, SIZE]
    place = tiles.first[tile[order]] + np.arange(sites.size, dtype=np.uint64) - begins[tile[order]]
    border = np.full(int(tiles.first[-1]) + 64, inside, np.uint32)
    border[place] = sites[order]
    return border


def write_kinds(word: NDArray[np.uint32], kinds: NDArray[np.int64]) -> None:
    """Kinds of cells into the words of their sites, ghosts too.   kinds [cells] and more"""
    owner = word & ID
    sites = np.flatnonzero((owner != WALL) & (owner != 0))
    rest = word[sites] & ~(KIND << KIND_SHIFT)
    word[sites] = rest | kinds[owner[sites]].astype(np.uint32) << KIND_SHIFT


def with_slack(field: NDArray) -> NDArray:
    """A copy behind which some memory can be read, see `machine.match_ring`."""
    room = np.zeros(field.size + 8, field.dtype)
    room[: field.size] = field
    return room[: field.size]


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
        record[live, MOMENT + d] = np.round(record[live, CENTROID + d] * number[live])
    wrap_centroids(record, grid.space.period)
    record[:, IMAGE : IMAGE + axes] = 0.0
    draws = [np.random.Generator(np.random.Philox(key=int(keys[c]))).standard_normal(axes) for c in live]
    axis = np.array(draws).reshape(-1, axes)
    record[live, AXIS : AXIS + axes] = axis / np.linalg.norm(axis, axis=1, keepdims=True)
