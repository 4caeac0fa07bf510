"""Spreading: cells that were in suspension are put on a coating, and their area is watched.

A cell is round when it lands: its area is the cross section of a sphere of its volume. It spreads as far as adhesion
and protrusion pull it out against cortical tension (`lamella.culture.spreading`). The half time is that until half of
the gain of area at the end; a cell counts as spread when it covers twice the area on which it landed.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import xarray as xr
from pydantic import Field

from lamella.assays.clock import frame_times
from lamella.assays.film import Film
from lamella.assays.preparation import lengths_of, numbers, plated, refuse_touched
from lamella.assays.protocol import Assay, PicturedConditions, Progress, Setting
from lamella.assays.quantities import written_in
from lamella.culture import cells_apart, idealised_inputs, round_area
from lamella.networks import assemble
from lamella.units import quantity

_SPACING = 2.5
"""Diameters of a fully spread cell between the centres of neighbours."""
_SPREAD = 2.0


class SpreadingConditions(PicturedConditions):
    """Keys under [assays.spreading].

    suspended         time off the matrix before the cells are plated
    network_interval  between two exchanges of cells and dish: signals of a landing cell change within minutes
    """

    duration: Annotated[str, written_in("s", above=0.0)] = "2 h"
    suspended: Annotated[str, written_in("s", above=0.0)] = "30 min"
    frame: Annotated[str, written_in("s", above=0.0)] = "5 min"
    cells: Annotated[int, Field(ge=4, le=5000)] = 36
    pictures: Annotated[int, Field(ge=2, le=50)] = 5
    network_interval: Annotated[str, written_in("s", above=0.0)] = "80 s"


def run(setting: Setting, conditions: SpreadingConditions, progress: Progress) -> xr.Dataset:
    """One dish of one arm."""
    duration, frame = quantity(conditions.duration, "s"), quantity(conditions.frame, "s")
    exchange, body = numbers(setting), assemble(setting.cell).cell.body
    lengths = lengths_of(setting, exchange)
    landed, full = round_area(body["volume"].value), body["spread_area"].value
    spacing = _SPACING * float(np.sqrt(full / landed))
    layout = cells_apart(conditions.cells, lengths.sites(landed), spacing, setting.seed, setting.replicate)
    culture = plated(setting, conditions.cells, layout, exchange, lengths, quantity(conditions.network_interval, "s"),
                     spreads=True)  # fmt: skip
    refuse_touched(culture.treatment, f"arms.{setting.arm}")
    off = idealised_inputs(culture.network, culture.treatment, suspended=True)
    culture.population.advance(quantity(conditions.suspended, "s"), inputs=off)
    times = frame_times(duration, frame)
    film = Film(setting, times, conditions.pictures, conditions.colour)
    areas = []
    for i, time in enumerate(times):
        culture.advance(time - culture.seconds)
        areas.append(lengths.area(culture.reading.sites[culture.living]))
        film.take(i, culture)
        progress((i + 1) / len(times))
    course, each = np.mean(areas, axis=1), np.array(areas)
    spread = float((each[-1] > _SPREAD * landed).mean())
    data: dict[str, Any] = {
        "area": ((), float(course[-1]), {"units": "um^2"}),
        "spread_share": ((), spread, {"long_name": "share of cells that have spread"}),
        "spreading_half_time": ((), half_time(times, course) / 60.0, {"units": "min"}),
        "bound_receptors": ((), float(culture.population.observe(("bound_front", "bound_rear")).sum(axis=1).mean()),
                            {"units": "molecules"}),
        "area_course": ("times", course, {"units": "um^2"}),
    }  # fmt: skip
    return film.dataset(data, {"assay": "spreading", "site_um": lengths.site})


def half_time(times: np.ndarray, course: np.ndarray) -> float:
    """Time at which a course first has half of what it gains in all, between two frames in a straight line; NaN for one
    that gains nothing.   [times]"""
    gain = course - course[0]
    if gain[-1] <= 0.0:
        return float("nan")
    after = int(np.argmax(gain >= 0.5 * gain[-1]))
    rise = gain[after] - gain[after - 1]
    return float(times[after - 1] + (0.5 * gain[-1] - gain[after - 1]) / rise * (times[after] - times[after - 1]))


SPREADING = Assay(
    name="spreading",
    summary="Cells that land on a coating and spread.",
    conditions=SpreadingConditions,
    readouts={
        "area": "area of a cell at the end, um^2",
        "spread_share": "share of cells that cover twice the area on which they landed",
        "spreading_half_time": "time until half of the gain of area, min",
        "bound_receptors": "receptors on ligand, molecules per cell",
    },
    run=run,
    pictures=True,
)
