"""The coupling of cells and dish against design 7, on HeLa cells apart: `python -m verification.culture --json`.

Halving the seconds per step (with the mobility) or the interval between exchanges may change speed and aspect by at
most 5 %, persistence by 10 %; the network, not the lattice, must make cells persist; the idealised cell of the
population assays is told what a single cell is told in the dish. `--store FILE` keeps what is found, check by check.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np

from lamella.assays import MIGRATION
from lamella.assays.call import run_assay
from lamella.assays.effects import ratio
from lamella.culture import constants
from verification.culture_idealised import idealised_cell
from verification.culture_whole import killed_equals_whole
from verification.stored import store

THREADS = 2
"""They change no result."""
DISH = {"cell": "HeLa", "arms": {"control": {}}, "matrix": {"fibronectin": "10 ug/ml"}, "medium": {"EGF": "10 ng/ml"}}


def readouts(dishes: int, **changed: object) -> dict[str, np.ndarray]:
    """Read-outs of migration over dishes.   name -> [replicates]"""
    conditions = {**DISH, "cells": 25, "duration": "24 h", **changed}
    run = run_assay(MIGRATION, replicates=dishes, threads=THREADS, **conditions)
    return {name: np.array(row["values"], float) for name, row in run.arms["control"].items()}


@cache
def base_of(dishes: int) -> dict[str, np.ndarray]:
    """Read-outs of the dishes that nothing has been changed in, made once."""
    return readouts(dishes)


def compared(base: dict[str, np.ndarray], other: dict[str, np.ndarray], bounds: dict[str, float]) -> dict:
    """Paired ratios over dishes, their intervals, and whether each mean keeps its bound."""
    effects = {name: ratio(other[name], base[name]) for name in bounds}
    value = {name: {"ratio": e.effect, "low": e.low, "high": e.high} for name, e in effects.items()}
    met = all(abs(effects[name].effect - 1.0) <= bound for name, bound in bounds.items())
    return {"value": value, "target": {name: f"within {bound:.0%}" for name, bound in bounds.items()}, "met": met}


BOUNDS = {"speed": 0.05, "elongation": 0.05, "persistence": 0.10}


def step_halved(dishes: int) -> dict:
    """Twice the steps at half the mobility."""
    return compared(base_of(dishes), readouts(dishes, finer_step=2), BOUNDS)


def interval_halved(dishes: int) -> dict:
    """Exchanges twice as often."""
    half = constants()["clock.network_interval"] / 2
    return compared(base_of(dishes), readouts(dishes, network_interval=f"{half:g} s"), BOUNDS)


def front_equals_rear(dishes: int) -> dict:
    """Networks that see the mean of their front and rear inputs."""
    base, even = base_of(dishes), readouts(dishes, front_equals_rear=True)
    fall = ratio(base["persistence"], even["persistence"])
    weight = float(even["mean_weight"].mean() / base["mean_weight"].mean())
    value = {"persistence_falls": fall.effect, "low": fall.low, "high": fall.high, "mean_weight": weight}
    met = fall.effect >= 3.0 and fall.low > 2.0 and abs(weight - 1.0) <= 0.1
    return {"value": value, "target": "at least threefold, interval above 2; mean weight within 10 %", "met": met}


CHECKS: dict[str, Callable[[int], dict]] = {
    "step_halved": step_halved, "interval_halved": interval_halved, "front_equals_rear": front_equals_rear,
    "idealised_cell": idealised_cell, "killed_equals_whole": killed_equals_whole}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--only", nargs="*", choices=sorted(CHECKS), help="run these checks only")
    parser.add_argument("--dishes", type=int, default=12,
                        help="dishes of 25 cells per condition; dishes of one cell for `idealised_cell`")
    parser.add_argument("--store", type=Path, help="also put what is found into this JSON file, check by check")
    options = parser.parse_args()
    result = {}
    for name in options.only or CHECKS:
        result[name] = CHECKS[name](options.dishes)
        if options.store:
            store(options.store, name, {"dishes": options.dishes} | result[name], CHECKS)
        if not options.json:
            print(name, json.dumps(result[name]), flush=True)
    if options.json:
        print(json.dumps(result))


if __name__ == "__main__":
    main()
