"""Random migration of single cells on a coated dish: speed, persistence, mean squared displacement, directionality.

Speed and persistence are those of a persistent random walk fitted to the mean squared displacement (Fürth 1920:
MSD(t) = 2 S^2 P (t - P (1 - exp(-t/P))), plus a constant for localisation noise), at lags up to a third of the track.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from pydantic import Field
from scipy.optimize import least_squares

from lamella.assays.protocol import Assay, Conditions, Progress, Setting
from lamella.assays.quantities import written_in
from lamella.assays.sparse import watch
from lamella.units import quantity


class MigrationConditions(Conditions):
    """Keys under [assays.migration]."""

    duration: Annotated[str, written_in("s", above=0.0)] = "12 h"
    settle: Annotated[str, written_in("s", minimum=0.0)] = "4 h"
    frame: Annotated[str, written_in("s", above=0.0)] = "10 min"
    cells: Annotated[int, Field(ge=4, le=5000)] = 36
    finer_step: Annotated[int, Field(ge=1, le=8)] = 1
    network_interval: Annotated[str, written_in("s", above=0.0)] | None = None


def mean_squared_displacement(paths: NDArray[np.float64], lags: int) -> NDArray[np.float64]:
    """Over cells and overlapping windows [um^2].   paths [times, cells, 2]; returns [lags], lag 1 first"""
    return np.array([((paths[k:] - paths[:-k]) ** 2).sum(-1).mean() for k in range(1, lags + 1)])


def fuerth_fit(msd: NDArray[np.float64], frame: float) -> tuple[float, float]:
    """Speed [um/s] and persistence [s] of the persistent random walk that fits `msd` at lags of `frame` s.

    Persistence below half a frame cannot be told from none, and speed is at most three times the mean step per frame.
    """
    time = frame * np.arange(1, msd.size + 1)

    def residual(q: NDArray[np.float64]) -> NDArray[np.float64]:
        speed, persistence = np.exp(q[0]), np.exp(q[1])
        walk = 2.0 * speed**2 * persistence * (time - persistence * -np.expm1(-time / persistence))
        return np.log(walk + np.exp(q[2])) - np.log(msd)

    step = max(float(np.sqrt(msd[0])), 1e-9) / frame
    low = (np.log(1e-3 * step), np.log(0.5 * frame), np.log(1e-6 * msd[0] + 1e-18))
    high = (np.log(3.0 * step), np.log(100.0 * time[-1]), np.log(msd[0] + 1e-12))
    fits = [
        least_squares(residual, (np.log(step), np.log(start), np.log(msd[0] / 10.0 + 1e-15)), bounds=(low, high))
        for start in (frame, 10.0 * frame, 100.0 * frame)
    ]
    best = min(fits, key=lambda fit: fit.cost)
    return float(np.exp(best.x[0])), float(np.exp(best.x[1]))


def run(setting: Setting, conditions: MigrationConditions, progress: Progress) -> xr.Dataset:
    """One dish of one arm."""
    duration = quantity(conditions.duration, "s")
    settle = quantity(conditions.settle, "s")
    frame = quantity(conditions.frame, "s")
    interval = None if conditions.network_interval is None else quantity(conditions.network_interval, "s")
    weights: list[float] = []
    culture, recorder = watch(
        setting,
        conditions.cells,
        settle,
        duration,
        frame,
        progress,
        finer_step=conditions.finer_step,
        network_interval=interval,
        each=lambda c: weights.append(float(c.reading.mean_weight[1:].mean())),
    )
    paths, table = recorder.paths(), recorder.table()
    steps = np.hypot(*np.moveaxis(np.diff(paths, axis=0), -1, 0))
    net = np.hypot(*(paths[-1] - paths[0]).T)
    msd = mean_squared_displacement(paths, max(3, (len(paths) - 1) // 3))
    speed, persistence = fuerth_fit(msd, frame)
    lags = frame * np.arange(1, msd.size + 1)
    data: dict[str, Any] = {
        "speed": ((), speed * 3600.0, {"units": "um/h"}),
        "persistence": ((), persistence / 60.0, {"units": "min"}),
        "msd_exponent": ((), float(np.polyfit(np.log(lags), np.log(msd), 1)[0]), {}),
        "directionality": ((), float((net / np.maximum(steps.sum(axis=0), 1e-9)).mean()), {}),
        "net_speed": ((), float(net.mean() / duration * 3600.0), {"units": "um/h"}),
        "elongation": ((), float(np.asarray(table["aspect"], float).mean()), {}),
        "mean_weight": ((), float(np.mean(weights)), {"long_name": "mean weight of protrusion over the rim"}),
        "msd": ("lags", msd, {"units": "um^2"}),
    }
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
        "directionality": "net distance over path",
        "net_speed": "net distance over time, um/h",
        "elongation": "aspect along the axis",
        "mean_weight": "mean weight of protrusion over the rim",
    },
    run=run,
)
