"""The nucleus against pores: a cell in a mesh of falling pore size, with and without a nucleus and a protease."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lamella.tissue import Dish
from lamella.tissue.fields import Behaviour, Ligand, Surroundings, make_medium, occupy
from lamella.tissue.mesh import fibre_mesh
from verification.tissue_cells import half_width, one_cell, speed

SITES = 200
NUCLEUS = {"nucleus_volume": 80, "nucleus_stiffness": 5, "nucleus_perimeter": 94, "nucleus_rigidity": 1,
           "nucleus_link": 40}  # fmt: skip
"""About ten sites across, a sixth of the cell: 20 um where a site is 2 um."""

BLOCK = 1000.0
"""Energy of a fibre's site, whole: no nucleus ever covers it."""

PORES = (16, 12, 9, 7, 5, 4, 2, 1)
"""Free sites between fibres."""


def crawler(seed: int, pore: int | None, nucleus: bool = True, **columns) -> Dish:
    """A cell on ligand everywhere, with fibres `pore` sites apart round it."""
    dish = one_cell(seed, sites=SITES, **{**(NUCLEUS if nucleus else {}), **columns})
    if pore is not None:
        mesh = fibre_mesh(dish.shape, pore, seed, shift=pore)
        dish.fibres = BLOCK * (mesh & (dish.labels() == 0))  # a gel sets round the cells in it
    return dish


def crawl(dish: Dish, protease: float = 0.0, mcs: int = 6000, every: int = 2000) -> list[float]:
    """Speed over `every` MCS of the cell and of its nucleus (NaN without one). Arms of a cell whose nucleus is stuck go
    on stirring round it, and its centroid with them; whether the cell passes is told by the nucleus.

    protease   on the surface; a fibre under the cell lasts the inverse of it, in MCS
    """
    around = None
    if protease > 0.0 and dish.fibres is not None:
        medium = make_medium(dish.shape, 1.0, coarsening=4, depth=1.0, periodic=(True, True))
        collagen = Ligand("collagen", dish.fibres / BLOCK, docked_rate=protease)
        around = Surroundings(medium, [], [collagen], longest=1e3)
    places = []
    for time in range(0, mcs + 1000, 10):
        if time >= 1000 and time % every == 0:
            places.append([dish.position[1], dish.nucleus_position[1]])
        dish.advance(10)
        if around is not None:
            cells = occupy(around.medium, dish.labels(), dish.centroid, dish.axis)
            around.advance(10.0, cells, Behaviour(docked=1.0))
            left = around.matrix.density("collagen")
            dish.fibres = np.where(left > 0.1, BLOCK * left, 0.0)
    return [speed(way, every) for way in np.array(places).swapaxes(0, 1)]


def pore_series(seeds: int, pores: Sequence[int | None], nucleus: bool = True, protease: float = 0.0) -> np.ndarray:
    """Speed in meshes, per MCS, of cells and their nuclei.   returns [pores, seeds, 2]"""
    return np.array([[crawl(crawler(s, pore, nucleus), protease) for s in range(seeds)] for pore in pores])


def pore_nucleus(seeds: int) -> dict:
    """Speed over pore size: of a nucleus and its cell, of a cell without a nucleus, and of one with a protease."""
    free, stiff, least = pore_series(seeds, [None])[0].mean(axis=0), pore_series(seeds, PORES), [PORES[-1]]
    bare = pore_series(seeds, [None], nucleus=False)[0, :, 0].mean()
    stiff, none = stiff / free, pore_series(seeds, least, nucleus=False)[0, :, 0] / bare
    cutting = (pore_series(seeds, least, protease=0.1)[0] / free).mean(axis=0)
    cell, nucleus = stiff.mean(axis=1).T
    width = [half_width(row) for row in stiff[..., 1]]
    falls = nucleus[0] > 0.7 and nucleus[0] - width[0] > nucleus[-3] + width[-3] > nucleus[-1] + width[-1]
    value = {"pores": list(PORES), "nucleus": nucleus.tolist(), "half_width": width, "cell": cell.tolist(),
             "cell_without_nucleus": float(none.mean()), "nucleus_with_protease": float(cutting[1]),
             "cell_with_protease": float(cutting[0])}  # fmt: skip
    met = falls and nucleus[-1] < 0.1 and none.mean() > 0.8 and cutting[1] > 0.5
    target = ("the nucleus falls with the pore to under a tenth of its free speed; in the smallest pores a cell "
              "without one keeps over 0.8, one with a protease over half")  # fmt: skip
    return {"value": value, "target": target, "met": bool(met)}
