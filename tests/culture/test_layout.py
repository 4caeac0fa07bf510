"""First pictures: every cell is there once, in one piece, at the size that was asked for."""

import numpy as np
import pytest
from scipy.ndimage import label

from lamella.culture import cells_apart, sheet_with_gap
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
