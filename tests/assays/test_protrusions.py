"""Outlines that can be told by hand, and real cells whose protrusions follow what drives them."""

import numpy as np
import pytest

from lamella.assays import MORPHOLOGY
from lamella.assays.call import run_assay
from lamella.assays.protrusions import mask_of, outline, outlines

X, Y = np.mgrid[-40:40, -40:40]
DISC = X**2 + Y**2 <= 12**2
TAIL = DISC | ((X < 0) & (X > -30) & (abs(Y) <= 2))
FAN = DISC | ((np.hypot(X, Y) <= 19) & (abs(np.arctan2(Y, X)) < 0.9))
AHEAD = np.array([1.0, 0.0])


def test_a_disc_and_a_square_have_no_protrusions():
    for mask in (DISC, (abs(X) < 11) & (abs(Y) < 11)):
        found = outline(mask, AHEAD)
        assert (found.broad, found.narrow, found.protruding) == (0, 0, 0.0)
        assert found.convexity > 0.9


def test_a_strip_is_narrow_and_a_tail_only_behind():
    behind, before = outline(TAIL, AHEAD), outline(TAIL, -AHEAD)
    assert (behind.broad, behind.narrow, behind.tails) == (0, 1, 1)
    assert (before.narrow, before.tails) == (1, 0)
    assert behind.longest == pytest.approx(17.0, abs=1.5)  # from the rim of the disc, at 12, to 29
    assert behind.protruding == pytest.approx(17 * 5 / TAIL.sum(), rel=0.15)
    assert behind.convexity < 0.8


def test_a_fan_is_broad():
    found = outline(FAN, AHEAD)
    assert found.broad >= 1
    assert found.narrow == 0


@pytest.mark.parametrize("shift", [(0, 0), (40, 0), (0, 40), (37, -36)])
def test_a_cell_across_a_border_is_whole(shift):
    labels = np.roll(np.where(TAIL, 3, 0), shift, axis=(0, 1))
    assert (mask_of(labels, 3) == mask_of(np.where(TAIL, 3, 0), 3)).all()
    assert outlines(labels, np.tile(AHEAD, (3, 1)))[2] == outline(mask_of(np.where(TAIL, 3, 0), 3), AHEAD)


def test_a_cell_that_is_gone_shows_nothing():
    assert outlines(np.zeros((8, 8), int), AHEAD[None])[0].broad == 0


def test_cells_without_rac1_stretch_less():
    arms = {"control": {}, "no rac": {"inhibitor": {"EHT 1864": "10 uM"}}}
    outcome = run_assay(MORPHOLOGY, cell="HeLa", arms=arms, matrix={"fibronectin": "10 ug/ml"}, replicates=2,
                        medium={"EGF": "10 ng/ml"}, cells=16, settle="4 h", duration="1 h", threads=2)
    control, without = (outcome.arms[arm] for arm in arms)
    for name, most in (("narrow_protrusions", 0.8), ("tails", 0.8), ("longest_protrusion", 0.8), ("protruding", 0.9),
                       ("lamellipodia", 0.1)):
        assert without[name]["mean"] < most * control[name]["mean"], name
    assert without["convexity"]["mean"] > control["convexity"]["mean"]
