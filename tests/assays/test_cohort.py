"""Virtual patients: how they differ, who counts, and that what decides shows."""

import tomllib
from dataclasses import replace
from importlib.resources import files

import numpy as np
import pytest

from lamella.assays import COHORT, Setting
from lamella.assays.cohort import MARKERS, association, patient_factors, rank_correlation
from lamella.errors import InputError
from lamella.networks import Perturbations

SETTING = Setting("HeLa", "arm", Perturbations(inhibitor={"cisplatin": "30 uM"}), {"fibronectin": "10 ug/ml"},
                  {"EGF": "10 ng/ml"})  # fmt: skip


def cohort(setting=SETTING, **conditions):
    return COHORT.run(setting, COHORT.conditions(**{"patients": 40, "cells": 2, "off": "6 h", **conditions}),
                      lambda share: None)  # fmt: skip


def test_patients_differ_by_the_spread_that_is_cited():
    factors = patient_factors(1, 0, "XIAP", 20000, 0.51)
    assert factors.std() / factors.mean() == pytest.approx(0.51, rel=0.05)
    assert np.median(factors) == pytest.approx(1.0, rel=0.03)
    assert np.array_equal(factors[:7], patient_factors(1, 0, "XIAP", 7, 0.51))
    assert abs(np.corrcoef(factors, patient_factors(1, 0, "DIABLO", 20000, 0.51))[0, 1]) < 0.03
    row = tomllib.loads((files("lamella.assays") / "cohort.toml").read_text(encoding="utf-8"))["spread"]
    assert COHORT.conditions().spread == row["value"]
    assert row["citation"]
    assert row["doi"]


def test_arms_share_their_patients_and_replicates_do_not():
    levels = [cohort(setting).marker_levels.sel(markers=["XAF1", "BCL2"]).values
              for setting in (SETTING, replace(SETTING, perturbations=Perturbations()), replace(SETTING, replicate=1))]
    assert np.array_equal(levels[0], levels[1], equal_nan=True)
    assert not np.allclose(levels[0], levels[2], equal_nan=True)


def test_only_what_is_named_differs_between_patients_and_what_decides_shows():
    found = cohort(varied=("BCL2",), spread=1.0, cells=6)
    levels = found.marker_levels.sel(markers="BCL2").values
    one = np.nanstd(levels) / np.nanmean(levels)
    other = np.nanstd(found.marker_levels.sel(markers="XAF1").values)
    assert one > 0.6
    assert other < 0.2 * np.nanmean(found.marker_levels.sel(markers="XAF1").values)
    assert float(found[association("surviving", "BCL2")]) > 0.5
    with pytest.raises(InputError, match="XIPA"):
        cohort(varied=("XIPA",))


def test_who_had_no_tumour_left_at_the_diagnosis_is_no_patient():
    found = cohort(replace(SETTING, perturbations=Perturbations(knockout=("BCL2",))))
    there = np.isfinite(found.fates.values).all(axis=1)
    assert int(found.diagnosed) == there.sum() < there.size
    assert float(found.surviving) == pytest.approx(found.fates.values[there, 0].mean() if there.any() else np.nan,
                                                   nan_ok=True)


def test_a_marker_that_the_line_lacks_has_no_value_and_the_drug_kills():
    found, spared = cohort(), cohort(replace(SETTING, perturbations=Perturbations()))
    assert np.isnan(found.marker_levels.sel(markers="a6b4").values).all()
    assert np.isnan(float(found[association("surviving", "a6b4")]))
    assert float(found.surviving) < 0.8 < float(spared.surviving)
    assert float(found.growing) == float(spared.growing)
    assert set(COHORT.readouts) == {str(name) for name, values in found.data_vars.items() if not values.dims}


def test_rank_correlation_needs_two_things_that_differ():
    assert rank_correlation(np.array([1.0, 2.0, 3.0, 4.0]), np.array([0.0, 0.1, 0.1, 1.0])) > 0.9
    assert np.isnan(rank_correlation(np.ones(4), np.arange(4.0)))
    assert np.isnan(rank_correlation(np.arange(4.0), np.ones(4)))
    assert np.isnan(rank_correlation(np.zeros(0), np.zeros(0)))
    assert set(MARKERS) >= {"XIAP", "BIRC2", "BIRC3", "DIABLO", "XAF1"}


def test_the_protocol_and_not_the_arm_takes_cells_off():
    with pytest.raises(InputError, match="says when cells are suspended"):
        cohort(replace(SETTING, perturbations=Perturbations(suspended=True)))
