"""What a difference of a factor over the cell counts: with receptors, most near the dissociation constant."""

import numpy as np
import pytest
from tests.networks.responses import after

from lamella.culture import habitat_table, program
from lamella.solve import Population

VCAM = {"VCAM1": "10 ug/ml"}
STEERING = tuple(row["steering"] for row in habitat_table()["factors"].values())


def steering(factor, dose, cell="lymphocyte", matrix=VCAM, **arm):
    return after(1.0, (f"{factor}_steering",), cell, matrix, factor={factor: dose}, **arm)[f"{factor}_steering"]


def test_a_cell_without_receptors_is_steered_by_nothing():
    arms = {"knockout": ["EGFR", "MET", "PDGFRB", "CXCR4", "CCR7", "CCR3"]}
    found = np.array(list(after(1.0, STEERING, "HeLa", **arms).values()))
    assert np.isfinite(found).all()
    assert not found.any()


LEUKOCYTES = (("CXCL12", "lymphocyte"), ("CCL21", "lymphocyte"), ("CCL5", "eosinophil"))


@pytest.mark.parametrize(("factor", "cell"), LEUKOCYTES)
def test_chemokines_steer_leukocytes_best_near_the_dissociation_constant(factor, cell):
    low, middle, high = (steering(factor, dose, cell) for dose in ("0.02 nM", "3 nM", "3 uM"))
    assert middle > 0.05
    assert middle > 2.0 * max(low, high)


def test_pdgf_steers_fibroblasts_and_not_without_pi3_kinase():
    fibronectin = {"fibronectin": "10 ug/ml"}
    whole = steering("PDGF", "15 ng/ml", "MEF", fibronectin)
    held = steering("PDGF", "15 ng/ml", "MEF", fibronectin, inhibitor={"LY294002": "50 uM"})
    assert whole > 0.05
    assert held < 0.5 * whole


@pytest.mark.parametrize(("factor", "state"), [("CXCL12", "CXCR4_internal"), ("PDGF", "PDGFRB_active")])
def test_a_factor_told_by_place_counts_as_the_dose_does(factor, state):
    made = program("lymphocyte" if factor == "CXCL12" else "MEF")

    def held(**told):
        table = made.defaults[None].copy()
        for name, value in told.items():
            table[:, made.parameter(name)] = value
        population = Population(made, table)
        population.advance(600.0)
        return float(population.observe((state,))[0, 0])

    even = held(**{factor: 3.0})
    assert even > 10.0 * held()
    assert held(**{f"{factor}_front": 3.0, f"{factor}_rear": 3.0}) == pytest.approx(even, rel=1e-3)
    assert held(**{f"{factor}_front": 4.5, f"{factor}_rear": 1.5}) == pytest.approx(even, rel=0.05)
