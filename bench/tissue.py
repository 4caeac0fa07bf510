"""Speed of the lattice, beside the kernel it must beat in the same run.

    python -m bench.tissue [--json] [--store FILE] [--beside DIR] [--repeats 7] [--without-coupling]

Cases: A, 500 x 500 with 100 Act cells; B, 1000 x 1000, sorting of 1,024 cells of two kinds; C, 100^3, sorting of 216
cells; big2d, 2000 x 2000 with 4,096; big3d, 200^3 with 1,728. They have the physics of the kernel in DIR (the module
`cpmk3` of the first prototype, which has no tiles; figures that need it are null where it is not at hand): volume,
perimeter, contacts and Act. It does not keep cells in one piece. Dishes do by default: they do so here and pay for it,
and what they would reach without the rule stands beside (`A_without_rule` and its like). First it is asked whether
both, without the rule, make as many attempts in a Monte Carlo step and accept the same share of them; then they take
turns, so that a busy machine slows all of them. Ratios are medians over the turns, of attempts between different owners
per second of the processor; the least and the most stand beside. What threads gain is told by the clock, so it needs
two cores on which nothing else runs; twice the processor time of one thread over that of both stands beside, as a hint
at what they would gain there.
"""

from __future__ import annotations

import argparse
import datetime
import importlib
import json
import platform
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib import metadata
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


def big2d(tile: tuple[int, ...] | None = None, connectivity: bool = False) -> Dish:
    columns = {"target_volume": 625, "volume_stiffness": 2}
    options = {"connectivity": connectivity, "tile": tile}
    return dish(blocks(2000, 64, 25, 2), two_kinds(4096), SORTING_2D, 15.0, columns, **options)


def big3d(tile: tuple[int, ...] | None = None, connectivity: bool = False) -> Dish:
    columns = {"target_volume": 2744, "volume_stiffness": 1}
    options = {"connectivity": connectivity, "tile": tile}
    return dish(blocks(200, 12, 14, 3), two_kinds(1728), SORTING_3D, 20.0, columns, **options)


def other_big2d(beside):
    return beside.CPM(blocks(2000, 64, 25, 2), two_kinds(4096), beside.JB, 15, 625, 2)


def other_big3d(beside):
    return beside.CPM(blocks(200, 12, 14, 3), two_kinds(1728), beside.JC, 20, 2744, 1)


CASES: dict[str, tuple[Callable[..., Dish], Callable, int]] = {
    "A": (case_a, lambda beside: beside.sysA(), 300),
    "B": (case_b, lambda beside: beside.sysB(), 40),
    "C": (case_c, lambda beside: beside.sysC(), 12),
    "big2d": (big2d, other_big2d, 8),
    "big3d": (big3d, other_big3d, 2),
}
"""Case: dish, with the rule of connectivity or without, the same in the other kernel, MCS per turn."""

TARGETS = {
    "A_vs_prototype": 1.2, "B_vs_prototype": 1.2, "C_vs_prototype": 1.2, "big3d_vs_untiled": 2.5,
    "big2d_vs_untiled": 1.35, "two_threads_big": 1.6, "coupling_overhead": 1.5, "ten_thousand_cells": None,
}  # fmt: skip
AT_MOST = ("coupling_overhead",)
AGREE = 0.05
"""What chance does to a dish of cells that crawl, in the steps that are made here; see verification.tissue for more."""
NOTES = {
    "two_threads_big": "the smaller gain of big2d and big3d by the clock, which needs a second core that is free",
    "coupling_overhead": "of a dish of 208 HeLa cells, processor time, networks excluded: the larger of that of a "
                         "scratch dish and that of a chamber with a field, a ligand that is cut and laid down, death, "
                         "and one division a cell in 24 h; both stand beside, see bench.coupled",
    "ten_thousand_cells": "simulated minutes per second by the clock, two threads; `ten_thousand` says where time goes",
    "agreement": "attempts per MCS and share accepted, over the other kernel's, after the same start; without the rule "
                 "of connectivity, which it has not",
    "without_rule": "A_without_rule and its like are what the ratios would be without it",
}


