"""Viability and anoikis: fractions from the cells' own states, and their fits."""

import numpy as np
import pytest

from lamella.assays import ANOIKIS, VIABILITY
from lamella.assays.call import run_assay
from lamella.assays.half_time import half_time
from lamella.assays.viability import survivors
from lamella.errors import InputError

FIBRONECTIN = {"fibronectin": "10 ug/ml"}


def read(assay, arms, **options):
    outcome = run_assay(assay, cell="MCF-10A", arms=arms, matrix=FIBRONECTIN, medium={"EGF": "10 ng/ml"}, **options)
    return outcome, {arm: {name: row["mean"] for name, row in rows.items()} for arm, rows in outcome.arms.items()}


def test_survivors_are_set_against_all_cells_by_what_they_had_before():
    levels = np.array([[1.0, 4.0, 0.0, 2.0], [3.0, 4.0, 0.0, 2.0], [5.0, 4.0, 0.0, 2.0]])
    ratio = survivors(levels, np.array([False, True, True]))
    assert ratio["survivors_xiap"] == pytest.approx(4.0 / 3.0)
    assert ratio["survivors_birc2"] == ratio["survivors_birc5"] == 1.0
    assert np.isnan(ratio["survivors_birc3"])
    assert all(np.isnan(value) for value in survivors(levels, np.zeros(3, bool)).values())


def test_half_times_lie_between_points():
    hours = np.array([0.0, 2.0, 4.0, 6.0])
    assert half_time(hours, np.array([0.0, 0.2, 0.6, 1.0])) == pytest.approx(3.5)
    assert half_time(hours, np.array([0.7, 0.8, 0.9, 1.0])) == 0.0
    assert np.isnan(half_time(hours, np.array([0.0, 0.1, 0.2, 0.4])))


def test_detachment_kills_and_bcl2_or_a_caspase_inhibitor_saves():
    arms = {"control": {}, "more Bcl-2": {"overexpression": {"BCL2": 4.0}},
            "z-VAD": {"inhibitor": {"z-VAD-fmk": "50 uM"}}}  # fmt: skip
    _, found = read(ANOIKIS, arms, replicates=1, cells=40, duration="36 h", points=4)
    assert found["control"]["anoikis"] > 0.25
    assert found["control"]["dead_attached"] < 0.1
    for saved in ("more Bcl-2", "z-VAD"):
        assert found[saved]["dead"] < 0.3 * found["control"]["dead"]


def test_the_protocol_and_not_the_arm_detaches():
    with pytest.raises(InputError, match="says when cells are suspended"):
        read(ANOIKIS, {"control": {"suspended": True}}, replicates=1, cells=4)


def test_a_drug_has_an_ic50_and_protected_cells_a_higher_one():
    arms = {"control": {}, "more Bcl-2": {"overexpression": {"BCL2": 1.3}}}
    _, found = read(VIABILITY, arms, replicates=1, cells=40,
                    agent="doxorubicin", doses=7, lowest="10 nM", points=2)  # fmt: skip
    assert 1.5 < found["control"]["ic50"] / 300.0 < 5.0  # nM; damage is then two thirds of its most
    assert found["more Bcl-2"]["left"] > found["control"]["left"] + 0.05
    assert found["control"]["surviving"] == pytest.approx(1.0 - found["control"]["dead"])


def test_drugs_that_damage_dna_kill_at_one_multiple_of_their_constants():
    found = [read(VIABILITY, {"control": {}}, replicates=1, cells=20, agent=agent, doses=7, points=2,
                  lowest=f"{constant / 30} uM", highest=f"{constant * 300} uM")[1]["control"]["ic50"] / constant
             for agent, constant in (("doxorubicin", 0.3), ("cisplatin", 5.0))]  # fmt: skip
    assert found[0] == pytest.approx(found[1], rel=1e-4)
    assert 1.5 < found[0] / 1000.0 < 5.0


def test_cells_without_an_agent_are_followed_over_time():
    _, found = read(VIABILITY, {"control": {}, "dead": {"inhibitor": {"cisplatin": "100 uM"}}}, replicates=1, cells=200,
                    after="72 h", points=3)  # fmt: skip
    assert found["control"]["surviving"] > 0.9 > 0.5 > found["dead"]["surviving"]
    assert found["control"]["ic50"] is None or np.isnan(found["control"]["ic50"])
