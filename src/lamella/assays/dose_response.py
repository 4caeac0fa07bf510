"""Dose response of a blot band: a drug, a soluble factor or an antibody in a series of doses, and its IC50.

The same cells get every dose, at time 0, on top of what the arm does to them; the band is read after a while and fitted
with a four-parameter logistic. `ic50` is the dose of half of the change that the drug can make; `ic50_absolute` the one
that halves the band. The interval of either is over replicates, as everywhere: a replicate is a plate of its own cells.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import xarray as xr
from pydantic import AfterValidator, Field, model_validator

from lamella.assays.bands import states_of
from lamella.assays.dose_fit import dose_fit
from lamella.assays.preparation import draw, numbers, treated
from lamella.assays.protocol import Assay, Conditions, Progress, Setting
from lamella.assays.quantities import written_in
from lamella.culture import advance_treated, grown_population, idealised_inputs, treat
from lamella.errors import InputError, SolverError, unknown
from lamella.networks import Perturbations, antibodies, drugs, factors, named, resolve, spellings
from lamella.units import quantity

_KINDS = {"inhibitor": drugs, "factor": factors, "antibody": antibodies}


def agent_name(text: str) -> str:
    """What can be given in a series of doses, by any of its names.   raises InputError"""
    tables = [table() for table in _KINDS.values()]
    found = next((name for rows in tables if (name := named(text, rows)) is not None), None)
    if found is None:
        raise unknown("drug, factor or antibody", text, (name for rows in tables for name, _ in spellings(rows)))
    return found


class DoseResponseConditions(Conditions):
    """Keys under [assays.dose_response].

    agent      drug, soluble factor or antibody
    band       what is read, as blots name it
    after      the time for which every dose is there
    lowest     to `highest`, in `doses` steps
    """

    agent: Annotated[str, AfterValidator(agent_name)]
    band: str
    after: Annotated[str, written_in("s", above=0.0)] = "1 h"
    lowest: Annotated[str, written_in("uM", above=0.0)] = "1 nM"
    highest: Annotated[str, written_in("uM", above=0.0)] = "100 uM"
    doses: Annotated[int, Field(ge=6, le=60)] = 16
    cells: Annotated[int, Field(ge=1, le=20000)] = 60

    @model_validator(mode="after")
    def _sensible(self) -> DoseResponseConditions:
        states_of(self.band)
        if quantity(self.lowest, "uM") >= quantity(self.highest, "uM"):
            raise InputError(f"lowest, {self.lowest}, is not below highest, {self.highest}")
        return self


def run(setting: Setting, conditions: DoseResponseConditions, progress: Progress) -> xr.Dataset:
    """The plate of one arm and replicate."""
    network, treatment = treated(setting, touched=True)
    told = lambda off: idealised_inputs(
        network, treatment, front_equals_rear=setting.front_equals_rear, suspended=off)
    population = grown_population(network, treatment, draw(setting, conditions.cells), numbers(setting), told(None))
    before, states = population.checkpoint(), states_of(conditions.band)
    doses = np.geomspace(quantity(conditions.lowest, "uM"), quantity(conditions.highest, "uM"), conditions.doses)
    read = []
    for place, dose in enumerate((0.0, *doses)):
        given = resolve(network, with_dose(setting, conditions.agent, dose), setting.matrix, setting.medium,
                        f"arms.{setting.arm}")  # fmt: skip
        population.restore(before)
        treat(population, given)
        advance_treated(population, given, 0.0, quantity(conditions.after, "s"), told)
        if population.status.any():
            raise SolverError(f"the network of a cell could not be advanced at {dose:g} uM",
                              where=f"arms.{setting.arm}")  # fmt: skip
        read.append(float(population.observe(states).sum(axis=1).mean()))
        progress((place + 1) / (len(doses) + 1))
    untreated, values = read[0], np.array(read[1:])
    fit = dose_fit(doses, values, untreated)
    scalars = {
        "ic50": (fit.half * 1e3, "nM"), "ic50_absolute": (fit.absolute * 1e3, "nM"), "hill": (fit.steepness, ""),
        "untreated": (untreated, "molecules"), "left": (values[-1] / untreated if untreated > 0.0 else np.nan, ""),
    }  # fmt: skip
    data: dict[str, Any] = {name: ((), float(value), {"units": unit}) for name, (value, unit) in scalars.items()}
    data["response"] = ("doses", values, {"units": "molecules", "long_name": conditions.band})
    made = xr.Dataset(data, coords={"doses": doses * 1e3}, attrs={
        "assay": "dose_response", "agent": conditions.agent, "band": conditions.band})  # fmt: skip
    made["doses"].attrs["units"] = "nM"
    return made


def with_dose(setting: Setting, agent: str, dose: float) -> Perturbations:
    """The arm with one dose of the agent more.   raises InputError: the arm has it already"""
    kind = next(kind for kind, table in _KINDS.items() if agent in table())
    given = getattr(setting.perturbations, kind)
    if agent in given:
        raise InputError(f"'{agent}' is in the arm and in the series of doses", where=f"arms.{setting.arm}.{kind}",
                         remedy="Leave it out of the arm.")
    return setting.perturbations.model_copy(update={kind: {**given, agent: f"{dose:.17g} uM"}})


DOSE_RESPONSE = Assay(
    name="dose_response",
    tissue=False,
    summary="A blot band over a series of doses, and the IC50.",
    conditions=DoseResponseConditions,
    readouts={
        "ic50": "dose of half of the change, nM (EC50 of what stimulates)",
        "ic50_absolute": "dose that halves the band, nM",
        "hill": "exponent of the curve",
        "untreated": "the band without the agent, molecules per cell",
        "left": "what the highest dose leaves of it",
    },
    run=run,
)
