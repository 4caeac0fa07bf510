"""The idealised cell is told what cells of the dish are told, and the comparison of the two sees what is off."""

import numpy as np
import pytest
from verification.culture_idealised import compared, setting, told_alone

from lamella.assays.preparation import treated
from lamella.culture import idealised_inputs
from lamella.culture.alone import PULL


@pytest.mark.parametrize(("cell", "ligand"), [("HeLa", "fibronectin"), ("MCF-10A", "collagen_I")])
def test_a_cell_alone_is_told_what_the_idealised_one_is(cell, ligand):
    one = setting(cell, ligand, "10 ug/ml")
    ideal, alone = idealised_inputs(*treated(one)), told_alone(one, settle=1200.0, watch=7200.0)
    assert alone.keys() - {PULL} <= ideal.keys()
    for name in ("free_front", "free_rear", f"{ligand}_front", f"{ligand}_rear"):
        assert alone[name] == pytest.approx(ideal[name], rel=1e-12)
    for name in ("area_front", "area_rear"):
        assert alone[name] == pytest.approx(ideal[name], rel=0.1)


def test_inputs_that_differ_are_told_with_their_interval():
    found = compared({"a": 1.0, "b": 0.0, "c": 0.0},
                     [{"a": value, "b": 0.0, "c": 0.5} for value in (1.0, 2.0, 3.0)])  # fmt: skip
    assert found["a"]["ratio"] == pytest.approx(0.5)
    assert found["a"]["low"] < 2.0 < found["a"]["high"]
    assert found["b"]["ratio"] == 1.0
    assert found["c"]["ratio"] == 0.0
    assert np.isinf(compared({"a": 1.0}, [{"a": 0.0}, {"a": 0.0}])["a"]["ratio"])
