"""`python -m verification.power` on assays of a moment: what is measured, what is not, and what is stored."""

import json
import sys

import numpy as np
import pytest
import xarray as xr
from fakes import FakeConditions
from verification import power

from lamella.assays.protocol import Assay
from lamella.random import generator
from lamella.verdicts import Bench

READ = ("level", "sometimes", "never", "void")


def dish(setting, conditions, progress):
    """A level with noise; what is nought in the first dish, in every dish, and what has no value in the second."""
    own = generator(setting.seed, "arm", str(setting.perturbations), setting.replicate).normal(0.0, 0.1)
    progress(1.0)
    values = {"level": 5.0 * np.exp(own), "sometimes": float(setting.replicate > 0), "never": 0.0,
              "void": np.nan if setting.replicate == 1 else 1.0}
    return xr.Dataset({name: ((), value) for name, value in values.items()}, coords={"times": np.array([0.0, 1.0])})


def tried(monkeypatch, names):
    assay = Assay("fake", "Reads a level.", FakeConditions, dict.fromkeys(names, "a number"), dish, False)
    monkeypatch.setattr(power, "ASSAYS", {"fake": assay})
    monkeypatch.setattr(power, "read_quantities", lambda assay: list(names))
    return power.of_assay("fake", 24, 40, Bench({"fake": assay}))


def test_quantities_without_a_ratio_are_told_with_their_reason(monkeypatch):
    found = tried(monkeypatch, READ)
    assert set(found["value"]) == {"level"}
    assert found["met"] is True
    assert found["not_measured"] == {
        "sometimes": "It is 0, or less, in 2 of 48 dishes: ratios to it say nothing.",
        "never": "It is 0, or less, in 48 of 48 dishes: ratios to it say nothing.",
        "void": "It has no value in 2 of 48 dishes."}


def test_a_quantity_that_the_assay_does_not_read_is_told(monkeypatch):
    found = tried(monkeypatch, ("level", "absent"))
    assert set(found["value"]) == {"level"}
    assert "absent" in found["not_measured"]["absent"]


def test_an_assay_of_which_nothing_is_measured_is_not_met(monkeypatch):
    found = tried(monkeypatch, ("never", "void"))
    assert (found["value"], found["met"]) == ({}, False)
    assert set(found["not_measured"]) == {"never", "void"}


def test_results_are_stored_assay_by_assay_with_their_day(monkeypatch, tmp_path):
    file = tmp_path / "results" / "power.json"
    monkeypatch.setattr(power, "ASSAYS", {"first": None, "second": None})
    monkeypatch.setattr(power, "of_assay", lambda assay, dishes, trials, bench: {"met": assay == "first",
                                                                                 "dishes": dishes})
    for arguments in (["--only", "second"], ["--only", "first", "--dishes", "12"]):
        monkeypatch.setattr(sys, "argv", ["power", *arguments, "--store", str(file), "--json"])
        power.main()
    kept = json.loads(file.read_text())
    assert list(kept) == ["first", "second"]
    assert (kept["first"]["dishes"], kept["second"]["dishes"]) == (12, 24)
    assert all(len(row["date"]) == 10 for row in kept.values())


@pytest.mark.parametrize("values", [[1.0, 2.0], [1e-9, 5.0]])
def test_what_is_above_nought_everywhere_is_measured(values):
    assert power.unmeasured(np.array(values)) == ""
