"""Immunoblot and pull-down: lysates of many cells over time, without a dish.

Cells have grown under the arm's genetics and the medium; drugs go in at time 0, or when the arm says. A replicate is a
lysate of `cells` cells with their own protein totals.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
import xarray as xr
from pydantic import Field

from lamella.assays.bands import QUANTITIES, RATES, SUMS, readout_name
from lamella.assays.protocol import Assay, Conditions, Progress, Setting
from lamella.assays.quantities import written_in
from lamella.assays.well import mean_of, well
from lamella.units import quantity


class ImmunoblotConditions(Conditions):
    """Keys under [assays.immunoblot]."""

    duration: Annotated[str, written_in("s", above=0.0)] = "24 h"
    points: Annotated[int, Field(ge=2, le=500)] = 13
    cells: Annotated[int, Field(ge=1, le=20000)] = 60


def run(setting: Setting, conditions: ImmunoblotConditions, progress: Progress) -> xr.Dataset:
    """The lysates of one arm and replicate."""
    duration = quantity(conditions.duration, "s")
    times = np.linspace(0.0, duration, conditions.points)
    names = (*QUANTITIES.values(), *(part for parts in SUMS.values() for part in parts))
    read = well(setting, conditions.cells).follow(times, mean_of(names), progress)
    column = dict(zip(names, read.T))
    bands = {name: column[state] for name, state in QUANTITIES.items()}
    bands |= {name: sum(column[part] for part in parts) for name, parts in SUMS.items()}
    unit = lambda name: {"units": "1/s" if name in RATES else "molecules"}
    data = {name: ("times", values, unit(name)) for name, values in bands.items()}
    data |= {readout_name(name): ((), float(values[-1]), unit(name)) for name, values in bands.items()}
    return xr.Dataset(data, coords={"times": times}, attrs={"assay": "immunoblot"})


IMMUNOBLOT = Assay(
    name="immunoblot",
    tissue=False,
    summary="Proteins, their active forms and phosphorylation in lysates over time.",
    conditions=ImmunoblotConditions,
    readouts={
        readout_name(name): f"{name}, {'1/s' if name in RATES else 'molecules per cell'} at the end"
        for name in (*QUANTITIES, *SUMS)
    },
    run=run,
)
