"""Bands: what blots and images read, and the states or observables of the network behind each (bands.toml)."""

from __future__ import annotations

import tomllib
from importlib.resources import files

from lamella.errors import unknown
from lamella.networks import heterodimers

_TABLE = tomllib.loads((files("lamella.assays") / "bands.toml").read_text(encoding="utf-8"))

QUANTITIES: dict[str, str] = _TABLE["states"] | {
    f"{name}.{of}": f"{of}_{name}" for name in heterodimers() for of in ("active", "bound", "clustered", "total")
}
"""Bands that are one state or observable of the network; extended, ligand-bound, clustered and all receptors also of
one heterodimer, and those that hold nothing and wander freely."""

SUMS: dict[str, tuple[str, ...]] = {name: tuple(parts) for name, parts in _TABLE["sums"].items()}
"""Bands that are a sum over the front and the rear of the cell, or, by imaging, one of the two."""

RATES: frozenset[str] = frozenset(_TABLE["rates"])
"""Bands that are not amounts but rates [1/s]: of tethers that let go, of matrix that is cut."""


def readout_name(quantity_name: str) -> str:
    """'RAC1.gtp' as the read-out 'rac1_gtp'."""
    return quantity_name.lower().replace(".", "_")


def states_of(band: str) -> tuple[str, ...]:
    """The states and observables of the network that a band, or its read-out, sums up.   raises InputError"""
    for name in (*QUANTITIES, *SUMS):
        if band in (name, readout_name(name)):
            return SUMS.get(name) or (QUANTITIES[name],)
    raise unknown("band", band, (*QUANTITIES, *SUMS))
