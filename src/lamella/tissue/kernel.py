"""How the functions of this room are compiled.

No fastmath: sums keep their order, so results keep their bits. Kernels release
the interpreter and are cached on disk.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba

from lamella.random import philox


def _fingerprint() -> str:
    """Hash of everything that kernels are made of."""
    room = Path(__file__).parent
    files = [*sorted(room.rglob("*.py")), Path(philox.py_func.__code__.co_filename)]
    return hashlib.blake2b(b"\0".join(file.read_bytes() for file in files), digest_size=16).hexdigest()


_SOURCES = _fingerprint()
_PROCESS = uuid.uuid4().hex[:12]
_njit: Any = numba.njit  # its stubs do not know all of its options


def kernel(function: Callable) -> Any:
    """Compile a function that is called from Python.

    numba drops cached machine code when the file of the kernel changes, but not
    when that of an energy term does; the fingerprint of the room makes it look
    at all of them. And it numbers the files of machine code by an index that it reads and writes without a lock: two
    processes that compile different variants of a kernel at once would write both into one file, and a third would run
    the wrong one. So every process writes files of its own.
    """
    compiled: Any = _njit(nogil=True, cache=True, error_model="numpy")(function)
    cache_file = getattr(getattr(compiled, "_cache", None), "_cache_file", None)
    if cache_file is not None:
        cache_file._source_stamp = _SOURCES
        cache_file._data_name_pattern = cache_file._data_name_pattern.replace("{number", _PROCESS + ".{number")
        cache_file._load_index = _forgiving(cache_file._load_index)
    return compiled


def _forgiving(load_index: Callable[[], dict]) -> Callable[[], dict]:
    """An index that another version left, with names that are gone, is an empty one: its machine code is stale."""

    def load() -> dict:
        try:
            return load_index()
        except (AttributeError, ImportError):
            return {}

    return load


part: Any = _njit(error_model="numpy", _nrt=False)
"""Compile a function that kernels call. It allocates nothing, so numba need not count references: the counts of every
array that is handed on, kept with locked instructions, would cost more than the energy terms do."""

term: Any = _njit(forceinline=True, error_model="numpy", _nrt=False)
"""The same for a small function, always put in place of its call."""
