"""Random numbers of copy attempts, drawn many at a time.

An attempt owns half of a Philox block, two 32-bit words: of every 128 attempts, the n-th and the one 64 later share
one. The first word chooses the place on the border list, the second the direction; the fraction that the direction
leaves over is the chance, and the last 12 bits of the first word, which a place hardly feels, refine it to 2^-40.
"""

from __future__ import annotations

import numpy as np

from lamella.random import philox
from lamella.tissue.elementary import minus_log
from lamella.tissue.kernel import part, term

BLOCK = 128
"""Attempts drawn at a time: they do not depend on the lattice, so the compiler makes vectors of them."""

_SHIFT, _LOW, _ONE = np.uint64(32), np.uint64(0xFFFFFFFF), np.uint64(1)
_LAST_BITS = np.uint64(12)
_LAST = np.uint64(0xFFF)
_TO_UNIT = 2.0**-44


@part
def draw_block(first, key, stream, neighbours, places, directions, energies):
    """Attempts `first` to `first + BLOCK` of a stream.

    first, key, stream   uint64; `first` is a multiple of `BLOCK`
    places               [2 BLOCK] out, the place of attempt n at n modulo its length: 32 bits, for a list of n sites
                         the place is (bits * n) >> 32
    directions           [2 BLOCK] out: 0 to neighbours - 1
    energies             [2 BLOCK] out: -log(chance), what the attempt can pay in temperatures
    """
    begin, counter, quarter = np.int64(first) % (2 * BLOCK), first >> _ONE, BLOCK // 4
    for n in range(quarter):  # two at a time: a round has to wait for the one before
        for half in (0, 1):
            row = half * quarter + n
            w0, w1, w2, w3 = philox(counter + np.uint64(row), key, stream)
            a, b = np.uint64(begin + row), np.uint64(begin + BLOCK // 2 + row)
            places[a], places[b] = w0, w2
            turned, also = w1 * neighbours, w3 * neighbours
            directions[a], directions[b] = turned >> _SHIFT, also >> _SHIFT
            energies[a], energies[b] = _rest(turned, w0, neighbours), _rest(also, w2, neighbours)
    for n in range(begin, begin + BLOCK):
        energies[np.uint64(n)] = minus_log(energies[np.uint64(n)])


@term
def _rest(turned, place_word, neighbours):
    """What a direction leaves of its word, and the last bits of the place's, as a number from 0 to 1."""
    finer = (place_word & _LAST) * neighbours
    return np.float64(np.int64(((turned & _LOW) << _LAST_BITS) + finer)) * _TO_UNIT
