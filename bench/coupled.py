"""Speed of a coupled dish: `python -m bench.coupled [--json]`.

A scratch dish of HeLa cells, one core: seconds of processor time for 24 h, the share that the lattice, the networks and
the exchange take, and what the coupling costs over the bare lattice. The same cells in a chamber with a gradient of EGF
that they take up and a fibronectin that they cut give what fields and matrix add. `overhead_with_everything` is that of
such a chamber in which cells also secrete, lay down ligand, grow and die, and each divides once in the time watched.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import replace

from lamella.assays import SCRATCH, Setting
from lamella.assays.chemotaxis import between_baths
from lamella.assays.preparation import sites_per_cell, treated
from lamella.culture import (
    Coupling,
    Culture,
    Division,
    Draw,
    constants,
    habitat_table,
    life_table,
    program,
    scale,
    sheet_with_gap,
)
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


def chamber(cells: int, life: tuple | None = None) -> Culture:
    """A sheet with a gap between two baths of EGF, over a matrix that cells cut."""
    setting = Setting("HeLa", "slope", Perturbations(gradient={"EGF": "0 to 10 ng/ml"}), {"fibronectin": "10 ug/ml"})
    numbers, lengths = constants(), scale(constants())
    network, treatment = treated(setting, two_ends=True)
    layout = sheet_with_gap(cells, sites_per_cell(setting, lengths), 320, 300, 1, 0)
    habitat = between_baths(treatment, layout.labels.shape, 1000.0)
    habitat = replace(habitat, ligands=(Ligand("fibronectin", treatment.density["fibronectin"], docked_rate=1e-6),))
    return Culture(network, treatment, Draw(1, 0, cells), layout, numbers, lengths, habitat=habitat, life=life)


def measure_fields(duration: str, cells: int) -> dict[str, float]:
    """The same sheet between two baths of EGF, over a matrix: overhead with fields, and the part that is theirs."""
    clocks = {name: Clock(*method) for name, method in {
        "lattice": (Dish, "advance"), "networks": (Population, "advance"), "advance": (Culture, "advance"),
        "fields": (Coupling, "advance"), "told": (Coupling, "inputs"), "places": (Coupling, "read"),
        "shown": (Coupling, "write")}.items()}  # fmt: skip
    culture = chamber(cells)
    culture.advance(1200.0)
    before = {name: clock.seconds for name, clock in clocks.items()}
    culture.advance(quantity(duration, "s"))
    spent = {name: clock.seconds - before[name] for name, clock in clocks.items()}
    theirs = sum(spent[name] for name in ("fields", "told", "places", "shown"))
    return {"overhead_with_fields": (spent["advance"] - spent["networks"]) / spent["lattice"],
            "fields_over_lattice": theirs / spent["lattice"], "fields_s": theirs, "imbalance": max(
                abs(share) for share in culture.coupling.around.imbalance().values())}  # fmt: skip


def measure_everything(duration: str, cells: int) -> dict[str, float]:
    """The chamber with all that cells do to fields, matrix and each other's number; every cell divides once.

    No network tells what is secreted and laid down here: other observables stand in, as only the cost counts.
    """
    watch_everything(1200.0, cells)  # compiles
    return watch_everything(quantity(duration, "s"), cells)


def watch_everything(seconds: float, cells: int) -> dict[str, float]:
    """The same for a time in s."""
    culture = chamber(cells, (Division("MAPK1_p", 1.0, seconds / 2.0, 0.1), life_table()[1]))
    rows = habitat_table()
    table = {**rows, "factors": {"EGF": rows["factors"]["EGF"] | {"secretion": "RAC1_gtp"}},
             "ligands": {"fibronectin": {"deposition": "RAC1_gtp"}}}  # fmt: skip
    made, old = program("HeLa"), culture.coupling
    assert old is not None
    names = frozenset(made.species) | frozenset(made.observables) | frozenset(made.parameters)
    culture.coupling = Coupling(old.habitat, culture.dish, culture.scale.site, old.coated, names, table)
    clocks = {name: Clock(*method) for name, method in {
        "lattice": (Dish, "advance"), "networks": (Population, "advance"), "advance": (Culture, "advance"),
        "life": (Culture, "_live"), "fields": (Coupling, "advance")}.items()}  # fmt: skip
    culture.advance(culture.interval)
    before = {name: clock.seconds for name, clock in clocks.items()}
    culture.advance(seconds)
    spent = {name: clock.seconds - before[name] for name, clock in clocks.items()}
    ledger = culture.coupling.around.ledger
    return {"overhead_with_everything": (spent["advance"] - spent["networks"]) / spent["lattice"],
            "life_over_lattice": spent["life"] / spent["lattice"],
            "fields_alone_over_lattice": spent["fields"] / spent["lattice"],
            "divided": float(len(culture.living) + culture.died - cells),
            "laid_down": ledger.entries("fibronectin")["deposited"], "secreted": ledger.entries("EGF")["secreted"],
            "imbalance_with_everything": max(abs(share) for share in culture.coupling.around.imbalance().values())}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--duration", default="24 h", help="time in the dish")
    parser.add_argument("--cells", type=int, default=208)
    options = parser.parse_args()
    found = measure(options.duration, options.cells) | measure_fields(options.duration, options.cells)
    found |= measure_everything(options.duration, options.cells)
    targets = {"dish_s": 15.0, "coupling_overhead": 1.5, "overhead_with_fields": 1.5,
               "overhead_with_everything": 1.5, "imbalance": 1e-6, "imbalance_with_everything": 1e-6}
    result = {name: {"value": float(f"{value:.3g}"), "target": targets.get(name),
                     "met": value <= targets[name] if name in targets else None} for name, value in found.items()}
    print(json.dumps(result) if options.json else "\n".join(f"{k}: {v}" for k, v in result.items()))


if __name__ == "__main__":
    main()
