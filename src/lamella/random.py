"""Counter-based random numbers: every draw is a function of a key and a counter.

Streams are keyed by what they are for (`seed, "dish", 3, "cell", 17, ...`), so
arms share them, threads cannot reorder them and a checkpoint is a counter.
Philox4x32-10: Salmon et al. 2011, doi:10.1145/2063384.2063405.
"""

from __future__ import annotations

import hashlib
import math

import numpy as np
from numba import njit

_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W0, _W1 = np.uint32(0x9E3779B9), np.uint32(0xBB67AE85)
_LOW, _SHIFT = np.uint64(0xFFFFFFFF), np.uint64(32)
_TO_UNIT = 1.0 / 4294967296.0


def stream_key(seed: int, *labels: object) -> np.uint64:
    """64-bit key of the stream that `labels` name under `seed`. Equal input, equal key, on every machine."""
    text = "\x1f".join([str(int(seed)), *(str(label) for label in labels)])
    return np.uint64(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little"))


def generator(seed: int, *labels: object) -> np.random.Generator:
    """A numpy generator on the stream that `labels` name (numpy's own Philox)."""
    return np.random.Generator(np.random.Philox(key=int(stream_key(seed, *labels))))


@njit(inline="always")
def philox(counter, key, stream=np.uint64(0)):  # noqa: B008 - a constant
    """Four random 32-bit words for a 64-bit counter, a 64-bit key and a 64-bit number of a stream under that key.

    counter, key, stream   uint64
    returns                four uint32 (as uint64)
    """
    c0 = counter & _LOW
    c1 = counter >> _SHIFT
    c2 = stream & _LOW
    c3 = stream >> _SHIFT
    k0 = np.uint32(key & _LOW)
    k1 = np.uint32(key >> _SHIFT)
    for _ in range(10):
        p0 = _M0 * c0
        p1 = _M1 * c2
        n0 = (p1 >> _SHIFT) ^ c1 ^ np.uint64(k0)
        n2 = (p0 >> _SHIFT) ^ c3 ^ np.uint64(k1)
        c1 = p1 & _LOW
        c3 = p0 & _LOW
        c0 = n0
        c2 = n2
        k0 = np.uint32(k0 + _W0)
        k1 = np.uint32(k1 + _W1)
    return c0, c1, c2, c3


@njit(inline="always")
def unit53(high, low):
    """Uniform on [0, 1) with 53 bits from two 32-bit words."""
    return ((high >> np.uint64(5)) * 67108864.0 + (low >> np.uint64(6))) * (1.0 / 9007199254740992.0)


@njit(inline="always")
def normal(counter, key):
    """One standard normal for a counter and a key (Box-Muller)."""
    a, b, c, d = philox(counter, key)
    u = 1.0 - unit53(a, b)
    return math.sqrt(-2.0 * math.log(u)) * math.cos(2.0 * math.pi * unit53(c, d))
