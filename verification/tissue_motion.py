"""What single cells do on a matrix: bonds, axis, shape, and steps and sites halved."""

from __future__ import annotations

import numpy as np

from lamella.tissue import Dish
from verification.tissue_cells import GRADED, LONG, ROUND, half_width, one_cell, persistence, speed, track


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
    value = {"ligand": ligand.tolist(), **_shown("speed", whole), **_shown("without_dissipation", loose),
             **_shown("without_traction", free), "largest_jump": jump,
             "fall_without_dissipation": float(fall), "rise_without_traction": float(rise)}  # fmt: skip
    met = bool(inside and apart and jump < 3 and fall < 0.2 and rise < 0.2)
    return {"value": value, "target": "maximum 2x both ends, jumps under 3x, either flank gone without its cause",
            "met": met}  # fmt: skip


def _shown(name: str, series: np.ndarray) -> dict[str, list[float]]:
    """Mean and half width at each point.   series [points, seeds]"""
    return {name: series.mean(axis=1).tolist(), f"{name}_half_width": [half_width(row) for row in series]}


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
        index = [_climb(one_cell(s, sense_gradient=4.0), field) for s in range(seeds)]
        found[name] = [float(np.mean(index)), half_width(index)]
    up, none = found["gradient"], found["none"]
    met = up[0] >= 0.3 and up[0] - up[1] > 0.15 and abs(none[0]) < none[1]
    return {"value": found, "target": "at least 0.3, interval above 0.15; without gradient around 0", "met": bool(met)}


def _climb(dish: Dish, field: np.ndarray, settle: int = 500, mcs: int = 6000, every: int = 100) -> float:
    """Net displacement along the first axis over the path. The field moves along with the cell, from the first step on:
    the seam at which it begins anew stays half a dish away."""
    places = []
    for time in range(0, settle + mcs, every):
        dish.attractant = np.roll(field, round(dish.centroid[1][0] - dish.shape[0] / 2), axis=0)
        if time >= settle:
            places.append(dish.position[1])
        dish.advance(every)
    places = np.array([*places, dish.position[1]])
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
        found[name] = [float(np.mean(aspects)), half_width(aspects)]
    met = found["narrow front"][0] >= 2.0 and found["round"][0] <= 1.3
    return {"value": found, "target": "at least 2, at most 1.3", "met": bool(met)}


def step_halved(seeds: int) -> dict:
    """Speed, persistence and aspect per second with the seconds per MCS halved (and mobility with them)."""
    ratios = [b / a for a, b in zip(_crawl(seeds), _crawl(seeds, 0.5))]
    met = abs(ratios[0] - 1) < 0.05 and abs(ratios[1] - 1) < 0.1 and abs(ratios[2] - 1) < 0.05
    value = dict(zip(("speed", "persistence", "aspect"), ratios))
    return {"value": value, "target": "speed and aspect within 5 %, persistence 10 %", "met": bool(met)}


def _crawl(seeds: int, ratio: float = 1.0, size: float = 1.0, mcs: int = 8000, **columns) -> list[float]:
    """Speed, persistence and aspect of the cell of `step_halved` in units that a change of site and step leaves alone.

    ratio   seconds per MCS over those of the reference;   size   length of a site over that of the reference
    """
    scaled = {
        **ROUND, "sense_act": 0, "rotational_diffusion": 0.004 * ratio, "bind_rate": 0.02 * ratio,
        "unbind_rate": 0.02 * ratio, "act_memory": round(40 / ratio), "turning_time": 20 / ratio,
        "target_volume": 500 / size**2, "integrins": 2500 / size**2, "target_perimeter": 340 / size,
        "volume_stiffness": 3 * size**2, **columns,
    }  # fmt: skip
    tracks, aspects = [], []
    for s in range(seeds):
        dish = one_cell(s, every=max(1, round(2 / ratio)), mobility=ratio / size, sites=round(200 / max(size, 0.8)),
                        contact=20 / size, **scaled)  # fmt: skip
        dish.advance(round(1500 / ratio))
        places, aspect = track(dish, round(mcs / ratio), round(100 / ratio))
        tracks.append(places * size)
        aspects.append(aspect.mean())
    return [float(np.mean([speed(t) for t in tracks])), persistence(tracks), float(np.mean(aspects))]


def site_halved(seeds: int) -> dict:
    """Speed, persistence and aspect with sites of half the length and half the seconds per MCS.

    Per site and copy, energies stay; volumes, perimeters, rates and the volume's stiffness scale. Protrusion alone is
    set anew, so that the speed agrees: one secant from two trials.
    """
    reference = _crawl(seeds)
    trials = [(strength, _crawl(seeds, 0.5, 0.5, protrusion=strength)) for strength in (72.0, 90.0)]
    (low, slow), (high, fast) = ((strength, found[0]) for strength, found in trials)
    strength = low + (high - low) * (reference[0] - slow) / (fast - slow)
    found = _crawl(seeds, 0.5, 0.5, protrusion=strength)
    ratios = [b / a for a, b in zip(reference, found)]
    value = {"protrusion": strength, **dict(zip(("speed", "persistence", "aspect"), ratios))}
    met = abs(ratios[0] - 1) < 0.1 and abs(ratios[1] - 1) < 0.15 and abs(ratios[2] - 1) < 0.1
    target = "after setting protrusion anew, speed and aspect within 10 %, persistence 15 %"
    return {"value": value, "target": target, "met": bool(met)}
