"""Cells on a gel: pores, layout, what is held and what stops nuclei, and the way in with and without proteases."""

from dataclasses import replace

import numpy as np
import pytest

from lamella.assays import INVASION, Setting
from lamella.assays.invasion import gel_of, pore_of
from lamella.assays.preparation import treated
from lamella.assays.section import FIBRES, Ground, seed_of_ground
from lamella.culture import habitat_table, row_above
from lamella.errors import InputError
from lamella.networks import Perturbations, ligands


def setting(replicate=0, cell="MEF", matrix=("fibronectin",), **perturbations):
    coating = dict.fromkeys(matrix, "10 ug/ml")
    return Setting(cell, "arm", Perturbations(**perturbations), coating, {"EGF": "10 ng/ml"}, 1, replicate)


def test_a_denser_gel_has_narrower_pores():
    pores = [pore_of(INVASION.conditions(gel=f"{mg} mg/ml")) for mg in (0.5, 2.0, 4.0)]
    assert pores[0] > pores[1] > pores[2]
    assert pores[1] == pytest.approx(2.84, rel=1e-3)
    assert pore_of(INVASION.conditions(pore="7 um")) == 7.0


def test_cells_lie_on_the_surface_side_by_side():
    labels = row_above(5, 200.0, 20.0, 30, 50).labels
    assert labels.shape == (80, 100)
    assert set(np.unique(labels)) == set(range(6))
    assert not labels[30:].any()
    assert labels[29].any()
    assert np.bincount(labels.ravel())[1:] == pytest.approx(np.full(5, 200), abs=12)
    with pytest.raises(InputError, match="do not fit"):
        row_above(5, 200.0, 10.0, 30, 50)


def test_fibres_and_ligand_begin_at_the_surface():
    _, treatment = treated(setting(), two_ends=True)
    habitat = gel_of(treatment, Ground((120, 80), 40, 1.0, 1), 5)
    held, fibres = habitat.ligands
    assert held.name == "fibronectin"
    assert held.initial[60:].min() == treatment.density["fibronectin"]
    assert not fibres.initial[:40].any()
    assert fibres.initial[40:].mean() == pytest.approx(1.0 / 36.0, rel=0.1)
    with pytest.raises(InputError, match="nothing in the gel"):
        gel_of(treated(setting(matrix=()), two_ends=True)[1], Ground((120, 80), 40, 1.0, 1), 5)


def test_a_dense_gel_needs_proteases_and_a_loose_one_hardly_does():
    def depth(pore, **perturbations):
        conditions = INVASION.conditions(cells=10, duration="16 h", frame="4 h", depth="80 um", pore=pore)
        return [INVASION.run(setting(r, **perturbations), conditions, lambda share: None) for r in (1, 2)]

    cutting, held, loose = depth("2 um"), depth("2 um", inhibitor={"GM6001": "10 uM"}), depth(
        "12 um", inhibitor={"GM6001": "10 uM"})  # fmt: skip
    mean = lambda wells, name: float(np.mean([float(well[name]) for well in wells]))
    assert mean(cutting, "fibres_cut") > 0.05 > 10.0 * mean(held, "fibres_cut")
    assert mean(held, "depth") < 0.5 * min(mean(cutting, "depth"), mean(loose, "depth"))


def test_what_fibres_bear_is_cut_with_them_where_proteases_digest_it():
    _, treatment = treated(setting(matrix=("fibronectin", "ICAM1")), two_ends=True)
    rates = {one.name: one.docked_rate for one in gel_of(treatment, Ground((120, 80), 40, 1.0, 1), 5).ligands}
    assert rates["ICAM1"] == 0.0 < rates["fibronectin"] < rates[FIBRES]
    assert set(habitat_table()["surface"]["digests"]) <= set(ligands())


def test_cells_that_digest_all_of_their_matrix_stay_outside():
    def depth(**perturbations):
        conditions = INVASION.conditions(cells=12, duration="12 h", frame="6 h", depth="80 um", pore="3 um")
        wells = [INVASION.run(setting(r, "HT-1080", **perturbations), conditions, lambda share: None) for r in (1, 2)]
        return float(np.mean([float(well["depth"]) for well in wells]))

    most = {"overexpression": {"MMP14": 300.0}}
    assert depth(**most) < 0.5 * min(depth(), depth(inhibitor={"GM6001": "10 uM"}, **most))


def test_pores_wider_than_the_gel_leave_nothing_to_cut():
    well = INVASION.run(setting(), INVASION.conditions(cells=4, duration="1 h", depth="20 um", pore="40 um"),
                        lambda share: None)  # fmt: skip
    assert not well["fibres"].any()
    assert float(well["fibres_cut"]) == 0.0


def test_no_two_dishes_share_their_fibres():
    dishes = [replace(setting(replicate=dish), seed=seed) for seed in (1, 2, 3) for dish in (0, 1, 2)]
    assert len({seed_of_ground(dish) for dish in dishes}) == len(dishes)
    assert seed_of_ground(setting(cell="MEF")) == seed_of_ground(setting(cell="HeLa"))
