"""What the judge can see in every assay: null effects must fail, and the smallest effect that it claims must hold.

    python -m verification.power [--json] [--only ASSAY ...] [--dishes 24] [--trials 100] [--threads N] [--keep DIR]
                                 [--store FILE]

Dishes of a control are paired with dishes of an arm that changes nothing but the ten-thousandth part of one protein:
enough to send a dish another way, too little to be an effect. Their paired log ratios are the noise of the assay. A
trial draws as many pairs as a check spends, none twice, with either sign (the arms are exchangeable), and looks at them
as a check does; with the smallest effect added to every pair, the same trial must hold. What that effect is, is told.

Dishes cost minutes, so that they are computed once, as a bank of pairs, and all trials draw from it. What this cannot
see: trials share pairs (of 24, any two trials of 12 share six on the average), so that a bank whose spread is off by
chance makes all its trials err alike. The spread of a bank of 24 is known to 14 %, and its interval is told beside it.
One cell line on one coating stands for an assay: HeLa, or the line that it is of.

Of a cohort, rank correlations are tried: its null is a marker that was read of other patients (the same levels dealt
out anew), and its smallest effect is a correlation, told as odds as the judge does (`lamella.verdicts.rank_odds`).

A quantity that is nought in a dish, or has no value there, is not measured: log ratios to it say nothing. Each is told
with its reason, and an assay of which nothing is measured is not met. What is stored is kept assay by assay, with the
day on which it was run.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtri

from lamella.assays import ASSAYS, Setting
from lamella.assays.cohort import MARKERS, OUTCOMES, association, rank_correlation
from lamella.errors import LamellaError
from lamella.findings import SEEN, Association, Base, Ordering, load_all, protocol
from lamella.networks import Perturbations
from lamella.random import generator
from lamella.verdicts import Bench, Plate, Replicates, Standing, judge, log_odds, odds, smallest_effect, standing
from verification.stored import store

NULL = Perturbations(overexpression={"PTK2": 1.0001})
CONDITIONS = {
    "dose_response": {"agent": "U0126", "band": "MAPK1.p"},
    "extravasation": {"organ": "liver", "cells": 48},
    "metastasis": {"route": "vein", "organ": "liver", "section": 48},
}
"""What an assay needs to be told, so that every dish has something to read."""
REGIMEN = Perturbations(inhibitor={"cisplatin": "30 uM"})
"""Of a cohort: kills some tumours and leaves others, so that there is an outcome to go with."""

COMMON = "on-fibronectin-with-egf"
LINES = {"border_cells": ("border-cell", "border-cells-on-laminin"),
         "granule_neurons": ("granule-neuron", "granule-neurons-on-laminin"),
         "anoikis": ("MCF-10A", COMMON)}  # fmt: skip
"""Assays of one line, or that HeLa live through: line, and protocol of its findings. All others: HeLa, on `COMMON`."""
LEAST = 1.10
"""Effect that an ordering asks for."""

FAILS, HOLDS = 0.95, 0.90
"""Shares of the trials in which a null effect must fail, and the smallest effect must hold."""

CLAIMED = 0.97
"""Power at which the smallest effect is claimed: enough above HOLDS that 100 trials cannot fall below it by luck."""


def read_quantities(assay: str) -> list[str]:
    """What records read of an assay; its first read-out where none does."""
    found = {name for finding in load_all() for e in finding.expect if e.assay == assay for name in e.quantities()}
    return sorted(found) or list(ASSAYS[assay].readouts)[:1]


def noise(assay: str, dishes: int, bench: Bench,
          cell: str) -> tuple[dict[str, NDArray[np.float64]], dict[str, str]]:
    """Null dishes.

    returns   quantity -> paired log ratios [dishes]; and of quantities that are not measured -> why
    """
    conditions = ASSAYS[assay].conditions(**CONDITIONS.get(assay, {}))
    line, name = LINES.get(assay, (cell, COMMON))
    shared = protocol(name)
    plates = [Plate(assay, conditions, line, arm, shared.matrix, shared.medium) for arm in (Perturbations(), NULL)]
    bench.run(plates, dishes)
    found: dict[str, NDArray[np.float64]] = {}
    missing: dict[str, str] = {}
    for name in read_quantities(assay):
        try:
            control, null = (bench.values(plate, dishes, name, None) for plate in plates)
        except LamellaError as error:
            missing[name] = f"{error.what}."
            continue
        why = unmeasured(np.concatenate([control, null]))
        if why:
            missing[name] = why
        else:
            found[name] = np.log(null / control)
    return found, missing


def null_associations(dishes: int, cell: str) -> dict[str, NDArray[np.float64]]:
    """Log odds of the correlations of every outcome with markers that are those of other patients.   [dishes]

    What a cohort of the line under the first regimen of its findings gives; a marker that the line lacks is left out.
    """
    shared = protocol(COMMON)
    found: dict[str, list[float]] = {association(outcome, marker): [] for outcome in OUTCOMES for marker in MARKERS}
    for dish in range(dishes):
        setting = Setting(cell, "arm", REGIMEN, dict(shared.matrix), dict(shared.medium), replicate=dish)
        cohort = ASSAYS["cohort"].run(setting, ASSAYS["cohort"].conditions(), lambda share: None)
        there = np.isfinite(cohort.fates.values).all(axis=1)
        for m, marker in enumerate(MARKERS):
            levels = generator(dish, "power", "patients", marker).permutation(cohort.marker_levels.values[there, m])
            for o, outcome in enumerate(OUTCOMES):
                rho = rank_correlation(levels, cohort.fates.values[there, o])
                found[association(outcome, marker)].append(rho)
    return {name: log_odds(np.array(rhos)) for name, rhos in found.items() if np.isfinite(rhos).all()}


def unmeasured(values: NDArray[np.float64]) -> str:
    """Why no log ratios can be made of what dishes gave; empty where they can.   values [dishes]"""
    of = f"of {values.size} dishes"
    empty, nought = int((~np.isfinite(values)).sum()), int((values <= 0.0).sum())
    if empty:
        return f"It has no value in {empty} {of}."
    return f"It is 0, or less, in {nought} {of}: ratios to it say nothing." if nought else ""


def share(logs: NDArray[np.float64], effect: float, trials: int, stream: str, marker: str | None = None) -> float:
    """Share of trials in which the judge ends with holds, with `effect` as the true ratio, or odds of a marker."""
    expectation: Base = Ordering(assay="power", quantity="q", relation="arm > control")
    if marker is not None:
        expectation = Association(kind="association", assay="power", quantity="q", arm="arm", marker=marker, sign="+")
    looks = Replicates().looks()
    held = 0
    for trial in range(trials):
        draw = generator(trial, "power", stream)
        pairs = draw.choice(logs, looks[-1], replace=False) * draw.choice([-1.0, 1.0], looks[-1]) + np.log(effect)
        found = Standing.OPEN
        for count in looks:
            values = {("q", "arm"): np.exp(pairs[:count]), ("q", "control"): np.ones(count)}
            if isinstance(expectation, Association):
                values = {(expectation.read(expectation.marker), "arm"): np.tanh(0.5 * pairs[:count])}
            found = standing(judge(expectation, values, last=count == looks[-1]))
            if found is not Standing.OPEN:
                break
        held += found is Standing.HOLDS
    return held / trials


def told(effect: float) -> float:
    """The smallest effect as it is claimed: the next thousandth above it. On the judge's line rounding would decide."""
    return float((np.floor(1e3 * effect + 1e-6) + 1.0) / 1e3)


