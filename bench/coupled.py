"""Speed of a coupled dish: `python -m bench.coupled [--json]`.

A scratch dish of HeLa cells, one core: seconds of processor time for 24 h, the share that the lattice, the networks and
the exchange take, and what the coupling costs over the bare lattice.
"""

from __future__ import annotations

import argparse
import json
import time

from lamella.assays import SCRATCH, Setting
from lamella.culture import Culture
from lamella.networks import Perturbations
from lamella.solve import Population
from lamella.tissue import Dish

SETTING = Setting("HeLa", "control", Perturbations(), {"fibronectin": "10 ug/ml"}, {"EGF": "10 ng/ml"})


class Clock:
    """Processor time spent in a method."""

    def __init__(self, owner: type, name: str):
        self.seconds, inner = 0.0, getattr(owner, name)

        def timed(*args, **kwargs):
            start = time.process_time()
            try:
                return inner(*args, **kwargs)
            finally:
                self.seconds += time.process_time() - start

        setattr(owner, name, timed)


def measure(duration: str, cells: int) -> dict[str, float]:
    """Processor seconds of one dish and where they go."""
    SCRATCH.run(SETTING, SCRATCH.conditions(duration="20 min", cells=cells), lambda share: None)
    methods = {"lattice": (Dish, "advance"), "reading": (Dish, "read"), "networks": (Population, "advance"),
               "advance": (Culture, "advance")}
    clocks = {name: Clock(*method) for name, method in methods.items()}
    start = time.process_time()
    SCRATCH.run(SETTING, SCRATCH.conditions(duration=duration, cells=cells), lambda share: None)
    total = time.process_time() - start
    spent = {name: clock.seconds for name, clock in clocks.items()}
    overhead = (spent["advance"] - spent["networks"]) / spent["lattice"]
    return {"dish_s": total, **{f"{name}_s": spent[name] for name in ("lattice", "reading", "networks")},
            "coupling_overhead": overhead}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--duration", default="24 h", help="time in the dish")
    parser.add_argument("--cells", type=int, default=208)
    options = parser.parse_args()
    found = measure(options.duration, options.cells)
    targets = {"dish_s": 15.0, "coupling_overhead": 1.5}
    result = {name: {"value": round(value, 3), "target": targets.get(name),
                     "met": value <= targets[name] if name in targets else None} for name, value in found.items()}
    print(json.dumps(result) if options.json else "\n".join(f"{k}: {v}" for k, v in result.items()))


if __name__ == "__main__":
    main()
