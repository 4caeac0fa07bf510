"""What goes to disk is whole or not there."""

import json
import os
import warnings

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from lamella.errors import InputError
from lamella.store import (
    MARK,
    UNFINISHED,
    Folder,
    Units,
    json_text,
    replacing,
    write_json,
    write_parquet,
    write_text,
    write_zarr,
)


def dataset(scale=1.0):
    return xr.Dataset(
        {"closure": (("replicates", "arms"), scale * np.arange(6.0).reshape(3, 2), {"units": "1"}),
         "labels": (("arms", "frames", "x"), np.arange(24, dtype=np.uint16).reshape(2, 3, 4)),
         "scalar": 3.5},
        coords={"arms": ["control", "knock-down é"], "frames": [0.0, 60.0, 120.0]},
        attrs={"assay": "quick", "wound": [1, 5]})


def opened(path):
    with xr.open_zarr(path, consolidated=False, chunks=None) as found:
        return found.load()


def contents(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_a_block_that_fails_leaves_what_was_there(tmp_path):
    target = tmp_path / "file"
    write_text(target, "old")

    def fail():
        with replacing(target) as lent:
            lent.write_text("half of the n")
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        fail()
    assert target.read_text() == "old"
    assert os.listdir(tmp_path) == ["file"]


def test_a_folder_replaces_a_folder(tmp_path):
    write_zarr(tmp_path / "a.zarr", dataset())
    write_zarr(tmp_path / "a.zarr", dataset(2.0))
    assert os.listdir(tmp_path) == ["a.zarr"]
    assert float(opened(tmp_path / "a.zarr").closure[2, 1]) == 10.0


def test_zarr_round_trip_without_warnings_and_with_equal_bytes(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        write_zarr(tmp_path / "a.zarr", dataset())
    write_zarr(tmp_path / "b.zarr", dataset())
    found = opened(tmp_path / "a.zarr")
    xr.testing.assert_identical(found, dataset())
    assert json.loads((tmp_path / "a.zarr" / "zarr.json").read_text())["zarr_format"] == 3
    assert contents(tmp_path / "a.zarr") == contents(tmp_path / "b.zarr")


def test_parquet_has_equal_bytes_and_its_columns(tmp_path):
    table = pd.DataFrame({"arm": pd.Categorical(["a", "b"]), "x_um": [1.5, 2.5]})
    write_parquet(tmp_path / "a", table)
    write_parquet(tmp_path / "b", table)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert pd.read_parquet(tmp_path / "a").x_um.tolist() == [1.5, 2.5]


def test_json_has_no_nan(tmp_path):
    write_json(tmp_path / "a", {"x": float("nan"), "y": np.float32(1.5), "z": (np.int64(2), "é"), "i": np.array([1.0])})
    assert json.loads((tmp_path / "a").read_text()) == {"x": None, "y": 1.5, "z": [2, "é"], "i": [1.0]}
    assert "NaN" not in json_text([float("inf")])


def test_units_are_kept_and_read_back(tmp_path):
    units = Units(tmp_path / "units")
    assert units.read("k") is None
    units.write("k", dataset())
    assert "k" in units
    xr.testing.assert_identical(units.read("k"), dataset())


@pytest.mark.parametrize("damage", [lambda raw: raw[: len(raw) // 2], lambda raw: b"", lambda raw: b"not a zip" * 20])
def test_a_damaged_unit_is_as_good_as_none(tmp_path, damage):
    units = Units(tmp_path)
    units.write("k", dataset())
    path = tmp_path / "k.npz"
    path.write_bytes(damage(path.read_bytes()))
    assert units.read("k") is None


def test_units_hold_no_code(tmp_path):
    """A pickled object in a unit is not loaded."""
    np.savez(tmp_path / "k.npz", header=np.array(["x", {}], dtype=object))
    assert Units(tmp_path).read("k") is None


IDENTITY = 'experiment = "abc"'


def test_a_new_an_empty_and_the_own_folder_can_be_claimed(tmp_path):
    for path in (tmp_path / "new" / "deep", tmp_path):
        Folder(path).claim(IDENTITY, f"# run\n{IDENTITY}\n")
        assert IDENTITY in (path / MARK).read_text()
        Folder(path).claim(IDENTITY, f"{IDENTITY}\n# again\n")
        assert "again" in (path / MARK).read_text()
        for entry in (path / MARK, path):
            if entry.is_file():
                entry.unlink()
        if path != tmp_path:
            path.rmdir()
            path.parent.rmdir()


def test_a_folder_is_left_as_it_was_found(tmp_path):
    new, empty = Folder(tmp_path / "new" / "deep"), Folder(tmp_path / "empty")
    (tmp_path / "empty").mkdir()
    for folder in (new, empty):
        folder.claim(IDENTITY, IDENTITY)
        folder.leave()
    assert os.listdir(tmp_path) == ["empty"]
    assert os.listdir(tmp_path / "empty") == []


def test_a_folder_with_finished_dishes_is_not_left(tmp_path):
    folder = Folder(tmp_path / "new")
    folder.claim(IDENTITY, IDENTITY)
    Units(tmp_path / "new" / "units").write("k", dataset())
    folder.leave()
    assert (tmp_path / "new" / MARK).exists()
    assert (tmp_path / "new" / "units" / "k.npz").exists()


def test_leftovers_of_a_killed_run_are_cleared(tmp_path):
    (tmp_path / "units" / f"{UNFINISHED}x").mkdir(parents=True)
    (tmp_path / "units" / f"{UNFINISHED}x" / "k.npz").write_bytes(b"half")
    (tmp_path / MARK).write_text(IDENTITY)
    Folder(tmp_path).claim(IDENTITY, IDENTITY)
    assert os.listdir(tmp_path / "units") == []


def test_foreign_folders_are_refused_and_stay_as_they_are(tmp_path):
    other, run, file = tmp_path / "other", tmp_path / "run", tmp_path / "file"
    for folder, name in ((other, "thesis.doc"), (run, MARK)):
        folder.mkdir()
        (folder / name).write_text('experiment = "abcd"')
    file.write_text("x")
    before = contents(tmp_path)
    cases = {other: "other files", run: "another run", file: "is a file", file / "below": "cannot be made"}
    for path, what in cases.items():
        with pytest.raises(InputError, match=what) as caught:
            Folder(path).claim(IDENTITY, "")
        assert caught.value.remedy
    assert contents(tmp_path) == before


def test_a_folder_that_cannot_be_written_is_refused(tmp_path, monkeypatch):
    """Read-only permissions do not bind an administrator, so the refusal comes from the write itself."""
    def refuse(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("lamella.store.tempfile.TemporaryFile", refuse)
    for path in (tmp_path, tmp_path / "new"):
        with pytest.raises(InputError, match="cannot be written") as caught:
            Folder(path).check(IDENTITY)
        assert "Permission denied" in str(caught.value)
    assert os.listdir(tmp_path) == []
