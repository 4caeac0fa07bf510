"""A dish as arrays, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lamella.tissue.grid import make_grid
from lamella.tissue.lattice import Lattice
from lamella.tissue.plating import listed_sites, with_slack
from lamella.tissue.record import aligned, clear_medium
from lamella.tissue.tiles import make_tiles

if TYPE_CHECKING:
    from lamella.tissue.dish import Dish

SITE_ARRAYS = ("word", "expiry", "bonds", "ligand", "attractant", "nucleus", "fibres")
"""Per-site arrays that a checkpoint holds; the others follow from them."""


def dump(dish: Dish) -> dict[str, NDArray]:
    """Everything that a dish is."""
    clear_medium(dish._record)
    return {
        "shape": np.array(dish.shape),
        "periodic": np.array(dish._periodic),
        "contact_energy": dish._energy.copy(),
        "temperature": np.array([dish._temperature]),
        "switches": np.array([dish._connected, dish._exponent, dish._bonds_every, dish._cells], np.int64),
        "key": np.array([dish._key]),
        "kinds": dish._kinds.copy(),
        "cell_keys": dish._keys.copy(),
        "turns": dish._turns.copy(),
        "counters": dish._counters.copy(),
        "tile": np.array(dish._tile),
        "tile_state": dish._tiles.state.copy(),
        "carry": dish._tiles.carry.copy(),
        "record": dish._record.copy(),
        "border": dish._listed(),
        **{name: getattr(dish._lattice, name).copy() for name in SITE_ARRAYS},
    }


def load(dish: Dish, state: Mapping[str, NDArray]) -> None:
    """Fill an empty dish with what `dump` wrote."""
    dish._periodic = tuple(bool(p) for p in state["periodic"])
    dish._energy = np.array(state["contact_energy"], float)
    dish._temperature = float(state["temperature"][0])
    connected, dish._exponent, dish._bonds_every, dish._cells = (int(v) for v in state["switches"])
    dish._connected = bool(connected)
    dish._key = np.uint64(state["key"][0])
    dish._kinds, dish._keys = np.array(state["kinds"], np.int64), np.array(state["cell_keys"], np.uint64)
    dish._turns, dish._counters = np.array(state["turns"], np.uint64), np.array(state["counters"], np.uint64)
    dish._record = aligned(np.array(state["record"], float))
    dish._grid = make_grid(tuple(int(n) for n in state["shape"]), dish._periodic)
    dish._tile = tuple(int(n) for n in state["tile"])
    dish._tiles = make_tiles(dish.shape, dish._periodic, dish._tile)
    dish._tiles.state[:] = state["tile_state"]
    dish._tiles.carry[:] = state["carry"]
    border = listed_sites(np.asarray(state["border"], np.int64), dish._tiles, int(dish._grid.rows[0]))
    arrays = {name: np.array(state[name]) for name in SITE_ARRAYS}
    for name in ("word", "expiry", "nucleus"):
        if arrays[name].size:
            arrays[name] = with_slack(arrays[name])
    dish._lattice = Lattice(**arrays, offer=np.zeros(dish._grid.home.size), border=border)
