"""Calcium: the trace of a calcium dye at the front and at the rear of spread cells, before, in and after a stretch.

Cells have grown on the arm's matrix; the arm's drugs go in at time 0, and the matrix is stretched for a while. The dye
is taken to read free calcium without a delay. Beside the trace stands what calcium switches on at the rear.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any

import numpy as np
import xarray as xr
from pydantic import Field, model_validator

from lamella.assays.protocol import Assay, Conditions, Progress, Readings, Setting
from lamella.assays.quantities import written_in
from lamella.assays.well import means_of, well
from lamella.errors import InputError
from lamella.units import MOLECULES_PER_UM3_PER_UM, quantity

_STATES = ("CA_front", "CA_rear", "CAPN1_active_rear", "CAPN1_total", "PPP3CA_active_rear", "CAMK2A_active_total")

_UNITS = {"resting": "nM", "resting_front": "nM", "resting_rear": "nM", "peak": "nM", "half_decay": "s",
          "calcineurin_rear": "molecules", "camk2": "molecules"}  # fmt: skip


class CalciumConditions(Conditions):
    """Keys under [assays.calcium].

    stretch    strain of the matrix, from `begins`, for `lasts`; an arm that has its own `stretch` keeps that
    duration   of the trace, in `points`
    """

    stretch: Annotated[str, written_in("dimensionless", minimum=0.0)] = "10 %"
    begins: Annotated[str, written_in("s", above=0.0)] = "5 min"
    lasts: Annotated[str, written_in("s", above=0.0)] = "2 min"
    duration: Annotated[str, written_in("s", above=0.0)] = "15 min"
    points: Annotated[int, Field(ge=4, le=2000)] = 61
    cells: Annotated[int, Field(ge=1, le=20000)] = 60

    @model_validator(mode="after")
    def _inside(self) -> CalciumConditions:
        end = quantity(self.begins, "s") + quantity(self.lasts, "s")
        if end >= quantity(self.duration, "s"):
            raise InputError(f"the stretch ends at {end:g} s, not before the trace",
                             remedy="Give a longer duration, or a shorter stretch.")
        return self


def run(setting: Setting, conditions: CalciumConditions, progress: Progress) -> xr.Dataset:
    """The traces of one arm and replicate."""
    (read,) = batch((setting,), conditions, progress)
    data: dict[str, Any] = {name: ((), value, {"units": _UNITS.get(name, "")}) for name, value in read.scalars.items()}
    for name, values in read.courses.items():
        where = name.removesuffix("_course")
        data[name] = ("times", values, {"units": "nM", "long_name": f"free calcium at the {where}"})
    return xr.Dataset(data, coords={"times": read.times}, attrs={"assay": "calcium"})


def batch(settings: Sequence[Setting], conditions: CalciumConditions, progress: Progress) -> list[Readings]:
    """The traces of dishes of one arm."""
    first, *others = (_stretched(setting, conditions) for setting in settings)
    cells = well(first, conditions.cells, *others)
    times = np.linspace(0.0, quantity(conditions.duration, "s"), conditions.points)
    rows = cells.follow(times, means_of(_STATES, cells.dishes), progress)
    half = cells.network.cell.body["volume"].value / 2.0
    return [traces(times, rows[:, dish], half, quantity(conditions.begins, "s")) for dish in range(cells.dishes)]


def _stretched(setting: Setting, conditions: CalciumConditions) -> Setting:
    """The arm with the stretch of the protocol, where it has none of its own."""
    if setting.perturbations.stretch:
        return setting
    end = quantity(conditions.begins, "s") + quantity(conditions.lasts, "s")
    window = f"{quantity(conditions.stretch, 'dimensionless'):.17g} from {conditions.begins} until {end:.17g} s"
    return replace(setting, perturbations=setting.perturbations.model_copy(update={"stretch": window}))


def traces(times: np.ndarray, rows: np.ndarray, half: float, begins: float) -> Readings:
    """What is read from the states.

    rows     [times, states] as `_STATES`
    half     volume of half of the cytosol [um^3]
    begins   s, before which the cell is at rest
    """
    front, rear = (rows[:, i] / half / MOLECULES_PER_UM3_PER_UM * 1e3 for i in (0, 1))
    whole = 0.5 * (front + rear)
    rest = np.flatnonzero(times < begins)[-1]
    peak = int(np.argmax(whole[rest:])) + rest
    after = np.flatnonzero(whole[peak:] < whole[rest] + 0.5 * (whole[peak] - whole[rest]))
    scalars = {
        "resting": whole[rest], "resting_front": front[rest], "resting_rear": rear[rest],
        "gradient": rear[rest] / front[rest], "peak": whole[peak], "rise": whole[peak] / whole[rest],
        "half_decay": times[peak + after[0]] - times[peak] if after.size else np.nan,
        "calpain_rear": rows[rest, 2] / rows[rest, 3] if rows[rest, 3] > 0.0 else np.nan,
        "calcineurin_rear": rows[rest, 4], "camk2": rows[rest, 5],
    }  # fmt: skip
    return Readings(times, {"front_course": front, "rear_course": rear},
                    {name: float(value) for name, value in scalars.items()})  # fmt: skip


_READOUTS = {
    "resting": "free calcium before the stretch, nM",
    "resting_front": "the same at the front, nM",
    "resting_rear": "the same at the rear, nM",
    "gradient": "rear over front, before the stretch",
    "peak": "highest free calcium from the stretch on, nM",
    "rise": "peak over rest",
    "half_decay": "time from the peak until half of the rise is gone, s",
    "calpain_rear": "share of calpain that is active at the rear",
    "calcineurin_rear": "active calcineurin at the rear, molecules per cell",
    "camk2": "active CaM kinase II, molecules per cell",
}

CALCIUM = Assay(
    name="calcium",
    tissue=False,
    summary="Free calcium at front and rear, at rest and on stretch.",
    conditions=CalciumConditions,
    readouts=_READOUTS,
    run=run,
    by_arm=frozenset({"stretch"}),
    batch=batch,
    means=frozenset(_READOUTS),
)