def of_assay(assay: str, dishes: int, trials: int, bench: Bench, cell: str = "HeLa") -> dict:
    """Both shares for every quantity that records read; what is not measured says why."""
    value, met = {}, True
    measured, missing = noise(assay, dishes, bench, cell)
    markers: dict[str, NDArray[np.float64]] = {}
    if assay == "cohort":
        markers = null_associations(dishes, cell)
        measured = {name: logs for name, logs in measured.items() if "_by_" not in name} | markers
        missing = {name: why for name, why in missing.items() if name not in markers}
    for name, logs in measured.items():
        least, marker = (odds(SEEN), name) if name in markers else (LEAST, None)
        spread = float(np.sqrt(np.mean(logs**2)))  # about 0, which the mean of either sign is
        low, high = (spread * float(np.sqrt(logs.size / chdtri(logs.size, tail))) for tail in (0.025, 0.975))
        smallest = told(smallest_effect(least, spread, Replicates().most, CLAIMED))
        null_fails = 1.0 - share(logs, 1.0, trials, f"{assay} {name} null", marker)
        holds = share(logs, smallest, trials, f"{assay} {name} effect", marker)
        met = met and null_fails >= FAILS and holds >= HOLDS
        value[name] = {"noise": round(spread, 4), "noise_interval": [round(low, 4), round(high, 4)],
                       "smallest_effect": smallest, "null_fails": null_fails,
                       "smallest_holds": holds}
    return {"value": value, "not_measured": missing, "dishes": dishes, "trials": trials, "met": bool(value) and met,
            "target": f"null effects fail in at least {FAILS:.0%}, the smallest effect holds in at least {HOLDS:.0%}"}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--only", nargs="*", choices=sorted(ASSAYS), help="these assays only")
    parser.add_argument("--dishes", type=int, default=24, help="pairs of dishes from which trials are drawn")
    parser.add_argument("--trials", type=int, default=100)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)), help="dishes computed at a time")
    parser.add_argument("--keep", type=Path, help="folder that keeps dishes between runs")
    parser.add_argument("--store", type=Path, help="also put what is found into this JSON file, assay by assay")
    options = parser.parse_args()
    bench = Bench(ASSAYS, threads=options.threads, keep=options.keep)
    result = {}
    for assay in options.only or ASSAYS:
        result[assay] = of_assay(assay, options.dishes, options.trials, bench)
        if options.store:
            store(options.store, assay, result[assay], ASSAYS)
        if not options.json:
            print(assay, json.dumps(result[assay]), flush=True)
    if options.json:
        print(json.dumps(result))


if __name__ == "__main__":
    main()
