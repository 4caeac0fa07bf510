"""Random numbers of copy attempts, drawn many at a time.

Attempt n of a tile owns half of a Philox block: two 32-bit words. The first
chooses the place on the border list, the second the direction; the fraction
that the direction leaves over is the chance, and the last 12 bits of the first
word, which a place hardly feels, refine it to 2^-40.
"""

from __future__ import annotations

import numpy as np

from lamella.random import philox
from lamella.tissue.kernel import part, term

BLOCK = 64
"""Attempts drawn at a time: they do not depend on the lattice, so the compiler makes vectors of them."""

_SHIFT, _LOW, _ONE = np.uint64(32), np.uint64(0xFFFFFFFF), np.uint64(1)
_LAST_BITS = np.uint64(12)
_LAST = np.uint64(0xFFF)
_TO_UNIT = 2.0**-44


@part
def draw_block(first, key, stream, neighbours, places, directions, chances):
    """Attempts `first` to `first + BLOCK` of a stream.

    first, key, stream   uint64; `first` is a multiple of `BLOCK`
    places               [2 BLOCK] out, the place of attempt n at n modulo its length: 32 bits, for a list of n sites
                         the place is (bits * n) >> 32
    directions           [2 BLOCK] out: 0 to neighbours - 1
    chances              [2 BLOCK] out: 0 to 1; `elementary.minus_log` of it is what the attempt can pay in temperatures
    """
    begin = np.int64(first) % (2 * BLOCK)
    for pair in range(BLOCK // 2):
        w0, w1, w2, w3 = philox((first >> _ONE) + np.uint64(pair), key, stream)
        a, b = np.uint64(begin + 2 * pair), np.uint64(begin + 2 * pair + 1)
        places[a], places[b] = w0, w2
        turned, also = w1 * neighbours, w3 * neighbours
        directions[a], directions[b] = turned >> _SHIFT, also >> _SHIFT
        chances[a], chances[b] = _rest(turned, w0, neighbours), _rest(also, w2, neighbours)


@term
def _rest(turned, place_word, neighbours):
    """What a direction leaves of its word, and the last bits of the place's, as a number from 0 to 1."""
    finer = (place_word & _LAST) * neighbours
    return np.float64(np.int64(((turned & _LOW) << _LAST_BITS) + finer)) * _TO_UNIT
