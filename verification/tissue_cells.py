"""Single cells that verification lets crawl, and what is measured on them. Lengths are sites, times MCS."""

from __future__ import annotations

import math

import numpy as np
from scipy import stats

from lamella.random import stream_key
from lamella.tissue import Dish

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


def one_cell(
    seed: int, ligand=1.28, exponent: int = 2, every: int = 2, mobility: float = 1.0, *, sites: int = 200,
    contact: float = 20.0, **columns,
) -> Dish:  # fmt: skip
    """One square cell of about its target volume in the middle of a free dish of `sites` x `sites`."""
    labels = np.zeros((sites, sites), int)
    edge = round(math.sqrt(columns.get("target_volume", ROUND["target_volume"])))
    begin = (sites - edge) // 2
    labels[begin : begin + edge, begin : begin + edge] = 1
    dish = Dish(
        labels, [0, 1], ((0, contact), (contact, 2 * contact)), temperature=20.0, key=stream_key(seed, "dish"),
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
    """Half width of the 95 % interval of a mean, Student's t: six dishes are few."""
    return float(stats.t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1)) / math.sqrt(len(values))
