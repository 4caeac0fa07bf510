"""Viability: the fraction of cells that live, over time, and over the doses of a drug, with its IC50.

Cells have grown under the arm's genetics and the medium; the arm's drugs go in at time 0. Without an `agent` the arm as
it is is followed over time. With one, the same cells get every dose of it on top, and the surviving fraction at the end
is fitted with the four-parameter logistic of `lamella.assays.dose_fit`. A cell is dead when caspase-3 has cut more than
half of its PARP (`lamella.assays.death`); cells do not divide here. A replicate is a plate of its own cells.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from pydantic import Field, model_validator

from lamella.assays.death import LIMIT, cut_share, dead_fraction
from lamella.assays.dose_fit import NO_FIT, dose_fit
from lamella.assays.dose_response import agents, with_dose
from lamella.assays.preparation import draw, numbers, treated
from lamella.assays.protocol import Assay, Conditions, Progress, Setting
from lamella.assays.quantities import one_of, written_in
from lamella.culture import advance_treated, grown_population, idealised_inputs, treat
from lamella.errors import InputError
from lamella.networks import Treatment, resolve
from lamella.solve import Population
from lamella.units import quantity

_IAPS = {"survivors_xiap": "XIAP_total", "survivors_birc2": "BIRC2_total", "survivors_birc3": "BIRC3_total",
         "survivors_birc5": "BIRC5_total"}  # fmt: skip
"""What cells that live to the end had of each IAP before the drug, as they hand it on, over the mean of all cells."""


class ViabilityConditions(Conditions):
    """Keys under [assays.viability].

    agent      drug, soluble factor or antibody given in a series of doses; none: the arm alone, over time
    after      time with the drugs
    points     of the course of the arm, the start included
    lowest     to `highest`, in `doses` steps
    """

    agent: Annotated[str, one_of("drug, factor or antibody", agents)] | None = None
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
    network, treatment = treated(setting)
    where = f"arms.{setting.arm}"
    told = lambda off: idealised_inputs(
        network, treatment, front_equals_rear=setting.front_equals_rear, suspended=off)
    population = grown_population(network, treatment, draw(setting, conditions.cells), numbers(setting), told(None))
    before = population.checkpoint()
    iaps = population.observe(tuple(_IAPS.values()))
    times = np.linspace(0.0, quantity(conditions.after, "s"), conditions.points)
    wells = 1 + (conditions.doses if conditions.agent else 0)
    alive = [1.0 - dead_fraction(population, where)]
    for i, span in enumerate(np.diff(times)):
        advance_treated(population, treatment, times[i], span, told)
        alive.append(1.0 - dead_fraction(population, where))
        progress((i + 1) / (len(times) - 1) / wells)
    data: dict[str, Any] = {
        "surviving": ((), alive[-1], {"long_name": "fraction alive"}),
        "dead": ((), 1.0 - alive[-1], {"long_name": "fraction dead"}),
        "cut": ((), float(cut_share(population, where).mean()), {"long_name": "share of PARP that is cut"}),
        **survivors(iaps, cut_share(population, where) <= LIMIT),
        "surviving_course": ("times", np.array(alive), {"long_name": "fraction alive"}),
    }
    coordinates: dict[str, Any] = {"times": times}
    fit, at_most = NO_FIT, np.nan
    if conditions.agent:
        doses = np.geomspace(quantity(conditions.lowest, "uM"), quantity(conditions.highest, "uM"), conditions.doses)
        left = []
        for place, dose in enumerate(doses):
            given = resolve(network, with_dose(setting, conditions.agent, dose), setting.matrix, setting.medium, where)
            left.append(_surviving(population, before, given, times[-1], told, where))
            progress((place + 2) / wells)
        fit = dose_fit(doses, np.array(left), alive[-1])
        at_most = left[-1]
        data["response"] = ("doses", np.array(left), {"long_name": "fraction alive"})
        coordinates["doses"] = ("doses", doses * 1e3, {"units": "nM"})
    data |= {
        "ic50": ((), fit.half * 1e3, {"units": "nM"}),
        "ic50_absolute": ((), fit.absolute * 1e3, {"units": "nM"}),
        "hill": ((), fit.steepness, {}),
        "left": ((), at_most, {"long_name": "fraction alive with the highest dose"}),
    }
    return xr.Dataset(data, coords=coordinates, attrs={"assay": "viability", "agent": conditions.agent or ""})


def survivors(levels: NDArray[np.float64], alive: NDArray[np.bool_]) -> dict[str, Any]:
    """Read-outs on the IAPs of the cells that live; NaN where none does, or where no cell has any.

    levels   [cells, IAPs] before the drug;   alive   [cells] at the end
    """
    title = "level before the drug of cells that survive, over that of all"
    mean = np.where(levels.mean(axis=0) > 0.0, levels.mean(axis=0), np.nan)
    ratio = levels[alive].mean(axis=0) / mean if alive.any() else np.full(len(mean), np.nan)
    return {name: ((), float(value), {"long_name": title}) for name, value in zip(_IAPS, ratio)}


def _surviving(
    population: Population, before: Any, given: Treatment, seconds: float, told: Callable[[bool], dict], where: str
) -> float:
    """Fraction alive after `seconds` with what is given, from the checkpoint `before`."""
    population.restore(before)
    treat(population, given)
    advance_treated(population, given, 0.0, seconds, told)
    return 1.0 - dead_fraction(population, where)


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
)
