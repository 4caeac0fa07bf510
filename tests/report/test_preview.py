"""The quick picture of a running experiment."""

import io

import numpy as np
import pytest
import scratch_result
import xarray as xr
from PIL import Image

from lamella.networks import Perturbations
from lamella.report import write_preview


def test_preview_shows_the_arms_that_are_there(tmp_path, small):
    made = scratch_result.experiment()
    both = write_preview(tmp_path, made, "scratch", scratch_result.dishes(small))
    tall = Image.open(io.BytesIO(both.read_bytes())).size
    assert both == tmp_path / "preview.png"
    one = write_preview(tmp_path, made, "scratch", {"control": scratch_result.dishes(small)["control"]})
    low = Image.open(io.BytesIO(one.read_bytes())).size
    assert tall[1] > low[1]
    assert [entry.name for entry in tmp_path.iterdir()] == ["preview.png"]


def test_same_dish_same_bytes(tmp_path, small):
    made = scratch_result.experiment()
    first = write_preview(tmp_path, made, "scratch", scratch_result.dishes(small)).read_bytes()
    assert write_preview(tmp_path, made, "scratch", scratch_result.dishes(small)).read_bytes() == first


@pytest.mark.parametrize("kept", [["closed"], ["closure", "rac1_gtp"], []])
def test_preview_without_pictures(tmp_path, small, kept):
    dishes = {arm: dish[kept] for arm, dish in scratch_result.dishes(small).items()}
    data = write_preview(tmp_path, scratch_result.experiment(), "scratch", dishes).read_bytes()
    assert Image.open(io.BytesIO(data)).size[0] > 300


def test_preview_of_one_dish_with_points(tmp_path):
    dish = xr.Dataset({"speed": 3.0, "track_x_um": ("points", np.arange(4.0))})
    made = scratch_result.experiment({"a": Perturbations()}, assays=("migration",))
    assert write_preview(tmp_path, made, "migration", {"a": dish}).stat().st_size > 1000
