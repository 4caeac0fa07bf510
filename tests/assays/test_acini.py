"""Colonies in a gel and on a dish: geometry, what it tells the cells, and which colonies grow, die and hollow out."""

import numpy as np
import pytest

from lamella.assays import ACINI, Setting
from lamella.assays.acini import Colonies, _die
from lamella.culture import constants, firmness, placed
from lamella.errors import InputError
from lamella.networks import Perturbations

QUIET = lambda share: None


def run(dimension="3D", duration="96 h", **perturbations):
    setting = Setting("HeLa", "arm", Perturbations(**perturbations), {"fibronectin": "10 ug/ml"},
                      {"EGF": "10 ng/ml"}, 1, 0)  # fmt: skip
    return ACINI.run(setting, ACINI.conditions(dimension=dimension, duration=duration, colonies=24), QUIET)


def test_a_ball_has_an_outer_layer_one_cell_thick():
    ball = Colonies(True, np.array([1.0, 8.0, 64.0, 1000.0]))
    ball.settle()
    assert ball.inner == pytest.approx([0.0, 0.0, 8.0, 512.0])
    assert ball.cells == pytest.approx([1.0, 8.0, 64.0, 1000.0])
    assert ball.diameter(4.0 / 3.0 * np.pi, 1.0) == pytest.approx([2.0, 4.0, 8.0, 20.0])
    facing = ball.place().faces
    assert facing[0][:3] == pytest.approx([1.0, 1.0, 4.0 / 7.0])
    assert facing[1][:3] == pytest.approx([1.0, 0.0, 0.0])
    assert facing[0][4:] == pytest.approx([1.0, 1.0, 0.0, 0.0])
    flat = Colonies(False, np.array([1.0, 100.0]))
    flat.settle()
    assert not flat.inner.any()
    assert (flat.place().faces[1] == 1.0).all()
    assert flat.place().free[0] == pytest.approx([1.0, 0.2, 1.0, 0.2])


def test_dead_cells_inside_leave_a_lumen_and_dead_outer_cells_no_colony():
    ball = Colonies(True, np.full(3, 64.0))
    ball.settle()
    lost = _die(ball, np.array([False, False, True, False, True, False]))
    assert lost == pytest.approx([0.0, 8.0, 56.0])
    assert ball.lumen == pytest.approx([0.0, 8.0, 0.0])
    assert ball.room == pytest.approx([64.0, 64.0, 8.0])
    ball.settle()
    assert ball.outer == pytest.approx([56.0, 56.0, 0.0])


def test_what_yields_bears_no_load_and_lets_no_lamella_grow():
    told = {"load_front": 1.8, "load_rear": 2.0, "fresh_front": 0.1, "fresh_rear": 0.02, "free_front": 1.0,
            "free_rear": 1.0, "laminin_front": 100.0, "laminin_rear": 100.0, "EGF": 3.0}  # fmt: skip
    place = Colonies(True, np.array([1.0, 27.0])).place()
    soft, hard = (placed(told, ("laminin",), place, firmness(e, constants())) for e in (0.2, 1e6))
    assert 1.0 < soft["load_front"][0] < 1.1
    assert hard["load_front"][0] == pytest.approx(1.8, rel=1e-4)
    assert soft["fresh_front"][0] < 0.1 * hard["fresh_front"][0] * 1.01
    assert soft["laminin_rear"] == pytest.approx([100.0, 0.0, 100.0, 0.0])
    assert (soft["EGF"] == 3.0).all()


def test_colonies_grow_unless_the_cycle_is_blocked_and_flat_ones_hold_on_more():
    ball, flat = run(), run("2D")
    assert float(ball.cells) > 2.0
    assert float(flat.cells) > 2.0
    assert (np.diff(flat.cells_course) >= 0.0).all()
    assert float(flat.integrins) > 2.0 * float(ball.integrins)
    blocked = run(knockout=("CDK2", "CDK4"))
    assert float(blocked.cells) <= 1.0
    assert float(blocked.growing) == 0.0


def test_a_drug_that_kills_takes_colonies_and_suspended_cells_are_refused():
    treated = {"factor": {"TRAIL": "100 ng/ml"}, "inhibitor": {"birinapant": "1 uM"}}
    dead, alive = run(duration="72 h", **treated), run(duration="72 h")
    assert float(dead.died) > 0.5 > 5.0 * float(alive.died)
    assert float(dead.diameter) < 0.5 * float(alive.diameter)
    with pytest.raises(InputError, match="in or on a matrix"):
        run(suspended=True)