def seconds(work: Callable[[], object], clock: Callable[[], float] = time.process_time) -> float:
    """Seconds that some work takes, of the processor in all threads or by another clock."""
    begun = clock()
    work()
    return clock() - begun


def other_kernel(folder: Path | None):
    """The module beside which to measure, or None."""
    if folder is None or not (folder / "cpmk3.py").is_file():
        return None
    sys.path.insert(0, str(folder))
    try:
        return importlib.import_module("cpmk3")
    finally:
        sys.path.remove(str(folder))


def attempts_per_second(made: Dish, mcs: int) -> float:
    """Attempts between different owners in a second of the processor."""
    tried = made.counts["tried"]
    took = seconds(lambda: made.advance(mcs))
    return (made.counts["tried"] - tried) / took


def measure(name: str, beside, repeats: int) -> tuple[dict[str, list[float]], list[float] | None]:
    """Attempts per second of one case, ratios to the other kernel and of two threads to one; and the agreement."""
    make, make_other, mcs = CASES[name]
    mine, bare, other = make(connectivity=True), make(), make_other(beside) if beside else None
    for one in (mine, bare):
        one.advance(2 * mcs)
    if other is not None:
        other.run(2 * mcs)
    before, theirs_before = bare.counts, None if other is None else other.stats.copy()
    found: dict[str, list[float]] = {}
    note = lambda key, value: found.setdefault(key, []).append(value)
    for _ in range(repeats):
        speed, without = attempts_per_second(mine, mcs), attempts_per_second(bare, mcs)
        note(f"{name}_million_attempts_per_s", speed / 1e6)
        note(f"{name}_rule_takes", without / speed - 1.0)
        if other is not None:
            kind, tried = "untiled" if name.startswith("big") else "prototype", other.stats[1]
            took = seconds(lambda: other.run(mcs))
            pace = took / (other.stats[1] - tried)
            note(f"{name}_vs_{kind}", speed * pace)
            note(f"{name}_without_rule", without * pace)
    agreement = None
    if other is not None:
        made = {key: bare.counts[key] - before[key] for key in before}
        tried, accepted = (other.stats - theirs_before)[1:3]
        agreement = [made["tried"] / tried, made["accepted"] / made["tried"] / (accepted / tried)]
    if name.startswith("big"):
        mine.advance(1, threads=2)  # compiles
        for _ in range(repeats):
            took, walled = [], []
            for threads in (1, 2):
                begun = time.perf_counter()
                took.append(seconds(partial(mine.advance, mcs, threads=threads)))
                walled.append(time.perf_counter() - begun)
            note(f"{name}_two_threads", walled[0] / walled[1])
            note(f"{name}_two_threads_by_processor", 2.0 * took[0] / took[1])
    return found, agreement


def measure_sheet(repeats: int) -> dict[str, list[float]]:
    """The sheet alone and as two dishes in two threads."""
    one, two = sheet(), [sheet(2), sheet(3)]
    for made in (one, *two):
        made.advance(50)
        made.read()
    found: dict[str, list[float]] = {
        "sheet_ms_per_mcs": [],
        "sheet_ms_per_reading": [],
        "two_dishes_in_two_threads": [],
    }
    with ThreadPoolExecutor(2) as pool:
        for _ in range(repeats):
            alone = seconds(lambda: one.advance(100))
            one_after_another = seconds(lambda: [made.advance(100) for made in two], time.perf_counter)
            both = seconds(lambda: list(pool.map(lambda made: made.advance(100), two)), time.perf_counter)
            found["sheet_ms_per_mcs"].append(10 * alone)
            found["sheet_ms_per_reading"].append(1e3 * seconds(one.read))
            found["two_dishes_in_two_threads"].append(one_after_another / both)
    return found


