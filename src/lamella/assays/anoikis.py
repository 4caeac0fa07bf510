"""Anoikis: the fraction of cells that die over hours in suspension, beside the same cells left on the matrix.

Cells have grown on the arm's matrix under its genetics and the medium; at time 0 one half of the well is taken off and
kept off, the other stays, and both get the arm's drugs. A cell is dead when caspase-3 has cut more than half of its
PARP (`lamella.assays.death`): its own state decides, so that fractions come from the differences between cells. A
replicate is a well of its own cells, the same ones on and off.
"""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from pydantic import Field

from lamella.assays.death import cut_share, dead_fraction
from lamella.assays.preparation import draw, numbers, treated
from lamella.assays.protocol import Assay, Conditions, Progress, Setting
from lamella.assays.quantities import written_in
from lamella.culture import advance_treated, grown_population, idealised_inputs
from lamella.errors import InputError
from lamella.units import quantity


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
    network, treatment = treated(setting)
    where = f"arms.{setting.arm}"
    if treatment.suspended or any(change.suspended is not None for change in treatment.changes):
        raise InputError("the protocol of this assay says when cells are suspended", where=where,
                         remedy="Drop 'suspended' from the arm.")
    told = partial(idealised_inputs, network, treatment, front_equals_rear=setting.front_equals_rear)
    population = grown_population(network, treatment, draw(setting, conditions.cells), numbers(setting), told())
    start = population.checkpoint()
    times = np.linspace(0.0, quantity(conditions.duration, "s"), conditions.points)
    courses: dict[bool, list[float]] = {}
    cut = np.zeros(conditions.cells)
    column = {name: i for i, name in enumerate(population.program.parameters)}
    for off in (False, True):
        population.restore(start)
        for name, value in told(suspended=off).items():
            if name in column:
                population.parameters[:, column[name]] = value
        population.refresh()
        courses[off] = [dead_fraction(population, where)]
        for i, span in enumerate(np.diff(times)):
            advance_treated(population, treatment, times[i], span)
            courses[off].append(dead_fraction(population, where))
            progress((off * (len(times) - 1) + i + 1) / (2 * (len(times) - 1)))
        cut = cut_share(population, where)
    dead, stayed = np.array(courses[True]), np.array(courses[False])
    data: dict[str, Any] = {
        "dead": ((), dead[-1], {"long_name": "fraction dead in suspension"}),
        "dead_attached": ((), stayed[-1], {"long_name": "fraction dead on the matrix"}),
        "anoikis": ((), dead[-1] - stayed[-1], {"long_name": "fraction that detachment kills"}),
        "half_dead": ((), half_time(times, dead) / 3600.0, {"units": "h"}),
        "cut": ((), float(cut.mean()), {"long_name": "share of PARP that is cut, mean over cells"}),
        "dead_course": ("times", dead, {"long_name": "fraction dead in suspension"}),
        "attached_course": ("times", stayed, {"long_name": "fraction dead on the matrix"}),
    }
    return xr.Dataset(data, coords={"times": times}, attrs={"assay": "anoikis"})


def half_time(times: NDArray[np.float64], dead: NDArray[np.float64]) -> float:
    """When half of the cells are dead, between points by a straight line; NaN where that is never so.

    times, dead   [times]; the second rises
    """
    after = np.flatnonzero(dead >= 0.5)
    if not after.size:
        return float("nan")
    i = int(after[0])
    return float(times[0] if i == 0 else np.interp(0.5, dead[i - 1 : i + 1], times[i - 1 : i + 1]))


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
)
