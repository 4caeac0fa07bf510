"""A run and its folder."""

import dataclasses
import json
import tomllib

import numpy as np
import pandas as pd
import pytest
import xarray as xr
import zarr

from lamella.assays.archive import differences, run_experiment, written_by
from lamella.assays.experiment import read_experiment
from lamella.assays.ome_zarr import _attributes
from lamella.errors import InputError
from quick import ASSAYS


@pytest.fixture
def experiment(experiment_file):
    return read_experiment(experiment_file(), ASSAYS)


def opened(path):
    return xr.open_zarr(path, consolidated=False, chunks=None)


def data_of(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted((folder / "data").rglob("*")) if p.is_file()}


def test_folder_holds_what_it_says(experiment, tmp_path):
    out = tmp_path / "out"
    outcome = run_experiment(experiment, ASSAYS, network_hash="n", out=out, threads=2)
    assert opened(out / "data" / "quick.zarr").closure.shape == (4, 3)
    assert len(pd.read_parquet(out / "data" / "quick_tracks.parquet")) == 60
    table = json.loads((out / "summary.json").read_text())
    assert table["hashes"] == outcome.hashes
    assert set(table["hashes"]) == {"network", "experiment", "findings", "data"}
    closure = table["arms"]["knockdown"]["closure"]
    assert len(closure["values"]) == 4
    assert closure["low"] < closure["mean"] < closure["high"]
    row = table["comparisons"][0]
    assert (row["arm"], row["against"], row["readout"]) == ("knockdown", "control", "closure")
    assert row["effect"] == pytest.approx(1.9)
    assert outcome.provenance()["hashes"] == outcome.hashes


def test_pictures_are_label_images(experiment, tmp_path):
    """As OME-Zarr 0.5 asks: axes named in the arrays, a scale for each, and the same sites as in the Dataset."""
    out = tmp_path / "out"
    run_experiment(experiment, ASSAYS, network_hash="n", out=out)
    pictures = opened(out / "data" / "quick.zarr").labels
    for arm in pictures.arms.values:
        group = zarr.open_group(out / "data" / "quick_labels" / f"{arm}.ome.zarr", mode="r")
        about = group.attrs["ome"]
        (image,) = about["multiscales"]
        assert about["version"] == "0.5"
        assert [(axis["name"], axis["type"], axis["unit"]) for axis in image["axes"]] == [
            ("t", "time", "second"), ("y", "space", "micrometer"), ("x", "space", "micrometer")]
        (level,) = image["datasets"]
        assert level["coordinateTransformations"][0] == {"type": "scale", "scale": [10800.0, 2.0, 2.0]}
        stored = group[level["path"]]
        assert stored.metadata.dimension_names == ("t", "y", "x")
        assert np.array_equal(stored[...], pictures.sel(arms=arm).transpose("frames", "y", "x"))
    assert _attributes(np.array([0.0, 10.0, 30.0]), 2.0, "uneven")["ome"]["multiscales"][0]["axes"][0] == {
        "name": "t", "type": "time"}


def test_run_toml_reproduces_the_bytes(experiment, tmp_path):
    first = run_experiment(experiment, ASSAYS, network_hash="n", out=tmp_path / "a", threads=1)
    again = read_experiment(tmp_path / "a" / "run.toml", ASSAYS)
    second = run_experiment(again, ASSAYS, network_hash="n", out=tmp_path / "b", threads=3)
    assert data_of(tmp_path / "a") == data_of(tmp_path / "b")
    assert first.hashes == second.hashes
    assert (tmp_path / "a" / "run.toml").read_bytes() == (tmp_path / "b" / "run.toml").read_bytes()
    assert tomllib.loads((tmp_path / "a" / "run.toml").read_text())["written_by"]["network"] == "n"


def test_the_same_data_without_a_folder(experiment, tmp_path):
    kept = run_experiment(experiment, ASSAYS, network_hash="n", out=tmp_path / "a")
    assert run_experiment(experiment, ASSAYS, network_hash="n").hashes == kept.hashes


def test_another_experiment_is_not_written_over_a_run(experiment, tmp_path):
    out = tmp_path / "out"
    run_experiment(experiment, ASSAYS, network_hash="n", out=out)
    before = data_of(out)
    with pytest.raises(InputError, match="another run"):
        run_experiment(dataclasses.replace(experiment, seed=8), ASSAYS, network_hash="n", out=out)
    assert data_of(out) == before


def test_a_change_of_program_or_network_is_told(experiment):
    assert differences(experiment, "n") == []
    same = dataclasses.replace(experiment, written_by=written_by(experiment, "n"))
    assert differences(same, "n") == []
    assert differences(same, "m") == ["network was n, is m"]
    older = dataclasses.replace(same, written_by={**same.written_by, "numba": "0.1"})
    assert differences(older, "n")[0].startswith("numba was 0.1")
