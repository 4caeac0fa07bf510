"""What single cells of the tissue are told, hour after hour: means over dishes of one cell each, by line and coating.

The rows of alone.toml are read off the dish, not chosen (`python -m verification.culture_alone` makes them anew). An
idealised cell is told what a cell of its line is told on its coating; between two coatings that differ in density, what
lies between the two on a logarithmic scale.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import numpy as np

from lamella.networks import library

READ_OFF = ("fresh_front", "fresh_rear", "load_front", "load_rear")
"""Inputs that only a dish can tell: how far each half pushes forward, and how hard its bonds are pulled."""

PULL = "MYL9_active_rear"
"""State of those cells that the load goes with."""

_Series = tuple[np.ndarray, dict[str, np.ndarray]]


def told_alone(line: str, density: Mapping[str, float]) -> dict[str, float]:
    """Means of `READ_OFF` over single cells of a line; empty where no dish of the line was read.

    density   ligand -> coating [molecules/um^2]; of a mixture that was not read, its most abundant ligand that was
    """
    series = _series().get(line, {})
    coated = {ligand: amount for ligand, amount in density.items() if amount > 0.0}
    ligands = frozenset(coated)
    if ligands not in series:
        single = [ligand for ligand in coated if frozenset({ligand}) in series]
        if not single:
            return {}
        ligands = frozenset({max(single, key=coated.__getitem__)})
    total, columns = series[ligands]
    place = np.log(sum(coated[ligand] for ligand in ligands))
    means = {name: float(np.interp(place, total, column)) for name, column in columns.items()}
    pull = means.pop(PULL)
    return means | {"pull_floor": 0.0, "pull_slope": 1.0 / pull}


@cache
def _series() -> dict[str, dict[frozenset[str], _Series]]:
    """Line -> ligands -> logarithms of their total density, rising, and the means read there."""
    rows = library.read_toml(files("lamella.culture") / "alone.toml")["alone"]
    found: dict[str, dict[frozenset[str], list[dict]]] = {}
    for row in rows:
        found.setdefault(row["cell"], {}).setdefault(frozenset(row["density"]), []).append(row)
    return {line: {ligands: _ordered(members) for ligands, members in series.items()}
            for line, series in found.items()}


def _ordered(rows: list[dict]) -> _Series:
    rows = sorted(rows, key=lambda row: sum(row["density"].values()))
    total = np.log([sum(row["density"].values()) for row in rows])
    return total, {name: np.array([row[name] for row in rows], float) for name in (*READ_OFF, PULL)}
