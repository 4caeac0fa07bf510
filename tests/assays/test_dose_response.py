"""Dose responses: the fit against curves that are known, and drugs on real cells."""

import numpy as np
import pytest

from lamella.assays import DOSE_RESPONSE
from lamella.assays.call import run_assay
from lamella.assays.dose_fit import dose_fit, logistic
from lamella.errors import InputError

DOSES = np.geomspace(0.001, 100.0, 16)


@pytest.mark.parametrize(("top", "bottom", "half", "steepness", "absolute"), [
    (1e5, 0.0, 0.3, 1.0, 0.3),
    (1e5, 2e4, 3.0, 2.0, 3.0 * (5.0 / 3.0) ** 0.5),  # half of the top is 5/8 of the way down
    (1e3, 9e3, 0.05, 1.5, np.nan),
    (1e5, 6e4, 0.3, 1.0, np.nan),
])
def test_the_fit_finds_a_curve_that_is_known(top, bottom, half, steepness, absolute):
    found = dose_fit(DOSES, logistic(DOSES, top, bottom, half, steepness), top)
    assert (found.top, found.half, found.steepness) == pytest.approx((top, half, steepness), rel=1e-3)
    assert found.bottom == pytest.approx(bottom, abs=1e-3 * top)
    assert found.absolute == pytest.approx(absolute, rel=1e-3, nan_ok=True)


def test_noise_moves_the_fit_no_more_than_it_should():
    noise = np.random.default_rng(5).normal(0.0, 0.03, 16)
    found = dose_fit(DOSES, logistic(DOSES, 1.0, 0.1, 0.3, 1.0) + noise, 1.0)
    assert found.half == pytest.approx(0.3, rel=0.3)


def test_a_flat_curve_and_one_beyond_the_doses_have_no_ic50():
    assert np.isnan(dose_fit(DOSES, np.full(16, 7.0), 7.0).half)
    assert np.isnan(dose_fit(DOSES, np.zeros(16), 0.0).half)
    assert np.isnan(dose_fit(DOSES, logistic(DOSES, 1.0, 0.0, 3e3, 1.0), 1.0).half)


def ic50(arms=None, **conditions):
    outcome = run_assay(DOSE_RESPONSE, cell="HeLa", arms=arms or {"control": {}}, matrix={"fibronectin": "10 ug/ml"},
                        medium={"EGF": "10 ng/ml"}, replicates=2, cells=8, **conditions)
    return outcome.arms


def test_drugs_act_near_their_constants_and_take_their_band_away():
    arms = ic50({"control": {}, "little MEK": {"knockdown": {"MAP2K1": 0.99}}}, agent="U0126", band="MAPK1.p")
    found, constant = arms["control"], 72.0
    assert arms["little MEK"]["ic50"]["mean"] == pytest.approx(constant, rel=0.35)
    assert 2.8 < found["ic50"]["mean"] / constant < 5.0, "more than half of Erk is phosphorylated: MEK is to spare"
    assert found["left"]["mean"] < 0.02
    assert found["ic50"]["low"] < found["ic50"]["mean"] < found["ic50"]["high"]
    assert np.isnan(ic50(agent="U0126", band="XIAP.total")["control"]["ic50"]["mean"])


def test_cells_whose_erk_is_saturated_need_more_inhibitor():
    found = ic50({"control": {}, "mek": {"overexpression": {"MAP2K1": 30.0}}}, agent="U0126", band="MAPK1.p")
    assert found["mek"]["untreated"]["mean"] > found["control"]["untreated"]["mean"]
    assert found["mek"]["ic50"]["mean"] > 1.1 * found["control"]["ic50"]["mean"]


@pytest.mark.parametrize(("conditions", "what"), [
    ({"agent": "U01", "band": "MAPK1.p"}, "unknown drug"), ({"agent": "U0126", "band": "MAPK.p"}, "unknown band"),
    ({"agent": "U0126", "band": "MAPK1.p", "lowest": "1 mM"}, "not below"), ({"agent": "U0126"}, "missing"),
    ({"agent": "U0126", "band": "MAPK1.p", "arms": {"a": {"inhibitor": {"U0126": "1 uM"}}}}, "in the series"),
])
def test_refuses(conditions, what):
    with pytest.raises(InputError, match=what):
        ic50(**conditions)
