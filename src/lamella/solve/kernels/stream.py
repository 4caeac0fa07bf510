"""The random stream of a cell: a number is a function of the cell's key and of how many it has used."""

from __future__ import annotations

import numpy as np

from lamella.random import philox, unit53
from lamella.solve.kernels import lanes as v
from lamella.solve.kernels.compiled import part
from lamella.solve.kernels.lanes import LANES, load, store

AHEAD = 16
"""Pairs of numbers of a lane that are computed in one go; a multiple of every lane width."""


@part
def two_uniforms(cell, key, draws):
    """The next two uniform numbers on [0, 1) of a cell's stream.   key, draws [cells]"""
    a, b, c, d = philox(np.uint64(draws[cell]), key[cell])
    draws[cell] += 1
    return unit53(a, b), unit53(c, d)


@part
def look_ahead(lane, cell, key, draws, first, waits, shares):
    """Compute the next pairs of a cell without using them up: an exponential and a uniform number each.

    first [LANES] the number of the first pair, waits and shares [LANES * AHEAD]: written
    """
    counter = np.uint64(draws[cell])
    own = key[cell]
    begin = lane * AHEAD
    for k in range(AHEAD):
        a, b, c, d = philox(counter + np.uint64(k), own)
        waits[begin + k] = 1.0 - unit53(a, b)
        shares[begin + k] = unit53(c, d)
    for k in range(begin, begin + AHEAD, LANES):
        store(waits, k, v.negative(v.logarithm(load(waits, k))))
    first[lane] = draws[cell]
