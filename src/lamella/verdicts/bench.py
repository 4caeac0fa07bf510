"""The bench of the judge: dishes of assays, each computed once, whoever asks for it.

Two findings that set the same arm against the same control share its dishes:
a dish is named by what is in it and not by the arm that holds it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import xarray as xr

from lamella.assays.protocol import Assay, Conditions, Setting
from lamella.assays.runner import basis
from lamella.errors import InputError, nearest
from lamella.networks import Perturbations, assemble
from lamella.provenance import value_hash
from lamella.shapes import TIMES
from lamella.store import Units
from lamella.units import quantity as magnitude

_NEAR = 0.01
"""A sample counts as taken at a time that it misses by less than this share of the time course."""

OnDish = Callable[[], None]
"""Called, in the thread of the caller, after every dish that was not there yet."""


@dataclass(frozen=True)
class Plate:
    """Dishes of one kind: everything but the number of the replicate.

    label   for error messages: the arm as the finding calls it; does not change a number
    """

    assay: str
    conditions: Conditions
    cell: str
    perturbations: Perturbations
    matrix: Mapping[str, str]
    medium: Mapping[str, str]
    without: tuple[str, ...] = ()
    label: str = field(default="", compare=False)

    def content(self) -> dict[str, object]:
        """All that a dish depends on but seed and replicate, as plain values."""
        return {"assay": self.assay, "conditions": self.conditions.model_dump(mode="json"), "cell": self.cell,
                "perturbations": self.perturbations.model_dump(mode="json"), "matrix": dict(self.matrix),
                "medium": dict(self.medium), "without": sorted(self.without)}


class Bench:
    """Runs dishes and keeps what was read.

    assays    by name
    seed      of all streams; arms share them
    threads   dishes computed at a time
    keep      folder that keeps finished dishes between runs; None keeps none
    """

    def __init__(self, assays: Mapping[str, Assay], *, seed: int = 1, threads: int = 1, keep: Path | None = None):
        self.assays = assays
        self.seed = seed
        self._threads = max(1, threads)
        self._units = Units(keep) if keep is not None else None
        self._read: dict[str, xr.Dataset] = {}

    def run(self, plates: Iterable[Plate], replicates: int, on_dish: OnDish | None = None) -> None:
        """Have `replicates` dishes of every plate.

        raises   LamellaError of the first dish that fails; those finished before stay
        """
        wanted = {self._key(plate, replicate): (plate, replicate)
                  for replicate in range(replicates) for plate in plates}
        missing = {key: dish for key, dish in wanted.items() if key not in self._read}
        with ThreadPoolExecutor(max_workers=self._threads, thread_name_prefix="dish") as pool:
            futures = {key: pool.submit(self._dish, key, *dish) for key, dish in missing.items()}
            try:
                for key, future in futures.items():
                    self._read[key] = future.result()
                    if on_dish:
                        on_dish()
            except BaseException:
                pool.shutdown(wait=True, cancel_futures=True)
                raise

    def values(self, plate: Plate, replicates: int, name: str, at: str | None) -> np.ndarray:
        """A quantity of the first dishes of a plate that `run` has computed.   [replicates]

        at       time of a time course; its end where not given
        raises   InputError: the assay reads no such quantity, or not at that time
        """
        dishes = [self._read[self._key(plate, replicate)] for replicate in range(replicates)]
        return np.array([_value(dish, plate.assay, name, at) for dish in dishes])

    def _key(self, plate: Plate, replicate: int) -> str:
        return value_hash({**plate.content(), "seed": self.seed, "replicate": replicate})

    def _dish(self, key: str, plate: Plate, replicate: int) -> xr.Dataset:
        kept_as = value_hash([basis(assemble(plate.cell).digest), key]) if self._units is not None else ""
        found = self._units.read(kept_as) if self._units is not None else None
        if found is not None:
            return found
        setting = Setting(cell=plate.cell, arm=plate.label or "arm", perturbations=plate.perturbations,
                          matrix=dict(plate.matrix), medium=dict(plate.medium), seed=self.seed, replicate=replicate,
                          without=plate.without)
        dish = _readings(self.assays[plate.assay].run(setting, plate.conditions, lambda share: None))
        if self._units is not None:
            self._units.write(kept_as, dish)
        return dish


def _value(dish: xr.Dataset, assay: str, name: str, at: str | None) -> float:
    """One number of one dish."""
    if name not in dish:
        raise InputError(f"the assay '{assay}' reads no '{name}'", remedy=nearest(name, map(str, dish.data_vars)))
    course = dish[name]
    if not course.dims:
        return float(course)
    times = course[TIMES].values
    if at is None:
        return float(course.values[-1])
    moment = magnitude(at, "s", where="at", minimum=0.0)
    nearest_point = int(np.argmin(np.abs(times - moment)))
    if abs(times[nearest_point] - moment) > _NEAR * times[-1]:
        raise InputError(f"'{assay}' takes no sample at {at}", where="at",
                         why=f"Its nearest is at {times[nearest_point] / 60:g} min.",
                         remedy="Set its duration and points with `conditions`.")
    return float(course.values[nearest_point])


def _readings(dish: xr.Dataset) -> xr.Dataset:
    """Scalars and time courses of a dish; pictures and tracks are not judged."""
    kept = [name for name, variable in dish.data_vars.items() if set(variable.dims) <= {TIMES}]
    return dish[kept].load()
