"""First pictures: every cell is there once, in one piece, at the size that was asked for."""

import numpy as np
import pytest
from scipy.ndimage import label

from lamella.culture import cells_apart, egg_chambers, islands, layer, sheet_with_gap, touching
from lamella.errors import InputError


def sizes(labels, cells):
    return np.bincount(labels.ravel(), minlength=cells + 1)[1:]


def test_a_sheet_with_a_gap():
    layout = sheet_with_gap(120, 100.0, 100, 60, seed=1, replicate=0)
    first, last = layout.wound
    assert (layout.labels[first:last] == 0).all()
    assert (np.delete(layout.labels, np.s_[first:last], axis=0) > 0).all()
    size = sizes(layout.labels, 120)
    assert size.min() > 30
    assert size.sum() == 120 * 100
    for cell in range(1, 121):
        mask = np.roll(layout.labels == cell, (-last, 50), axis=(0, 1))
        shifted = np.roll(mask, 37, axis=1)
        assert min(label(mask)[1], label(shifted)[1]) == 1


def test_cells_apart_do_not_touch():
    layout = cells_apart(20, 100.0, 3.0, seed=1, replicate=0)
    assert label(layout.labels > 0, structure=np.ones((3, 3)))[1] == 20
    assert sizes(layout.labels, 20).std() < 3


def test_layouts_are_drawn_from_the_replicate():
    one, two = (sheet_with_gap(80, 64.0, 64, 30, 1, r).labels for r in (0, 1))
    assert (one != two).any()
    assert (sheet_with_gap(80, 64.0, 64, 30, 1, 0).labels == one).all()


def test_a_sheet_too_thin_is_refused():
    with pytest.raises(InputError, match="too thin"):
        sheet_with_gap(10, 100.0, 400, 60, 1, 0)


def test_islands_are_whole_packed_and_apart():
    made = islands(4, 12, 375.0, 2.5, 1, 0)
    sizes = np.bincount(made.labels.ravel(), minlength=49)[1:]
    assert sizes.size == 48
    assert sizes.sum() == pytest.approx(48 * 375, rel=0.02)
    assert sizes.min() > 0.5 * 375
    pairs = touching(made.labels)
    assert ((pairs - 1) // 12 == ((pairs[:, :1] - 1) // 12)).all()  # none touches another island
    assert np.unique(pairs).size == 48
    assert (islands(4, 12, 375.0, 2.5, 1, 1).labels != made.labels).any()


def test_touching_sees_edges_corners_and_closed_borders():
    labels = np.zeros((6, 6), np.int32)
    labels[0, 0], labels[5, 3], labels[1, 1], labels[3, 3] = 1, 2, 3, 4
    assert touching(labels).tolist() == [[1, 3]]
    labels[0, 3] = 5
    assert touching(labels).tolist() == [[1, 3], [2, 5]]


def test_borders_that_are_not_closed_touch_nothing():
    labels = np.zeros((4, 4), int)
    labels[0, 1], labels[3, 1] = 1, 2
    assert touching(labels).tolist() == [[1, 2]]
    assert touching(labels, (False, True)).size == 0


def test_a_layer_stands_where_it_was_asked_for():
    made = layer(30, 100.0, 20, 30, 60, seed=1, replicate=0).labels
    assert made.shape == (110, 100)
    assert not made[:20].any()
    assert not made[50:].any()
    assert made[20:50].all()
    assert set(np.unique(made)) == set(range(31))
    with pytest.raises(InputError, match="too thin"):
        layer(30, 100.0, 20, 9, 60, seed=1, replicate=0)


def test_a_cluster_lies_among_nurse_cells_with_the_oocyte_at_the_far_end():
    made = egg_chambers(3, 5, 120.0, 30.0, 4, 3.0, seed=1, replicate=0)
    labels, cells = made.layout.labels, 15
    assert labels.shape == (150, 180)
    assert set(np.unique(labels)) == set(range(cells + made.layout.bystanders + 1))
    assert len(made.oocytes) == 3
    assert made.goal == 120.0
    for chamber in range(3):
        own = np.isin(labels, chamber * 5 + 1 + np.arange(5))
        assert own.sum() == pytest.approx(600, rel=0.1)
        assert label(own)[1] == 1
        assert np.argwhere(own)[:, 0].mean() == pytest.approx(made.start, abs=1.0)
    assert (np.argwhere(np.isin(labels, made.oocytes))[:, 0] >= made.goal).all()
    for cell in range(1, labels.max() + 1):
        assert label(labels == cell)[1] == 1
    clefts = (labels[60:110] == 0).mean()
    assert 0.05 < clefts < 0.3
