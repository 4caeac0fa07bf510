"""Cells between two baths: doses as written, the straight line, what is refused, and the way cells go."""

import numpy as np
import pytest

from lamella.assays import CHEMOTAXIS, IMMUNOBLOT, Setting
from lamella.assays.call import run_assay
from lamella.assays.chemotaxis import between_baths
from lamella.assays.preparation import treated
from lamella.errors import InputError
from lamella.networks import Perturbations
from lamella.networks.reagents import factor_edits, gradient_ends

DISH = {"cell": "HeLa", "matrix": {"fibronectin": "10 ug/ml"}, "threads": 2}
EGF = {"gradient": {"EGF": "0 to 10 ng/ml"}}


def setting(**perturbations):
    return Setting("HeLa", "arm", Perturbations(**perturbations), {"fibronectin": "10 ug/ml"})


def test_ends_are_read_as_written_and_nonsense_is_refused():
    full = factor_edits("EGF", "10 ng/ml")["EGF"]
    assert gradient_ends("EGF", "0 to 10 ng/ml") == (0.0, full)
    assert gradient_ends("EGF", "10 ng/ml to 1 ng/ml") == pytest.approx((full, full / 10.0))
    assert gradient_ends("HGF", "0.5 to 1 nM") == pytest.approx((0.5 * 0.602214, 0.602214))
    for wrong in ("10 ng/ml", "steep", "0 to 1 to 2 nM", "-1 to 2 nM"):
        with pytest.raises(InputError):
            gradient_ends("EGF", wrong)


def test_a_gradient_needs_ends_and_no_dose_beside_it():
    with pytest.raises(InputError, match="no ends"):
        IMMUNOBLOT.run(setting(**EGF), IMMUNOBLOT.conditions(cells=4), lambda share: None)
    with pytest.raises(InputError, match="same everywhere and a gradient"):
        treated(setting(**EGF, factor={"EGF": "1 ng/ml"}), two_ends=True)
    _, other = treated(setting(gradient={"LGALS8": "0 to 1 nM"}), two_ends=True)
    with pytest.raises(InputError, match="forms gradients"):
        between_baths(other, (40, 40), 100.0)


def test_between_the_baths_the_factor_is_a_straight_line():
    _, treatment = treated(setting(**EGF), two_ends=True)
    habitat = between_baths(treatment, (100, 8), 1000.0)
    (made,) = habitat.substances
    low, high = treatment.gradient["EGF"]
    assert made.held == {(0, "low"): low, (0, "high"): high}
    np.testing.assert_allclose(made.initial[:, 3], np.linspace(0.005, 0.995, 100) * high)
    assert habitat.periodic == (False, True)


def test_cells_go_to_egf_and_nowhere_without_a_slope():
    arms = {"slope": EGF, "even": {"factor": {"EGF": "5 ng/ml"}}}
    found = run_assay(CHEMOTAXIS, arms=arms, replicates=3, cells=49, duration="5 h", **DISH).arms
    index = {arm: np.array(rows["forward_index"]["values"]) for arm, rows in found.items()}
    assert index["slope"].mean() > 0.1
    gained = index["slope"] - index["even"]
    assert gained.mean() > 2.0 * gained.std(ddof=1) / np.sqrt(len(gained))
    assert abs(found["even"]["forward_index"]["mean"]) < 0.1
    assert found["slope"]["boyden_index"]["mean"] > found["even"]["boyden_index"]["mean"]
    assert 0.9 < found["slope"]["slope_left"]["mean"] <= 1.001


def test_fibroblasts_go_to_pdgf():
    arms = {"slope": {"gradient": {"PDGF": "0 to 30 ng/ml"}}, "even": {"factor": {"PDGF": "15 ng/ml"}}}
    dish = DISH | {"cell": "MEF"}
    found = run_assay(CHEMOTAXIS, arms=arms, replicates=24, cells=36, duration="4 h", settle="1 h", **dish).arms
    index = {arm: np.array(rows["forward_index"]["values"]) for arm, rows in found.items()}
    assert index["slope"].mean() - 2.0 * index["slope"].std(ddof=1) / np.sqrt(24) > 0.05
    gained = index["slope"] - index["even"]
    assert gained.mean() > 3.0 * gained.std(ddof=1) / np.sqrt(len(gained))


def test_several_gradients_share_what_steers():
    many = {"gradient": {"EGF": "0 to 10 ng/ml", "HGF": "0 to 20 ng/ml", "PDGF": "0 to 30 ng/ml"}}
    found = CHEMOTAXIS.run(setting(**many), CHEMOTAXIS.conditions(cells=4, duration="30 min", settle="0 h"),
                           lambda share: None)  # fmt: skip
    assert np.isfinite(float(found["forward_index"]))
