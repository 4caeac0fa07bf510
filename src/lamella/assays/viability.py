"""Viability: the fraction of cells that live, over time, and over the doses of a drug, with its IC50.

Cells have grown under the arm's genetics and the medium; the arm's drugs go in at time 0. Without an `agent` the arm as
it is is followed over time. With one, the same cells get every dose of it on top, and the surviving fraction at the end
is fitted with the four-parameter logistic of `lamella.assays.dose_fit`. A cell is dead when caspase-3 has cut more than
half of its PARP (`lamella.assays.death`); cells do not divide here. A replicate is a plate of its own cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from pydantic import AfterValidator, Field, model_validator

from lamella.assays.death import LIMIT, cut_share
from lamella.assays.dose_fit import NO_FIT, dose_fit
from lamella.assays.dose_response import agent_name, with_dose
from lamella.assays.protocol import Assay, Conditions, Progress, Readings, Setting
from lamella.assays.quantities import written_in
from lamella.assays.well import split, well
from lamella.culture import advance_treated, treat
from lamella.errors import InputError
from lamella.networks import resolve
from lamella.solve import Population
from lamella.units import quantity

_IAPS = {"survivors_xiap": "XIAP_total", "survivors_birc2": "BIRC2_total", "survivors_birc3": "BIRC3_total",
         "survivors_birc5": "BIRC5_total"}  # fmt: skip
"""What cells that live to the end had of each IAP before the drug, as they hand it on, over the mean of all cells."""

_SURVIVORS = "level before the drug of cells that survive, over that of all"
_SCALARS = {
    "surviving": {"long_name": "fraction alive"}, "dead": {"long_name": "fraction dead"},
    "cut": {"long_name": "share of PARP that is cut"}, "ic50": {"units": "nM"}, "ic50_absolute": {"units": "nM"},
    "hill": {}, "left": {"long_name": "fraction alive with the highest dose"},
}  # fmt: skip


class ViabilityConditions(Conditions):
    """Keys under [assays.viability].

    agent      drug, soluble factor or antibody given in a series of doses; none: the arm alone, over time
    after      time with the drugs
    points     of the course of the arm, the start included
    lowest     to `highest`, in `doses` steps
    """

    agent: Annotated[str, AfterValidator(agent_name)] | None = None
    after: Annotated[str, written_in("s", above=0.0)] = "48 h"
    points: Annotated[int, Field(ge=2, le=200)] = 7
    lowest: Annotated[str, written_in("uM", above=0.0)] = "1 nM"
    highest: Annotated[str, written_in("uM", above=0.0)] = "100 uM"
    doses: Annotated[int, Field(ge=6, le=60)] = 13
    cells: Annotated[int, Field(ge=4, le=20000)] = 100

    @model_validator(mode="after")
    def _sensible(self) -> ViabilityConditions:
        if quantity(self.lowest, "uM") >= quantity(self.highest, "uM"):
            raise InputError(f"lowest, {self.lowest}, is not below highest, {self.highest}")
        return self


def run(setting: Setting, conditions: ViabilityConditions, progress: Progress) -> xr.Dataset:
    """The plate of one arm and replicate."""
    doses, (plate,) = _followed((setting,), conditions, progress)
    read = _counted(plate, doses)
    data: dict[str, Any] = {name: ((), value, _SCALARS.get(name, {"long_name": _SURVIVORS}))
                            for name, value in read.scalars.items()}  # fmt: skip
    data["surviving_course"] = ("times", plate.alive, {"long_name": "fraction alive"})
    coordinates: dict[str, Any] = {"times": plate.times}
    if doses.size:
        data["response"] = ("doses", plate.left, {"long_name": "fraction alive"})
        coordinates["doses"] = ("doses", doses * 1e3, {"units": "nM"})
    return xr.Dataset(data, coords=coordinates, attrs={"assay": "viability", "agent": conditions.agent or ""})


def batch(settings: Sequence[Setting], conditions: ViabilityConditions, progress: Progress) -> list[Readings]:
    """Plates of one arm."""
    doses, plates = _followed(settings, conditions, progress)
    return [_counted(plate, doses) for plate in plates]


class _Plate(NamedTuple):
    """What is seen of one plate.

    alive   fraction, without the agent            [times]
    cut     share of PARP at the end, without it   [cells]
    iaps    levels before the drug                 [cells, IAPs]
    left    fraction alive at the end              [doses]
    """

    times: NDArray[np.float64]
    alive: NDArray[np.float64]
    cut: NDArray[np.float64]
    iaps: NDArray[np.float64]
    left: NDArray[np.float64]


def _followed(settings: Sequence[Setting], conditions: ViabilityConditions,
              progress: Progress) -> tuple[NDArray[np.float64], list[_Plate]]:  # fmt: skip
    """Doses of the agent [uM], none without one, and the plates."""
    setting, dishes = settings[0], len(settings)
    cells = well(setting, conditions.cells, *settings[1:])
    population, before = cells.population, cells.population.checkpoint()
    iaps = population.observe(tuple(_IAPS.values()))
    times = np.linspace(0.0, quantity(conditions.after, "s"), conditions.points)
    doses = np.geomspace(quantity(conditions.lowest, "uM"), quantity(conditions.highest, "uM"),
                         conditions.doses if conditions.agent else 0)  # fmt: skip
    wells = 1 + doses.size
    alive = cells.follow(times, lambda all_: _alive(all_, dishes, cells.where), lambda share: progress(share / wells))
    cut = cut_share(population, cells.where)
    left = []
    for place, dose in enumerate(doses):
        given = resolve(cells.network, with_dose(setting, conditions.agent or "", dose), setting.matrix,
                        setting.medium, cells.where)  # fmt: skip
        population.restore(before)
        treat(population, given)
        advance_treated(population, given, 0.0, times[-1], cells.told)
        left.append(_alive(population, dishes, cells.where))
        progress((place + 2) / wells)
    table = np.array(left).reshape(doses.size, dishes)
    return doses, [_Plate(times, alive[:, d], own_cut, own_iaps, table[:, d])
                   for d, (own_cut, own_iaps) in enumerate(zip(split(cut, dishes), split(iaps, dishes)))]


def _alive(population: Population, dishes: int, where: str) -> NDArray[np.float64]:
    """Fraction alive in every dish.   [dishes]   raises SolverError"""
    return np.array([1.0 - float((part > LIMIT).mean()) for part in split(cut_share(population, where), dishes)])


def _counted(plate: _Plate, doses: NDArray[np.float64]) -> Readings:
    """Read-outs of a plate."""
    end = float(plate.alive[-1])
    fit = dose_fit(doses, plate.left, end) if doses.size else NO_FIT
    scalars = {"surviving": end, "dead": 1.0 - end, "cut": float(plate.cut.mean()),
               **survivors(plate.iaps, plate.cut <= LIMIT), "ic50": fit.half * 1e3,
               "ic50_absolute": fit.absolute * 1e3, "hill": fit.steepness,
               "left": float(plate.left[-1]) if doses.size else np.nan}  # fmt: skip
    return Readings(plate.times, {"surviving_course": plate.alive}, scalars)


def survivors(levels: NDArray[np.float64], alive: NDArray[np.bool_]) -> dict[str, float]:
    """Read-outs on the IAPs of the cells that live; NaN where none does, or where no cell has any.

    levels   [cells, IAPs] before the drug;   alive   [cells] at the end
    """
    mean = np.where(levels.mean(axis=0) > 0.0, levels.mean(axis=0), np.nan)
    ratio = levels[alive].mean(axis=0) / mean if alive.any() else np.full(len(mean), np.nan)
    return {name: float(value) for name, value in zip(_IAPS, ratio)}


VIABILITY = Assay(
    name="viability",
    tissue=False,
    summary="Survival over time, and over doses of a drug, with its IC50.",
    conditions=ViabilityConditions,
    readouts={
        "surviving": "fraction of the cells alive at the end, without the agent",
        "dead": "fraction dead at the end, without the agent",
        "cut": "share of PARP that is cut, mean over cells, without the agent",
        **dict.fromkeys(_IAPS, "level before the drug of cells that survive, over that of all cells"),
        "ic50": "dose of half of the change in survival, nM",
        "ic50_absolute": "dose that halves survival, nM",
        "hill": "exponent of the curve",
        "left": "fraction alive with the highest dose",
    },
    run=run,
    batch=batch,
)
