"""Wounds of any shape and obstacles: cells in one piece, nothing where nothing may be, the same dish without them."""

import numpy as np
import pytest
from scipy.ndimage import label

from lamella.assays import Setting
from lamella.assays.preparation import sites_per_cell, treated
from lamella.culture import (
    Culture,
    Draw,
    Habitat,
    bands,
    cells_apart,
    constants,
    disc,
    open_area,
    scale,
    sheet_round,
    sheet_with_gap,
    substance,
    surrounding_constants,
    with_obstacles,
)
from lamella.errors import InputError
from lamella.networks import Perturbations

SETTING = Setting("HeLa", "control", Perturbations(), {"fibronectin": "10 ug/ml"}, {"EGF": "10 ng/ml"})
LENGTHS = scale(constants())


def plated(layout, cells, habitat=None):
    numbers = constants().scaled({"clock.chronic": 3600.0 / constants()["clock.chronic"]})
    return Culture(*treated(SETTING), Draw(1, 0, cells), layout, numbers, LENGTHS, habitat=habitat)


@pytest.mark.parametrize("opening", [disc((90, 80), 40), bands((90, 80), 16, 2), lambda x, y: (x > 30) & (y > x)])
def test_a_sheet_round_an_opening_is_confluent_and_its_cells_whole(opening):
    layout = sheet_round(40, (90, 80), opening, seed=1, replicate=0)
    assert not layout.labels[layout.opening].any()
    size = np.bincount(layout.labels.ravel(), minlength=41)[1:]
    assert size.min() > 0.3 * size.mean()
    assert size.sum() > 0.98 * (~layout.opening).sum()
    assert all(label(layout.labels == cell)[1] == 1 for cell in range(1, 41))
    assert not (layout.labels == sheet_round(40, (90, 80), opening, seed=1, replicate=1).labels).all()


def test_masks_of_another_shape_and_openings_without_room_are_refused():
    with pytest.raises(InputError, match="mask has shape"):
        sheet_round(40, (90, 80), np.zeros((80, 90), bool), 1, 0)
    with pytest.raises(InputError, match="do not fit"):
        sheet_round(40, (90, 80), disc((90, 80), 200), 1, 0)
    with pytest.raises(InputError, match="unknown wall 'z'"):
        with_obstacles(cells_apart(4, 100.0, 2.0, 1, 0), "z")
    with pytest.raises(InputError, match="no room for cell"):
        with_obstacles(cells_apart(4, 100.0, 2.0, 1, 0), lambda x, y: x < 1e9)


def test_no_cell_and_no_field_enters_an_obstacle():
    layout = sheet_with_gap(24, sites_per_cell(SETTING, LENGTHS), 80, 40, 1, 0)
    walled = with_obstacles(layout, "x", lambda x, y: (x - layout.wound[0] - 20) ** 2 + (y - 40) ** 2 < 60)
    substances = (substance("EGF", "growth_factor", surrounding_constants(), initial=1.0),)
    culture = plated(walled, 24, Habitat(substances))
    culture.advance(4000)
    assert ((culture.dish.labels() < 0) == walled.obstacles).all()
    voxels = culture.coupling.around.medium
    assert voxels.volume.sum() == pytest.approx((~walled.obstacles).sum() * LENGTHS.site**2 * 100.0)
    assert abs(culture.coupling.around.imbalance()["EGF"]) < 1e-9
    rows = np.unique(np.argwhere(culture.dish.labels() > 0)[:, 0])
    assert 0 not in rows


def test_a_wound_is_measured_in_its_own_shape():
    layout = sheet_round(30, (130, 120), disc((130, 120), 50), 1, 0)
    culture = plated(layout, 30)
    start = open_area(culture, layout.opening)
    assert start == pytest.approx(np.pi * 50.0**2, rel=0.15)
    culture.advance(8000)
    assert open_area(culture, layout.opening) < start


def test_a_cell_across_the_border_stays_whole_beside_a_wall_elsewhere():
    labels = np.zeros((40, 40), np.int32)
    labels[:5, 10:20] = labels[-5:, 10:20] = 1
    layout = type(cells_apart(1, 50.0, 2.0, 1, 0))(labels)
    kept = with_obstacles(layout, lambda x, y: y < 1.0)
    assert (kept.labels == 1).sum() == 100
    cut = with_obstacles(layout, "x")
    assert (cut.labels == 1).sum() == 50
