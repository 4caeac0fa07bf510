"""Logarithm and exponential in plain arithmetic: put in place of a call, and loops over them become vectors."""

from __future__ import annotations

import math

import numpy as np

from lamella.tissue.kernel import term
from lamella.tissue.machine import bits_of, float_of

_ROOT_HALF_BITS = np.int64(0x3FE6A09E667F3BCD)
_LN2, _LOG2E = 0.6931471805599453, 1.4426950408889634
_BIAS, _MANTISSA = np.int64(1023), np.int64(52)


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
    z2 = z * z
    # by pairs, and pairs of pairs: fewer multiplications wait for one another
    low = (1.0 + z * (1.0 / 3.0)) + z2 * (1.0 / 5.0 + z * (1.0 / 7.0))
    high = (1.0 / 9.0 + z * (1.0 / 11.0)) + z2 * (1.0 / 13.0 + z * (1.0 / 15.0))
    return -(np.float64(exponent) * _LN2 + 2.0 * s * (low + z2 * z2 * high))


@term
def exp_minus(x):
    """exp(-x) for -700 < x < 700, to 1e-13 relative.

    exp(-x) = 2^k exp(r) with |r| at most ln(2) / 2, and a series for that.
    """
    k = math.floor(0.5 - x * _LOG2E)
    r = -x - k * _LN2
    series = 1.0 / 479001600.0
    series = series * r + 1.0 / 39916800.0
    series = series * r + 1.0 / 3628800.0
    series = series * r + 1.0 / 362880.0
    series = series * r + 1.0 / 40320.0
    series = series * r + 1.0 / 5040.0
    series = series * r + 1.0 / 720.0
    series = series * r + 1.0 / 120.0
    series = series * r + 1.0 / 24.0
    series = series * r + 1.0 / 6.0
    series = series * r + 1.0 / 2.0
    series = (series * r + 1.0) * r + 1.0
    return series * float_of((np.int64(k) + _BIAS) << _MANTISSA)
