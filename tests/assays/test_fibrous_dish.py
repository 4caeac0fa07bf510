"""Migration on what yields or has fibres: cells go along them, and conditions that make no sense are refused."""

import numpy as np
import pytest

from lamella.assays import Setting
from lamella.assays.footing import FootedConditions, footing, inside_patch, stiffness_ends
from lamella.assays.migration import MigrationConditions, run
from lamella.assays.preparation import treated
from lamella.assays.walks import lie_along
from lamella.errors import InputError
from lamella.networks import Perturbations

DISHES = 6


def dish(replicate=0, **conditions):
    setting = Setting("HeLa", "arm", Perturbations(), {"fibronectin": "10 ug/ml"}, {"EGF": "10 ng/ml"},
                      replicate=replicate)  # fmt: skip
    short = {"cells": 16, "duration": "4 h", "settle": "1 h", "frame": "20 min"}
    return run(setting, MigrationConditions(**short, **conditions), lambda share: None)


def interval(values):
    half = 2.571 * np.std(values, ddof=1) / np.sqrt(len(values))  # Student's t with five degrees of freedom
    return np.mean(values) - half, np.mean(values) + half


def test_cells_go_along_aligned_fibres_and_no_way_without():
    """Displacement along over that across, by the mean of cos 2 theta: its 95 % interval over dishes."""
    for conditions, sign in (({"aligned": 0.8}, 1.0), ({"aligned": 0.8, "along": "90 degrees"}, 1.0), ({}, 0.0)):
        low, high = interval([float(dish(r, **conditions)["guidance"]) for r in range(DISHES)])
        assert (low > 0.3) if sign else (low < 0.0 < high)


def test_a_soft_dish_is_told_to_the_cells():
    soft, plastic = dish(stiffness="1 kPa"), dish()
    assert float(soft["firm"]) == pytest.approx(1.0 / 3.0)
    assert "firm" not in plastic
    assert float(soft["net_speed"]) < float(plastic["net_speed"])


def test_stiffness_rises_to_the_middle_and_ends_with_the_patch():
    _, treatment = treated(Setting("HeLa", "arm", Perturbations(), {"fibronectin": "10 ug/ml"}))
    def carried(**conditions):
        return footing(FootedConditions(duration="1 h", frame="1 h", **conditions), treatment, (40, 12), 2.0)

    stiff = np.asarray(carried(stiffness="1 to 5 kPa").fibres.substrate)[:, 0]
    np.testing.assert_allclose(stiff, 1.0 + 4.0 * (1.0 - np.abs(2.0 * (np.arange(40) + 0.5) / 40 - 1.0)))
    patch = carried(stiffness="1 kPa", aligned=1.0, along="90 degrees", patch="32 um")
    stiff = np.asarray(patch.fibres.substrate)[:, 0]
    assert (stiff[12:28] == 1.0).all()
    assert (np.delete(stiff, np.s_[12:28]) == 1e6).all()
    np.testing.assert_allclose(patch.direction[4, 0], np.diag([0.0, 1.0]), atol=1e-12)
    np.testing.assert_allclose(patch.direction[0, 0], 0.5 * np.eye(2))


@pytest.mark.parametrize("bad", [{"stiffness": "3"}, {"stiffness": "0 kPa"}, {"stiffness": "1 to 2 to 3 kPa"},
                                 {"stiffness": "1 um"}, {"aligned": 1.5}, {"along": "30 degrees"}, {"patch": "50 um"},
                                 {"aligned": 0.5, "along": "30 um"}])  # fmt: skip
def test_footings_that_mean_nothing_are_refused(bad):
    with pytest.raises(Exception, match=r"stiffness|aligned|along|patch|kPa|fibres|nothing|convert|unit") as caught:
        MigrationConditions(**bad)
    assert isinstance(caught.value, (InputError, ValueError))


def test_a_patch_wider_than_the_dish_and_a_gradient_of_a_factor_are_refused():
    conditions = FootedConditions(duration="1 h", frame="1 h", stiffness="1 kPa", patch="1 mm")
    with pytest.raises(InputError, match="wide"):
        inside_patch(conditions, (40, 12), 2.0)
    arm = Perturbations(gradient={"EGF": "0 to 10 ng/ml"})
    setting = Setting("HeLa", "arm", arm, {"fibronectin": "10 ug/ml"}, {"EGF": "10 ng/ml"})
    with pytest.raises(InputError, match="gradient"):
        run(setting, MigrationConditions(cells=4, aligned=0.5), lambda share: None)


def test_ends_of_a_stiffness():
    assert stiffness_ends("8 kPa") == (8.0, 8.0)
    assert stiffness_ends("1 to 20 kPa") == (1.0, 20.0)
    assert stiffness_ends("500 Pa to 2 kPa") == (0.5, 2.0)


def test_directions_of_tracks():
    paths = np.array([[[0.0, 0.0]] * 4, [[3.0, 0.0], [0.0, -2.0], [1.0, 1.0], [0.0, 0.0]]])
    np.testing.assert_allclose(lie_along(paths, np.array([1.0, 0.0])), [1.0, -1.0, 0.0, np.nan], atol=1e-12)


def test_conditions_that_ask_for_plastic_are_written_as_before():
    assert set(MigrationConditions().model_dump(mode="json")) == {
        "duration", "settle", "frame", "cells", "finer_step", "network_interval"}  # fmt: skip
