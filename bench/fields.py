"""Speed of fields and matrix: `python -m bench.fields [--json] [--small]`.

Milliseconds of processor time of one update of 60 s: four fields (D = 50 um^2/s, decay, secretion and uptake by every
cell) on 1000 x 1000 sites and on 200^3 sites of 2 um, voxels of 4 sites; the picture of the cells; two ligands that
soluble and docked proteases cut. Beside it, what the lattice itself takes for the same 60 s (1.5 Monte Carlo steps)
with its terms on, in the same run, and the share of the update in it.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable

import numpy as np

from lamella.tissue import Dish
from lamella.tissue.fields import Acts, Behaviour, Ligand, Reaction, Substance, Surroundings, make_medium, occupy

SECONDS = 60.0
STEP = 40.0
"""Seconds per Monte Carlo step."""


def sheet(shape: tuple[int, ...], width: int) -> Dish:
    """A confluent sheet, or block, of cells of `width` sites with protrusion, bonds and axes."""
    number = np.arange(int(np.prod([n // width for n in shape]))).reshape([n // width for n in shape]) + 1
    labels = number
    for axis in range(len(shape)):
        labels = np.repeat(labels, width, axis)
    labels = np.pad(labels, [(0, n - m) for n, m in zip(shape, labels.shape)])
    cells = number.size
    dish = Dish(labels, np.append(0, np.ones(cells, int)), ((0, 20), (20, 40)), temperature=20.0, key=1,
                cell_keys=np.arange(cells + 1))  # fmt: skip
    size = width ** len(shape)
    columns = {"target_volume": size, "volume_stiffness": 3, "protrusion": 60, "act_memory": 10, "polarity": 0.5,
               "contraction": 5, "dissipation": 30, "traction_half": 1, "traction_floor": 0.02, "integrins": 5 * size,
               "bind_rate": 0.005, "unbind_rate": 0.02, "bind_floor": 0.1, "load": 0.15, "turning_time": 40,
               "rotational_diffusion": 0.003, "sense_act": 0.5, "sense_contact": 1}  # fmt: skip
    for name, value in columns.items():
        setattr(dish.cells, name, value)
    dish.ligand = 1.0
    return dish


def surroundings(dish: Dish, depth: float | None) -> tuple[Surroundings, Behaviour, Behaviour]:
    """Four fields and two ligands; what cells do to the fields alone, and to the matrix as well."""
    medium = make_medium(dish.shape, 2.0, coarsening=4, depth=depth)
    fields = [Substance(name, 50.0, decay=1e-4, initial=0.1) for name in ("MMP2", "TIMP2", "bound", "EGF")]
    ligands = [Ligand("collagen", 1000.0, cut_by={"MMP2": 1e-6}, docked_rate=1e-6), Ligand("fibronectin", 1000.0)]
    made = Surroundings(medium, fields, ligands, [Reaction("MMP2", 1e-3, "TIMP2", product="bound")])
    rows = len(dish.centroid)
    rates = np.random.default_rng(1).random(rows)
    acts = {name: Acts(secretion=100.0 * rates, clearance=200.0 * rates) for name in made.fields}
    return made, Behaviour(acts=acts), Behaviour(acts=acts, docked=10.0 * rates, deposition={"fibronectin": rates})


def clocked(call: Callable[[], object], repeats: int) -> float:
    """Median of the milliseconds that a call takes, after one that is not counted."""
    call()
    spent = []
    for _ in range(repeats):
        start = time.process_time()
        call()
        spent.append(time.process_time() - start)
    return 1e3 * statistics.median(spent)


def measure(shape: tuple[int, ...], width: int, depth: float | None, repeats: int) -> dict[str, float]:
    """Milliseconds by part."""
    dish = sheet(shape, width)
    made, on_fields, on_all = surroundings(dish, depth)
    fields_only = Surroundings(made.medium, [field.substance for field in made.fields.values()])

    def picture():
        return occupy(made.medium, dish.labels(), dish.centroid, dish.axis)

    dish.advance(2)
    occupancy = picture()
    found = {
        "occupancy_ms": clocked(picture, repeats),
        "four_fields_ms": clocked(lambda: fields_only.advance(SECONDS, occupancy, on_fields), repeats),
        "all_ms": clocked(lambda: made.advance(SECONDS, occupancy, on_all), repeats),
        "read_ms": clocked(lambda: [made.read(name, occupancy) for name in made.fields], repeats),
        "gradient_ms": clocked(lambda: made.gradient("EGF", occupancy), repeats),
        "lattice_60_s_ms": clocked(lambda: dish.advance(2), repeats) / 2.0 * SECONDS / STEP,
    }
    found["fields_over_lattice"] = (found["occupancy_ms"] + found["four_fields_ms"]) / found["lattice_60_s_ms"]
    found["all_over_lattice"] = (found["occupancy_ms"] + found["all_ms"] + found["read_ms"]) / found["lattice_60_s_ms"]
    found["imbalance"] = max(made.imbalance().values())
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--small", action="store_true", help="dishes of a hundredth of the size")
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    small = options.small
    cases = {
        "2d": measure((100, 100) if small else (1000, 1000), 19, 20.0, options.repeats),
        "3d": measure((40, 40, 40) if small else (200, 200, 200), 10, None, options.repeats),
    }
    if options.json:
        print(json.dumps(cases))
        return
    for case, found in cases.items():
        print(case + ": " + ", ".join(f"{name} {value:.3g}" for name, value in found.items()))


if __name__ == "__main__":
    main()
