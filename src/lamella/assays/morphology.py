"""Morphology of single cells: elongation and aspect from second moments, protrusions from outlines, what drives them.

Broad and narrow protrusions and tails are counted on outlines (`lamella.assays.protrusions`). Filopodia are too thin
for that: they are read as the active Cdc42 that drives them, and lamellipodia as the engaged WAVE2 (molecules per
cell). Area is that of the cell line: nothing in this assay spreads a cell or shrinks it.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import xarray as xr
from pydantic import Field

from lamella.assays.protocol import Assay, FilmedConditions, Progress, Setting
from lamella.assays.protrusions import outlines
from lamella.assays.quantities import written_in
from lamella.assays.sparse import watch
from lamella.culture import Culture
from lamella.units import quantity

_LAMELLIPODIA = ("WASF2_engaged_front", "WASF2_engaged_rear")
_FILOPODIA = ("CDC42_gtp_front", "CDC42_gtp_rear")
_OUTLINE = ("broad", "narrow", "tails", "protruding", "longest", "convexity")
_READ = ("lamellae", "narrow_protrusions", "tails", "protruding", "longest_protrusion", "convexity")
"""What an outline shows, and the read-outs of the same order."""


class MorphologyConditions(FilmedConditions):
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
        seen = outlines(culture.dish.labels(), culture.dish.axis[culture.living])
        drawn = [float(np.nanmean([getattr(one, name) for one in seen])) for name in _OUTLINE]
        drawn[_OUTLINE.index("longest")] *= culture.scale.site
        rows.append(
            [float(reading.aspect_along_axis[1:].mean()), float(reading.aspect[1:].mean()), float(area.mean()), *sums,
             *drawn]
        )  # fmt: skip

    culture, recorder, _ = watch(setting, conditions.cells, settle, duration, frame, progress, each=look)
    names = ("elongation", "aspect", "area", "lamellipodia", "filopodia", *_READ)
    units = ("", "", "um^2", "molecules", "molecules", "", "", "", "", "um", "")
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
        "lamellae": "broad protrusions per cell",
        "narrow_protrusions": "narrow protrusions per cell, tails among them",
        "tails": "narrow protrusions behind the cell",
        "protruding": "share of the area in protrusions",
        "longest_protrusion": "longest protrusion, um",
        "convexity": "area over that of the convex hull",
    },
    run=run,
    pictures=True,
)
