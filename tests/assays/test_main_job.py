"""The main job on real cells, small: what the loss of XIAP and cIAP1 does, by which reactions, and the same bytes."""

import numpy as np
import pytest

from lamella.assays import ASSAYS, MIGRATION, SCRATCH
from lamella.assays.archive import run_experiment
from lamella.assays.call import run_assay
from lamella.assays.effects import ratio
from lamella.assays.experiment import read_experiment
from lamella.networks import assemble

KNOCKDOWN = {"knockdown": {"XIAP": 0.9, "BIRC2": 0.9}}
DISH = {"cell": "HeLa", "matrix": {"fibronectin": "10 ug/ml"}, "medium": {"EGF": "10 ng/ml"}, "threads": 2}
RING = ["RAC1_ubiquitination_*", "RAF1_ubiquitination_*"]


def effect(outcome, readout):
    return next(row for row in outcome.comparisons if row["readout"] == readout)


@pytest.mark.slow
def test_the_knockdown_closes_the_wound_faster_and_elongates_cells_at_the_edge():
    outcome = run_assay(SCRATCH, arms={"control": {}, "knockdown": KNOCKDOWN}, replicates=10, duration="16 h", **DISH)
    for readout in ("closure", "elongation", "rac1_total", "rac1_gtp", "raf1_total"):
        assert effect(outcome, readout)["low"] > 1.0, readout


@pytest.mark.slow
def test_without_the_ring_reactions_the_knockdown_does_little():
    """What is left of 1.3 is a few per cent either way, of what else XIAP and cIAP1 do."""
    outcome = run_assay(SCRATCH, arms={"control": {}, "knockdown": KNOCKDOWN}, replicates=20, duration="16 h",
                        without=RING, **DISH)
    closure = effect(outcome, "closure")
    assert 0.93 < closure["low"] < closure["high"] < 1.1
    assert effect(outcome, "rac1_total")["effect"] == pytest.approx(1.0, abs=0.02)


@pytest.mark.slow
def test_the_network_drives_persistence():
    dish = DISH | {"arms": {"control": {}}, "replicates": 8, "cells": 20, "duration": "12 h"}
    real = run_assay(MIGRATION, **dish)
    even = run_assay(MIGRATION, front_equals_rear=True, **dish)
    of = {name: [np.array(run.arms["control"][name]["values"], float) for run in (real, even)]
          for name in ("persistence", "mean_weight")}
    fall = ratio(*of["persistence"])
    assert fall.low > 1.5
    weights = of["mean_weight"]
    assert weights[1].mean() / weights[0].mean() == pytest.approx(1.0, abs=0.15)


EXPERIMENT = """
title = "small"
cell = "HeLa"
seed = 3
replicates = 2
[matrix]
fibronectin = "10 ug/ml"
[arms.control]
[arms.knockdown]
knockdown = { XIAP = 0.9 }
[assays.scratch]
duration = "1 h"
cells = 40
edge = "200 um"
wound = "80 um"
[assays.immunoblot]
duration = "2 h"
cells = 8
points = 3
"""


def test_the_same_bytes_for_any_number_of_threads_and_from_run_toml(tmp_path):
    (tmp_path / "small.toml").write_text(EXPERIMENT)
    experiment = read_experiment(tmp_path / "small.toml", ASSAYS)
    network = assemble("HeLa").digest
    one = run_experiment(experiment, ASSAYS, network_hash=network, out=tmp_path / "one", threads=1)
    two = run_experiment(experiment, ASSAYS, network_hash=network, out=tmp_path / "two", threads=2)
    again = read_experiment(tmp_path / "one" / "run.toml", ASSAYS)
    three = run_experiment(again, ASSAYS, network_hash=network, out=tmp_path / "three", threads=2)
    assert one.hashes == two.hashes == three.hashes
    first = tmp_path / "one" / "data"
    files = [file.relative_to(first) for file in first.rglob("*") if file.is_file()]
    assert files
    for other in (tmp_path / "two" / "data", tmp_path / "three" / "data"):
        assert all((first / file).read_bytes() == (other / file).read_bytes() for file in files)
