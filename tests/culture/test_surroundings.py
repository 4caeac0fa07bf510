"""Constants of fields and matrix, and what they make."""

import numpy as np
import pytest

from lamella.culture.surroundings import (
    collagen_fibres,
    collagen_gel,
    substance,
    surrounding_constants,
    timp_binding,
)
from lamella.errors import InputError
from lamella.tissue.fields import Behaviour, Surroundings, make_medium, occupy

TABLE = surrounding_constants()


def test_units_of_converted_constants():
    micromolar = 602.214
    assert TABLE["collagen_gel.reference"] == pytest.approx(2.0 / 300.0 * 1e3 * micromolar, rel=1e-3)
    assert TABLE["proteolysis.timp_on"] == pytest.approx(0.1 / micromolar, rel=1e-2)
    assert TABLE["proteolysis.mmp2_collagen1"] == pytest.approx(0.0045 / 8.5 / micromolar, rel=1e-2)
    assert TABLE["proteolysis.mmp14_collagen1"] == pytest.approx(0.002 / 3.0 / micromolar, rel=1e-2)


def test_a_gel_with_a_cell_that_digs():
    """The surface protease of a cell opens pores round it; TIMP holds the soluble one."""
    medium = make_medium((16, 16, 16), 2.0)
    fields = [substance("MMP2", "protease", TABLE, initial=0.6), substance("TIMP2", "inhibitor", TABLE, initial=60.0),
              substance("held", "protease", TABLE)]  # fmt: skip
    law = collagen_fibres(TABLE)
    gel = Surroundings(medium, fields, [collagen_gel("COL1A1", "MMP2", TABLE)],
                       [timp_binding("MMP2", "TIMP2", "held", TABLE)], fibres=law)  # fmt: skip
    labels = np.zeros(medium.shape, int)
    labels[5:11, 5:11, 5:11] = 1
    gel.advance(3600.0, occupy(medium, labels), Behaviour(docked=100.0))
    pores = law.pores(gel.matrix.density("COL1A1"))
    assert pores[0, 0, 0] == pytest.approx(2.84, rel=1e-3)
    assert pores[8, 8, 8] > 1.5 * 2.84
    assert pores[4, 8, 8] > pores[3, 8, 8]
    free = gel.fields["MMP2"].total() / (gel.fields["MMP2"].total() + gel.fields["held"].total())
    kd = TABLE["proteolysis.timp_off"] / TABLE["proteolysis.timp_on"]
    assert free == pytest.approx(kd / (kd + gel.fields["TIMP2"].concentration.mean()), rel=0.02)
    assert max(gel.imbalance().values()) < 1e-12


def test_unknown_kinds_are_refused():
    with pytest.raises(InputError, match="growth_factor"):
        substance("EGF", "growth factor", TABLE)
