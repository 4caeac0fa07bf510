"""Where a number comes from: versions, hashes of what went in and of what came out.

Hashes are SHA-256 in hex. None of them sees a path, a time or a file's
metadata, so that equal content has an equal hash on every machine.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping
from functools import lru_cache
from importlib import metadata
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from lamella.version import VERSION

_PACKAGE = Path(__file__).parent
_NUMERIC = ("numpy", "numba", "llvmlite", "scipy", "antimony", "python-libsbml", "xarray", "zarr", "pyarrow")
"""Packages whose version can change a result or the form in which it is kept."""


@lru_cache(maxsize=1)
def versions() -> dict[str, str]:
    """Name -> version of lamella, Python and the packages that results depend on."""
    found = {"lamella": VERSION, "python": platform.python_version()}
    for name in _NUMERIC:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "absent"
    return found


@lru_cache(maxsize=1)
def machine() -> dict[str, str]:
    """What bit identity is promised for besides versions: the processor's kind and its features, hashed."""
    from llvmlite import binding

    try:
        features = ",".join(sorted(name for name, there in binding.get_host_cpu_features().items() if there))
    except RuntimeError:  # LLVM does not know them for every kind of processor
        features = platform.machine()
    return {"processor": binding.get_host_cpu_name(), "processor_features": text_hash(features)[:16],
            "system": platform.system()}


def text_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def value_hash(value: object) -> str:
    """Hash of anything that JSON can hold; the order of keys does not matter."""
    return text_hash(json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False))


@lru_cache(maxsize=8)
def source_hash(*parts: str, suffixes: tuple[str, ...] = (".py", ".ant", ".toml"), but: tuple[str, ...] = ()) -> str:
    """Hash of the package's own files below `parts`, rooms or modules ('tissue', 'random.py').

    parts      names inside the package; one that does not exist adds nothing
    suffixes   the kinds of file that count
    but        folders inside the parts that do not
    """
    digest = hashlib.sha256()
    for part in sorted(parts):
        root = _PACKAGE / part
        files = [root] if root.is_file() else sorted(file for file in root.rglob("*") if file.suffix in suffixes)
        files = [file for file in files if not any(file.is_relative_to(_PACKAGE / name) for name in but)]
        for file in files:
            digest.update(file.relative_to(_PACKAGE).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


NUMBERS = ("random.py", "units.py", "shapes.py", "networks", "reactions", "solve", "tissue", "culture", "assays")
"""The parts of the package whose text can change a number."""

_IN_NETWORKS = ("networks/library", "networks/cell_lines")
"""Tables that change a number only through the network of a cell line, whose digest says so."""


def numbers_hash(*more: str) -> str:
    """Hash of all text that can change a number, but for what the digest of a network tells.   more: further parts"""
    return source_hash(*NUMBERS, *more, but=_IN_NETWORKS)


def data_hash(datasets: Mapping[str, xr.Dataset], tables: Mapping[str, pd.DataFrame]) -> str:
    """Hash of results: names, axes, shapes and values, whatever the file format says about them.

    datasets   assay -> Dataset
    tables     assay -> tracks
    """
    digest = hashlib.sha256()
    for assay in sorted(datasets):
        dataset = datasets[assay]
        for name in sorted(map(str, dataset.variables)):
            variable = dataset.variables[name]
            _feed(digest, f"{assay}/{name}({','.join(map(str, variable.dims))})", variable.values)
    for assay in sorted(tables):
        for name in sorted(map(str, tables[assay].columns)):
            _feed(digest, f"{assay}#{name}", tables[assay][name].to_numpy())
    return digest.hexdigest()


def _feed(digest: hashlib._Hash, name: str, values: np.ndarray) -> None:
    """Add one array under its name: kind and width, shape, then little-endian bytes in C order."""
    if values.dtype.kind in "OUT":
        body = json.dumps([str(item) for item in values.ravel()]).encode()
        kind = "text"
    else:
        fixed = np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("<"))
        body, kind = fixed.tobytes(), fixed.dtype.str
    digest.update(f"{name}|{kind}|{values.shape}|".encode())
    digest.update(body)
