"""Fibres of a matrix as sites that nuclei cannot cover: a mesh of a given pore size.

In two dimensions fibres stand upright, and a picture shows posts; in three,
three families of straight fibres along the axes leave square windows.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lamella.errors import InputError
from lamella.random import generator


def fibre_mesh(shape: Sequence[int], pore: int, seed: int, *, shift: int = 0) -> NDArray[np.bool_]:
    """Sites that hold a fibre.

    shape    [D] sites along each axis
    pore     free sites between a fibre and the next
    seed     of the shifts
    shift    how far, at most, each row of fibres is shifted along itself: 0 is a regular mesh
    returns  mask in that shape
    raises   InputError
    """
    if len(shape) not in (2, 3) or pore < 1 or int(pore) != pore or shift < 0:
        raise InputError(
            f"a mesh of {len(shape)} axes with pores of {pore} and shifts of {shift} sites",
            where="tissue.mesh.fibre_mesh",
            why="there are two or three axes, pores of a whole site or more, and no negative shifts",
        )
    draw = generator(seed, "fibre mesh", *shape, pore)
    pitch = int(pore) + 1
    mask = np.zeros(tuple(shape), bool)
    if len(shape) == 2:
        for row in range(pitch // 2, shape[0], pitch):
            mask[row, (pitch // 2 + int(draw.integers(0, shift + 1))) % pitch :: pitch] = True
        return mask
    starts = [pitch // 2 + draw.integers(0, shift + 1, 2) for _ in range(3)]
    for along in range(3):
        across = [d for d in range(3) if d != along]
        fibres: list[slice] = [slice(None)] * 3
        for d, start in zip(across, starts[along]):
            fibres[d] = slice(int(start) % pitch, None, pitch)
        mask[tuple(fibres)] = True
    return mask
