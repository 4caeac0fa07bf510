"""Scatter: islands of packed cells come apart.

A cell counts as scattered when it touches no other. Spread is the root mean square distance of the cells of an island
from their common centre, over that at time 0. Nearest is the mean distance from a cell to the nearest other one.

Cells hold to each other by the E-cadherin that they can put into junctions (`lamella.culture.junctions`); where a line
has next to none, nothing but crowding keeps an island together, and what is read is how fast cells leave.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from pydantic import Field
from scipy.spatial import KDTree

from lamella.assays.clock import frame_times
from lamella.assays.film import Film
from lamella.assays.half_time import half_time
from lamella.assays.preparation import lengths_of, numbers, plated, sites_per_cell
from lamella.assays.protocol import Assay, PicturedConditions, Progress, Setting
from lamella.assays.quantities import written_in
from lamella.assays.tracking import Recorder
from lamella.culture import islands, neighbours
from lamella.units import quantity

_TITLES = {
    "scattered": ("", "share of cells that touch no other"),
    "neighbours": ("", "neighbours of a cell"),
    "nearest": ("um", "distance to the nearest cell"),
    "spread": ("", "spread of an island over that at time 0"),
}


class ScatterConditions(PicturedConditions):
    """Keys under [assays.scatter].

    islands, each   islands, cells in each
    room            distance between the centres of islands, over their diameter
    """

    duration: Annotated[str, written_in("s", above=0.0)] = "16 h"
    settle: Annotated[str, written_in("s", minimum=0.0)] = "0 h"
    frame: Annotated[str, written_in("s", above=0.0)] = "20 min"
    islands: Annotated[int, Field(ge=1, le=200)] = 4
    each: Annotated[int, Field(ge=4, le=500)] = 12
    room: Annotated[float, Field(ge=1.2, le=10.0)] = 2.5
    pictures: Annotated[int, Field(ge=2, le=50)] = 4


def run(setting: Setting, conditions: ScatterConditions, progress: Progress) -> xr.Dataset:
    """One dish of one arm."""
    duration, frame, settle = (quantity(t, "s") for t in (conditions.duration, conditions.frame, conditions.settle))
    exchange = numbers(setting)
    lengths = lengths_of(setting, exchange)
    layout = islands(conditions.islands, conditions.each, sites_per_cell(setting, lengths), conditions.room,
                     setting.seed, setting.replicate)  # fmt: skip
    culture = plated(setting, conditions.islands * conditions.each, layout, exchange, lengths)
    culture.seconds = -settle
    if settle > 0.0:
        culture.advance(settle)
    culture.seconds = 0.0
    times = frame_times(duration, frame)
    film = Film(setting, times, conditions.pictures, conditions.colour)
    box = np.array(culture.dish.shape) * lengths.site
    recorder, rows, first = Recorder(), [], 1.0
    for i, time in enumerate(times):
        if time > culture.seconds:
            culture.advance(time - culture.seconds)
        recorder.take(culture)
        where = recorder.paths()[-1]
        touch = neighbours(culture)
        spread = island_spread(where, conditions.each)
        first = spread if i == 0 else first
        rows.append([float((touch == 0).mean()), float(touch.mean()), nearest_distance(where, box), spread / first])
        film.take(i, culture)
        progress((i + 1) / len(times))
    table, course = recorder.table(), np.array(rows)
    data: dict[str, Any] = {}
    for column, (name, (unit, title)) in enumerate(_TITLES.items()):
        data[name] = ((), float(course[-1, column]), {"units": unit, "long_name": title})
        data[f"{name}_course"] = ("times", course[:, column], {"units": unit, "long_name": title})
    data["half_time"] = ((), half_time(times, course[:, 0]) / 3600.0, {"units": "h"})
    return film.dataset(data, {"assay": "scatter", "site_um": lengths.site}, table)


def island_spread(where: NDArray[np.float64], each: int) -> float:
    """Root mean square distance of cells from the centre of their island [um].   where [cells, 2], unwrapped"""
    groups = where.reshape(-1, each, 2)
    away = groups - groups.mean(axis=1, keepdims=True)
    return float(np.sqrt((away**2).sum(axis=-1).mean()))


def nearest_distance(where: NDArray[np.float64], box: NDArray[np.float64]) -> float:
    """Mean distance from a cell to the nearest other one in a closed dish [um].   where [cells, 2]; box [2]"""
    tree = KDTree(where % box, boxsize=box)
    return float(tree.query(where % box, k=2)[0][:, 1].mean())


SCATTER = Assay(
    name="scatter",
    summary="Islands of cells come apart.",
    conditions=ScatterConditions,
    readouts={
        "spread": "spread of an island over that at time 0",
        "scattered": "share of cells that touch no other",
        "neighbours": "neighbours of a cell",
        "nearest": "distance to the nearest cell, um",
        "half_time": "time at which half of the cells are scattered, h",
    },
    run=run,
    pictures=True,
)
