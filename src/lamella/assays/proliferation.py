"""Proliferation: cells starved of growth factors are released, and those in S phase are counted.

Cells grow to quiescence in the medium (without growth factors: leave [medium] empty), and time 0 is when the arm gives
them what it gives. Every cell is followed: it has entered S phase when half of its origins have fired. A pulse of BrdU
marks the cells that replicate at any time of the pulse. Fractions come from cells that differ in their protein totals
and from nothing else; a replicate is a dish of its own cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from pydantic import Field, model_validator

from lamella.assays.protocol import Assay, Conditions, Progress, Readings, Setting
from lamella.assays.quantities import written_in
from lamella.assays.well import split, well
from lamella.errors import InputError
from lamella.units import quantity

_HALF = 0.5
"""Share of fired origins from which a cell counts as replicating."""
_MARKS = ("CCND1", "RB1_p", "CCNA2")
"""What is stained beside S phase: cyclin D1, phosphorylated Rb, cyclin A."""


_COURSES = {
    "s_phase_course": {"long_name": "share of cells in S phase"},
    "entered_course": {"long_name": "share of cells that have entered S phase"},
    "origins_course": {"long_name": "share of origins that have fired"},
} | {f"{mark.lower()}_course": {"units": "molecules"} for mark in _MARKS}


class ProliferationConditions(Conditions):
    """Keys under [assays.proliferation].

    duration   after release, looked at `points` times
    pulse      length of the pulse of BrdU that ends with the assay
    """

    duration: Annotated[str, written_in("s", above=0.0)] = "30 h"
    pulse: Annotated[str, written_in("s", above=0.0)] = "6 h"
    points: Annotated[int, Field(ge=4, le=500)] = 31
    cells: Annotated[int, Field(ge=1, le=20000)] = 120

    @model_validator(mode="after")
    def _within(self) -> ProliferationConditions:
        if quantity(self.pulse, "s") > quantity(self.duration, "s"):
            raise InputError(f"the pulse, {self.pulse}, is longer than the assay, {self.duration}")
        return self


def run(setting: Setting, conditions: ProliferationConditions, progress: Progress) -> xr.Dataset:
    """The dish of one arm and replicate."""
    times, (cells,) = _followed((setting,), conditions, progress)
    read = _counted(times, cells, quantity(conditions.pulse, "s"))
    data: dict[str, Any] = {name: ((), value, {"units": "h" if name == "entry_time" else ""})
                            for name, value in read.scalars.items()}
    data |= {name: ("times", values, _COURSES[name]) for name, values in read.courses.items()}
    data["entry"] = ("cells", entry_times(times, cells[:, :, 0]) / 3600.0,
                     {"units": "h", "long_name": "entry into S phase"})  # fmt: skip
    return xr.Dataset(data, coords={"times": times}, attrs={"assay": "proliferation"})


def batch(settings: Sequence[Setting], conditions: ProliferationConditions, progress: Progress) -> list[Readings]:
    """Dishes of one arm."""
    times, dishes = _followed(settings, conditions, progress)
    return [_counted(times, cells, quantity(conditions.pulse, "s")) for cells in dishes]


def _followed(settings: Sequence[Setting], conditions: ProliferationConditions,
              progress: Progress) -> tuple[NDArray[np.float64], list[NDArray[np.float64]]]:  # fmt: skip
    """Times [times], and of every dish S phase and the marks of its cells [times, cells, 1 + marks]."""
    times = np.linspace(0.0, quantity(conditions.duration, "s"), conditions.points)
    cells = well(settings[0], conditions.cells, *settings[1:])
    names = ("S_phase", *_MARKS)
    return times, split(cells.follow(times, lambda all_: all_.observe(names), progress), cells.dishes, axis=1)


def _counted(times: NDArray[np.float64], read: NDArray[np.float64], pulse: float) -> Readings:
    """What is counted in a dish.   read [times, cells, 1 + marks], pulse s"""
    share = read[:, :, 0]
    entered = entry_times(times, share)
    within = times >= times[-1] - pulse - 1e-6
    inside, counted = share > _HALF, np.isfinite(entered)
    later = entered[counted & (entered > 0.0)]
    scalars = {
        "s_phase": float(inside[-1].mean()), "entered": float(counted.mean()),
        "brdu": float(inside[within].any(axis=0).mean()), "already": float(inside[0].mean()),
        "entry_time": float(np.median(later)) / 3600.0 if later.size else np.nan, "origins": float(share[-1].mean()),
    }  # fmt: skip
    courses = {
        "s_phase_course": inside.mean(axis=1),
        "entered_course": (entered[None, :] <= times[:, None]).mean(axis=1),
        "origins_course": share.mean(axis=1),
    }
    marks = {f"{mark.lower()}_course": read[:, :, i + 1].mean(axis=1) for i, mark in enumerate(_MARKS)}
    return Readings(times, courses | marks, scalars)


def entry_times(times: NDArray[np.float64], share: NDArray[np.float64]) -> NDArray[np.float64]:
    """When each cell has half of its origins fired for the first time [s], by linear interpolation; NaN if never, 0 if
    from the start.

    times [times], share [times, cells]
    """
    above = share > _HALF
    first = above.argmax(axis=0)
    cells = np.arange(share.shape[1])
    before = np.maximum(first - 1, 0)
    low, high = share[before, cells], share[first, cells]
    rise = np.where(high > low, high - low, 1.0)
    entry = times[before] + (times[first] - times[before]) * np.clip((_HALF - low) / rise, 0.0, 1.0)
    entry = np.where(first == 0, 0.0, entry)
    return np.where(above.any(axis=0), entry, np.nan)


PROLIFERATION = Assay(
    name="proliferation",
    tissue=False,
    summary="Entry into S phase of starved cells after release.",
    conditions=ProliferationConditions,
    readouts={
        "s_phase": "share of cells in S phase at the end",
        "entered": "share of cells that have entered S phase since release, or were in it",
        "brdu": "share of cells that replicate at some time of the pulse",
        "already": "share of cells in S phase at release",
        "entry_time": "median time of entry of those that enter after release, h",
        "origins": "share of origins that have fired at the end, mean over cells",
    },
    run=run,
    batch=batch,
)
