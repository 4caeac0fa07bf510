"""Affinity, avidity and adhesion: their fits against closed forms, and real cells that answer as at the bench."""

import numpy as np
import pytest

from lamella.assays import ADHESION, AFFINITY, AVIDITY
from lamella.assays.adhesion import detachment_fit
from lamella.assays.affinity import saturation_fit
from lamella.assays.call import run_assay
from lamella.errors import InputError
from lamella.networks import bond_law, soluble_constants
from lamella.networks.heterodimers import heterodimers
from lamella.units import MOLECULES_PER_UM3_PER_UM

DISH = {"cell": "HeLa", "matrix": {"fibronectin": "10 ug/ml"}, "replicates": 1, "cells": 12}


def means(assay, arms, **conditions):
    """Arm -> read-out -> mean."""
    outcome = run_assay(assay, arms=arms, **{**DISH, **conditions})
    return {arm: {name: row["mean"] for name, row in rows.items()} for arm, rows in outcome.arms.items()}


def test_saturation_fit_finds_sites_constant_and_line():
    doses = np.geomspace(0.1, 1000.0, 13)
    found = saturation_fit(doses, 3e4 * doses / (5.0 + doses) + 2.0 * doses)
    assert found == pytest.approx((3e4, 5.0, 2.0), rel=1e-4)
    assert np.isnan(saturation_fit(doses, np.zeros(13))).all()


def test_detachment_fit_finds_the_middle_and_the_slope():
    forces = np.geomspace(1.0, 1000.0, 31)
    assert detachment_fit(forces, 1.0 / (1.0 + (forces / 70.0) ** 3.0)) == pytest.approx((70.0, 3.0), rel=1e-4)
    assert np.isnan(detachment_fit(forces, np.ones(31))).all()
    assert np.isnan(detachment_fit(forces, np.zeros(31))).all()


def test_bonds_of_b1_last_longest_near_34_pn():
    law = bond_law("a5b1")
    force = np.linspace(0.0, 60.0, 6001)
    assert law.optimum == pytest.approx(force[np.argmin(law.rate(force))], abs=0.02)
    assert law.rate(law.optimum) == pytest.approx(0.106, rel=0.02)  # as stated beside the fit
    assert law.load(0.0) == 1.0
    assert law.load(60.0) == pytest.approx(law.rate(60.0) / law.rate(law.optimum))
    assert all(bond_law(name).optimum > 0.0 for name in heterodimers())


def test_constants_of_soluble_ligand():
    extended, bent = soluble_constants("a5b1", "fibronectin")
    assert extended / MOLECULES_PER_UM3_PER_UM == pytest.approx(0.0014)
    assert bent / extended == pytest.approx(5000.0)
    assert soluble_constants("avb1", "fibronectin")[0] == pytest.approx(2.0 * extended)  # half of the relative affinity
    assert soluble_constants("avb5", "fibronectin") is None
    with pytest.raises(InputError):
        soluble_constants("a1b1", "collagen_IV")


def test_soluble_ligand_sees_talin_tails_and_antibodies_but_not_clusters():
    arms = {"control": {}, "talin": {"knockdown": {"TLN1": 0.9}}, "tails": {"overexpression": {"avb5": 30.0}},
            "activating": {"antibody": {"TS2/16": "10 ug/ml"}}, "blocking": {"antibody": {"P5D2": "10 ug/ml"}},
            "no clusters": {"blocked": ["*_clustering_*"]}}
    found = means(AFFINITY, arms)
    control = found["control"]
    assert found["talin"]["bound"] < 0.3 * control["bound"]
    assert found["tails"]["bound"] < 0.7 * control["bound"]
    assert found["activating"]["activation_index"] > 2.0 * control["activation_index"]
    assert found["blocking"]["bound"] < 0.05 * control["bound"]
    assert found["no clusters"]["bound"] == pytest.approx(control["bound"], rel=0.02)
    assert 1.4 < control["kd"] < 2.8
    assert control["bmax"] == pytest.approx(control["extended"] * control["surface"], rel=0.1)


def test_one_integrin_alone_has_its_own_constant():
    found = means(AFFINITY, {"control": {}}, integrin="a5b1")["control"]
    assert found["kd"] == pytest.approx(1.4, rel=0.02)
    with pytest.raises(InputError, match="binds fibronectin"):
        means(AFFINITY, {"control": {}}, integrin="avb5")
    with pytest.raises(InputError, match="unknown integrin of HeLa"):
        means(AFFINITY, {"control": {}}, integrin="a4b1")


def test_clusters_add_to_the_hold_at_the_same_affinity():
    # adhesion feeds back on affinity, through PI3-kinase and Rap1; without them clusters alone are left
    still = {"inhibitor": {"LY294002": "50 uM from before"}, "knockout": ["RAP1A"]}
    found = means(AVIDITY, {"dense": still, "apart": still | {"blocked": ["*_clustering_*"]},
                            "sparse": still | {"coating": {"fibronectin": "1 ug/ml"}},
                            "none": still | {"coating": {"fibronectin": "0 ug/ml"}}, "control": {}})
    assert found["dense"]["extended"] == pytest.approx(found["apart"]["extended"], rel=0.02)
    assert found["dense"]["held"] > 1.04 * found["apart"]["held"]
    assert found["dense"]["clustering_gain"] - 1.0 > 5.0 * (found["sparse"]["clustering_gain"] - 1.0)
    assert found["apart"]["clustering_gain"] == pytest.approx(1.0)
    assert found["control"]["clustering_gain"] > 2.0
    assert found["none"]["held"] == 0.0


def test_force_follows_the_bonds_and_no_cell_sticks_without_integrins():
    arms = {"control": {}, "talin": {"knockdown": {"TLN1": 0.9}}, "null": {"knockout": ["ITGB1"]},
            "bare": {"coating": {"fibronectin": "0 ug/ml"}}, "activating": {"antibody": {"TS2/16": "10 ug/ml"}}}
    found = means(ADHESION, arms)
    control = found["control"]
    assert control["attached"] == 1.0
    assert found["null"]["attached"] == found["bare"]["attached"] == 0.0
    assert np.isnan(found["bare"]["detachment_force"])
    assert found["talin"]["detachment_force"] < 0.3 * control["detachment_force"]
    assert found["activating"]["detachment_force"] > 2.0 * control["detachment_force"]
    assert 30.0 < control["force_per_bond"] < 60.0  # a little above the force that b1 bonds bear longest


def test_the_detachment_force_hardly_depends_on_the_step():
    coarse, fine = (means(ADHESION, {"control": {}}, step=step)["control"]["detachment_force"]
                    for step in ("0.5 s", "0.125 s"))
    assert coarse == pytest.approx(fine, rel=0.05)


@pytest.mark.parametrize(("assay", "conditions", "where"), [
    (AFFINITY, {"ligand": "VCAM1"}, "assays.affinity"), (AFFINITY, {"dose": "10 ug"}, "assays.affinity.dose"),
    (AFFINITY, {"lowest": "1 mM"}, "assays.affinity"), (ADHESION, {"wash": "10 Pa"}, "assays.adhesion.wash"),
    (AVIDITY, {"points": 1}, "assays.avidity.points"),
])
def test_conditions_are_refused_at_the_door(assay, conditions, where):
    with pytest.raises(InputError) as caught:
        means(assay, {"control": {}}, **conditions)
    assert where in caught.value.where


def test_arms_cannot_suspend_what_the_protocol_suspends():
    with pytest.raises(InputError, match="says when cells are suspended"):
        means(ADHESION, {"a": {"suspended": "from 1 h"}})
