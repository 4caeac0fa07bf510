"""Scratch assay: a confluent sheet closes a gap.

Closure is the closed share of the wound area; the front advances by closed area over the length of both fronts, or, in
a round wound, by as much as the radius of a disc of the open area falls.
Elongation is measured along each cell's own axis, over cells at the free edge, in the second half of the assay.
"""

from __future__ import annotations

from math import pi
from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray
from pydantic import Field

from lamella.assays.clock import frame_times
from lamella.assays.closing import watched
from lamella.assays.film import Film
from lamella.assays.preparation import lengths_of, numbers, plated, sites_per_cell
from lamella.assays.protocol import Assay, PicturedConditions, Progress, Setting
from lamella.assays.quantities import written_in
from lamella.assays.tracking import Recorder, mean_edge_aspect
from lamella.assays.walks import steps_of
from lamella.culture import Layout, disc, pooled, sheet_round, sheet_with_gap
from lamella.errors import InputError
from lamella.units import quantity

BLOTS = {"rac1_total": "RAC1_total", "rac1_gtp": "RAC1_gtp", "erk_p": "MAPK1_p", "raf1_total": "RAF1_total"}


class ScratchConditions(PicturedConditions):
    """Keys under [assays.scratch].

    wound         width of a band, or diameter of a circle
    wound_shape   a band across the sheet from edge to edge, or a circle in its middle
    edge          length of each side of a band; of the dish across a circle
    life          whether cells divide and die when their networks say so
    """

    duration: Annotated[str, written_in("s", above=0.0)] = "24 h"
    cells: Annotated[int, Field(ge=40, le=20000)] = 208
    wound: Annotated[str, written_in("um", above=0.0)] = "600 um"
    wound_shape: Literal["band", "circle"] = "band"
    edge: Annotated[str, written_in("um", above=0.0)] = "640 um"
    frame: Annotated[str, written_in("s", above=0.0)] = "30 min"
    life: bool = False
    pictures: Annotated[int, Field(ge=2, le=50)] = 5
    finer_step: Annotated[int, Field(ge=1, le=8)] = 1
    network_interval: Annotated[str, written_in("s", above=0.0)] | None = None


def run(setting: Setting, conditions: ScratchConditions, progress: Progress) -> xr.Dataset:
    """One dish of one arm."""
    duration = quantity(conditions.duration, "s")
    frame = quantity(conditions.frame, "s")
    exchange = numbers(setting)
    lengths = lengths_of(setting, exchange, finer_step=conditions.finer_step)
    interval = None if conditions.network_interval is None else quantity(conditions.network_interval, "s")
    layout = wounded_sheet(setting, conditions, sites_per_cell(setting, lengths), lengths.site)
    wound = layout.wound if layout.opening is None else layout.opening
    culture = plated(setting, conditions.cells, layout, exchange, lengths, interval, life=conditions.life)
    times = frame_times(duration, frame)
    film = Film(setting, times, conditions.pictures, conditions.colour)
    seen = watched(culture, wound, times, film, progress)
    table, area = seen.recorder.table(), seen.area
    if layout.opening is None:
        advance = (area[0] - area[-1]) / (2.0 * layout.labels.shape[1] * lengths.site)
    else:
        advance = (area[0] / pi) ** 0.5 - (area[-1] / pi) ** 0.5
    after = duration / 2
    data: dict[str, Any] = {
        "wound_area": ("times", area, {"units": "um^2"}),
        "closure": ((), seen.closed[-1], {"long_name": "closed share of the wound"}),
        "closure_course": ("times", seen.closed, {"long_name": "closed share of the wound"}),
        "front_advance": ((), advance, {"units": "um"}),
        "elongation": ((), mean_edge_aspect(table, after), {"long_name": "aspect along the axis at the free edge"}),
        "edge_speed": ((), _edge_speed(seen.recorder, table, times, after), {"units": "um/h"}),
    }
    lysate = pooled(culture, tuple(BLOTS.values()))
    data |= {name: ((), float(lysate[state]), {"units": "molecules"}) for name, state in BLOTS.items()}
    data |= seen.census.courses() if conditions.life else {}
    attrs: dict[str, Any] = {"assay": "scratch", "site_um": lengths.site}
    if layout.opening is None:
        attrs["wound_sites"] = list(layout.wound)
    return film.dataset(data, attrs, table)


def wounded_sheet(setting: Setting, conditions: ScratchConditions, each: float, site: float) -> Layout:
    """The sheet with its wound.

    each     sites of a spread cell
    site     um
    raises   InputError: fewer than two cells on some side of the wound
    """
    across, wound = (round(quantity(text, "um") / site) for text in (conditions.edge, conditions.wound))
    if conditions.wound_shape == "band":
        return sheet_with_gap(conditions.cells, each, across, wound, setting.seed, setting.replicate)
    width = round((conditions.cells * each + pi * (wound / 2) ** 2) / across)
    if min(width, across) - wound < 4.0 * each**0.5:
        raise InputError(f"the sheet is too thin: {width} by {across} sites round a wound of {wound}", where="layout",
                         why="it needs two cells on each side of the wound",
                         remedy="Ask for more cells, a longer edge or a smaller wound.")  # fmt: skip
    return sheet_round(conditions.cells, (width, across), disc((width, across), wound), setting.seed, setting.replicate)


def _edge_speed(recorder: Recorder, table: pd.DataFrame, times: NDArray[np.float64], after: float) -> float:
    """Path over time of cells at the free edge, from steps that end `after` [s] or later [um/h]."""
    steps = steps_of(recorder.paths())
    edge = table.pivot(index="time_s", columns="cell", values="edge").eq(True).to_numpy()[1:]
    late = (times[1:] >= after)[:, None] & edge & np.isfinite(steps)
    spans = np.broadcast_to(np.diff(times)[:, None], steps.shape)
    return float(steps[late].mean() / spans[late].mean() * 3600.0) if late.any() else float("nan")


SCRATCH = Assay(
    name="scratch",
    summary="A confluent sheet closes a gap.",
    conditions=ScratchConditions,
    readouts={
        "closure": "closed share of the wound",
        "front_advance": "advance of each front, um",
        "elongation": "aspect along the axis of cells at the free edge",
        "edge_speed": "speed at the free edge, um/h",
        "rac1_total": "Rac1, molecules per cell",
        "rac1_gtp": "Rac1-GTP, molecules per cell",
        "erk_p": "phosphorylated Erk, molecules per cell",
        "raf1_total": "C-RAF, molecules per cell",
    },
    run=run,
    pictures=True,
)
