"""Speed of the lattice: Monte Carlo steps per second, beside another kernel in the same run.

    python -m bench.tissue [--json] [--beside DIR] [--repeats 5]

Cases: A, 500 x 500 with 100 Act cells; B, 1000 x 1000, sorting of 1,024 cells of two kinds; C, 100^3, sorting of 216
cells; sheet, 240 cells of 375 sites round a gap with every term on. A, B and C have the physics of the kernel in DIR
(the module `cpmk3` of the first prototype, if that folder is at hand): volume, perimeter, contacts, Act, and no
connectivity rule. The two take turns, so that a busy machine slows both; ratios are medians over the turns.
"""

from __future__ import annotations

import argparse
import importlib
import json
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from lamella.tissue import Dish

BESIDE = Path(__file__).parents[2] / "shared" / "prototypes" / "tissue"
SORTING_2D = ((0, 12, 6), (12, 6, 16), (6, 16, 6))
SORTING_3D = ((0, 6, 3), (6, 3, 8), (3, 8, 3))


def blocks(sites: int, across: int, width: int, dimensions: int, pitch: float | None = None) -> np.ndarray:
    """Cells as cubes of `width` sites in the middle of a dish, `across` along each axis."""
    labels = np.zeros((sites,) * dimensions, np.int32)
    pitch = width if pitch is None else pitch
    start = (sites - across * pitch) / 2 + (pitch - width) / 2
    for cell, place in enumerate(np.ndindex((across,) * dimensions), start=1):
        corner = [int(start + p * pitch) for p in place]
        labels[tuple(slice(c, c + width) for c in corner)] = cell
    return labels


def dish(labels: np.ndarray, kinds: np.ndarray, energy, temperature: float, columns: dict, **options) -> Dish:
    """A dish with the same parameters for all of its cells."""
    options = {"key": 1, "cell_keys": np.arange(kinds.size), **options}
    made = Dish(labels, kinds, energy, temperature=temperature, **options)
    for name, value in columns.items():
        setattr(made.cells, name, value)
    return made


def two_kinds(cells: int) -> np.ndarray:
    return np.append(0, np.random.default_rng(7).permutation(np.arange(cells) % 2) + 1)


def case_a(connectivity: bool = False) -> Dish:
    columns = {"target_volume": 500, "volume_stiffness": 50, "target_perimeter": 340, "perimeter_stiffness": 2,
               "protrusion": 200, "act_memory": 80}  # fmt: skip
    kinds = np.append(0, np.ones(100, int))
    return dish(blocks(500, 10, 22, 2, 50), kinds, ((0, 20), (20, 0)), 20.0, columns, connectivity=connectivity)


def case_b(connectivity: bool = False) -> Dish:
    columns = {"target_volume": 625, "volume_stiffness": 2}
    return dish(blocks(1000, 32, 25, 2), two_kinds(1024), SORTING_2D, 15.0, columns, connectivity=connectivity)


def case_c(connectivity: bool = False) -> Dish:
    columns = {"target_volume": 2744, "volume_stiffness": 1}
    return dish(blocks(100, 6, 14, 3), two_kinds(216), SORTING_3D, 20.0, columns, connectivity=connectivity)


def sheet(key: int = 1) -> Dish:
    """240 cells of 375 sites round a gap, with every term on and bonds every 2 MCS."""
    labels = np.zeros((360, 320), np.int32)
    for cell, (column, row) in enumerate(np.ndindex(15, 16), start=1):
        x = column * 19 + (75 if column >= 7 else 0)
        labels[x : x + 19, row * 20 : row * 20 + 20] = cell
    columns = {
        "target_volume": 375, "volume_stiffness": 3, "target_perimeter": 360, "perimeter_stiffness": 0.5,
        "protrusion": 60, "act_memory": 40, "polarity": 0.5, "contraction": 5, "dissipation": 40,
        "traction_half": 1, "traction_floor": 0.02, "integrins": 1875, "bind_rate": 0.005, "unbind_rate": 0.01,
        "bind_floor": 0.1, "load": 0.3, "turning_time": 40, "rotational_diffusion": 0.003, "sense_act": 0.5,
        "sense_contact": 2, "contact_gain": 0.2,
    }  # fmt: skip
    made = dish(labels, np.append(0, np.ones(240, int)), ((0, 20), (20, 40)), 20.0, columns, key=key)
    made.ligand = 0.64
    return made


CASES: dict[str, tuple[Callable[[], Dish], str, int]] = {
    "A": (case_a, "sysA", 300),
    "B": (case_b, "sysB", 40),
    "C": (case_c, "sysC", 12),
}
"""Case: dish, name of its builder in the other kernel, MCS per turn."""


def seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def other_kernel(folder: Path | None):
    """The module beside which to measure, or None."""
    if folder is None or not (folder / "cpmk3.py").is_file():
        return None
    sys.path.insert(0, str(folder))
    try:
        return importlib.import_module("cpmk3")
    finally:
        sys.path.remove(str(folder))


def measure(name: str, beside, repeats: int) -> dict[str, float]:
    """MCS per second of one case, and its ratio to the other kernel."""
    make, builder, mcs = CASES[name]
    mine, other = make(), getattr(beside, builder)() if beside else None
    mine.advance(mcs // 4)
    if other is not None:
        other.run(mcs // 4)
    speeds, ratios = [], []
    for _ in range(repeats):
        took = seconds(lambda: mine.advance(mcs))
        speeds.append(mcs / took)
        if other is not None:
            ratios.append(seconds(lambda: other.run(mcs)) / took)
    found = {f"{name}_mcs_per_s": statistics.median(speeds)}
    if ratios:
        found[f"{name}_vs_prototype"] = statistics.median(ratios)
    return found


def measure_sheet(repeats: int) -> dict[str, float]:
    """The sheet alone and as two dishes in two threads."""
    one, two = sheet(), [sheet(2), sheet(3)]
    for made in (one, *two):
        made.advance(50)
    alone, reading, gains = [], [], []
    with ThreadPoolExecutor(2) as pool:
        for _ in range(repeats):
            alone.append(seconds(lambda: one.advance(100)) / 100)
            reading.append(seconds(one.read))
            both = seconds(lambda: list(pool.map(lambda made: made.advance(100), two)))
            gains.append(2 * 100 * alone[-1] / both)
    return {
        "sheet_ms_per_mcs": 1e3 * statistics.median(alone),
        "sheet_ms_per_reading": 1e3 * statistics.median(reading),
        "two_dishes_in_two_threads": statistics.median(gains),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--beside", type=Path, default=BESIDE, help="folder of the other kernel's module cpmk3")
    parser.add_argument("--repeats", type=int, default=5, help="turns per case")
    options = parser.parse_args()
    result = {"compile_s": seconds(lambda: sheet().advance(2))}
    beside = other_kernel(options.beside)
    for name in CASES:
        result |= measure(name, beside, options.repeats)
    result |= measure_sheet(options.repeats)
    print(
        json.dumps(result) if options.json else "\n".join(f"{name:28} {value:10.4g}" for name, value in result.items())
    )


if __name__ == "__main__":
    main()
