"""Leukocytes in a vessel that is lined by cells: what these carry holds them, by the integrins for it alone."""

import numpy as np
import pytest
import xarray as xr

from lamella.assays import EXTRAVASATION, Setting
from lamella.assays.extravasation import ExtravasationConditions, run
from lamella.assays.lining import lining
from lamella.errors import InputError
from lamella.networks import Perturbations

LAYER = {"layer_of": "HUVEC", "duration": "40 min", "frame": "20 min", "cells": 8, "pictures": 2}
DISHES = 3


def vessel(vcam, replicate=0, **perturbations):
    conditions = ExtravasationConditions(layer={"VCAM-1": f"{vcam:g} /um²"}, **LAYER)
    setting = Setting("lymphocyte", "arm", Perturbations(**perturbations), replicate=replicate)
    return run(setting, conditions, lambda share: None)


def dishes(vcam, **perturbations):
    return [vessel(vcam, r, **perturbations) for r in range(DISHES)]


@pytest.fixture(scope="module")
def arms():
    lost = {"knockout": ("ITGA4",)}
    return {"with": dishes(190.0), "bare": dishes(0.0), "with, no a4": dishes(190.0, **lost),
            "bare, no a4": dishes(0.0, **lost)}  # fmt: skip


def value(vessels, name):
    return np.array([float(each[name]) for each in vessels])


def test_vcam_on_the_layer_holds_a_leukocyte_by_a4b1_alone(arms):
    bonds = {arm: value(made, "bonds") for arm, made in arms.items()}
    assert (bonds["with"] > 10.0).all()
    for arm in ("bare", "with, no a4", "bare, no a4"):
        assert (bonds[arm] < 0.3 * bonds["with"]).all(), arm


def test_leukocytes_that_the_layer_holds_stay_on_it_and_the_others_float_off(arms):
    """Mean height of their middles over the wall at the end; a dish is told by the mean over its cells."""
    height = {arm: [over_the_wall(each) for each in made] for arm, made in arms.items()}
    for arm in ("bare", "with, no a4"):
        assert np.mean(height["with"]) < 0.7 * np.mean(height[arm]), arm
        assert max(height["with"]) < min(height[arm]), arm


def over_the_wall(vessel):
    last = vessel["track_time_s"] == vessel["track_time_s"].max()
    return float(np.clip(vessel.attrs["surface_um"] - vessel["track_x_um"].where(last, drop=True), 0.0, None).mean())


def test_vcam_makes_a_difference_with_a4_and_none_without(arms):
    change = value(arms["with"], "bonds") - value(arms["bare"], "bonds")
    assert change.mean() > 4.303 * change.std(ddof=1) / np.sqrt(DISHES)  # Student's t with two degrees of freedom
    for one, two in zip(arms["with, no a4"], arms["bare, no a4"]):
        xr.testing.assert_identical(one, two)


def test_the_layer_is_in_the_pictures_and_stays(arms):
    for made in arms.values():
        labels, first = made[0].labels.to_numpy(), made[0].attrs["first_of_layer"]
        assert first == LAYER["cells"] + 1
        for picture in labels:
            assert (picture >= first).any(axis=0).mean() > 0.75


def test_half_a_layer_is_refused():
    with pytest.raises(InputError, match="whose cells"):
        lining({"VCAM1": "190 /um²"}, None, 0.0167)
    with pytest.raises(InputError, match="whose cells"):
        lining(None, "HUVEC", 0.0167)
    assert lining(None, None, 0.0167) is None


@pytest.mark.parametrize("layer", [{"VCAM1": "190"}, {"VCAM1": "-1 /um²"}, {"VCAM9": "1 /um²"}])
def test_bad_layers_are_refused_at_the_door(layer):
    with pytest.raises(InputError):
        EXTRAVASATION(cell="lymphocyte", arms={"control": {}}, layer=layer, layer_of="HUVEC")


def test_conditions_that_ask_for_no_layer_are_written_as_before():
    assert set(ExtravasationConditions().model_dump(mode="json")) == {
        "organ", "gap", "transit", "duration", "frame", "cells", "pictures", "colour"}  # fmt: skip
