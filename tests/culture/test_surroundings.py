"""Constants of fields and matrix, and what they make."""

import numpy as np
import pytest

from lamella.culture.surroundings import collagen_fibres, substance, surrounding_constants
from lamella.errors import InputError
from lamella.tissue.fields import Behaviour, Ligand, Reaction, Surroundings, make_medium, occupy

TABLE = surrounding_constants()


def test_units_of_converted_constants():
    micromolar = 602.214
    assert TABLE["collagen_gel.reference"] == pytest.approx(2.0 / 300.0 * 1e3 * micromolar, rel=1e-3)


def test_a_gel_with_a_cell_that_digs():
    """The surface protease of a cell opens pores round it; TIMP holds the soluble one."""
    medium = make_medium((16, 16, 16), 2.0)
    fields = [substance("MMP2", "protease", TABLE, initial=0.6), substance("TIMP2", "inhibitor", TABLE, initial=60.0),
              substance("held", "protease", TABLE)]  # fmt: skip
    law, on, off = collagen_fibres(TABLE), 1.66e-4, 1.0e-3
    collagen = Ligand("COL1A1", TABLE["collagen_gel.reference"], cut_by={"MMP2": 8.8e-7}, docked_rate=1.1e-5)
    gel = Surroundings(medium, fields, [collagen], [Reaction("MMP2", on, "TIMP2", product="held", reverse=off)],
                       fibres=law)  # fmt: skip
    labels = np.zeros(medium.shape, int)
    labels[5:11, 5:11, 5:11] = 1
    gel.advance(3600.0, occupy(medium, labels), Behaviour(docked=100.0))
    pores = law.pores(gel.matrix.density("COL1A1"))
    assert pores[0, 0, 0] == pytest.approx(2.84, rel=1e-3)
    assert pores[8, 8, 8] > 1.5 * 2.84
    assert pores[4, 8, 8] > pores[3, 8, 8]
    free = gel.fields["MMP2"].total() / (gel.fields["MMP2"].total() + gel.fields["held"].total())
    kd = off / on
    assert free == pytest.approx(kd / (kd + gel.fields["TIMP2"].concentration.mean()), rel=0.02)
    assert max(gel.imbalance().values()) < 1e-12


def test_unknown_kinds_are_refused():
    with pytest.raises(InputError, match="growth_factor"):
        substance("EGF", "growth factor", TABLE)
