"""Cells differ: each draws its protein totals log-normally, on streams keyed by who it is, common to all arms."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lamella.culture.constants import Constants
from lamella.random import generator, stream_key


def cell_keys(seed: int, replicate: int, cells: int) -> NDArray[np.uint64]:
    """64-bit stream of each cell of a dish, row 0 for the medium.   [cells + 1]"""
    return np.array([stream_key(seed, "dish", replicate, "cell", c) for c in range(cells + 1)], np.uint64)


def expression_factors(
    seed: int, replicate: int, cells: int, genes: tuple[str, ...], constants: Constants
) -> NDArray[np.float64]:
    """Factor on the amount of each protein in each cell; median 1, mean exp(s^2/2).   [cells, genes]

    A share of the log variance is common to all proteins of a cell. A gene's stream does not depend on the others.
    """
    return _factors(seed, replicate, cells, genes, constants["variation.cv"], constants["variation.shared"])


@lru_cache(maxsize=64)
def _factors(
    seed: int, replicate: int, cells: int, genes: tuple[str, ...], cv: float, shared: float
) -> NDArray[np.float64]:
    """The same, read-only: all arms of a dish ask for them."""
    spread = np.sqrt(np.log1p(cv**2))
    common = generator(seed, "dish", replicate, "size").standard_normal(cells)
    own = np.stack(
        [generator(seed, "dish", replicate, "expression", gene).standard_normal(cells) for gene in genes], axis=1
    )
    factors = np.exp(spread * (np.sqrt(shared) * common[:, None] + np.sqrt(1.0 - shared) * own))
    factors.flags.writeable = False
    return factors
