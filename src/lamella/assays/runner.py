"""All dishes of an experiment on a few threads, each computed once."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace

import pandas as pd
import xarray as xr

from lamella.assays.experiment import Experiment
from lamella.assays.gather import gathered, thinned, tracks
from lamella.assays.protocol import Assay
from lamella.errors import LamellaError
from lamella.networks import line_hash
from lamella.provenance import machine, numbers_hash, value_hash, versions
from lamella.store import Units


@dataclass(frozen=True)
class Unit:
    """One dish of one arm in one assay: what is computed, kept and resumed as a whole."""

    assay: str
    arm: str
    replicate: int

    def __str__(self) -> str:
        return f"assay '{self.assay}', arm '{self.arm}', dish {self.replicate + 1}"


@dataclass(frozen=True)
class Results:
    """What all dishes gave.

    datasets   assay -> Dataset with the dims replicates and arms first
    tracks     assay -> table of tracks, for the assays that have them
    computed   dishes computed now
    kept       dishes that an earlier, interrupted run had finished
    """

    datasets: dict[str, xr.Dataset]
    tracks: dict[str, pd.DataFrame]
    computed: int
    kept: int


OnUnit = Callable[[Unit, xr.Dataset], None]
OnProgress = Callable[[Unit, float], None]


class _Stopped(Exception):
    """Raised inside a dish that nobody waits for any more."""


def units(experiment: Experiment) -> list[Unit]:
    """Every dish, in the order of computing: the first dish of every arm comes first, so that one can look early."""
    return [Unit(assay, arm, replicate) for replicate in range(experiment.replicates)
            for assay in experiment.assays for arm in experiment.arms]


def basis(network_hash: str) -> str:
    """Hash of all that a dish depends on besides the experiment: network, program text, versions, processor."""
    return value_hash([network_hash, numbers_hash(), versions(), machine()])


def unit_key(unit: Unit, experiment: Experiment, on: str) -> str:
    """The name under which a dish is kept. More replicates, other arms or a new title do not change it."""
    return value_hash({
        "basis": on, "assay": unit.assay,
        "conditions": experiment.conditions_of(unit.assay, unit.arm).model_dump(mode="json"),
        "arm": unit.arm, "perturbations": experiment.arms[unit.arm].model_dump(mode="json"),
        "levels": [line_hash(other) for other in experiment.arms[unit.arm].level_of.values()],
        "replicate": unit.replicate, "cell": experiment.line(unit.arm), "seed": experiment.seed,
        "matrix": dict(experiment.matrix), "medium": dict(experiment.medium),
        "without": sorted(experiment.without), "front_equals_rear": experiment.front_equals_rear})


def default_threads() -> int:
    """As many threads as this process may use processors."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_units(experiment: Experiment, assays: Mapping[str, Assay], *, threads: int = 1, keep: Units | None = None,
              on: str = "", on_unit: OnUnit | None = None, on_progress: OnProgress | None = None) -> Results:
    """Compute every dish and lay them side by side.

    The result does not depend on `threads`, nor on which dish ends first: a dish
    is a function of its setting, and dishes are laid out by name.

    threads      dishes computed at a time; the kernels release the interpreter lock. Where there are fewer dishes, each
                 may use several
    keep         where finished dishes are kept and looked for; None keeps none
    on           `basis` of the run, part of the name under which a dish is kept
    on_unit      called in this thread with every finished dish, kept ones included
    on_progress  called from the dish's thread with its finished share, 0..1
    raises       LamellaError of the first dish that fails, with the dish in `where`; KeyboardInterrupt
                 after the running dishes have been told to stop. Finished dishes stay kept.
    """
    done: dict[Unit, xr.Dataset] = {}
    stop = threading.Event()
    kept = 0

    def compute(unit: Unit) -> xr.Dataset:
        def progress(share: float) -> None:
            if stop.is_set():
                raise _Stopped
            if on_progress is not None:
                on_progress(unit, share)

        progress(0.0)
        setting = replace(experiment.setting(unit.arm, unit.replicate), threads=each)
        whole = assays[unit.assay].run(setting, experiment.conditions_of(unit.assay, unit.arm), progress).load()
        dataset = thinned(whole, unit.replicate)
        if keep is not None:
            keep.write(unit_key(unit, experiment, on), dataset)
        progress(1.0)
        return dataset

    def finish(unit: Unit, dataset: xr.Dataset) -> None:
        done[unit] = dataset
        if on_unit is not None:
            on_unit(unit, dataset)

    pending: list[Unit] = []
    for unit in units(experiment):
        found = keep.read(unit_key(unit, experiment, on)) if keep is not None else None
        if found is None:
            pending.append(unit)
        else:
            kept += 1
            finish(unit, found)
    each = max(1, threads // max(1, len(pending)))
    with ThreadPoolExecutor(max_workers=max(1, threads), thread_name_prefix="dish") as pool:
        try:
            _drain({pool.submit(compute, unit): unit for unit in pending}, finish)
        except BaseException:
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    datasets, tables = _laid_out(experiment, done)
    return Results(datasets, tables, computed=len(pending), kept=kept)


def _drain(futures: dict[Future, Unit], finish: Callable[[Unit, xr.Dataset], None]) -> None:
    """Hand over every dish as it is finished; raise the error of the first that fails."""
    waiting = set(futures)
    while waiting:
        ready, waiting = wait(waiting, return_when=FIRST_COMPLETED)
        for future in sorted(ready, key=lambda one: list(futures).index(one)):
            unit = futures[future]
            try:
                dataset = future.result()
            except LamellaError as error:
                at = f"{unit}: {error.where}" if error.where else str(unit)
                raise type(error)(error.what, where=at, why=error.why, remedy=error.remedy) from error
            finish(unit, dataset)


def _laid_out(experiment: Experiment,
              done: Mapping[Unit, xr.Dataset]) -> tuple[dict[str, xr.Dataset], dict[str, pd.DataFrame]]:
    datasets, tables = {}, {}
    arms = list(experiment.arms)
    for assay in experiment.assays:
        runs = {(unit.arm, unit.replicate): dataset for unit, dataset in done.items() if unit.assay == assay}
        datasets[assay] = gathered(runs, arms, experiment.replicates)
        table = tracks(runs, arms, experiment.replicates)
        if table is not None:
            tables[assay] = table
    return datasets, tables
