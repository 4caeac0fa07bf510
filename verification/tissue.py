"""The dish against theory, against brute force and against what cells do.

    python -m verification.tissue [--json] [--only NAME ...] [--seeds 6]

Each check returns {value, target, met}. Lengths are sites, times Monte Carlo steps.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable

import numpy as np
from bench.tissue import CASES, sheet
from scipy import ndimage

from lamella.random import stream_key
from lamella.tissue import Dish
from verification.tissue_sampler import sample

ROUND = {
    "target_volume": 500, "volume_stiffness": 3, "target_perimeter": 340, "perimeter_stiffness": 2, "protrusion": 60,
    "act_memory": 40, "polarity": 0.6, "contraction": 5, "dissipation": 80, "traction_floor": 0.02, "traction_half": 1,
    "integrins": 2500, "bind_rate": 0.02, "unbind_rate": 0.02, "bind_floor": 0.1, "load": 0.3, "turning_time": 20,
    "rotational_diffusion": 0.002, "sense_act": 1,
}  # fmt: skip
"""A round, adhesive cell of 500 sites."""

LONG = {**ROUND, "dissipation": 40, "contraction": 0, "polarity": 0.9, "perimeter_stiffness": 0.5,
        "target_perimeter": 420, "bind_rate": 0.005, "unbind_rate": 0.005, "sense_act": 0}  # fmt: skip
"""A cell that elongates: narrow front, slow bonds, no rear contraction, spare perimeter."""


GRADED = {**ROUND, "dissipation": 48, "integrins": 1600, "bind_rate": 0.1, "unbind_rate": 0.1, "bind_floor": 0.3}
"""A cell whose bonds turn over fast, so that they follow the ligand and not their age: with slow bonds a cell that
slows down collects more of them and jams. Few integrins bound what a site can cost."""


def one_cell(seed: int, ligand=1.28, exponent: int = 2, every: int = 2, mobility: float = 1.0, **columns) -> Dish:
    """One cell in the middle of a free 200 x 200 dish."""
    labels = np.zeros((200, 200), int)
    labels[89:111, 89:111] = 1
    dish = Dish(
        labels, [0, 1], ((0, 20), (20, 40)), temperature=20.0, key=stream_key(seed, "dish"),
        cell_keys=[0, stream_key(seed, "cell")], focus_exponent=exponent, bonds_every=every,
    )  # fmt: skip
    for name, value in {**ROUND, "mobility": mobility, **columns}.items():
        setattr(dish.cells, name, value)
    dish.ligand = ligand
    return dish


def track(dish: Dish, mcs: int, every: int = 100) -> tuple[np.ndarray, np.ndarray]:
    """Positions [times, 2] and aspect along the axis [times] of cell 1, from now on."""
    places, aspects = [dish.position[1]], []
    for _ in range(mcs // every):
        dish.advance(every)
        places.append(dish.position[1])
        aspects.append(dish.read().aspect_along_axis[1])
    return np.array(places), np.array(aspects)


def speed(places: np.ndarray, every: int = 100) -> float:
    """Root of the mean square displacement over one interval, per MCS."""
    return float(np.sqrt((np.diff(places, axis=0) ** 2).sum(axis=1).mean()) / every)


def persistence(tracks: list[np.ndarray], every: int = 100) -> float:
    """Time in which the direction is forgotten, from the turning angles between successive displacements."""
    cosines = []
    for places in tracks:
        step = np.diff(places, axis=0)
        step = step / np.maximum(np.linalg.norm(step, axis=1, keepdims=True), 1e-9)
        cosines.append((step[1:] * step[:-1]).sum(axis=1).mean())
    return -every / math.log(max(float(np.mean(cosines)), 1e-3))


def half_width(values) -> float:
    """Half width of the 95 % interval of a mean, normal approximation."""
    return 1.96 * float(np.std(values, ddof=1)) / math.sqrt(len(values))


def stationary(seeds: int) -> dict:
    """Energy and volumes of three touching cells against the independent sampler, periodic and closed."""
    labels = np.zeros((24, 24), np.int64)
    labels[6:12, 6:12], labels[12:18, 6:12], labels[6:18, 12:18] = 1, 2, 3
    kinds, contact = np.array([0, 1, 1, 2]), np.array([[0.0, 4, 3], [4, 2, 6], [3, 6, 2]])
    columns = {"target_volume": 60, "volume_stiffness": 1, "target_perimeter": 130, "perimeter_stiffness": 0.05,
               "protrusion": 30, "act_memory": 10}  # fmt: skip
    worst, found = 0.0, {}
    for wraps in (True, False):
        series = [
            sample(labels.copy(), kinds, contact, 60.0, 1.0, 130.0, 0.05, 30.0, 10, 10.0, wraps, 4000, s)[0][500:]
            for s in range(2)
        ]
        mine = []
        for s in range(seeds):
            dish = Dish(labels, kinds, contact, temperature=10.0, key=s, cell_keys=np.arange(4), connectivity=False,
                        periodic=(wraps, wraps))  # fmt: skip
            for name, value in columns.items():
                setattr(dish.cells, name, value)
            dish.advance(500)
            for _ in range(4000):
                dish.advance(1)
                mine.append(dish.cells.volume[1:].copy())
        brute = np.concatenate(series)
        mine = np.array(mine)
        key = "periodic" if wraps else "closed"
        found[key] = [
            float(mine.sum(axis=1).mean() / brute[:, 1].mean()),
            float(mine[:, 0].mean() / brute[:, 2].mean()),
        ]
        worst = max(worst, *(abs(r - 1) for r in found[key]))
    return {"value": found, "target": "volumes within 2 % of the sampler's", "met": worst < 0.02}


def fragmented(seeds: int) -> dict:
    """Share of cells in more than one face-connected piece in the bench cases."""
    broken = cells = 0
    for dish, mcs in (
        (CASES["A"][0](True), 500),
        (CASES["B"][0](True), 100),
        (CASES["C"][0](True), 50),
        (sheet(), 500),
    ):
        dish.advance(mcs)
        labels = dish.labels()
        for cell, box in enumerate(ndimage.find_objects(labels), start=1):
            # a cell that lies across a periodic border is looked at with that border moved away
            across = [d for d, cut in enumerate(box) if cut == slice(0, labels.shape[d])]
            shift = [labels.shape[d] // 2 for d in across]
            mask = np.roll(labels == cell, shift, across) if across else labels[box] == cell
            broken += ndimage.label(mask)[1] > 1
            cells += 1
    return {"value": broken / cells, "target": "under 0.001", "met": broken / cells < 0.001}


def bond_optimum(seeds: int) -> dict:
    """Speed over eight ligand densities: an interior maximum; no fall without dissipation, no rise without traction."""
    ligand = 0.06 * 10 ** (np.arange(8) * 2.5 / 7)

    def series(**columns):
        return np.array([[_speed_at(density, s, **columns) for s in range(seeds)] for density in ligand])

    whole, loose, free = series(), series(dissipation=0.0), series(traction_floor=1.0)
    mean = whole.mean(axis=1)
    top = int(np.argmax(mean))
    inside = 0 < top < 7 and mean[top] > 2 * max(mean[0], mean[-1])
    low = mean[top] - half_width(whole[top])
    apart = all(low > mean[k] + half_width(whole[k]) for k in (0, -1))
    jump = float(np.exp(np.abs(np.diff(np.log(mean))).max()))
    fall = 1 - loose.mean(axis=1)[-1] / loose.mean(axis=1).max()
    rise = 1 - free.mean(axis=1)[0] / free.mean(axis=1).max()
    value = {"ligand": ligand.tolist(), "speed": mean.tolist(), "largest_jump": jump,
             "fall_without_dissipation": float(fall), "rise_without_traction": float(rise)}  # fmt: skip
    met = bool(inside and apart and jump < 3 and fall < 0.2 and rise < 0.2)
    return {"value": value, "target": "maximum 2x both ends, jumps under 3x, either flank gone without its cause",
            "met": met}  # fmt: skip


def _speed_at(ligand: float, seed: int, **columns) -> float:
    dish = one_cell(seed, ligand, **{**GRADED, **columns})
    dish.advance(1500)
    return speed(track(dish, 4000)[0])


def axis_drives(seeds: int) -> dict:
    """Persistence and speed with the axis, over those with protrusion and contraction spread evenly."""
    both = []
    for columns in ({}, {"polarity": 0.0, "rear_focus": 0.0}):
        tracks = []
        for s in range(seeds):
            dish = one_cell(s, **columns)
            dish.advance(1000)
            tracks.append(track(dish, 8000)[0])
        both.append((persistence(tracks), float(np.mean([speed(t) for t in tracks]))))
    (with_axis, fast), (without, slow) = both
    value = {"persistence": [with_axis, without], "speed": [fast, slow]}
    return {"value": value, "target": "persistence at least 3x", "met": with_axis > 3 * without}


def axis_turns(seeds: int) -> dict:
    """Net over path displacement up a gradient of 5 % per cell diameter (25 sites), and without one."""
    found = {}
    for name, relative in (("gradient", 0.002), ("none", 0.0)):
        field = np.exp(relative * np.arange(200))[:, None] * np.ones((1, 200)) if relative else np.ones((200, 200))
        index = []
        for s in range(seeds):
            dish = one_cell(s, sense_gradient=4.0)
            dish.attractant = field
            dish.advance(500)
            index.append(_climb(dish))
        found[name] = [float(np.mean(index)), half_width(index)]
    up, none = found["gradient"], found["none"]
    met = up[0] >= 0.3 and up[0] - up[1] > 0.15 and abs(none[0]) < none[1]
    return {"value": found, "target": "at least 0.3, interval above 0.15; without gradient around 0", "met": bool(met)}


def _climb(dish: Dish, mcs: int = 6000, every: int = 100) -> float:
    """Net displacement along the first axis over the path, the field moving along with the cell."""
    places, field = [dish.position[1]], dish.attractant
    home = dish.centroid[1][0]
    for _ in range(mcs // every):
        dish.advance(every)
        places.append(dish.position[1])
        dish.attractant = np.roll(field, round(dish.centroid[1][0] - home), axis=0)
    places = np.array(places)
    path = np.linalg.norm(np.diff(places, axis=0), axis=1).sum()
    return float((places[-1, 0] - places[0, 0]) / path)


def elongation(seeds: int) -> dict:
    """Aspect along the axis from protrusion focus and rear contraction alone."""
    found = {}
    for name, columns in (("narrow front", {}), ("round", {"polarity": 0.3, "contraction": 30})):
        aspects = []
        for s in range(seeds):
            dish = one_cell(s, exponent=8, **{**LONG, "act_memory": 20, **columns})
            dish.advance(1500)
            aspects.append(track(dish, 4000)[1].mean())
        found[name] = float(np.mean(aspects))
    met = found["narrow front"] >= 2.0 and found["round"] <= 1.3
    return {"value": found, "target": "at least 2, at most 1.3", "met": bool(met)}


def step_halved(seeds: int) -> dict:
    """Speed, persistence and aspect per second with the seconds per MCS halved (and mobility with them)."""
    found = []
    for ratio in (1.0, 0.5):
        columns = {**ROUND, "sense_act": 0, "rotational_diffusion": 0.004 * ratio, "bind_rate": 0.02 * ratio,
                   "unbind_rate": 0.02 * ratio, "act_memory": 40 / ratio, "turning_time": 20 / ratio}  # fmt: skip
        tracks, aspects = [], []
        for s in range(seeds):
            dish = one_cell(s, every=round(2 / ratio), mobility=ratio, **columns)
            dish.advance(round(1500 / ratio))
            places, aspect = track(dish, round(8000 / ratio), round(100 / ratio))
            tracks.append(places)
            aspects.append(aspect.mean())
        found.append((np.mean([speed(t) for t in tracks]), persistence(tracks), np.mean(aspects)))
    ratios = [float(b / a) for a, b in zip(*found)]
    met = abs(ratios[0] - 1) < 0.05 and abs(ratios[1] - 1) < 0.1 and abs(ratios[2] - 1) < 0.05
    value = dict(zip(("speed", "persistence", "aspect"), ratios))
    return {"value": value, "target": "speed and aspect within 5 %, persistence 10 %", "met": bool(met)}


CHECKS: dict[str, Callable[[int], dict]] = {
    "stationary": stationary,
    "fragmented": fragmented,
    "bond_optimum": bond_optimum,
    "axis_drives": axis_drives,
    "axis_turns": axis_turns,
    "elongation": elongation,
    "step_halved": step_halved,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--only", nargs="*", choices=sorted(CHECKS), help="run these checks only")
    parser.add_argument("--seeds", type=int, default=6, help="dishes per point")
    options = parser.parse_args()
    result = {}
    for name in options.only or CHECKS:
        result[name] = CHECKS[name](options.seeds)
        if not options.json:
            print(name, json.dumps(result[name]), flush=True)
    if options.json:
        print(json.dumps(result))


if __name__ == "__main__":
    main()
