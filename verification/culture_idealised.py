"""The idealised cell of the population assays beside single cells of the dish on the same coating, input by input.

A cell alone in its dish settles; every input that the dish tells it is then averaged over hours, and the mean over
cells is compared with what the idealised cell is told. What the difference does to the network is told beside it: a
few states of cells that were grown under the means of the dish, over those of the same cells grown as idealised ones.
"""

from __future__ import annotations

import numpy as np

from lamella.assays import Setting
from lamella.assays.effects import mean
from lamella.assays.preparation import draw, lengths_of, numbers, plated, sites_per_cell, treated
from lamella.culture import cells_apart, grown_population, idealised_inputs
from lamella.culture.alone import PULL
from lamella.networks import Perturbations

CASES = (
    ("HeLa", "fibronectin", "10 ug/ml"),
    ("HeLa", "fibronectin", "2 ug/ml"),
    ("HeLa", "laminin", "10 ug/ml"),
    ("MEF", "fibronectin", "10 ug/ml"),
    ("MCF-10A", "collagen_I", "10 ug/ml"),
)
"""Line, ligand, coating: polarised and unpolarised cells, three kinds of ligand, three lines."""
LEAST_CELLS = 800
"""Fewer leave the mean of a rear, where little happens, uncertain by more than the tenth that is asked for."""

SETTLE, WATCH = 4 * 3600.0, 12 * 3600.0
ROOM = 4.0
"""Cell diameters along the edge of a dish that is closed over its borders."""
WITHIN = 0.10
MEDIUM = {"EGF": "10 ng/ml"}
FELT = ("PTK2_p397_front", "PTK2_p397_rear", "RAC1_gtp", "RHOA_gtp", "MYL9_p_rear", "MAPK1_p", "holders_front",
        "holders_rear", "gripping_front", "gripping_rear")


_SLIPS = ("slip_front", "slip_rear")


def setting(cell: str, ligand: str, coating: str, replicate: int = 0) -> Setting:
    """An untreated dish in EGF."""
    return Setting(cell, "control", Perturbations(), {ligand: coating}, MEDIUM, 1, replicate)


def told_alone(one: Setting, settle: float = SETTLE, watch: float = WATCH) -> dict[str, float]:
    """Means over time of what a single cell is told in its dish, and of what it pulls with: name -> value."""
    exchange, lengths = numbers(one), lengths_of(one, numbers(one))
    layout = cells_apart(1, sites_per_cell(one, lengths), ROOM, one.seed, one.replicate)
    culture = plated(one, 1, layout, exchange, lengths)
    culture.advance(settle)
    seen: dict[str, list[float]] = {}
    while culture.seconds < settle + watch - 1e-6:
        culture.advance(culture.interval)
        told = culture.told() | {PULL: culture.population.observe((PULL,))[:, 0]}
        for name, values in told.items():
            seen.setdefault(name, []).append(float(values[0]))
    return {name: float(np.mean(values)) for name, values in seen.items()}


def compared(ideal: dict[str, float], cells: list[dict[str, float]]) -> dict[str, dict[str, float]]:
    """Every input of the idealised cell over the mean of cells in dishes, with the interval of that mean."""
    found = {}
    for name in (one for one in cells[0] if one in ideal):
        over = mean([one[name] for one in cells])
        share = ideal[name] / over.mean if over.mean else (1.0 if ideal[name] == 0.0 else float("inf"))
        found[name] = {"idealised": ideal[name], "dish": over.mean, "low": over.low, "high": over.high, "ratio": share}
    return found


def told_and_felt(one: Setting, cells: int = 200) -> dict[str, float]:
    """What the idealised cell is told; in place of the load of other cells that which its own pull makes of it."""
    network, treatment = treated(one)
    ideal = idealised_inputs(network, treatment)
    slips = grown_population(network, treatment, draw(one, cells), numbers(one), ideal).observe(_SLIPS).mean(axis=0)
    return {name: value for name, value in ideal.items() if not name.startswith("pull_")} | {
        "load_front": float(slips[0]), "load_rear": float(slips[1])}


def felt(one: Setting, ideal: dict[str, float], dish: dict[str, float], cells: int = 30) -> dict[str, float]:
    """States of cells grown under the means of the dish, over those of the same cells grown as idealised ones."""
    network, treatment = treated(one)
    grown = [grown_population(network, treatment, draw(one, cells), numbers(one), inputs).observe(FELT)
             for inputs in (ideal | dish | {"pull_floor": 1.0, "pull_slope": 0.0}, ideal)]  # fmt: skip
    return dict(zip(FELT, (grown[0].mean(axis=0) / grown[1].mean(axis=0)).tolist()))


def idealised_cell(cells: int) -> dict:
    """Each input of the idealised cell within 10 % of the mean over single cells on the same coating."""
    value, worst = {}, {}
    for cell, ligand, coating in CASES:
        one = setting(cell, ligand, coating)
        ideal = told_and_felt(one)
        many = range(max(cells, LEAST_CELLS))
        inputs = compared(ideal, [told_alone(setting(cell, ligand, coating, c)) for c in many])
        name = f"{cell}, {ligand} {coating}"
        off = {key: row["ratio"] for key, row in inputs.items() if abs(row["ratio"] - 1.0) > WITHIN}
        told = idealised_inputs(*treated(one))
        value[name] = {"inputs": inputs, "off": sorted(off),
                       "felt": felt(one, told, {key: row["dish"] for key, row in inputs.items()})}  # fmt: skip
        worst[name] = not off
    return {"value": value, "target": "each input within 10 % of the mean of single cells in the dish",
            "dishes": max(cells, LEAST_CELLS), "met": all(worst.values())}  # fmt: skip
