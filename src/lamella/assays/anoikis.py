"""Anoikis: the fraction of cells that die over hours in suspension, beside the same cells left on the matrix.

Cells have grown on the arm's matrix under its genetics and the medium; at time 0 one half of the well is taken off and
kept off, the other stays, and both get the arm's drugs. A cell is dead when caspase-3 has cut more than half of its
PARP (`lamella.assays.death`): its own state decides, so that fractions come from the differences between cells. A
replicate is a well of its own cells, the same ones on and off.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from pydantic import Field

from lamella.assays.death import LIMIT, cut_share
from lamella.assays.half_time import half_time
from lamella.assays.preparation import refuse_touched
from lamella.assays.protocol import Assay, Conditions, Progress, Readings, Setting
from lamella.assays.quantities import written_in
from lamella.assays.well import split, well
from lamella.culture import tell
from lamella.errors import InputError
from lamella.units import quantity

_SCALARS = {
    "dead": {"long_name": "fraction dead in suspension"},
    "dead_attached": {"long_name": "fraction dead on the matrix"},
    "anoikis": {"long_name": "fraction that detachment kills"},
    "half_dead": {"units": "h"},
    "cut": {"long_name": "share of PARP that is cut, mean over cells"},
}
_COURSES = {
    "dead_course": {"long_name": "fraction dead in suspension"},
    "attached_course": {"long_name": "fraction dead on the matrix"},
}


class AnoikisConditions(Conditions):
    """Keys under [assays.anoikis].

    duration   in suspension
    points     of the course, the start included
    """

    duration: Annotated[str, written_in("s", above=0.0)] = "24 h"
    points: Annotated[int, Field(ge=2, le=200)] = 9
    cells: Annotated[int, Field(ge=4, le=20000)] = 100


def run(setting: Setting, conditions: AnoikisConditions, progress: Progress) -> xr.Dataset:
    """The well of one arm and replicate.   raises InputError: the arm takes cells off the matrix by itself"""
    (read,) = batch((setting,), conditions, progress)
    data: dict[str, Any] = {name: ((), value, _SCALARS[name]) for name, value in read.scalars.items()}
    data |= {name: ("times", values, _COURSES[name]) for name, values in read.courses.items()}
    return xr.Dataset(data, coords={"times": read.times}, attrs={"assay": "anoikis"})


def batch(settings: Sequence[Setting], conditions: AnoikisConditions, progress: Progress) -> list[Readings]:
    """Wells of one arm.   raises InputError"""
    cells = well(settings[0], conditions.cells, *settings[1:])
    treatment, population = cells.treatment, cells.population
    refuse_touched(treatment, cells.where)
    if treatment.suspended or any(change.suspended is not None for change in treatment.changes):
        raise InputError("the protocol of this assay says when cells are suspended", where=cells.where,
                         remedy="Drop 'suspended' from the arm.")
    start = population.checkpoint()
    times = np.linspace(0.0, quantity(conditions.duration, "s"), conditions.points)
    shares: dict[bool, NDArray[np.float64]] = {}
    for off in (False, True):
        population.restore(start)
        tell(population, cells.told(off))
        shares[off] = cells.follow(times, lambda all_: cut_share(all_, cells.where),
                                   lambda share, half=off: progress(0.5 * (half + share)))  # fmt: skip
    parts = (split(shares[off], cells.dishes, axis=1) for off in (True, False))
    return [_counted(times, floating, stayed) for floating, stayed in zip(*parts)]


def _counted(times: NDArray[np.float64], floating: NDArray[np.float64], on: NDArray[np.float64]) -> Readings:
    """Read-outs of a well.   floating, on   share of PARP that is cut, off the matrix and on it [times, cells]"""
    dead, stayed = (np.array([float(row.mean()) for row in share > LIMIT]) for share in (floating, on))
    scalars = {"dead": float(dead[-1]), "dead_attached": float(stayed[-1]), "anoikis": float(dead[-1] - stayed[-1]),
               "half_dead": half_time(times, dead) / 3600.0, "cut": float(floating[-1].mean())}
    return Readings(times, {"dead_course": dead, "attached_course": stayed}, scalars)


ANOIKIS = Assay(
    name="anoikis",
    tissue=False,
    summary="Death of cells that are kept off the matrix, beside the same cells on it.",
    conditions=AnoikisConditions,
    readouts={
        "dead": "fraction dead in suspension at the end",
        "dead_attached": "fraction dead of the same cells left on the matrix",
        "anoikis": "difference of the two: what detachment kills",
        "half_dead": "hours in suspension until half of the cells are dead",
        "cut": "share of PARP that is cut in suspension, mean over cells",
    },
    run=run,
    batch=batch,
)
