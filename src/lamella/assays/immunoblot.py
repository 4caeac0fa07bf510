"""Immunoblot and pull-down: lysates of many cells over time, without a dish.

Cells have grown under the arm's genetics and the medium; drugs go in at time 0, or when the arm says. A replicate is a
lysate of `cells` cells with their own protein totals.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from pydantic import Field

from lamella.assays.bands import QUANTITIES, SUMS, readout_name, unit_of
from lamella.assays.protocol import Assay, Conditions, Progress, Readings, Setting
from lamella.assays.quantities import written_in
from lamella.assays.well import means_of, well
from lamella.units import quantity


class ImmunoblotConditions(Conditions):
    """Keys under [assays.immunoblot]."""

    duration: Annotated[str, written_in("s", above=0.0)] = "24 h"
    points: Annotated[int, Field(ge=2, le=500)] = 13
    cells: Annotated[int, Field(ge=1, le=20000)] = 60


_NAMES = (*QUANTITIES.values(), *(part for parts in SUMS.values() for part in parts))


def run(setting: Setting, conditions: ImmunoblotConditions, progress: Progress) -> xr.Dataset:
    """The lysates of one arm and replicate."""
    (read,) = batch((setting,), conditions, progress)
    unit = lambda name: {"units": unit_of(name)}
    data: dict[str, Any] = {name: ("times", values, unit(name)) for name, values in read.courses.items()}
    data |= {readout_name(name): ((), read.scalars[readout_name(name)], unit(name)) for name in read.courses}
    return xr.Dataset(data, coords={"times": read.times}, attrs={"assay": "immunoblot"})


def batch(settings: Sequence[Setting], conditions: ImmunoblotConditions, progress: Progress) -> list[Readings]:
    """The lysates of replicates of one arm."""
    times = np.linspace(0.0, quantity(conditions.duration, "s"), conditions.points)
    wells = well(settings[0], conditions.cells, *settings[1:])
    read = wells.follow(times, means_of(_NAMES, wells.dishes), progress)
    return [_bands(times, read[:, dish]) for dish in range(wells.dishes)]


def _bands(times: NDArray[np.float64], read: NDArray[np.float64]) -> Readings:
    """All bands of a dish.   read [times, names]"""
    column = dict(zip(_NAMES, np.ascontiguousarray(read.T)))
    bands = {name: column[state] for name, state in QUANTITIES.items()}
    bands |= {name: sum((column[part] for part in parts), np.zeros(len(times))) for name, parts in SUMS.items()}
    return Readings(times, bands, {readout_name(name): float(values[-1]) for name, values in bands.items()})


IMMUNOBLOT = Assay(
    name="immunoblot",
    tissue=False,
    summary="Proteins, their active forms and phosphorylation in lysates over time.",
    conditions=ImmunoblotConditions,
    readouts={
        readout_name(name): f"{name}, {unit_of(name)}{' per cell' if unit_of(name) == 'molecules' else ''} at the end"
        for name in (*QUANTITIES, *SUMS)
    },
    run=run,
    batch=batch,
)
