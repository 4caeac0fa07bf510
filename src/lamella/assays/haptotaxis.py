"""Haptotaxis: single cells on a coating that rises and falls along the dish.

Along x the ligand goes in a straight line from (1 - contrast) to (1 + contrast) times the coating and back, once per
ridge, so that the closed dish has no step. Every step of a cell counts up the slope on which it is made. The forward
index is the distance gained up the slope over the path (the FMI of chemotaxis), the cosine that of the direction of
steps, weighted by their length; both are 0 where cells do not tell up from down, whatever their speed. What lies under
the cells at the end, over the mean of the dish, says whether they gather.
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
from lamella.culture import Culture
from lamella.units import quantity


class HaptotaxisConditions(FilmedConditions):
    """Keys under [assays.haptotaxis].

    contrast   half of the difference between the richest and the poorest coating, over their mean
    ridges     how often the coating rises and falls over the dish: more are steeper
    """

    least_frames = 3
    duration: Annotated[str, written_in("s", above=0.0)] = "12 h"
    settle: Annotated[str, written_in("s", minimum=0.0)] = "4 h"
    frame: Annotated[str, written_in("s", above=0.0)] = "10 min"
    cells: Annotated[int, Field(ge=4, le=5000)] = 36
    contrast: Annotated[float, Field(ge=0.0, le=1.0)] = 0.9
    ridges: Annotated[int, Field(ge=1, le=20)] = 1


def ridge(x: NDArray[np.float64], width: float, ridges: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Height, -1 to 1, and direction of the slope, -1 or 1, of the coating at x.   width: of the closed dish"""
    phase = (x / width * ridges) % 1.0
    return 1.0 - 4.0 * np.abs(phase - 0.5), np.where(phase < 0.5, 1.0, -1.0)


def run(setting: Setting, conditions: HaptotaxisConditions, progress: Progress) -> xr.Dataset:
    """One dish of one arm."""
    duration, frame = quantity(conditions.duration, "s"), quantity(conditions.frame, "s")
    under: list[float] = []

    def coat(shape: tuple[int, ...], site: float) -> NDArray[np.float64]:
        height, _ = ridge(np.arange(shape[0], dtype=np.float64) + 0.5, shape[0], conditions.ridges)
        return np.broadcast_to((1.0 + conditions.contrast * height)[:, None], shape).copy()

    def look(culture: Culture) -> None:
        under.append(float(culture.dish.ligand[culture.dish.labels() > 0].mean()))

    culture, recorder, times = watch(setting, conditions.cells, quantity(conditions.settle, "s"), duration, frame,
                                     progress, each=look, coat=coat)  # fmt: skip
    paths, width = recorder.paths(), culture.dish.shape[0] * culture.scale.site
    up = gain(paths, width, conditions.ridges)
    length = steps_of(paths)
    speed, persistence = fuerth_fit(over_lags(paths, times), frame)
    path = np.maximum(length.sum(axis=0), 1e-9)
    data: dict[str, Any] = {
        "forward_index": ((), float((up.sum(axis=0) / path).mean()), {}),
        "drift": ((), float(up.sum(axis=0).mean() / duration * 3600.0), {"units": "um/h"}),
        "cosine": ((), float(up.sum() / max(length.sum(), 1e-9)), {}),
        "upward": ((), float((up.sum(axis=0) > 0.0).mean()), {"long_name": "share of cells that end further up"}),
        "gathering": ((), under[-1], {"long_name": "ligand under the cells over the mean of the dish"}),
        "speed": ((), speed * 3600.0, {"units": "um/h"}),
        "persistence": ((), persistence / 60.0, {"units": "min"}),
        "gathering_course": ("times", np.array(under), {"long_name": "ligand under the cells over the mean"}),
    }
    table = recorder.table()
    data |= {f"track_{column}": ("points", table[column].to_numpy()) for column in table}
    attrs = {"assay": "haptotaxis", "site_um": culture.scale.site, "width_um": width, "ridges": conditions.ridges}
    return xr.Dataset(data, coords={"times": times}, attrs=attrs)


def gain(paths: NDArray[np.float64], width: float, ridges: int) -> NDArray[np.float64]:
    """How far every step goes up the slope on which its middle lies [um].   [times - 1, cells]"""
    x = paths[..., 0]
    return np.diff(x, axis=0) * ridge(0.5 * (x[1:] + x[:-1]), width, ridges)[1]


HAPTOTAXIS = Assay(
    name="haptotaxis",
    summary="Single cells on a coating that rises and falls.",
    conditions=HaptotaxisConditions,
    readouts={
        "gathering": "ligand under the cells over the mean of the dish",
        "forward_index": "distance up the slope over path",
        "drift": "speed up the slope, um/h",
        "cosine": "mean cosine of steps to the slope, by their length",
        "upward": "share of cells that end further up than they began",
        "speed": "speed, um/h",
        "persistence": "persistence time, min",
    },
    run=run,
)
