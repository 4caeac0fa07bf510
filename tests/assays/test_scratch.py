"""The scratch assay beyond its band: round wounds, cells that divide and die meanwhile, states in pictures."""

import numpy as np
import pandas as pd
import pytest

from lamella.assays import SCRATCH, Setting, preparation
from lamella.culture import Death, Division
from lamella.errors import InputError
from lamella.networks import Perturbations

SETTING = Setting("HeLa", "control", Perturbations(), {"fibronectin": "10 ug/ml"}, {"EGF": "10 ng/ml"}, 1, 0, ())
SMALL = {"cells": 40, "duration": "1 h", "edge": "200 um", "wound": "80 um", "frame": "20 min", "pictures": 3}


def scratch(**conditions):
    return SCRATCH.run(SETTING, SCRATCH.conditions(**(SMALL | conditions)), lambda share: None)


def test_a_round_wound_closes_and_its_radius_falls():
    dish = scratch(wound_shape="circle", cells=48, edge="240 um", duration="2 h")
    open_ = dish.wound_area.to_numpy()
    assert np.sqrt(open_[0] / np.pi) == pytest.approx(40.0, abs=6.0)  # edges round off, by two or three sites of 2 um
    assert float(dish.front_advance) == pytest.approx(np.sqrt(open_[0] / np.pi) - np.sqrt(open_[-1] / np.pi))
    assert 0.0 < float(dish.closure) <= 1.0
    assert "wound_sites" not in dish.attrs


def test_cells_at_the_edge_are_as_fast_as_their_path_over_the_time_it_took():
    dish = scratch(frame="25 min", duration="1 h")
    columns = ("cell", "time_s", "x_um", "y_um", "edge")
    table = pd.DataFrame({name: dish[f"track_{name}"].to_numpy() for name in columns})
    path = time = 0.0
    for _, track in table.groupby("cell"):
        steps = track[["x_um", "y_um", "time_s"]].diff().to_numpy()
        late = (track.edge & (track.time_s >= 1800.0)).to_numpy()
        path, time = path + np.hypot(*steps[late, :2].T).sum(), time + steps[late, 2].sum()
    assert float(dish.edge_speed) == pytest.approx(path / time * 3600.0)
    assert dish.times.to_numpy().tolist() == [0.0, 1500.0, 3000.0, 3600.0]


def test_a_circle_that_leaves_no_sheet_is_refused():
    with pytest.raises(InputError, match="too thin"):
        scratch(wound_shape="circle", wound="180 um")


def test_without_life_a_dish_is_what_it_was():
    plain, named = scratch(), scratch(life=False, wound_shape="band")
    assert plain.identical(named)
    assert not {"living", "died", "shades"} & set(plain.data_vars)


def test_with_life_cells_divide_and_die(monkeypatch):
    fast = Division("MAPK1_p", 1.0, 2400.0, 0.1), Death("RAC1_gtp", 3e5, 800.0, 0.3)
    monkeypatch.setattr(preparation, "life_table", lambda: fast)
    dish = scratch(life=True, colour="RAC1_gtp")
    living, died = dish.living.to_numpy(), dish.died.to_numpy()
    assert living[0] == 40
    assert died[-1] > 0
    assert living[-1] + died[-1] > 40
    assert dish.shades.shape[1] > 41
    present = np.isfinite(dish.shades.to_numpy()).sum(axis=1)
    np.testing.assert_array_equal(present, living[[0, 2, 3]])


def test_a_state_that_is_not_there_is_refused():
    with pytest.raises(InputError, match="unknown quantity 'RAC1_gtq'"):
        scratch(colour="RAC1_gtq")
