"""Speed of a coupled dish: `python -m bench.coupled [--json]`.

A scratch dish of HeLa cells, one core: seconds of processor time for 24 h, the share that the lattice, the networks and
the exchange take, and what the coupling costs over the bare lattice. The same cells in a chamber with a gradient of EGF
that they take up and a fibronectin that they cut give what fields and matrix add.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import replace

from lamella.assays import SCRATCH, Setting
from lamella.assays.chemotaxis import between_baths
from lamella.assays.preparation import sites_per_cell, treated
from lamella.culture import Coupling, Culture, Draw, constants, scale, sheet_with_gap
from lamella.networks import Perturbations
from lamella.solve import Population
from lamella.tissue import Dish
from lamella.tissue.fields import Ligand
from lamella.units import quantity

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


def measure_fields(duration: str, cells: int) -> dict[str, float]:
    """The same sheet between two baths of EGF, over a matrix: overhead with fields, and the part that is theirs."""
    setting = Setting("HeLa", "slope", Perturbations(gradient={"EGF": "0 to 10 ng/ml"}), {"fibronectin": "10 ug/ml"})
    numbers, lengths = constants(), scale(constants())
    network, treatment = treated(setting, two_ends=True)
    layout = sheet_with_gap(cells, sites_per_cell(setting, lengths), 320, 300, 1, 0)
    habitat = between_baths(treatment, layout.labels.shape, 1000.0)
    habitat = replace(habitat, ligands=(Ligand("fibronectin", treatment.density["fibronectin"], docked_rate=1e-6),))
    clocks = {name: Clock(*method) for name, method in {
        "lattice": (Dish, "advance"), "networks": (Population, "advance"), "advance": (Culture, "advance"),
        "fields": (Coupling, "advance"), "told": (Coupling, "inputs"), "places": (Coupling, "read"),
        "shown": (Coupling, "write")}.items()}  # fmt: skip
    culture = Culture(network, treatment, Draw(1, 0, cells), layout, numbers, lengths, habitat=habitat)
    culture.advance(1200.0)
    before = {name: clock.seconds for name, clock in clocks.items()}
    culture.advance(quantity(duration, "s"))
    spent = {name: clock.seconds - before[name] for name, clock in clocks.items()}
    theirs = sum(spent[name] for name in ("fields", "told", "places", "shown"))
    return {"overhead_with_fields": (spent["advance"] - spent["networks"]) / spent["lattice"],
            "fields_over_lattice": theirs / spent["lattice"], "fields_s": theirs, "imbalance": max(
                abs(share) for share in culture.coupling.around.imbalance().values())}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--duration", default="24 h", help="time in the dish")
    parser.add_argument("--cells", type=int, default=208)
    options = parser.parse_args()
    found = measure(options.duration, options.cells) | measure_fields(options.duration, options.cells)
    targets = {"dish_s": 15.0, "coupling_overhead": 1.5, "overhead_with_fields": 1.5, "imbalance": 1e-6}
    result = {name: {"value": float(f"{value:.3g}"), "target": targets.get(name),
                     "met": value <= targets[name] if name in targets else None} for name, value in found.items()}
    print(json.dumps(result) if options.json else "\n".join(f"{k}: {v}" for k, v in result.items()))


if __name__ == "__main__":
    main()
