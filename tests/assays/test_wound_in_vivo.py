"""A wound that is filled with matrix: where its fibres stand, and who opens the way."""

import numpy as np
import pytest

from lamella.assays import WOUND_IN_VIVO, Setting
from lamella.assays.preparation import treated
from lamella.assays.section import Ground
from lamella.assays.wound_in_vivo import bed_of
from lamella.culture import sheet_with_gap
from lamella.errors import InputError
from lamella.networks import Perturbations


def setting(replicate=0, matrix=("fibronectin",), **perturbations):
    coating = dict.fromkeys(matrix, "10 ug/ml")
    return Setting("MEF", "arm", Perturbations(**perturbations), coating, {"EGF": "10 ng/ml"}, 1, replicate)


def test_fibres_fill_the_wound_and_nothing_else_and_ligand_is_everywhere():
    layout = sheet_with_gap(24, 150.0, 60, 50, 1, 0)
    _, treatment = treated(setting(), two_ends=True)
    held, fibres = bed_of(treatment, Ground(layout.labels.shape, 0, 1.0, 1), layout, 4).ligands
    first, last = layout.wound
    assert held.initial.min() == treatment.density["fibronectin"]
    assert fibres.initial[first:last].mean() == pytest.approx(1.0 / 25.0, rel=0.1)
    assert not fibres.initial[:first].any()
    assert not fibres.initial[last:].any()
    with pytest.raises(InputError, match="nothing in the gel"):
        bed_of(treated(setting(matrix=()), two_ends=True)[1], Ground(layout.labels.shape, 0, 1.0, 1), layout, 4)


def test_proteases_close_a_dense_wound_and_matter_less_in_a_loose_one():
    def closed(pore, **arm):
        conditions = WOUND_IN_VIVO.conditions(cells=36, wound="60 um", edge="80 um", duration="12 h", frame="6 h",
                                              pore=pore)
        wounds = [WOUND_IN_VIVO.run(setting(replicate, **arm), conditions, lambda share: None)
                  for replicate in range(6)]
        for wound in wounds:
            assert float(wound.closure_course[0]) == 0.0
            assert float(wound.closure) == float(wound.closure_course[-1])
            assert (float(wound.fibres_cut) < 0.05) == bool(arm)
        return float(np.mean([float(wound.closure) for wound in wounds]))

    drug = {"inhibitor": {"GM6001": "10 uM"}}
    dense = closed("3 um") / closed("3 um", **drug)
    assert dense > 1.1
    assert dense > 1.1 * closed("10 um") / closed("10 um", **drug)


def test_cells_may_divide_and_die():
    conditions = WOUND_IN_VIVO.conditions(cells=24, wound="40 um", edge="60 um", duration="1 h", life=True)
    wound = WOUND_IN_VIVO.run(setting(), conditions, lambda share: None)
    assert wound.attrs["wound_sites"][1] - wound.attrs["wound_sites"][0] == 40
    assert wound.living.sizes == {"times": 2}
