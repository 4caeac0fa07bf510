"""Grown cells, kept in memory: cells that start with the same parameters grow in the same way, whatever comes after.

Long culture takes most of the solver's time of an assay without a tissue, and many arms share it: drugs come only at
its end. A cell is known by its network, its parameters and the time for which it has grown; nothing else enters, as the
solver's result depends neither on the other cells nor on their order.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lamella.reactions import Program
from lamella.solve import Population

MOST_BYTES = 512 << 20
"""Memory for grown cells; those that were asked for longest ago go first."""


class Nursery:
    """Grown cells by the hash of all that they depend on. Safe to share between threads."""

    def __init__(self, most_bytes: int = MOST_BYTES):
        self.most_bytes = most_bytes
        self.grown = 0
        self._blocks: OrderedDict[int, tuple[list[bytes], dict[str, NDArray]]] = OrderedDict()
        self._rows: dict[bytes, tuple[int, int]] = {}
        self._bytes, self._born = 0, 0
        self._lock = threading.Lock()

    def population(self, made: Program, network: str, parameters: NDArray[np.float64], seconds: float,
                   *, threads: int = 1) -> Population:
        """Cells after `seconds` of growth under their parameters.

        made        the program of the network with the digest `network`
        parameters  [cells, parameters]
        threads     change no result
        """
        if made.events or made.draws:  # what a cell has met on the way is then more than its states
            population = Population(made, parameters, threads=threads)
            population.advance(seconds)
            return population
        keys = _keys(network, parameters, seconds)
        with self._lock:
            missing = np.array([row for row, key in enumerate(keys) if key not in self._rows], np.int64)
        if len(missing) == len(keys):
            population = Population(made, parameters, threads=threads)
            population.advance(seconds)
            self._keep(keys, population.moment())
            return population
        if len(missing):
            young = Population(made, parameters[missing], threads=threads)
            young.advance(seconds)
            self._keep([keys[row] for row in missing], young.moment())
        moment = self._moment(keys)
        if moment is None:  # more than the memory holds
            population = Population(made, parameters, threads=threads)
            population.advance(seconds)
            return population
        return Population.at(made, parameters, moment, threads=threads)

    def _keep(self, keys: Sequence[bytes], moment: dict[str, NDArray]) -> None:
        size = sum(array.nbytes for array in moment.values())
        with self._lock:
            self.grown += len(keys)
            self._born += 1
            self._blocks[self._born] = (list(keys), moment)
            self._rows.update((key, (self._born, row)) for row, key in enumerate(keys))
            self._bytes += size
            while self._bytes > self.most_bytes and len(self._blocks) > 1:
                self._forget(next(iter(self._blocks)))

    def _forget(self, block: int) -> None:
        keys, moment = self._blocks.pop(block)
        self._bytes -= sum(array.nbytes for array in moment.values())
        for row, key in enumerate(keys):
            if self._rows.get(key) == (block, row):
                del self._rows[key]

    def _moment(self, keys: Sequence[bytes]) -> dict[str, NDArray] | None:
        """What is kept of these cells, in their order; None where some are gone."""
        with self._lock:
            places = [self._rows.get(key) for key in keys]
            found = [place for place in places if place is not None]
            if len(found) < len(places):
                return None
            for block in dict.fromkeys(block for block, _ in found):
                self._blocks.move_to_end(block)
            held = [(self._blocks[block][1], row) for block, row in found]
        return {name: np.array([moment[name][row] for moment, row in held]) for name in held[0][0]}


def _keys(network: str, parameters: NDArray[np.float64], seconds: float) -> list[bytes]:
    """The name of every cell."""
    start = hashlib.blake2b(f"{network} {seconds!r}".encode(), digest_size=20)
    keys = []
    for row in np.ascontiguousarray(parameters):
        one = start.copy()
        one.update(row.tobytes())
        keys.append(one.digest())
    return keys


NURSERY = Nursery()
"""That of this process."""
