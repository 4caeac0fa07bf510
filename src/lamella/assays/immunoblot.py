"""Immunoblot and pull-down: lysates of many cells over time, without a dish.

Cells have grown under the arm's genetics and the medium; drugs go in at time 0, or when the arm says. A replicate is a
lysate of `cells` cells with their own protein totals.
"""

from __future__ import annotations

from functools import partial
from typing import Annotated

import numpy as np
import xarray as xr
from pydantic import Field

from lamella.assays.bands import QUANTITIES, RATES, SUMS, readout_name
from lamella.assays.preparation import draw, numbers, treated
from lamella.assays.protocol import Assay, Conditions, Progress, Setting
from lamella.assays.quantities import written_in
from lamella.culture import advance_treated, grown_population, idealised_inputs
from lamella.errors import SolverError
from lamella.units import quantity


class ImmunoblotConditions(Conditions):
    """Keys under [assays.immunoblot]."""

    duration: Annotated[str, written_in("s", above=0.0)] = "24 h"
    points: Annotated[int, Field(ge=2, le=500)] = 13
    cells: Annotated[int, Field(ge=1, le=20000)] = 60


def run(setting: Setting, conditions: ImmunoblotConditions, progress: Progress) -> xr.Dataset:
    """The lysates of one arm and replicate."""
    duration = quantity(conditions.duration, "s")
    network, treatment = treated(setting)
    told = partial(idealised_inputs, network, treatment, front_equals_rear=setting.front_equals_rear)
    population = grown_population(network, treatment, draw(setting, conditions.cells), numbers(setting), told())
    times = np.linspace(0.0, duration, conditions.points)
    names = (*QUANTITIES.values(), *(part for parts in SUMS.values() for part in parts))
    rows = [population.observe(names).mean(axis=0)]
    for i, span in enumerate(np.diff(times)):
        advance_treated(population, treatment, times[i], span, lambda off: told(suspended=off))
        bad = np.flatnonzero(population.status != 0)
        if bad.size:
            raise SolverError(f"the network of cell {bad[0] + 1} could not be advanced", where=f"arms.{setting.arm}")
        rows.append(population.observe(names).mean(axis=0))
        progress((i + 1) / (len(times) - 1))
    column = dict(zip(names, np.array(rows).T))
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
