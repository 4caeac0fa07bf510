"""Sheets with openings of any shape, and dishes with obstacles: masks, functions of the place, or walls by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage
from scipy.spatial import KDTree

from lamella.culture.layout import Layout, even_points
from lamella.errors import InputError, unknown
from lamella.random import generator

Mask = ArrayLike | Callable[[NDArray[np.float64], NDArray[np.float64]], ArrayLike]
"""Truth on every site [x, y], as of an image, or a function of the sites' middles x and y (in sites) that gives it."""

_FEWEST = 4
"""Sites that a cell must have at the start."""


def disc(shape: tuple[int, int], diameter: float, centre: tuple[float, float] | None = None) -> NDArray[np.bool_]:
    """A round opening.   shape, diameter and centre in sites; without a centre it is in the middle of the dish"""
    middle = (shape[0] / 2, shape[1] / 2) if centre is None else centre
    return mask_of(lambda x, y: (x - middle[0]) ** 2 + (y - middle[1]) ** 2 < (diameter / 2) ** 2, shape)


def bands(shape: tuple[int, int], width: float, count: int = 1) -> NDArray[np.bool_]:
    """`count` bands across x, evenly along it, each of `width` sites."""
    pitch = shape[0] / count
    return mask_of(lambda x, y: (np.abs(x % pitch - pitch / 2) < width / 2) & (y >= 0.0), shape)


def mask_of(given: Mask, shape: tuple[int, int]) -> NDArray[np.bool_]:
    """A mask in the shape of the dish.   raises InputError: another shape"""
    if callable(given):
        x, y = np.indices(shape, np.float64) + 0.5
        given = given(x, y)
    mask = np.asarray(given)
    if mask.shape != shape:
        raise InputError(f"the mask has shape {mask.shape}, the dish {shape}", where="layout",
                         remedy="Give one truth value a site, x first.")  # fmt: skip
    return mask.astype(bool)


def sheet_round(cells: int, shape: tuple[int, int], opening: Mask, seed: int, replicate: int,
                obstacles: Mask | None = None) -> Layout:  # fmt: skip
    """A confluent sheet on every site of a dish but those of its openings, shared evenly among the cells.

    shape       sites along x and y
    opening     where no cell is at the start
    obstacles   where no cell ever is
    raises      InputError: no room for the cells
    """
    open_ = mask_of(opening, shape)
    barred = np.zeros(shape, bool) if obstacles is None else mask_of(obstacles, shape)
    places = np.argwhere(~open_ & ~barred)
    if len(places) < 2 * _FEWEST * cells:
        raise InputError(f"{cells} cells do not fit round the opening", where="layout",
                         why=f"there are {len(places)} sites for them", remedy="Ask for a smaller opening.")
    stream = generator(seed, "dish", replicate, "layout")
    owner = KDTree(even_points(places, cells, stream)).query(places)[1].astype(np.int32) + 1
    labels = np.zeros(shape, np.int32)
    labels[tuple(places.T)] = owner
    return Layout(_in_one_piece(labels, (False, False)), opening=open_ & ~barred,
                  obstacles=None if obstacles is None else barred)


def with_obstacles(layout: Layout, *obstacles: str | Mask) -> Layout:
    """The same dish with sites that belong to nobody; cells begin beside them, each with its largest piece.

    obstacles   masks, or walls by name: 'x' is a line of sites that closes the dish along x, 'y' along y
    raises      InputError: no such wall, or a cell that has no room left
    """
    shape = (layout.labels.shape[0], layout.labels.shape[1])
    mask = np.zeros(shape, bool) if layout.obstacles is None else layout.obstacles.copy()
    for one in obstacles:
        if isinstance(one, str):
            if one not in ("x", "y"):
                raise unknown("wall", one, ("x", "y"), where="layout")
            mask[(0, slice(None)) if one == "x" else (slice(None), 0)] = True
        else:
            mask |= mask_of(one, shape)
    labels = _in_one_piece(np.where(mask, 0, layout.labels).astype(np.int32), (True, True))
    short = np.flatnonzero(np.bincount(labels.ravel(), minlength=int(layout.labels.max()) + 1)[1:] < _FEWEST)
    if short.size:
        raise InputError(f"obstacles leave no room for cell {int(short[0]) + 1}", where="layout")
    opening = None if layout.opening is None else layout.opening & ~mask
    return replace(layout, labels=labels, obstacles=mask, opening=opening)


def _in_one_piece(labels: NDArray[np.int32], periodic: tuple[bool, bool]) -> NDArray[np.int32]:
    """Every cell with the largest of its pieces alone; the others become medium."""
    out = labels.copy()
    for cell, box in enumerate(ndimage.find_objects(labels), start=1):
        if box is None:
            continue
        there = np.argwhere(labels[box] == cell) + [side.start for side in box]
        seen = there.copy()
        for axis, wraps in enumerate(periodic):
            filled = np.unique(there[:, axis])
            if wraps and filled[-1] - filled[0] == labels.shape[axis] - 1 and len(filled) < labels.shape[axis]:
                gap = filled[np.argmax(np.diff(filled) > 1)]  # what lies before comes from beyond the border
                seen[there[:, axis] <= gap, axis] += labels.shape[axis]
        seen -= seen.min(axis=0)
        picture = np.zeros(seen.max(axis=0) + 1, bool)
        picture[tuple(seen.T)] = True
        pieces = np.empty(picture.shape, np.int32)
        if ndimage.label(picture, output=pieces) > 1:  # pyright: ignore[reportOperatorIssue]
            piece = pieces[tuple(seen.T)]
            lost = there[piece != np.argmax(np.bincount(piece)[1:]) + 1]
            out[tuple(lost.T)] = 0
    return out
