"""Morphology of single cells: elongation along the axis, aspect, area, lamellipodia and filopodia.

Lamellipodia are read as the engaged WAVE2 that drives them, filopodia as the active Cdc42 (molecules per cell at the
membrane); shapes come from second moments of the cell's sites.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import xarray as xr
from pydantic import Field

from lamella.assays.protocol import Assay, Conditions, Progress, Setting
from lamella.assays.quantities import written_in
from lamella.assays.sparse import watch
from lamella.culture import Culture
from lamella.units import quantity

_LAMELLIPODIA = ("WASF2_active_front", "WASF2_active_rear")
_FILOPODIA = ("CDC42_gtp_front", "CDC42_gtp_rear")


class MorphologyConditions(Conditions):
    """Keys under [assays.morphology]."""

    duration: Annotated[str, written_in("s", above=0.0)] = "4 h"
    settle: Annotated[str, written_in("s", minimum=0.0)] = "6 h"
    frame: Annotated[str, written_in("s", above=0.0)] = "20 min"
    cells: Annotated[int, Field(ge=4, le=5000)] = 36


def run(setting: Setting, conditions: MorphologyConditions, progress: Progress) -> xr.Dataset:
    """One dish of one arm, read over the frames after settling."""
    duration = quantity(conditions.duration, "s")
    settle = quantity(conditions.settle, "s")
    frame = quantity(conditions.frame, "s")
    rows: list[list[float]] = []

    def look(culture: Culture) -> None:
        reading = culture.reading
        area = culture.scale.area(reading.sites[1:])
        sums = [float(culture.population.observe(names).sum(axis=1).mean()) for names in (_LAMELLIPODIA, _FILOPODIA)]
        rows.append(
            [float(reading.aspect_along_axis[1:].mean()), float(reading.aspect[1:].mean()), float(area.mean()), *sums]
        )

    culture, recorder = watch(setting, conditions.cells, settle, duration, frame, progress, each=look)
    names = ("elongation", "aspect", "area", "lamellipodia", "filopodia")
    units = ("", "", "um^2", "molecules", "molecules")
    data: dict[str, Any] = {
        name: ((), value, {"units": unit}) for name, value, unit in zip(names, np.mean(rows, axis=0), units)
    }
    table = recorder.table()
    data |= {f"track_{column}": ("points", table[column].to_numpy()) for column in table}
    coordinates: dict[str, Any] = {}
    if setting.replicate == 0:
        data["labels"] = (("frames", "x", "y"), culture.dish.labels().astype(np.uint16)[None])
        coordinates["frames"] = [culture.seconds]
    return xr.Dataset(data, coords=coordinates, attrs={"assay": "morphology", "site_um": culture.scale.site})


MORPHOLOGY = Assay(
    name="morphology",
    summary="Shapes and protrusions of single cells.",
    conditions=MorphologyConditions,
    readouts={
        "elongation": "aspect along the axis",
        "aspect": "aspect of the largest over the smallest extent",
        "area": "spread area, um^2",
        "lamellipodia": "engaged WAVE2, molecules per cell",
        "filopodia": "active Cdc42, molecules per cell",
    },
    run=run,
    pictures=True,
)
