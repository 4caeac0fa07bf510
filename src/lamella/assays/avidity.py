"""Avidity: how receptors hold a surface that presents much ligand, and what clustering adds to it.

Cells rest in suspension, with the arm's drugs, and are put on the matrix at time 0. Receptors that hold ligand are
counted, and those in clusters among them. What clustering adds is read against the same cells on ligand that is spaced
too widely for receptors to cluster (beyond some 60 to 70 nm; Arnold 2004, ChemPhysChem 5:383): there the clustering
reactions are off. The share of extended receptors stands beside, so that affinity and avidity can be told apart.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import xarray as xr
from pydantic import Field

from lamella.assays.detached import Detached, chosen_integrins, detached
from lamella.assays.protocol import Assay, Conditions, Progress, Setting
from lamella.assays.quantities import written_in
from lamella.culture import DELETED, make
from lamella.networks import Change
from lamella.reactions import SWITCH
from lamella.units import quantity

_COURSES = {
    "held": ("molecules", "receptors that hold ligand"),
    "clustered": ("molecules", "receptors in clusters"),
    "extended": ("", "extended share of the receptors"),
}


class AvidityConditions(Conditions):
    """Keys under [assays.avidity].

    rest       in suspension before time 0, with the arm's drugs
    duration   on the matrix
    integrin   the only one that is counted; all of the line where not given
    """

    integrin: str | None = None
    rest: Annotated[str, written_in("s", minimum=0.0)] = "30 min"
    duration: Annotated[str, written_in("s", above=0.0)] = "60 min"
    points: Annotated[int, Field(ge=2, le=200)] = 13
    cells: Annotated[int, Field(ge=1, le=20000)] = 60


def run(setting: Setting, conditions: AvidityConditions, progress: Progress) -> xr.Dataset:
    """The cells of one arm and replicate, on ligand and on ligand that is spaced widely."""
    times = np.linspace(0.0, quantity(conditions.duration, "s"), conditions.points)
    dense, spaced = (detached(setting, conditions.cells, quantity(conditions.rest, "s")) for _ in range(2))
    chosen = chosen_integrins(dense.network, conditions.integrin, "assays.avidity.integrin")
    off = {name: DELETED for name in spaced.population.program.parameters
           if name.startswith(SWITCH) and "_clustering_" in name}  # fmt: skip
    make(Change(0.0, off, {}), spaced.population)
    rows = np.empty((len(times), len(_COURSES)))
    alone = np.empty(len(times))
    for cells in (dense, spaced):
        cells.put(False)
    for i, time in enumerate(times):
        for cells in (dense, spaced):
            if time > cells.seconds:
                cells.advance(time - cells.seconds)
        rows[i] = _counted(dense, chosen)
        alone[i] = _counted(spaced, chosen)[0]
        progress((i + 1) / len(times))
    held, clustered, extended = rows[-1]
    every = sum(float(dense.receptors(i, "low", "high", "bound", "clustered").mean()) for i in chosen)
    area = dense.network.cell.body["spread_area"].value
    scalars = {
        "held": (held, "molecules"), "clustered": (clustered, "molecules"),
        "clustered_share": (clustered / held if held > 0.0 else np.nan, ""),
        "cluster_density": (clustered / area, "molecules/um^2"), "extended": (extended, ""),
        "avidity_index": (held / (extended * every) if extended * every > 0.0 else np.nan, ""),
        "clustering_gain": (held / alone[-1] if alone[-1] > 0.0 else np.nan, ""),
    }  # fmt: skip
    data: dict[str, Any] = {name: ((), float(value), {"units": unit}) for name, (value, unit) in scalars.items()}
    data |= {f"{name}_course": ("times", rows[:, column], {"units": unit, "long_name": title})
             for column, (name, (unit, title)) in enumerate(_COURSES.items())}  # fmt: skip
    data["held_spaced_course"] = ("times", alone, {"units": "molecules", "long_name": "held on widely spaced ligand"})
    return xr.Dataset(data, coords={"times": times}, attrs={"assay": "avidity"})


def _counted(cells: Detached, integrins: tuple[str, ...]) -> tuple[float, float, float]:
    """Receptors that hold ligand and those in clusters, and the extended share, mean over cells."""
    count = lambda *forms: sum(float(cells.receptors(i, *forms).mean()) for i in integrins)
    held, clustered, high, low = count("bound", "clustered"), count("clustered"), count("high"), count("low")
    every = held + high + low
    return held, clustered, (held + high) / every if every > 0.0 else float("nan")


AVIDITY = Assay(
    name="avidity",
    tissue=False,
    summary="Receptors that hold a coated surface, and what clustering adds.",
    conditions=AvidityConditions,
    readouts={
        "held": "receptors that hold ligand, molecules per cell",
        "clustered": "receptors in clusters, molecules per cell",
        "clustered_share": "share of those that hold which are in clusters",
        "cluster_density": "receptors in clusters, molecules/um^2 of spread area",
        "extended": "extended share of the receptors",
        "avidity_index": "receptors that hold over receptors that are extended",
        "clustering_gain": "receptors that hold over those without clustering",
    },
    run=run,
)
