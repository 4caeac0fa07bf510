"""What the dishes say: means and ratios with their intervals. A replicate is a dish, never a cell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import xarray as xr

from lamella.assays.experiment import Comparison
from lamella.assays.t_interval import half_width, student
from lamella.shapes import ARMS, REPLICATES


@dataclass(frozen=True)
class Mean:
    """A mean over dishes with its t interval.

    mean, low, high   in the unit of the read-out; NaN where it cannot be told: one dish has no interval
    replicates        dishes with a value
    values            one per dish, in the order of the replicates; NaN where the dish gave none
    """

    mean: float
    low: float
    high: float
    replicates: int
    values: tuple[float, ...]


@dataclass(frozen=True)
class Effect:
    """One arm over another, as a ratio.

    effect, low, high   ratio and its interval; NaN where it cannot be told
    replicates          pairs of dishes that it rests on
    reason              why the interval is missing or comes from another method than usual; empty as a rule
    """

    effect: float
    low: float
    high: float
    replicates: int
    reason: str = ""


def mean(values: Sequence[float] | np.ndarray) -> Mean:
    """Mean over dishes and its t interval.

    values   [replicates]
    """
    every = np.asarray(values, dtype=float)
    finite = every[np.isfinite(every)]
    centre = float(finite.mean()) if finite.size else float("nan")
    half = half_width(finite)
    return Mean(centre, centre - half, centre + half, finite.size, tuple(every.tolist()))


def ratio(values: Sequence[float] | np.ndarray, against: Sequence[float] | np.ndarray) -> Effect:
    """`values` over `against`, paired by replicate, since arms share their seeds.

    Where all values are positive: the geometric mean of the ratios with the t
    interval of their logarithms. Otherwise the ratio of the means with Fieller's
    interval for paired values (Fieller 1954, JRSS B 16:175), and a reason.

    values, against   [replicates], the same replicates in the same order
    """
    a, b = np.asarray(values, dtype=float), np.asarray(against, dtype=float)
    both = np.isfinite(a) & np.isfinite(b)
    a, b = a[both], b[both]
    nan = float("nan")
    if a.size == 0:
        return Effect(nan, nan, nan, 0, "no dish has a finite value in both arms")
    if (a > 0).all() and (b > 0).all():
        logs = np.log(a / b)
        half = half_width(logs)
        centre = float(logs.mean())
        reason = "" if a.size > 1 else "one dish has no interval"
        return Effect(float(np.exp(centre)), float(np.exp(centre - half)), float(np.exp(centre + half)), a.size, reason)
    return _fieller(a, b)


def summary(datasets: Mapping[str, xr.Dataset], readouts: Mapping[str, Iterable[str]],
            arms: Iterable[str]) -> dict[str, dict[str, dict[str, object]]]:
    """Arm -> read-out -> mean, low, high, replicates, values, over all assays.

    datasets   assay -> Dataset whose read-outs have the dims arms and replicates
    readouts   assay -> names of its read-outs
    """
    return {arm: {label: asdict(mean(values.sel({ARMS: arm}).values))
                  for label, values in _scalars(datasets, readouts)} for arm in arms}


def compare(datasets: Mapping[str, xr.Dataset], readouts: Mapping[str, Iterable[str]],
            comparisons: Iterable[Comparison]) -> list[dict[str, object]]:
    """One row per comparison and read-out: arm, against, readout, effect, low, high, replicates, reason."""
    return [{"arm": entry.arm, "against": entry.against, "readout": label,
             **asdict(ratio(values.sel({ARMS: entry.arm}).values, values.sel({ARMS: entry.against}).values))}
            for entry in comparisons for label, values in _scalars(datasets, readouts)]


def _scalars(datasets: Mapping[str, xr.Dataset],
             readouts: Mapping[str, Iterable[str]]) -> Iterable[tuple[str, xr.DataArray]]:
    """Every read-out with its label: its name, with its assay's before it where an earlier assay has the same."""
    taken: set[str] = set()
    for assay, dataset in datasets.items():
        for name in readouts[assay]:
            label = f"{assay}.{name}" if name in taken else name
            taken.add(name)
            yield label, dataset[name].transpose(REPLICATES, ARMS)


def _fieller(a: np.ndarray, b: np.ndarray) -> Effect:
    """Ratio of the means of paired values of any sign."""
    nan, count = float("nan"), a.size
    top, bottom = float(a.mean()), float(b.mean())
    if bottom == 0:
        return Effect(nan, nan, nan, count, "the mean of the arm compared with is 0")
    centre, reason = top / bottom, "not all values are positive: ratio of the means, Fieller's interval"
    if count < 2:
        return Effect(centre, nan, nan, count, "one dish has no interval")
    (aa, ab), (_, bb) = np.cov(a, b) / count
    t2 = student(count - 1) ** 2
    # the interval is where (top - r*bottom)^2 <= t^2 * var(a - r*b), a quadratic in r
    quadratic, linear, constant = bottom**2 - t2 * bb, top * bottom - t2 * ab, top**2 - t2 * aa
    under_root = linear**2 - quadratic * constant
    if quadratic <= 0 or under_root < 0:
        return Effect(centre, nan, nan, count, "the mean of the arm compared with is not told from 0")
    root = float(np.sqrt(under_root))
    return Effect(centre, (linear - root) / quadratic, (linear + root) / quadratic, count, reason)
