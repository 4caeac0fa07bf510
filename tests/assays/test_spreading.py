"""Cells that land: balance of pull and tension by hand, and what ligand, talin and myosin do to the area."""

import numpy as np
import pytest

from lamella.assays import SPREADING
from lamella.assays.call import run_assay
from lamella.assays.spreading import half_time
from lamella.culture import constants, round_area
from lamella.culture.spreading import follow, spread_share

NUMBERS = constants()


def share(bound, protrusion=100.0, contraction=7.0):
    return float(spread_share(np.array([bound]), np.array([protrusion]), np.array([contraction]), NUMBERS)[0])


def test_a_sphere_lands_on_its_cross_section():
    assert round_area(4.0 / 3.0 * np.pi * 8.0**3) == pytest.approx(np.pi * 64.0)


def test_pull_spreads_and_tension_holds():
    assert share(0.0) == 0.0
    assert 0.0 < share(500.0) < share(5000.0) < share(1e9) < 1.0
    assert share(5000.0, protrusion=0.0) < share(5000.0)
    assert share(5000.0, contraction=0.0) > share(5000.0)


def test_an_area_halves_its_distance_in_its_half_life():
    area = follow(np.array([200.0]), np.array([1000.0]), np.log(2.0) * NUMBERS["spreading.time"], NUMBERS)
    assert area[0] == pytest.approx(600.0)


def test_half_time_by_hand():
    assert half_time(np.array([0.0, 10.0, 20.0]), np.array([1.0, 1.0, 5.0])) == pytest.approx(15.0)
    assert np.isnan(half_time(np.array([0.0, 10.0]), np.array([2.0, 1.0])))


def test_cells_spread_with_ligand_and_talin_and_further_without_myosin():
    arms = {"much": {}, "little": {"coating": {"fibronectin": "0.3 ug/ml"}}, "no talin": {"knockdown": {"TLN1": 0.95}},
            "no tension": {"inhibitor": {"Y-27632": "10 uM"}}}  # fmt: skip
    found = run_assay(SPREADING, arms=arms, cell="HeLa", matrix={"fibronectin": "10 ug/ml"}, replicates=2, cells=9,
                      duration="1 h", threads=2)  # fmt: skip
    area = {arm: rows["area"]["mean"] for arm, rows in found.arms.items()}
    assert area["little"] < 0.6 * area["much"] < 0.6 * area["no tension"]
    assert area["no talin"] < 0.6 * area["much"]
    course = found.results.datasets["spreading"]["area_course"].sel(arms="much").mean("replicates").to_numpy()
    assert course[0] == pytest.approx(round_area(2680.0), rel=0.2)
    assert (np.diff(course[:6]) > 0.0).all()
