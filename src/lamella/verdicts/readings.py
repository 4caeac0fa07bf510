"""What a dish gave, as the judge keeps it: packed for the disk, and single values of it."""

from __future__ import annotations

import numpy as np
import xarray as xr

from lamella.assays.protocol import Readings
from lamella.errors import InputError, nearest
from lamella.shapes import TIMES
from lamella.units import quantity as magnitude
from lamella.verdicts.courses import MEASURES

_NEAR = 0.01
"""A sample counts as taken at a time that it misses by less than this share of the time course."""


def readings(dish: xr.Dataset) -> Readings:
    """Scalars and time courses of a dish; pictures and tracks are not judged."""
    courses, scalars = {}, {}
    for name, variable in dish.variables.items():
        if name in dish.coords:
            continue
        if not variable.dims:
            scalars[str(name)] = float(variable.values)
        elif variable.dims == (TIMES,):
            courses[str(name)] = np.asarray(variable.values, dtype=float)
    times = np.asarray(dish[TIMES].values, dtype=float) if courses else np.zeros(0)
    return Readings(times, courses, scalars)


def packed(read: Readings) -> xr.Dataset:
    """Four arrays, which a disk takes faster than hundreds."""
    table = np.array([*read.courses.values()]).reshape(len(read.courses), len(read.times))
    return xr.Dataset(
        {"values": ("scalars", np.array([*read.scalars.values()], dtype=float)), "table": (("courses", TIMES), table)},
        coords={"scalars": [*read.scalars], "courses": [*read.courses], TIMES: read.times},
    )


def unpacked(kept: xr.Dataset) -> Readings:
    """The inverse of `packed`."""
    names = lambda key: map(str, kept[key].values)
    return Readings(kept[TIMES].values, dict(zip(names("courses"), kept["table"].values)),
                    dict(zip(names("scalars"), map(float, kept["values"].values))))


def value_of(read: Readings, assay: str, name: str, at: str | None) -> float:
    """One number of a dish.

    at       time of a time course; its end where not given
    raises   InputError: the assay reads no such quantity, or not at that time
    """
    if name in read.scalars:
        return read.scalars[name]
    if name not in read.courses:
        known = [*read.scalars, *read.courses]
        raise InputError(f"the assay '{assay}' reads no '{name}'", remedy=nearest(name, known))
    values = read.courses[name]
    if at is None:
        return float(values[-1])
    moment = magnitude(at, "s", where="at", minimum=0.0)
    nearest_point = int(np.argmin(np.abs(read.times - moment)))
    if abs(read.times[nearest_point] - moment) > _NEAR * read.times[-1]:
        raise InputError(f"'{assay}' takes no sample at {at}", where="at",
                         why=f"Its nearest is at {read.times[nearest_point] / 60:g} min.",
                         remedy="Set its duration and points with `conditions`.")
    return float(values[nearest_point])


def measure_of(read: Readings, assay: str, name: str, measure: str) -> float:
    """What is taken of the whole time course of a dish (s), or the rank correlation that it gave.

    raises   InputError: it has no such course, or no such correlation
    """
    if measure == "association":
        return value_of(read, assay, name, None)
    if name not in read.courses:
        raise InputError(f"the assay '{assay}' reads no time course of '{name}'", remedy=nearest(name, read.courses))
    return MEASURES[measure](read.times, read.courses[name])
