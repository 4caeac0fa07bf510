"""Chemotaxis: single cells between two baths of a soluble factor, as in a bridge chamber.

The dish is closed along x. A `gradient` of the arm holds its factor at the low and at the high wall; between them it
diffuses, and the receptors of the cells take it up, so that the slope is what cells leave of it. Cells feel it through
receptors at their front and rear and through the weight that their network gives the factor. An arm without a gradient
is the same chamber with the same dose everywhere.

The forward index is the distance gained towards the high bath over the path, the side index that along y (xFMI and yFMI
of the chamber assays). As through a filter, cells have crossed that end further than its thickness up; the Boyden index
sets them against those that end as far down, one added to both.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from pydantic import Field

from lamella.assays.protocol import Assay, FilmedConditions, Progress, Setting
from lamella.assays.quantities import written_in
from lamella.assays.sparse import watch
from lamella.assays.walks import fuerth_fit, over_lags, steps_of
from lamella.culture import Culture, Habitat, habitat_table, substance, surrounding_constants
from lamella.errors import unknown
from lamella.networks import Treatment
from lamella.tissue.fields import Substance
from lamella.units import quantity


class ChemotaxisConditions(FilmedConditions):
    """Keys under [assays.chemotaxis].

    filter   how far a cell has to end up, or down, to count as having crossed
    depth    of the liquid: the shallower, the more of the factor the cells eat
    """

    least_frames = 3
    duration: Annotated[str, written_in("s", above=0.0)] = "12 h"
    settle: Annotated[str, written_in("s", minimum=0.0)] = "2 h"
    frame: Annotated[str, written_in("s", above=0.0)] = "10 min"
    cells: Annotated[int, Field(ge=4, le=5000)] = 36
    filter: Annotated[str, written_in("um", above=0.0)] = "50 um"
    depth: Annotated[str, written_in("um", above=0.0)] = "1 mm"


def between_baths(treatment: Treatment, shape: tuple[int, ...], depth: float) -> Habitat:
    """Factors that run in a straight line from the low to the high wall, which are held.

    shape    sites of the dish
    depth    um
    raises   InputError: a factor that no field is known for
    """
    numbers, rows = surrounding_constants(), habitat_table()["factors"]
    ramp = (np.arange(shape[0]) + 0.5) / shape[0]
    made: list[Substance] = []
    for factor, (low, high) in treatment.gradient.items():
        if factor not in rows:
            raise unknown("soluble factor that forms gradients", factor, rows, "gradient")
        start = np.broadcast_to((low + (high - low) * ramp)[:, None], shape)
        held = {(0, "low"): low, (0, "high"): high}
        made.append(substance(factor, rows[factor]["kind"], numbers, initial=start, held=held))
    return Habitat(tuple(made), periodic=(False, True), depth=depth)


def run(setting: Setting, conditions: ChemotaxisConditions, progress: Progress) -> xr.Dataset:
    """One dish of one arm."""
    duration, frame = quantity(conditions.duration, "s"), quantity(conditions.frame, "s")
    depth, thickness = quantity(conditions.depth, "um"), quantity(conditions.filter, "um")
    ends: list[Treatment] = []

    def habitat(treatment: Treatment, shape: tuple[int, ...]) -> Habitat:
        ends.append(treatment)
        return between_baths(treatment, shape, depth)

    culture, recorder, times = watch(setting, conditions.cells, quantity(conditions.settle, "s"), duration, frame,
                                     progress, habitat=habitat)  # fmt: skip
    paths, rises = recorder.paths(), [high - low for low, high in ends[0].gradient.values()]
    up = np.array([-1.0 if sum(np.sign(rises)) < 0.0 else 1.0, 1.0])
    net, path = (paths[-1] - paths[0]) * up, np.maximum(steps_of(paths).sum(axis=0), 1e-9)
    speed, persistence = fuerth_fit(over_lags(paths, times), frame)
    beyond, back = (net[:, 0] > thickness).sum(), (net[:, 0] < -thickness).sum()
    width = culture.dish.shape[0] * culture.scale.site
    data: dict[str, Any] = {
        "forward_index": ((), float((net[:, 0] / path).mean()), {}),
        "side_index": ((), float((net[:, 1] / path).mean()), {}),
        "drift": ((), float(net[:, 0].mean() / duration * 3600.0), {"units": "um/h"}),
        "crossed": ((), float(beyond / len(net)), {"long_name": "share of cells that crossed the filter"}),
        "boyden_index": ((), float((beyond + 1.0) / (back + 1.0)), {}),
        "slope_left": ((), slope_left(culture, ends[0], width), {"long_name": "slope of the factor that is left"}),
        "speed": ((), speed * 3600.0, {"units": "um/h"}),
        "persistence": ((), persistence / 60.0, {"units": "min"}),
    }
    table = recorder.table()
    data |= {f"track_{column}": ("points", table[column].to_numpy()) for column in table}
    attrs = {"assay": "chemotaxis", "site_um": culture.scale.site, "width_um": width}
    assert culture.coupling is not None
    around = culture.coupling.around
    course = next((piece.concentration.mean(axis=1) for piece in around.fields.values()), None)
    x = around.medium.centres(0)
    data["factor"] = ("x", np.full(x.size, np.nan) if course is None else course, {"units": "molecules/um^3"})
    return xr.Dataset(data, coords={"x": x}, attrs=attrs)


def slope_left(culture: Culture, treatment: Treatment, width: float) -> float:
    """Mean slope of the first factor in the middle half of the dish over that of a straight line; NaN without one."""
    if culture.coupling is None or not treatment.gradient:
        return float("nan")
    factor, (low, high) = next(iter(treatment.gradient.items()))
    if low == high:
        return float("nan")
    course: NDArray[np.float64] = culture.coupling.around.fields[factor].concentration.mean(axis=1)
    x = culture.coupling.around.medium.centres(0)
    middle = (x > 0.25 * width) & (x < 0.75 * width)
    return float(np.polyfit(x[middle], course[middle], 1)[0] * width / (high - low))


CHEMOTAXIS = Assay(
    name="chemotaxis",
    summary="Single cells between two baths of a soluble factor.",
    conditions=ChemotaxisConditions,
    readouts={
        "forward_index": "distance towards the high bath over path",
        "side_index": "distance across it over path",
        "drift": "speed towards the high bath, um/h",
        "crossed": "share of cells that end further up than the filter is thick",
        "boyden_index": "cells through the filter up over down, one added to both",
        "slope_left": "slope of the factor in the middle over that without cells",
        "speed": "speed, um/h",
        "persistence": "persistence time, min",
    },
    run=run,
)
