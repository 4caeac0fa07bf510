"""Random migration of single cells on a coated dish: speed, persistence, mean squared displacement, directionality.

Conventions: `lamella.assays.walks`. Lags go up to a third of the track. What carries the coating may yield, or have
fibres that run one way: `lamella.assays.footing`.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import xarray as xr
from pydantic import Field

from lamella.assays.clock import evenly_apart
from lamella.assays.footing import FootedConditions, footing
from lamella.assays.preparation import lengths_of, numbers
from lamella.assays.protocol import Assay, Progress, Setting
from lamella.assays.quantities import written_in
from lamella.assays.sparse import watch
from lamella.assays.walks import (
    direction_autocorrelation,
    fuerth_fit,
    lie_along,
    over_lags,
    straightness_over_time,
    track_measures,
)
from lamella.culture import Habitat
from lamella.networks import Treatment
from lamella.units import quantity


class MigrationConditions(FootedConditions):
    """Keys under [assays.migration].

    trail   keep where cells leave integrins on the matrix
    """

    unset = (*FootedConditions.unset, "trail")
    least_frames = 3
    duration: Annotated[str, written_in("s", above=0.0)] = "12 h"
    settle: Annotated[str, written_in("s", minimum=0.0)] = "4 h"
    frame: Annotated[str, written_in("s", above=0.0)] = "10 min"
    cells: Annotated[int, Field(ge=4, le=5000)] = 36
    finer_step: Annotated[int, Field(ge=1, le=8)] = 1
    network_interval: Annotated[str, written_in("s", above=0.0)] | None = None
    trail: bool | None = None


def run(setting: Setting, conditions: MigrationConditions, progress: Progress) -> xr.Dataset:
    """One dish of one arm."""
    duration = quantity(conditions.duration, "s")
    settle = quantity(conditions.settle, "s")
    frame = quantity(conditions.frame, "s")
    interval = None if conditions.network_interval is None else quantity(conditions.network_interval, "s")
    weights: list[float] = []
    site = lengths_of(setting, numbers(setting), finer_step=conditions.finer_step).site

    def ground(treatment: Treatment, shape: tuple[int, ...]) -> Habitat:
        return footing(conditions, treatment, shape, site)

    culture, recorder, times = watch(
        setting,
        conditions.cells,
        settle,
        duration,
        frame,
        progress,
        finer_step=conditions.finer_step,
        network_interval=interval,
        each=lambda c: weights.append(float(c.reading.mean_weight[1:].mean())),
        habitat=ground if conditions.yields else None,
        trail=bool(conditions.trail),
    )
    paths, table = recorder.paths(), recorder.table()
    each = track_measures(paths, times)
    mean = {name: float(np.nanmean(values)) if np.isfinite(values).any() else np.nan for name, values in each.items()}
    msd = over_lags(paths, times)
    speed, persistence = fuerth_fit(msd, frame)
    lags = frame * np.arange(1, msd.size + 1)
    data: dict[str, Any] = {
        "speed": ((), speed * 3600.0, {"units": "um/h"}),
        "persistence": ((), persistence / 60.0, {"units": "min"}),
        "msd_exponent": ((), float(np.polyfit(np.log(lags), np.log(msd), 1)[0]), {}),
        "directionality": ((), mean["straightness"], {}),
        "net_speed": ((), mean["displacement"] / duration * 3600.0, {"units": "um/h"}),
        "track_speed": ((), mean["track_speed"] * 3600.0, {"units": "um/h"}),
        "outreach_ratio": ((), mean["outreach_ratio"], {}),
        "turning_angle": ((), np.degrees(mean["turning_angle"]), {"units": "degrees"}),
        "asphericity": ((), mean["asphericity"], {}),
        "elongation": ((), float(np.asarray(table["aspect"], float).mean()), {}),
        "mean_weight": ((), float(np.mean(weights)), {"long_name": "mean weight of protrusion over the rim"}),
        "guidance": ((), float(np.nanmean(lie_along(paths, conditions.direction))), {}),
        "msd": ("lags", msd, {"units": "um^2"}),
        "directionality_over_time": ("lags", straightness_over_time(paths, msd.size), {}),
        "direction_autocorrelation": ("lags", direction_autocorrelation(paths[: evenly_apart(times)], msd.size), {}),
    }
    if conditions.yields:
        firm = float(culture.told()["firm"].mean())
        data["firm"] = ((), firm, {"long_name": "how far what is under the cells bears a load"})
    if culture.trail is not None:
        data["left_behind"] = (("x", "y"), culture.trail.density.copy(),
                               {"units": "molecules/um^2", "long_name": "integrins left on the matrix"})  # fmt: skip
    data |= {f"track_{column}": ("points", table[column].to_numpy()) for column in table}
    return xr.Dataset(data, coords={"lags": lags}, attrs={"assay": "migration", "site_um": culture.scale.site})


MIGRATION = Assay(
    name="migration",
    summary="Random migration of single cells.",
    conditions=MigrationConditions,
    readouts={
        "speed": "speed, um/h",
        "persistence": "persistence time, min",
        "msd_exponent": "slope of log MSD",
        "directionality": "net distance over path (straightness)",
        "net_speed": "net distance over time, um/h",
        "track_speed": "path over time, um/h",
        "outreach_ratio": "largest distance from the start over path",
        "turning_angle": "mean angle between successive steps, degrees",
        "asphericity": "how far the places of a track lie along a line",
        "elongation": "aspect along the axis",
        "guidance": "mean of cos 2 theta of the way of a cell about the fibres; about the x axis without them",
        "mean_weight": "mean weight of protrusion over the rim",
    },
    run=run,
)
