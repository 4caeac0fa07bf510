"""A dish of 10,000 cells, each with lamella's largest network: `python -m bench.ten_thousand [--json] [--cells N]`.

Cells and dish are coupled every 60 s. Says how many simulated minutes pass per second by the clock, and per second of
the processors where other work runs beside, where the time goes, and how much memory the process holds. Cells are grown
for an hour before they are plated, not for four days: that takes long and says nothing of the speed of a dish. The
first minute is not counted. A minute or two in all, half of it to assemble every cell line and see which is largest.
"""

from __future__ import annotations

import argparse
import json
import resource
import time

import numpy as np

from bench.peers.task import largest_network
from bench.reactions import machine
from lamella.assays import Setting
from lamella.assays.preparation import sites_per_cell, treated
from lamella.culture import Coupling, Culture, Draw, Protocol, constants, scale, sheet_with_gap
from lamella.networks import Perturbations
from lamella.solve import Population
from lamella.tissue import Dish

INTERVAL, GROWN = 60.0, 3600.0
"""Seconds between two exchanges, and in culture before the dish."""


class Clock:
    """Wall and processor time spent in a method."""

    def __init__(self, owner: type, name: str):
        self.wall, self.processor, inner = 0.0, 0.0, getattr(owner, name)

        def timed(*args, **kwargs):
            start = time.perf_counter(), time.process_time()
            try:
                return inner(*args, **kwargs)
            finally:
                self.wall += time.perf_counter() - start[0]
                self.processor += time.process_time() - start[1]

        setattr(owner, name, timed)


def measure(cells: int, minutes: int, threads: int, line: str | None = None) -> dict[str, float | str]:
    """Speed of a dish and where its time goes, over `minutes` simulated.

    line   cell line; None: the one with the largest network
    """
    line = line or largest_network().cell.name
    setting = Setting(line, "control", Perturbations(), {"fibronectin": "10 ug/ml"}, {"EGF": "10 ng/ml"})
    numbers, lengths = constants(), scale(constants())
    numbers = numbers.scaled({"clock.chronic": GROWN / numbers["clock.chronic"]})
    network, treatment = treated(setting)
    sites = sites_per_cell(setting, lengths)
    layout = sheet_with_gap(cells, sites, round(np.sqrt(cells * sites)), 300, 1, 0)
    clocks = {name: Clock(*method) for name, method in {
        "networks": (Population, "advance"), "lattice": (Dish, "advance"), "reading": (Dish, "read"),
        "mechanics": (Culture, "_write_mechanics"), "fields": (Coupling, "advance")}.items()}  # fmt: skip
    began = time.perf_counter()
    culture = Culture(network, treatment, Draw(1, 0, cells), layout, numbers, lengths,
                      Protocol(network_interval=INTERVAL, threads=threads))  # fmt: skip
    set_up = time.perf_counter() - began
    culture.advance(INTERVAL)
    before = {name: (clock.wall, clock.processor) for name, clock in clocks.items()}
    wall, processor = time.perf_counter(), time.process_time()
    culture.advance(minutes * 60.0)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    spent = {name: clock.processor - before[name][1] for name, clock in clocks.items()}
    return {
        "cells": cells, "line": line, "states": len(culture.population.program.species),
        "sites": int(culture.dish.labels().size),
        "threads": threads, "minutes_per_wall_second": minutes / wall,
        "minutes_per_processor_second": minutes / processor, "set_up_s": set_up,
        **{f"share_{name}": seconds / processor for name, seconds in spent.items()},
        "share_rest": 1.0 - sum(spent.values()) / processor,
        "peak_memory_GB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--cells", type=int, default=10_000)
    parser.add_argument("--minutes", type=int, default=5, help="simulated, one exchange each")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--line", help="cell line; default the one with the largest network")
    options = parser.parse_args()
    state: dict[str, object] = machine()
    found = measure(options.cells, options.minutes, options.threads, options.line) | {"machine": state}
    print(json.dumps(found) if options.json else "\n".join(f"{name}: {value}" for name, value in found.items()))


if __name__ == "__main__":
    main()
