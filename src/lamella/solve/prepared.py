"""What populations of one program share: its arrays for the kernels, its machine code, how much it has been used."""

from __future__ import annotations

import threading
from weakref import WeakKeyDictionary

from lamella.reactions import Program
from lamella.solve.kernels.arrays import NetworkArrays, network_arrays
from lamella.solve.kernels.generate import can_generate
from lamella.solve.kernels.interpret import sheet_arrays
from lamella.solve.kernels.native import Native, is_cached, native
from lamella.solve.rosenbrock import Method

LARGEST_NATIVE = 500
"""States of a network beyond which compiling takes too long, and code no longer fits the caches."""

STEPS_THAT_PAY = 100_000
"""Trial steps after which some seconds of compiling are well spent."""

_LOCK = threading.RLock()
_MADE: WeakKeyDictionary[Program, dict[str, Prepared]] = WeakKeyDictionary()


class Prepared:
    """A program made ready for one method.

    program    the network
    net        its arrays, without machine code
    steps      trial steps that populations of it have made on the tape
    """

    def __init__(self, program: Program, method: Method):
        lowered = program.lowered
        self._lowered, self._method = lowered, method
        self.net = network_arrays(lowered)
        self.hoist, self.hoist_inputs = sheet_arrays(lowered.hoist), sheet_arrays(lowered.hoist_inputs)
        self.sheet_slots = max(lowered.hoist.slots, lowered.hoist_inputs.slots, 1)
        self.can_compile = can_generate(lowered)
        self.small = lowered.size <= LARGEST_NATIVE
        self.steps = 0
        self._native: NetworkArrays | None = None
        self._engine: Native | None = None

    def compiled(self, *, only_if_there: bool = False) -> NetworkArrays | None:
        """The arrays with machine code in them, compiled now if need be.

        only_if_there   None where it would have to be compiled
        """
        with _LOCK:
            if self._native is None and (not only_if_there or is_cached(self._lowered, self._method)):
                self._engine = native(self._lowered, self._method)
                self._native = self.net._replace(native=self._engine.addresses)
            return self._native

    def took(self, steps: int) -> None:
        """Note steps on the tape."""
        with _LOCK:
            self.steps += steps

    @property
    def pays(self) -> bool:
        """Whether machine code is there or worth making; many small populations of one program pay for it together."""
        return self._native is not None or self.steps > STEPS_THAT_PAY


def prepared(program: Program, method: Method) -> Prepared:
    """The program made ready for a method, once for all its populations; safe to ask for from several threads."""
    with _LOCK:
        methods = _MADE.setdefault(program, {})
        if method.name not in methods:
            methods[method.name] = Prepared(program, method)
        return methods[method.name]
