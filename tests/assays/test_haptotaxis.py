"""Cells on a slope, and islands that come apart: by hand, and on real dishes."""

import numpy as np
import pytest

from lamella.assays import HAPTOTAXIS, SCATTER
from lamella.assays.call import run_assay
from lamella.assays.effects import ratio
from lamella.assays.haptotaxis import gain, ridge
from lamella.assays.scatter import island_spread, nearest_distance

DISH = {"cell": "HeLa", "matrix": {"fibronectin": "10 ug/ml"}, "medium": {"EGF": "10 ng/ml"}, "threads": 2}


def test_the_coating_rises_and_falls_without_a_step_and_keeps_its_mean():
    x = np.arange(1200) + 0.5
    for ridges in (1, 3):
        height, up = ridge(x, 1200.0, ridges)
        assert height.mean() == pytest.approx(0.0, abs=1e-9)
        assert abs(height).max() <= 1.0
        assert height.max() > 0.99
        steps = np.diff(np.append(height, height[0]))
        assert abs(steps).max() == pytest.approx(4.0 * ridges / 1200, rel=1e-6)
        assert (steps[:-1][abs(steps[:-1]) > 1e-3] * up[:-1][abs(steps[:-1]) > 1e-3] > 0.0).mean() > 0.99


def test_a_step_up_counts_up_on_either_slope_and_beyond_the_border():
    paths = np.array([[[10.0, 0.0], [90.0, 0.0], [110.0, 0.0]], [[13.0, 9.0], [87.0, 0.0], [113.0, 0.0]]])
    assert gain(paths, 100.0, 1)[0] == pytest.approx([3.0, 3.0, 3.0])
    assert gain(paths[::-1], 100.0, 1)[0] == pytest.approx([-3.0, -3.0, -3.0])


def test_cells_go_up_the_slope_and_nowhere_without_one():
    dish = DISH | {"arms": {"control": {}}, "medium": {}}  # as at the bench: growth factor in excess drowns the slope
    steep, flat = (run_assay(HAPTOTAXIS, replicates=8, cells=36, ridges=3, contrast=contrast, duration="8 h",
                             **dish).arms["control"] for contrast in (0.9, 0.0))
    assert steep["forward_index"]["low"] > 0.08
    assert steep["gathering"]["low"] > 1.15
    assert flat["forward_index"]["low"] < 0.0 < flat["forward_index"]["high"]
    assert abs(flat["forward_index"]["mean"]) < 0.05
    assert flat["gathering"]["mean"] == pytest.approx(1.0)


def test_spread_and_nearest_by_hand():
    where = np.array([[0.0, 0.0], [2.0, 0.0], [100.0, 0.0], [100.0, 4.0]])
    assert island_spread(where, 2) == pytest.approx(np.sqrt((1 + 1 + 4 + 4) / 4))
    assert nearest_distance(where, np.array([500.0, 500.0])) == pytest.approx((2.0 + 2.0 + 4.0 + 4.0) / 4)
    assert nearest_distance(np.array([[1.0, 5.0], [9.0, 5.0]]), np.array([10.0, 10.0])) == pytest.approx(2.0)


def test_ras_scatters_cells_and_needs_rac_for_it():
    ras = {"mutant": {"KRAS": "G12V"}}
    arms = {"plain": {}, "ras": ras, "ras without rac": ras | {"inhibitor": {"EHT 1864": "10 uM"}}}
    outcome = run_assay(SCATTER, arms=arms, replicates=3, duration="8 h", islands=2, room=3.0, **DISH)
    spread = {arm: rows["spread"]["values"] for arm, rows in outcome.arms.items()}
    assert ratio(spread["ras without rac"], spread["ras"]).high < 0.9
    assert all(min(values) > 1.0 for values in spread.values())
    course = outcome.results.datasets["scatter"]["scattered_course"]
    assert float(course.isel(times=0).max()) == 0.0
    assert float(course.isel(times=-1).sel(arms="ras").mean()) > 0.25
