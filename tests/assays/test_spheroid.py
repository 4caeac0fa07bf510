"""A ball of cells in a gel: what is round it, what holds it together, and who leaves."""

import numpy as np
import pytest

from lamella.assays import SPHEROID, Setting
from lamella.assays.preparation import treated
from lamella.assays.section import Ground
from lamella.assays.spheroid import gel_of
from lamella.culture import islands
from lamella.errors import InputError
from lamella.networks import Perturbations


def setting(replicate=0, matrix=("fibronectin",), **perturbations):
    coating = dict.fromkeys(matrix, "10 ug/ml")
    return Setting("MEF", "arm", Perturbations(**perturbations), coating, {"EGF": "10 ng/ml"}, 1, replicate)


def test_fibres_stand_round_the_ball_and_ligand_is_everywhere():
    labels = islands(1, 12, 150.0, 3.0, 1, 0).labels
    _, treatment = treated(setting(), two_ends=True)
    held, fibres = gel_of(treatment, Ground(labels.shape, 0, 1.0, 1), labels, 5).ligands
    assert held.initial.min() == treatment.density["fibronectin"]
    assert not fibres.initial[labels > 0].any()
    assert fibres.initial[labels == 0].mean() == pytest.approx(1.0 / 36.0, rel=0.1)
    with pytest.raises(InputError, match="nothing in the gel"):
        gel_of(treated(setting(matrix=()), two_ends=True)[1], Ground(labels.shape, 0, 1.0, 1), labels, 5)


def test_fibroblasts_leave_and_with_the_cadherin_of_an_epithelium_they_stay():
    """Without Snail, that is, which silences the gene."""
    conditions = SPHEROID.conditions(cells=19, duration="10 h", frame="5 h", pore="12 um")
    loose, held = ([SPHEROID.run(setting(replicate, **arm), conditions, lambda share: None) for replicate in (0, 1)]
                   for arm in ({}, {"level_of": {"CDH1": "MCF-7"}, "knockout": ["SNAI1"]}))
    mean = lambda gels, name: float(np.mean([float(gel[name]) for gel in gels]))
    assert mean(loose, "reach") > 2.0 * mean(held, "reach")
    assert mean(loose, "left") > mean(held, "left")
    for gel in (*loose, *held):
        assert float(gel.alone + gel.together) == pytest.approx(float(gel.left))
        assert float(gel.reach_course[0]) == 0.0
        assert np.diff(gel.times).tolist() == [5 * 3600.0] * 2