def judged(name: str, value: float | None) -> dict:
    """A figure beside its target."""
    target = TARGETS[name]
    if value is None or target is None:
        return {"value": None if value is None else round(value, 3), "target": target, "met": None}
    met = value <= target if name in AT_MOST else value >= target
    return {"value": round(float(value), 3), "target": target, "met": bool(met)}


def bench(beside, repeats: int, coupling: bool) -> dict:
    """Everything that is printed."""
    from bench.reactions import machine

    state = machine()
    figures: dict[str, list[float]] = {"compile_s": [seconds(lambda: sheet().advance(2))]}
    agreement = {}
    for name in CASES:
        found, agrees = measure(name, beside, repeats)
        figures |= found
        if agrees is not None:
            agreement[name] = [round(share, 4) for share in agrees]
    figures |= measure_sheet(repeats)
    medians = {name: statistics.median(values) for name, values in figures.items()}
    medians["two_threads_big"] = min(medians["big2d_two_threads"], medians["big3d_two_threads"])
    many: dict[str, float | str] = {}
    if coupling:
        from bench.coupled import measure as coupled
        from bench.coupled import measure_everything
        from bench.ten_thousand import measure as ten_thousand

        medians["coupling_of_a_scratch_dish"] = coupled("4 h", 208)["coupling_overhead"]
        medians["coupling_with_everything"] = measure_everything("24 h", 208)["overhead_with_everything"]
        medians["coupling_overhead"] = max(medians["coupling_of_a_scratch_dish"], medians["coupling_with_everything"])
        many = ten_thousand(10_000, 5, 2)
        medians["ten_thousand_cells"] = float(many["minutes_per_wall_second"])
    wrong = [name for name, pair in agreement.items() if max(abs(share - 1.0) for share in pair) > AGREE]
    for name in wrong:
        unlike = (f"{name}_vs", f"{name}_without")
        medians = {key: value for key, value in medians.items() if not key.startswith(unlike)}
    return {
        **{name: judged(name, medians.get(name)) for name in TARGETS},
        "spread": {name: [round(float(edge(values)), 3) for edge in (min, max)] for name, values in figures.items()},
        "beside": {name: round(value, 3) for name, value in medians.items() if name not in TARGETS},
        "ten_thousand": many, "agreement": agreement, "disagree": wrong, "notes": NOTES,
        "date": datetime.date.today().isoformat(),
        "machine": state | {"load_per_core_at_the_end": machine()["load_per_core"]},
        "versions": {"python": platform.python_version()} | {n: metadata.version(n) for n in ("numba", "numpy")},
    }  # fmt: skip


def show(result: dict) -> None:
    """A table for people."""
    for name in TARGETS:
        figure = result[name]
        value = "not measured" if figure["value"] is None else f"{figure['value']:12.3f}"
        print(f"{name:32} {value}  target {figure['target']}  spread {result['spread'].get(name, '')}")
    for name, value in result["beside"].items():
        print(f"{name:32} {value:12.4g}  {result['spread'].get(name, '')}")
    print(json.dumps({name: result[name] for name in ("ten_thousand", "agreement", "disagree", "machine")}))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--store", type=Path, help="also write the JSON into this file")
    parser.add_argument("--beside", type=Path, default=BESIDE, help="folder of the other kernel's module cpmk3")
    parser.add_argument("--repeats", type=int, default=7, help="turns per case")
    parser.add_argument("--without-coupling", action="store_true", help="measure the lattice alone")
    options = parser.parse_args()
    result = bench(other_kernel(options.beside), options.repeats, not options.without_coupling)
    text = json.dumps(result, indent=1)
    if options.store:
        options.store.parent.mkdir(parents=True, exist_ok=True)
        options.store.write_text(text + "\n")
    if options.json:
        print(text)
    else:
        show(result)


if __name__ == "__main__":
    main()
