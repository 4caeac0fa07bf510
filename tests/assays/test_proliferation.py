"""Proliferation: when cells enter S phase, and which do."""

import numpy as np
import pytest

from lamella.assays import PROLIFERATION
from lamella.assays.call import run_assay
from lamella.assays.proliferation import ProliferationConditions, entry_times
from lamella.errors import InputError

HOUR = 3600.0


def test_entry_is_where_half_of_the_origins_have_fired():
    times = np.array([0.0, 1.0, 2.0, 3.0])
    share = np.array([[0.0, 0.9, 0.0], [0.2, 0.9, 0.1], [0.7, 0.9, 0.2], [0.4, 0.9, 0.5]])
    entry = entry_times(times, share)
    assert entry[0] == pytest.approx(1.6)
    assert entry[1] == 0.0
    assert np.isnan(entry[2])


@pytest.fixture(scope="module")
def fibroblasts():
    growth = {"factor": {"FGF2": "20 ng/ml"}}
    return run_assay(
        PROLIFERATION, cell="MEF", matrix={"fibronectin": "10 ug/ml"}, replicates=2, cells=60,
        arms={"control": {}, "FGF": growth, "floating + FGF": {**growth, "suspended": True}},
    )  # fmt: skip


def test_cells_enter_one_after_the_other_and_only_with_both_inputs(fibroblasts):
    arms = fibroblasts.arms
    assert arms["FGF"]["entered"]["mean"] > 0.5
    assert arms["control"]["entered"]["mean"] < 0.25
    assert arms["floating + FGF"]["entered"]["mean"] < 0.05
    course = fibroblasts.results.datasets["proliferation"].sel(arms="FGF")
    assert (np.diff(course.entered_course.values, axis=-1) >= 0.0).all()
    spread = np.nanquantile(course.entry.values, [0.1, 0.9])
    assert 5.0 < spread[0] < spread[1] - 2.0


def test_brdu_marks_at_least_those_in_s_phase_at_the_end(fibroblasts):
    for arm in ("control", "FGF"):
        assert fibroblasts.arms[arm]["brdu"]["mean"] >= fibroblasts.arms[arm]["s_phase"]["mean"]


def test_a_pulse_longer_than_the_assay_is_refused():
    with pytest.raises(InputError, match="pulse"):
        ProliferationConditions(duration="4 h", pulse="5 h")
