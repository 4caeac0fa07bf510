"""Division and removal leave a dish as if it had been set up that way."""

import numpy as np
import pytest
from scipy import ndimage

from lamella.errors import InputError
from lamella.tissue import Dish
from lamella.tissue.division import recount
from lamella.tissue.tiles import BORDER
from lamella.tissue.word import LISTED


def dish(shape=(40, 40), periodic=True, key=3, shift=0):
    labels = np.zeros(shape, int)
    labels[(slice(10, 18),) * len(shape)] = 1
    labels[(slice(18, 22), *(slice(10, 18),) * (len(shape) - 1))] = 2
    labels = np.roll(labels, shift, axis=tuple(range(len(shape))))
    made = Dish(labels, [0, 1, 2], ((0, 8, 8), (8, 4, 6), (8, 6, 4)), temperature=10.0, key=key, cell_keys=[0, 5, 6],
                periodic=(periodic,) * len(shape))  # fmt: skip
    sites = np.bincount(labels.ravel())[1:]
    made.cells.target_volume[1:] = sites
    made.cells.volume_stiffness = 1.0
    made.cells.perimeter_stiffness = 0.02
    made.cells.target_perimeter[1:] = 100.0
    made.cells.protrusion = 20.0
    made.cells.act_memory = 20.0
    made.cells.integrins = 100.0
    made.cells.bind_rate = 0.05
    made.cells.unbind_rate = 0.01
    made.ligand = 1.0
    return made


def whole(made):
    """What the kernel keeps up to date, counted afresh."""
    state = made.checkpoint()
    labels = made.labels()
    fresh = Dish(
        np.maximum(labels, 0), state["kinds"][: labels.max() + 1], state["contact_energy"][:-1, :-1], temperature=1.0,
        key=1, cell_keys=np.zeros(labels.max() + 1, int), periodic=state["periodic"],
    )  # fmt: skip
    return fresh.checkpoint(), state


def assert_consistent(made):
    fresh, state = whole(made)
    np.testing.assert_array_equal(fresh["word"] & ~LISTED, state["word"] & ~LISTED)
    assert sorted(fresh["border"]) == sorted(made.border)
    listed = np.flatnonzero(state["word"] & LISTED)
    np.testing.assert_array_equal(listed, np.sort(state["border"]))
    assert state["tile_state"][:, BORDER].sum() == fresh["border"].size
    rows = made.labels().max() + 1
    for column in ("volume", "perimeter"):
        index = {"volume": 0, "perimeter": 1}[column]
        np.testing.assert_array_equal(fresh["record"][1:rows, index], state["record"][1:rows, index])


@pytest.mark.parametrize("shape", [(40, 40), (24, 24, 24)])
@pytest.mark.parametrize("periodic", [True, False])
def test_a_dish_after_a_division_is_sound(shape, periodic):
    made = dish(shape, periodic)
    made.advance(30)
    before, bonds = made.labels(), made.bonds.sum()
    daughter = made.divide(1, key=77)
    after = made.labels()
    assert daughter == 3
    assert set(np.unique(after[before == 1])) == {1, 3}
    np.testing.assert_array_equal(before == 2, after == 2)
    sizes = np.bincount(after.ravel())[[1, 3]]
    assert abs(sizes[0] - sizes[1]) <= 0.1 * sizes.sum()
    assert ndimage.label(after == 3)[1] == 1
    assert made.bonds.sum() == pytest.approx(bonds)
    assert_consistent(made)
    made.cells.target_volume[[1, 3]] = sizes
    made.advance(50)
    assert_consistent(made)
    assert (np.bincount(made.labels().ravel())[1:] > 0).all()


def test_the_daughter_lies_along_the_long_axis_or_where_it_is_told():
    made = dish()
    made.divide(2, key=1)
    centres = made.centroid[[2, 3]]
    assert abs(centres[0, 1] - centres[1, 1]) > 3  # cell 2 is a slab of 4 by 8 sites
    assert abs(centres[0, 0] - centres[1, 0]) < 0.5
    told = dish()
    told.divide(2, key=1, direction=(1.0, 0.0))
    assert told.centroid[3, 0] - told.centroid[2, 0] > 1.5


def test_across_a_periodic_border():
    made = dish(shift=26)
    daughter = made.divide(1, key=9, direction=(1.0, 0.0))
    assert_consistent(made)
    apart = made.centroid[daughter] - made.centroid[1]
    apart -= 40 * np.round(apart / 40)
    np.testing.assert_allclose(apart, [4.0, 0.0], atol=1e-9)


def test_many_divisions_make_room_and_cells_keep_their_parameters():
    made = dish()
    made.cells.target_volume[1] = 64.0
    for k in range(5):
        made.divide(1 if k % 2 else 2, key=k)
    assert_consistent(made)
    assert len(made.cells) > 7
    assert (made.cells.protrusion[1:8] == 20.0).all()
    made.advance(10)
    assert_consistent(made)


def test_removal_leaves_medium_and_nothing_behind():
    made = dish()
    made.advance(20)
    made.remove(1)
    labels = made.labels()
    assert not (labels == 1).any()
    assert made.cells.volume[1] == made.cells.perimeter[1] == 0
    assert (made.bonds[labels == 0] == 0).all()
    made.advance(50)
    assert (made.labels() == 2).any()
    assert not (made.labels() == 1).any()
    assert np.isfinite(made.read().aspect).all()


def test_checkpoints_hold_divided_cells():
    made = dish()
    made.advance(7)
    made.divide(1, key=4)
    made.remove(2)
    again = Dish.restore(made.checkpoint())
    for one in (made, again):
        one.advance(23)
    np.testing.assert_array_equal(made.labels(), again.labels())
    np.testing.assert_array_equal(made.axis, again.axis)
    assert made.divide(3, key=8) == again.divide(3, key=8) == 4


def test_what_is_refused():
    made = dish()
    for wrong in (0, 3, -1):
        with pytest.raises(InputError, match="there is no cell"):
            made.divide(wrong, key=1)
    with pytest.raises(InputError, match="direction"):
        made.divide(1, key=1, direction=(0.0, 0.0))
    made.remove(1)
    with pytest.raises(InputError, match=r"0 site\(s\)"):
        made.divide(1, key=1)


def test_a_division_beyond_the_last_id_is_refused(monkeypatch):
    """Room doubles up to the ids that there are; the next daughter is refused before a site changes hands."""
    monkeypatch.setattr("lamella.tissue.dish.MOST_CELLS", 3)
    made = dish()
    assert made.divide(1, key=7) == 3
    before, record = made.labels(), made.checkpoint()["record"].copy()
    with pytest.raises(InputError) as refusal:
        made.divide(3, key=8)
    assert "room for 4 cells is asked for" in str(refusal.value)
    assert "ids end at 3" in str(refusal.value)
    np.testing.assert_array_equal(made.labels(), before)
    np.testing.assert_array_equal(made.checkpoint()["record"], record)
    made.advance(10)
    assert_consistent(made)


@pytest.mark.parametrize(("shape", "periodic"), [((40, 40), True), ((40, 40), False), ((30, 30, 30), True)])
def test_both_halves_are_counted_as_a_look_through_the_dish_would(shape, periodic):
    """Division knows which sites each half got, and looks no further."""
    made = dish(shape, periodic, shift=-12)
    made.advance(10)
    daughter = made.divide(1, key=3)
    counted = made._record.copy()
    for half in (1, daughter):
        recount(half, made._lattice, made._grid, made._record)
    np.testing.assert_array_equal(made._record, counted)
