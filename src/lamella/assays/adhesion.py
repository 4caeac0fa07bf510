"""Adhesion: the fraction of cells that a wash leaves on, over time, and the force that pulls them off.

Cells rest in suspension, with the arm's drugs, and are put on the matrix at time 0. At every point a wash, a weak force
for half a minute, takes off what does not hold; at the end the force is raised step by step, and the fraction that is
still on is fitted with 1/(1 + (F/F50)^h), the F50 being the detachment force. A replicate is a well.

A cell is given the contact area and the rest of the surroundings of a spread one from time 0: the growth of the contact
in the first minutes is not described, so early points are upper bounds.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from pydantic import Field, model_validator
from scipy.optimize import least_squares

from lamella.assays.detached import detached
from lamella.assays.protocol import Assay, Conditions, Progress, Setting
from lamella.assays.pull import bonds, edge_share, pull
from lamella.assays.quantities import in_parts, written_in
from lamella.errors import InputError
from lamella.units import quantity


class AdhesionConditions(Conditions):
    """Keys under [assays.adhesion].

    rest       in suspension before time 0, with the arm's drugs
    duration   on the matrix, before the force is raised
    wash       force on a cell; held for `wash_hold`
    lowest     to `highest`, in `forces` steps held for `hold` each, at the end
    step       time for which the force per bond is held
    """

    rest: Annotated[str, written_in("s", minimum=0.0)] = "30 min"
    duration: Annotated[str, written_in("s", above=0.0)] = "60 min"
    points: Annotated[int, Field(ge=2, le=100)] = 7
    wash: Annotated[str, written_in("nN", above=0.0)] = "2 nN"
    wash_hold: Annotated[str, written_in("s", above=0.0)] = "30 s"
    lowest: Annotated[str, written_in("nN", above=0.0)] = "0.5 nN"
    highest: Annotated[str, written_in("nN", above=0.0)] = "1 uN"
    forces: Annotated[int, Field(ge=5, le=200)] = 31
    hold: Annotated[str, written_in("s", above=0.0)] = "10 s"
    step: Annotated[str, written_in("s", above=0.0)] = "0.5 s"
    cells: Annotated[int, Field(ge=4, le=20000)] = 60

    @model_validator(mode="after")
    def _ordered(self) -> AdhesionConditions:
        if quantity(self.lowest, "nN") >= quantity(self.highest, "nN"):
            raise InputError(f"lowest, {self.lowest}, is not below highest, {self.highest}")
        return self

    @model_validator(mode="after")
    def _countable_steps(self) -> AdhesionConditions:
        for hold in (self.hold, self.wash_hold):
            in_parts(hold, self.step)
        return self


def run(setting: Setting, conditions: AdhesionConditions, progress: Progress) -> xr.Dataset:
    """The well of one arm and replicate."""
    cells = detached(setting, conditions.cells, quantity(conditions.rest, "s"))
    step, all_on = quantity(conditions.step, "s"), np.ones(conditions.cells, bool)
    times = np.linspace(0.0, quantity(conditions.duration, "s"), conditions.points)
    wash, wash_hold = quantity(conditions.wash, "pN"), quantity(conditions.wash_hold, "s")
    steps = len(times) + conditions.forces
    cells.put(False)
    attached, held = [], []
    for i, time in enumerate(times):
        if time > cells.seconds:
            cells.advance(time - cells.seconds)
        held.append(float(bonds(cells).mean()))
        before, now = cells.population.checkpoint(), cells.seconds
        attached.append(float(pull(cells, wash, wash_hold, step, all_on).mean()))
        cells.population.restore(before)
        cells.seconds = now
        progress((i + 1) / steps)
    forces = np.geomspace(quantity(conditions.lowest, "pN"), quantity(conditions.highest, "pN"), conditions.forces)
    on, fractions = all_on, []
    for i, force in enumerate(forces):
        on = pull(cells, force, quantity(conditions.hold, "s"), step, on)
        fractions.append(float(on.mean()))
        progress((len(times) + i + 1) / steps)
    half, steepness = detachment_fit(forces, np.array(fractions))
    at_rim = edge_share(cells) * held[-1]
    data: dict[str, Any] = {
        "attached": ((), attached[-1], {"long_name": "fraction that a wash leaves on"}),
        "detachment_force": ((), half / 1e3, {"units": "nN"}),
        "steepness": ((), steepness, {}),
        "bonds": ((), held[-1], {"units": "molecules"}),
        "force_per_bond": ((), half / at_rim if at_rim > 0.0 else np.nan, {"units": "pN"}),
        "attached_course": ("times", np.array(attached), {"long_name": "fraction that a wash leaves on"}),
        "bonds_course": ("times", np.array(held), {"units": "molecules", "long_name": "receptors that hold ligand"}),
        "detachment": ("forces", np.array(fractions), {"long_name": "fraction still on"}),
    }
    made = xr.Dataset(data, coords={"times": times, "forces": forces / 1e3}, attrs={"assay": "adhesion"})
    made["forces"].attrs["units"] = "nN"
    return made


def detachment_fit(forces: NDArray[np.float64], fractions: NDArray[np.float64]) -> tuple[float, float]:
    """F50, in the unit of the forces, and h of 1/(1 + (F/F50)^h); NaN where the forces do not reach from most cells on
    to most cells off.

    forces, fractions   [forces], rising; falling
    """
    if not (fractions[0] > 0.5 > fractions[-1]):
        return float("nan"), float("nan")
    logs = np.log(forces)
    middle = float(np.interp(-0.5, -fractions, logs))

    def residual(q: NDArray[np.float64]) -> NDArray[np.float64]:
        return 1.0 / (1.0 + np.exp(np.clip(np.exp(q[1]) * (logs - q[0]), -700.0, 700.0))) - fractions

    fit = least_squares(residual, (middle, np.log(4.0)), bounds=((logs[0], np.log(0.1)), (logs[-1], np.log(100.0))))
    return float(np.exp(fit.x[0])), float(np.exp(fit.x[1]))


ADHESION = Assay(
    name="adhesion",
    tissue=False,
    summary="Attachment to a coated surface, and the force that detaches.",
    conditions=AdhesionConditions,
    readouts={
        "detachment_force": "force that leaves half of the cells on, nN",
        "attached": "fraction of cells that a wash leaves on",
        "steepness": "exponent of the detachment curve",
        "bonds": "receptors that hold ligand, molecules per cell",
        "force_per_bond": "detachment force per such receptor at the rim, which bears it, pN",
    },
    run=run,
)
