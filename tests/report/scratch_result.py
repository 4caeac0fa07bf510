"""A made-up scratch experiment, shaped as the runner hands it over: two sheets of cells that close a wound."""

from dataclasses import replace

import numpy as np
import pandas as pd
import xarray as xr
from scipy.spatial import cKDTree

from lamella.assays.experiment import Comparison, Experiment
from lamella.assays.protocol import Conditions
from lamella.networks import Perturbations

LOSS = {"XIAP": 0.9, "BIRC2": 0.9}
ARMS = {
    "control": Perturbations(),
    "knockdown": Perturbations(knockdown=LOSS),
    "rac1-inhibitor": Perturbations(inhibitor={"EHT 1864": "10 uM"}),
    "mek-inhibitor": Perturbations(inhibitor={"U0126": "10 uM"}),
    "knockdown+rac1-inhibitor": Perturbations(knockdown=LOSS, inhibitor={"EHT 1864": "10 uM"}),
    "knockdown+mek-inhibitor": Perturbations(knockdown=LOSS, inhibitor={"U0126": "10 uM"}),
}
SPEED = {"control": 1.0, "knockdown": 1.45, "rac1-inhibitor": 0.55, "mek-inhibitor": 0.7,
         "knockdown+rac1-inhibitor": 0.57, "knockdown+mek-inhibitor": 0.72}
PROVENANCE = {"versions": {"lamella": "0.1.0", "numpy": "2.4.1"}, "machine": {"system": "Linux"}, "seed": 11,
              "hashes": {"network": "ab" * 32, "experiment": "cd" * 32, "findings": "ef" * 32, "data": "01" * 32},
              "command": "lamella run examples/xiap_scratch.toml --out results/xiap"}
CAUSAL = {
    "quantity": "closure", "cell": "HeLa", "contrast": {"arm": "knockdown", "against": "control"}, "effect": 1.42,
    "reactions": [
        {"id": "RAC1_ubiquitination_XIAP", "name": "ubiquitination of Rac1 by the RING of XIAP",
         "law": "k_RAC1_ubiquitination_XIAP*XIAP_ring*XIAP*RAC1", "share_lost": 0.61, "effect_without": 1.15,
         "claims": ["IAP-173", "IAP-174"], "sources": ["Oberoi 2012, EMBO J 31:14, doi:10.1038/emboj.2011.423"],
         "note": "30 % of the loss of Rac1 in HeLa"},
        {"id": "RAF1_ubiquitination_XIAP", "name": "ubiquitination of C-RAF", "law": "k*XIAP*RAF1",
         "share_lost": 0.22, "effect_without": 1.32, "claims": ["IAP-223"],
         "sources": [{"citation": "Dogan 2008, Nat Cell Biol 10:1447", "doi": "10.1038/ncb1804"}], "note": ""},
        {"id": "PAK1_activation", "name": "activation of PAK1 by Rac1-GTP", "law": "k*RAC1_gtp*PAK1",
         "share_lost": 0.09, "effect_without": 1.38, "claims": [], "sources": [], "note": ""},
    ],
}


class ScratchConditions(Conditions):
    duration: str = "24 h"
    wound_width: str = "200 um"


def experiment(arms=ARMS, replicates=6, assays=("scratch",), **changes):
    """The experiment of the founding example, or a variant of it."""
    names = list(arms)
    pairs = [(arm, names[0]) for arm in names[1:]]
    pairs += [(f"knockdown+{drug}", drug) for drug in ("rac1-inhibitor", "mek-inhibitor")
              if {f"knockdown+{drug}", drug} <= set(names)]
    made = Experiment(cell="HeLa", arms=dict(arms), assays={name: ScratchConditions() for name in assays},
                      title="Loss of XIAP and cIAP1 in HeLa on fibronectin", seed=11, replicates=replicates,
                      matrix={"fibronectin": "10 ug/ml"}, medium={"EGF": "10 ng/ml"},
                      compare=tuple(Comparison(arm=arm, against=against) for arm, against in pairs))
    return replace(made, **changes)


def front(hour, speed):
    """Distance from the middle of the dish to the front at an hour, as a share of the first distance."""
    return np.clip(1 - 0.026 * speed * hour * (1 + 0.01 * hour), 0, 1)


def labels(speed, hours, size=96, across=12, seed=5):
    """Frames of a closing wound.   returns [frames, x, y] uint16, 0 where no cell is"""
    dice = np.random.default_rng(seed)
    x, y = np.meshgrid(np.arange(size), np.arange(size), indexing="ij")
    half, middle = 0.2 * size, size / 2
    sites_per_cell, count = size / across, across**2
    home = dice.uniform(0, size, (count, 2))
    home = home[np.abs(home[:, 0] - middle) > half + sites_per_cell / 3]
    frames = []
    wave = sum(np.sin(2 * np.pi * (k * y / size + dice.random())) / k for k in (2, 3, 5, 7))
    for hour in hours:
        gap = half * front(hour, speed) + 0.05 * half * wave * (1 + hour / 8)
        gap = np.where(half * front(hour, speed) < 0.02 * size, -1, gap)
        depth = np.abs(home[:, 0] - middle)
        moved = home.copy()
        pull = half * (1 - front(hour, speed)) * np.exp(-(depth - half) / (0.25 * size))
        moved[:, 0] -= np.sign(home[:, 0] - middle) * pull
        moved[:, 1] += 0.15 * hour * np.sin(np.arange(len(home)) * 2.4)
        stretch = 1 + 0.25 * speed * min(hour, 12) / 12
        jitter = 1.3 * np.stack([np.sin(x / 3 + y / 5), np.cos(x / 4 - y / 3)], -1)
        points = np.stack([x / stretch, y], -1) + jitter
        centres = np.stack([moved[:, 0] / stretch, moved[:, 1]], -1)
        nearest = cKDTree(centres).query(points.reshape(-1, 2))[1].reshape(size, size) + 1
        frames.append(np.where(np.abs(x - middle) < gap, 0, nearest))
    return np.stack(frames).astype(np.uint16)


