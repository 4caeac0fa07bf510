"""The bench of the judge: dishes of assays, each computed once, whoever asks for it.

Two findings that set the same arm against the same control share its dishes:
a dish is named by what is in it and not by the arm that holds it.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import Event

import numpy as np
import xarray as xr

from lamella.assays.protocol import Assay, Conditions, Setting
from lamella.assays.runner import basis
from lamella.errors import InputError, LamellaError, nearest
from lamella.networks import Perturbations, assemble
from lamella.provenance import value_hash
from lamella.shapes import TIMES
from lamella.store import Units
from lamella.units import quantity as magnitude
from lamella.verdicts.courses import MEASURES

_NEAR = 0.01
"""A sample counts as taken at a time that it misses by less than this share of the time course."""

OnDish = Callable[["Plate", float], None]
"""Called, in the thread of the caller, after every dish that was computed, with the seconds that it took."""


@dataclass(frozen=True)
class Plate:
    """Dishes of one kind: everything but the number of the replicate.

    scaled   parameter or constant of the exchange -> factor on its value
    label    for error messages: the arm as the finding calls it; does not change a number
    """

    assay: str
    conditions: Conditions
    cell: str
    perturbations: Perturbations
    matrix: Mapping[str, str]
    medium: Mapping[str, str]
    without: tuple[str, ...] = ()
    scaled: Mapping[str, float] = field(default_factory=dict)
    label: str = field(default="", compare=False)

    def content(self) -> dict[str, object]:
        """All that a dish depends on but seed and replicate, as plain values."""
        return {"assay": self.assay, "conditions": self.conditions.model_dump(mode="json"), "cell": self.cell,
                "perturbations": self.perturbations.model_dump(mode="json"), "matrix": dict(self.matrix),
                "medium": dict(self.medium), "without": sorted(self.without), "scaled": dict(self.scaled)}

    @cached_property
    def key(self) -> str:
        """Hash of the content: plates with the same key hold the same dishes."""
        return value_hash(self.content())


class _Stopped(Exception):
    """Raised inside a dish that nobody waits for any more."""


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
        self.threads = max(1, threads)
        self._units = Units(keep) if keep is not None else None
        self._read: dict[str, xr.Dataset] = {}
        self._failed: dict[str, LamellaError] = {}
        self._on_disk: dict[str, bool] = {}
        self._stop = Event()

    def run(self, plates: Iterable[Plate], replicates: int, on_dish: OnDish | None = None,
            until: Callable[[], bool] = lambda: False) -> bool:
        """Have `replicates` dishes of every plate.

        A dish that cannot be advanced raises where its values are asked for, and stops no other dish.

        until    says that time is up: dishes at work are finished, no other is begun
        returns  whether all dishes are there
        """
        wanted = {self._key(plate, replicate): (plate, replicate)
                  for replicate in range(replicates) for plate in plates}
        missing = {key: dish for key, dish in wanted.items() if not self._known(key)}
        self._stop.clear()
        with ThreadPoolExecutor(max_workers=self.threads, thread_name_prefix="dish") as pool:
            futures = {pool.submit(self._timed, *dish, until): key for key, dish in missing.items()}
            try:
                for future in as_completed(futures):
                    found, seconds = future.result()
                    if found is None:
                        continue
                    held = self._failed if isinstance(found, LamellaError) else self._read
                    held[futures[future]] = found  # type: ignore[assignment]
                    if on_dish and seconds > 0.0:
                        on_dish(missing[futures[future]][0], seconds)
            except BaseException:
                self._stop.set()
                pool.shutdown(wait=True, cancel_futures=True)
                raise
        return all(self._known(key) for key in wanted)

    def missing(self, plates: Iterable[Plate], replicates: int) -> Counter[str]:
        """How many dishes of each assay `run` would have to compute."""
        keys = {self._key(plate, replicate): plate for replicate in range(replicates) for plate in plates}
        return Counter(plate.assay for key, plate in keys.items()
                       if not self._known(key) and not self._kept(key, plate))

    def values(self, plate: Plate, replicates: int, name: str, at: str | None, measure: str = "level") -> np.ndarray:
        """A quantity of the first dishes of a plate that `run` has computed.   [replicates]

        at       time of a time course; its end where not given
        measure  'level', or what is taken of the whole course (see `courses.MEASURES`; s)
        raises   InputError: the assay reads no such quantity, or not at that time; LamellaError: a dish that could
                 not be advanced
        """
        keys = [self._key(plate, replicate) for replicate in range(replicates)]
        for key in keys:
            if key in self._failed:
                raise self._failed[key]
        if measure != "level":
            return np.array([_of_course(self._read[key], plate.assay, name, measure) for key in keys])
        return np.array([_value(self._read[key], plate.assay, name, at) for key in keys])

    def _known(self, key: str) -> bool:
        return key in self._read or key in self._failed

    def _key(self, plate: Plate, replicate: int) -> str:
        return f"{plate.key}/{self.seed}/{replicate}"

    def _kept_as(self, key: str, plate: Plate) -> str:
        return value_hash([basis(assemble(plate.cell).digest), key])

    def _kept(self, key: str, plate: Plate) -> bool:
        if self._units is None:
            return False
        if key not in self._on_disk:
            self._on_disk[key] = self._kept_as(key, plate) in self._units
        return self._on_disk[key]

    def _timed(self, plate: Plate, replicate: int,
               until: Callable[[], bool]) -> tuple[xr.Dataset | LamellaError | None, float]:
        """A dish, or why there is none, and how long it took: 0 where it was kept from before."""
        key = self._key(plate, replicate)
        found = self._units.read(self._kept_as(key, plate)) if self._units is not None else None
        if found is not None:
            return found, 0.0
        if until() or self._stop.is_set():
            return None, 0.0
        began = time.perf_counter()
        try:
            return self._dish(key, plate, replicate), time.perf_counter() - began
        except LamellaError as error:
            return error, time.perf_counter() - began

    def _dish(self, key: str, plate: Plate, replicate: int) -> xr.Dataset:
        def progress(share: float) -> None:
            if self._stop.is_set():
                raise _Stopped

        setting = Setting(cell=plate.cell, arm=plate.label or "arm", perturbations=plate.perturbations,
                          matrix=dict(plate.matrix), medium=dict(plate.medium), seed=self.seed, replicate=replicate,
                          without=plate.without, scaled=plate.scaled)
        dish = _readings(self.assays[plate.assay].run(setting, plate.conditions, progress))
        if self._units is not None:
            self._units.write(self._kept_as(key, plate), dish)
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


def _of_course(dish: xr.Dataset, assay: str, name: str, measure: str) -> float:
    """What is taken of the time course of one dish (s)."""
    if name not in dish or not dish[name].dims:
        raise InputError(f"the assay '{assay}' reads no time course of '{name}'",
                         remedy=nearest(name, (str(key) for key, course in dish.data_vars.items() if course.dims)))
    course = dish[name]
    return MEASURES[measure](course[TIMES].values, course.values)


def _readings(dish: xr.Dataset) -> xr.Dataset:
    """Scalars and time courses of a dish; pictures and tracks are not judged."""
    kept = [name for name, variable in dish.data_vars.items() if set(variable.dims) <= {TIMES}]
    return dish[kept].load()
