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
from lamella.tissue.machine import bits_of, float_of

BLOCK = 64
"""Attempts drawn at a time: they do not depend on the lattice, so the compiler makes vectors of them."""

_SHIFT, _LOW, _ONE = np.uint64(32), np.uint64(0xFFFFFFFF), np.uint64(1)
_LAST_BITS = np.uint64(12)
_LAST = np.uint64(0xFFF)
_TO_UNIT = 2.0**-44
_MANTISSA, _UNIT_BITS = np.int64(0x000FFFFFFFFFFFFF), np.int64(0x3FF0000000000000)
_ROOT_HALF_BITS = np.int64(0x3FE6A09E667F3BCD)
_LN2 = 0.6931471805599453


@term
def minus_log(u):
    """-log(u) for 0 < u < 2, to 2e-13 absolute; 709.8 for 0. Plain arithmetic, so that loops over it become vectors.

    u = 2^e m with m from sqrt(1/2) to sqrt(2); log m = 2 artanh((m - 1) / (m + 1)) as a series.
    """
    bits = bits_of(u)
    exponent = (bits - _ROOT_HALF_BITS) >> np.int64(52)
    m = float_of(bits - (exponent << np.int64(52)))
    s = (m - 1.0) / (m + 1.0)
    z = s * s
    series = 1.0 / 15.0
    series = series * z + 1.0 / 13.0
    series = series * z + 1.0 / 11.0
    series = series * z + 1.0 / 9.0
    series = series * z + 1.0 / 7.0
    series = series * z + 1.0 / 5.0
    series = series * z + 1.0 / 3.0
    series = series * z + 1.0
    return -(np.float64(exponent) * _LN2 + 2.0 * s * series)


@part
def draw_block(first, key, stream, neighbours, places, directions, energies):
    """Attempts `first` to `first + BLOCK` of a stream.

    first, key, stream   uint64; `first` is a multiple of `BLOCK`
    places               [2 BLOCK] out, the place of attempt n at n modulo its length: 32 bits, for a list of n sites
                         the place is (bits * n) >> 32
    directions           [2 BLOCK] out: 0 to neighbours - 1
    energies             [2 BLOCK] out: -log(chance), what the attempt can pay in units of the temperature
    """
    begin = np.int64(first) % (2 * BLOCK)
    for pair in range(BLOCK // 2):
        w0, w1, w2, w3 = philox((first >> _ONE) + np.uint64(pair), key, stream)
        a, b = np.uint64(begin + 2 * pair), np.uint64(begin + 2 * pair + 1)
        places[a], places[b] = w0, w2
        turned, also = w1 * neighbours, w3 * neighbours
        directions[a], directions[b] = turned >> _SHIFT, also >> _SHIFT
        energies[a], energies[b] = _rest(turned, w0, neighbours), _rest(also, w2, neighbours)
    for n in range(BLOCK):
        energies[np.uint64(begin + n)] = minus_log(energies[np.uint64(begin + n)])


@term
def _rest(turned, place_word, neighbours):
    """What a direction leaves of its word, and the last bits of the place's, as a number from 0 to 1."""
    finer = (place_word & _LAST) * neighbours
    return np.float64(np.int64(((turned & _LOW) << _LAST_BITS) + finer)) * _TO_UNIT