def scratch(arms=tuple(ARMS), replicates=6, size=96, seed=3):
    """The gathered Dataset of the scratch assay."""
    dice = np.random.default_rng(seed)
    hours = np.linspace(0, 24, 25)
    frames = np.array([0, 6, 12, 18, 24.0])
    dish = dice.normal(0, 0.06, (replicates, 1))
    own = dice.normal(0, 0.03, (replicates, len(arms)))
    speed = np.array([SPEED[arm] for arm in arms]) * np.exp(dish + own)
    closure = 0.9 * (1 - front(hours, speed[..., None]))
    closure += 0.004 * dice.standard_normal(closure.shape).cumsum(-1) * (hours > 0)
    loss = np.array([0.9 * ("knockdown" in arm) for arm in arms])
    blocked = np.array([1 - 0.75 * ("rac1-inhibitor" in arm) for arm in arms])
    noise = lambda sd: np.exp(dish + dice.normal(0, sd, (replicates, len(arms))))
    total = 3.1e5 * (1 + loss) * noise(0.02)
    scalars = {"closure": closure[..., -1], "front_advance": 260 * closure[..., -1] / 2,
               "elongation": (1.4 + 0.45 * loss * blocked) * noise(0.03), "edge_speed": 11 * speed,
               "rac1_total": total, "rac1_gtp": 0.14 * total * blocked * noise(0.04)}
    dims = ("replicates", "arms")
    variables = {name: (dims, values) for name, values in scalars.items()}
    variables["closed"] = ((*dims, "times"), closure, {"long_name": "Closed share of the wound"})
    variables["wound_width"] = ((*dims, "times"), 200 * (1 - closure), {"units": "um"})
    pictures = np.stack([labels(SPEED[arm], frames, size) for arm in arms])
    variables["labels"] = (("arms", "frames", "x", "y"), pictures, {"site_um": 800 / size})
    return xr.Dataset(variables, coords={"replicates": np.arange(replicates), "arms": list(arms),
                                         "times": hours * 3600, "frames": frames * 3600})


def dishes(dataset):
    """Arm -> Dataset of its first dish, as an assay returns it."""
    return {str(arm): dataset.sel(arms=arm).isel(replicates=0).drop_vars(["arms", "replicates"])
            for arm in dataset["arms"].values}


def tracks(dataset, seed=9):
    """The table of tracks that goes with `scratch`: the cells of the pictures, every half hour."""
    dice = np.random.default_rng(seed)
    site = dataset["labels"].attrs["site_um"]
    times = np.arange(0, 24.01, 0.5) * 3600
    pieces = []
    for number, arm in enumerate(map(str, dataset["arms"].values)):
        frame = dataset["labels"].values[number]
        for replicate in range(dataset.sizes["replicates"]):
            for cell in np.unique(frame[0])[1:]:
                x0, y0 = (np.mean(axis) * site for axis in np.nonzero(frame[0] == cell))
                side = np.sign(frame.shape[1] * site / 2 - x0)
                near = abs(frame.shape[1] * site / 2 - x0) < 260
                drift = side * SPEED[arm] * (3.5 if near else 0.6)
                steps = dice.normal(0, 3.2, (len(times), 2))
                steps[:, 0] += drift
                steps[0] = 0
                path = np.cumsum(steps, axis=0)
                angle = np.arctan2(0.4 * dice.standard_normal(), side)
                pieces.append(pd.DataFrame({
                    "arm": arm, "replicate": np.int32(replicate), "cell": int(cell), "time_s": times,
                    "x_um": x0 + path[:, 0], "y_um": y0 + path[:, 1], "axis_x": np.cos(angle),
                    "axis_y": np.sin(angle), "aspect": 1.5 + 0.2 * dice.random(len(times)), "edge": bool(near)}))
    table = pd.concat(pieces, ignore_index=True)
    table["arm"] = pd.Categorical(table["arm"], categories=list(map(str, dataset["arms"].values)))
    return table


def comparisons(made, dataset):
    """Rows as `lamella.assays.effects.compare` gives them, over the scalars of one Dataset."""
    from lamella.assays.effects import compare

    names = [name for name, v in dataset.data_vars.items() if set(v.dims) == {"replicates", "arms"}]
    return compare({"scratch": dataset}, {"scratch": names}, made.compare)
