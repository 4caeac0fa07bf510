"""How the functions of this room are compiled.

No fastmath: sums keep their order, so results keep their bits. numba drops cached machine code when the file of a
function changes, but neither when that of a function it calls does, nor when a constant such as the lane width does:
entries look at all of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba

from lamella.random import philox
from lamella.solve.kernels.vector_math import LANES

NUMBA = {"cache": True, "nogil": True, "fastmath": False, "error_model": "numpy", "boundscheck": False}
"""For functions that are called from Python, or that allocate."""

PART = {**NUMBA, "cache": False, "_nrt": False, "no_cfunc_wrapper": True, "no_cpython_wrapper": True}
"""For functions that only kernels call and that allocate nothing: numba then need not count references, and would
count those of every array in every tuple that is handed on, with locked instructions."""


def _fingerprint() -> str:
    """Hash of everything that kernels are made of."""
    files = [*sorted(Path(__file__).parent.glob("*.py")), Path(philox.py_func.__code__.co_filename)]
    text = b"\0".join(file.read_bytes() for file in files)
    return hashlib.blake2b(text + str(LANES).encode(), digest_size=16).hexdigest()


_SOURCES = _fingerprint()
_njit: Any = numba.njit  # its stubs do not know all of its options


def entry(function: Callable) -> Any:
    """Compile a function that is called from Python and allocates nothing."""
    return _stamped(_njit(**{**PART, "cache": True, "no_cpython_wrapper": False})(function))


def kernel(function: Callable) -> Any:
    """Compile a function that is called from Python and allocates."""
    return _stamped(_njit(**NUMBA)(function))


def part(function: Callable) -> Any:
    """Compile a function that only kernels call and that allocates nothing."""
    return _njit(**PART)(function)


def inlined(function: Callable) -> Any:
    """Compile a function into those that call it: for what runs once per event and takes many arrays."""
    return _njit(**PART, inline="always")(function)


def _stamped(compiled: Any) -> Any:
    cache_file = getattr(getattr(compiled, "_cache", None), "_cache_file", None)
    if cache_file is not None:
        cache_file._source_stamp = _SOURCES
    return compiled
