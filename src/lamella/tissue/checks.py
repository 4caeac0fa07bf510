"""What a dish refuses at the door."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lamella.errors import InputError
from lamella.tissue.record import (
    FORCE,
    ROTATIONAL_DIFFUSION,
    SENSE_ACT,
    SENSE_CONTACT,
    SENSE_GRADIENT,
    TARGET_VOLUME,
    TURNING_TIME,
)
from lamella.tissue.tiles import LEAST
from lamella.tissue.word import MOST_CELLS, MOST_KINDS

_HERE = "tissue.Dish"


def _integers(values: ArrayLike, name: str) -> NDArray[np.int64]:
    array = np.asarray(values)
    if array.dtype.kind not in "iu":
        raise InputError(f"{name} has type {array.dtype}", where=_HERE, why="it must be an array of integers")
    return array.astype(np.int64)


def checked_labels(labels: ArrayLike, kinds: ArrayLike, capacity: int | None) -> tuple[NDArray, NDArray, int]:
    """Labels, kinds and capacity of a dish, or an InputError that says what is wrong with them."""
    array, kind = _integers(labels, "labels"), _integers(kinds, "kinds")
    if array.ndim not in (2, 3):
        raise InputError(f"labels has {array.ndim} axes", where=_HERE, why="a dish has two or three")
    if min(array.shape) < 4:  # what looks eight sites ahead stays inside the lattice
        raise InputError(f"labels has shape {array.shape}", where=_HERE, why="every axis must have at least 4 sites")
    if array.size >= 2**30:
        raise InputError(f"the dish has {array.size} sites", where=_HERE, why="a site number has 31 bits")
    if kind.ndim != 1 or kind.size < 1 or kind[0] != 0:
        raise InputError("kinds must be one-dimensional and begin with 0", where=_HERE, why="entry 0 is medium")
    cells = kind.size - 1
    room = cells if capacity is None else int(capacity)
    if room > MOST_CELLS:
        raise InputError(f"room for {room} cells is asked for", where=_HERE, why=f"ids end at {MOST_CELLS}")
    if room < cells:
        raise InputError(
            f"{cells} cells do not fit a capacity of {room}", where=_HERE, remedy="raise capacity, or leave it out"
        )
    if array.min() < 0 or array.max() > cells:
        raise InputError(
            f"labels run from {array.min()} to {array.max()}, kinds names cells 1 to {cells}",
            where=_HERE,
            why="every label needs a kind; 0 is medium",
        )
    sites = np.bincount(array.ravel(), minlength=cells + 1)
    if cells and sites[1:].min() == 0:
        raise InputError(
            f"cell {int(np.argmin(sites[1:])) + 1} has no site",
            where=_HERE,
            remedy="number the cells without gaps, and leave room for new ones with capacity",
        )
    return array, kind, room


def checked_energy(contact_energy: ArrayLike, wall_energy: ArrayLike | None, kinds: NDArray) -> NDArray[np.float64]:
    """Contact energies with the wall as last kind.   returns [kinds + 1, kinds + 1]"""
    energy = np.asarray(contact_energy, float)
    if energy.ndim != 2 or energy.shape[0] != energy.shape[1]:
        raise InputError(f"contact_energy has shape {energy.shape}", where=_HERE, why="it must be square, medium first")
    if energy.shape[0] > MOST_KINDS:
        raise InputError(f"{energy.shape[0]} kinds", where=_HERE, why=f"there may be {MOST_KINDS}, medium among them")
    _have_rows(kinds, energy.shape[0])
    if not np.isfinite(energy).all() or not np.array_equal(energy, energy.T):
        raise InputError("contact_energy is not finite and symmetric", where=_HERE)
    wall = np.zeros(energy.shape[0]) if wall_energy is None else np.asarray(wall_energy, float)
    if wall.shape != energy.shape[:1] or not np.isfinite(wall).all():
        raise InputError("wall_energy must be finite, one value a kind", where=_HERE)
    whole = np.zeros((energy.shape[0] + 1,) * 2)
    whole[:-1, :-1] = energy
    whole[-1, :-1] = whole[:-1, -1] = wall
    return whole


def _have_rows(kinds: NDArray, rows: int) -> None:
    if kinds.min() < 0 or kinds.max() >= rows or (kinds[1:] == 0).any():
        raise InputError(
            f"kinds run from {kinds.min()} to {kinds.max()}, contact_energy has {rows} rows",
            where=_HERE,
            why="a cell's kind is a row of contact_energy, and not 0, which is medium",
        )


def checked_kinds(kinds: ArrayLike, cells: int, rows: int) -> NDArray[np.int64]:
    """Kinds for the cells of a dish that runs.   rows: of its contact energies, without the wall"""
    array = _integers(kinds, "kinds")
    if array.shape != (cells + 1,) or array[0] != 0:
        raise InputError(f"kinds has shape {array.shape}", where=_HERE,
                         why=f"it must be one for each of {cells} cells, after that of medium, which is 0")
    _have_rows(array, rows)
    return array.astype(np.int64)


def checked_field(field: ArrayLike, shape: tuple[int, ...], name: str) -> NDArray[np.float64]:
    """A field of the dish: finite, not negative, of its shape or one number."""
    array = np.asarray(field, float)
    if array.ndim and array.shape != shape:
        raise InputError(f"{name} has shape {array.shape}, the dish {shape}", where=_HERE)
    if not (array.min() >= 0.0 and array.max() < np.inf):  # so for NaN
        wrong = ~(np.isfinite(array) & (array >= 0))
        raise InputError(
            f"{name} is {array[wrong].flat[0]} at {wrong.sum()} site(s)",
            where=_HERE,
            why="a density is finite and not negative",
        )
    return np.broadcast_to(array, shape)


def checked_tile(tile: Sequence[int], shape: tuple[int, ...]) -> tuple[int, ...]:
    """Sites of a tile along each axis."""
    if len(tile) != len(shape) or any(int(n) != n or n < LEAST for n in tile):
        raise InputError(
            f"tile is {tile}",
            where=_HERE,
            why=f"it is a whole number of sites for each axis of the dish, {LEAST} or more",
        )
    if math.prod(max(1, 2 * n // int(edge)) for n, edge in zip(shape, tile)) >= 2**16:
        raise InputError(f"tile is {tile}", where=_HERE, why="a dish may have 65536 tiles", remedy="use larger tiles")
    return tuple(int(n) for n in tile)


def checked_constants(temperature: Any, focus_exponent: Any, bonds_every: Any, periodic: Sequence[bool], axes: int):
    """Temperature, exponent and interval of a dish are numbers it can work with."""
    if not (np.isfinite(temperature) and temperature > 0):
        raise InputError(f"temperature is {temperature}", where=_HERE, why="it must be positive and finite")
    if int(focus_exponent) != focus_exponent or not 1 <= focus_exponent <= 64:
        raise InputError(f"focus_exponent is {focus_exponent}", where=_HERE, why="it must be a whole number, 1 to 64")
    if int(bonds_every) != bonds_every or bonds_every < 1:
        raise InputError(
            f"bonds_every is {bonds_every}", where=_HERE, why="it must be a whole number of MCS, 1 or more"
        )
    if len(periodic) != axes:
        raise InputError(f"periodic names {len(periodic)} axes, the dish has {axes}", where=_HERE)


def check_step(record: NDArray[np.float64], cells: int, bonds_every: int, open_sites: int) -> None:
    """Refuse cells that the dish cannot hold and axes that turn too far in one step.

    record       [rows, WIDTH]
    open_sites   sites that are not walls
    """
    live = record[1 : cells + 1]
    if not live.size:
        return
    broken = ~np.isfinite(live[:, FORCE : FORCE + 3]).all(axis=1)
    if broken.any():
        raise InputError(f"force on cell {int(np.argmax(broken)) + 1} is not finite", where="tissue.Dish.force")
    largest = int(np.argmax(live[:, TARGET_VOLUME]))
    if live[largest, TARGET_VOLUME] > open_sites:
        raise InputError(
            f"target_volume of cell {largest + 1} is {live[largest, TARGET_VOLUME]:g}, the dish has {open_sites} sites",
            where="tissue.Dish.cells",
            remedy="use a larger dish or smaller cells",
        )
    senses = np.abs(live[:, [SENSE_ACT, SENSE_GRADIENT, SENSE_CONTACT]]).sum(axis=1)
    turn = np.maximum(
        bonds_every * senses / live[:, TURNING_TIME], np.sqrt(2.0 * bonds_every * live[:, ROTATIONAL_DIFFUSION])
    )
    if turn.max() > 1.0:
        raise InputError(
            f"the axis of cell {int(np.argmax(turn)) + 1} may turn by {turn.max():.3g} rad in one step",
            where="tissue.Dish.cells",
            why=f"a step of {bonds_every} MCS is stable up to 1 rad",
            remedy="lower bonds_every, the sense_* weights or rotational_diffusion, or raise turning_time",
        )
