"""Dishes on threads: every one once, the same whatever ends first."""

import dataclasses
import threading
import time

import numpy as np
import pytest
import xarray as xr

from lamella.assays.experiment import read_experiment
from lamella.assays.gather import gathered, thinned, tracks
from lamella.assays.runner import run_units, unit_key, units
from lamella.errors import SolverError
from lamella.provenance import data_hash
from lamella.store import Units
from quick import ASSAYS


@pytest.fixture
def experiment(experiment_file):
    return read_experiment(experiment_file(), ASSAYS)


def hash_of(results):
    return data_hash(results.datasets, results.tracks)


def slow_in(arm, assays=ASSAYS):
    """The quick assay, with one arm that takes longer."""
    def run(setting, conditions, progress):
        time.sleep(0.05 if setting.arm == arm else 0.0)
        return assays["quick"].run(setting, conditions, progress)
    return {"quick": dataclasses.replace(assays["quick"], run=run)}


def test_the_first_dish_of_every_arm_comes_first(experiment):
    order = [(unit.replicate, unit.arm) for unit in units(experiment)]
    assert order[:4] == [(0, "control"), (0, "knockdown"), (0, "knockdown+drug"), (1, "control")]
    assert len(order) == len(set(order)) == 12


def test_results_do_not_depend_on_threads_nor_on_what_ends_first(experiment):
    one = run_units(experiment, ASSAYS, threads=1)
    assert hash_of(run_units(experiment, slow_in("control"), threads=4)) == hash_of(one)
    assert hash_of(run_units(experiment, slow_in("knockdown"), threads=2)) == hash_of(one)


@pytest.mark.parametrize(("threads", "each"), [(1, 1), (12, 1), (30, 2)])
def test_threads_that_find_no_dish_of_their_own_share_one(experiment, threads, each):
    seen = []

    def run(setting, conditions, progress):
        seen.append(setting.threads)
        return ASSAYS["quick"].run(setting, conditions, progress)

    run_units(experiment, {"quick": dataclasses.replace(ASSAYS["quick"], run=run)}, threads=threads)
    assert seen == [each] * 12


def test_another_seed_gives_other_data(experiment):
    other = dataclasses.replace(experiment, seed=8)
    assert hash_of(run_units(other, ASSAYS)) != hash_of(run_units(experiment, ASSAYS))


def test_shape_of_the_result(experiment):
    results = run_units(experiment, ASSAYS)
    dataset = results.datasets["quick"]
    assert dataset.closure.dims == ("replicates", "arms")
    assert dataset.wound.dims == ("replicates", "arms", "times")
    assert dataset.labels.dims == ("arms", "frames", "x", "y")
    assert dataset.arms.values.tolist() == ["control", "knockdown", "knockdown+drug"]
    assert dataset.times.values[-1] == 3 * 3600
    assert "track_x_um" not in dataset
    table = results.tracks["quick"]
    assert table.columns.tolist() == ["arm", "replicate", "cell", "x_um"]
    assert len(table) == 3 * 4 * 5
    only = experiment.setting("knockdown", 2)
    alone = ASSAYS["quick"].run(only, experiment.assays["quick"], lambda share: None)
    assert float(dataset.closure.sel(arms="knockdown", replicates=2)) == float(alone.closure)
    rows = table[(table.arm == "knockdown") & (table.replicate == 2)]
    assert rows.x_um.tolist() == alone.track_x_um.values.tolist()


def test_pictures_are_kept_of_the_first_dish_only(experiment):
    whole = ASSAYS["quick"].run(experiment.setting("control", 0), experiment.assays["quick"], lambda share: None)
    assert set(thinned(whole, 0).variables) == set(whole.variables)
    rest = thinned(whole, 1)
    assert "labels" not in rest
    assert "frames" not in rest.variables
    assert "times" in rest.coords


def test_every_dish_is_shown_and_reports_its_way(experiment):
    shown, shares = [], {}
    lock = threading.Lock()

    def progress(unit, share):
        with lock:
            shares.setdefault(unit, []).append(share)

    run_units(experiment, ASSAYS, threads=3, on_unit=lambda unit, dataset: shown.append(unit), on_progress=progress)
    assert sorted(shown, key=str) == sorted(units(experiment), key=str)
    assert all(found[0] == 0.0 and found[-1] == 1.0 and found == sorted(found) for found in shares.values())


def test_kept_dishes_are_not_computed_again(experiment, tmp_path):
    keep = Units(tmp_path)
    first = run_units(experiment, ASSAYS, threads=2, keep=keep, on="b")
    again = run_units(experiment, ASSAYS, threads=2, keep=keep, on="b")
    assert (first.computed, first.kept, again.computed, again.kept) == (12, 0, 0, 12)
    assert hash_of(again) == hash_of(first)
    more = run_units(dataclasses.replace(experiment, replicates=5), ASSAYS, keep=keep, on="b")
    assert (more.computed, more.kept) == (3, 12)
    assert run_units(experiment, ASSAYS, keep=keep, on="another program").kept == 0


@pytest.mark.parametrize("change", [
    {"seed": 8}, {"without": ("a",)}, {"front_equals_rear": True}, {"matrix": {"fibronectin": "9 ug/ml"}},
    {"medium": {}}, {"lines": {"knockdown": "MEF"}},
    {"conditions": {"knockdown": {"quick": ASSAYS["quick"].conditions(cells=6)}}},
])
def test_the_key_of_a_dish_sees_all_that_it_depends_on(experiment, change):
    unit = units(experiment)[1]
    plain = unit_key(unit, experiment, "b")
    assert unit_key(unit, dataclasses.replace(experiment, **change), "b") != plain
    assert unit_key(unit, experiment, "c") != plain
    assert unit_key(unit, dataclasses.replace(experiment, title="other", replicates=9), "b") == plain


def test_a_dish_that_fails_is_named_and_the_others_stay_kept(experiment, experiment_file, tmp_path):
    failing = read_experiment(experiment_file('"3 h"', '"3 h"\nfails_in = 2'), ASSAYS)
    keep = Units(tmp_path / "units")
    with pytest.raises(SolverError) as caught:
        run_units(failing, ASSAYS, threads=1, keep=keep)
    assert str(caught.value).startswith("assay 'quick', arm 'control', dish 3: cell 3: the step became too small")
    assert len(list((tmp_path / "units").glob("*.npz"))) == 6


def test_an_interruption_stops_the_running_dishes(experiment):
    """The control ends once another dish runs; showing it interrupts, and the other dish is told to stop."""
    running, ended = threading.Event(), []

    def run(setting, conditions, progress):
        if setting.arm == "control":
            assert running.wait(10)
            return ASSAYS["quick"].run(setting, conditions, progress)
        running.set()
        try:
            while True:
                progress(0.5)
                time.sleep(0.005)
        finally:
            ended.append(setting.arm)

    def interrupt(unit, dataset):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_units(experiment, {"quick": dataclasses.replace(ASSAYS["quick"], run=run)}, threads=2, on_unit=interrupt)
    assert ended
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("dish")]


def test_what_arms_have_not_in_common_is_left_out_by_name():
    """Two lines on lattices of their own, with other heterodimers; what they share stays."""
    def dish(site, integrins, times=(0.0, 1.0)):
        return xr.Dataset(
            {"value": 1.0, "course": ("times", np.zeros(2)), "each": ("integrins", np.zeros(len(integrins))),
             "labels": (("frames", "x", "y"), np.zeros((1, 4, 4), np.uint16)),
             "shades": (("frames", "numbers"), np.zeros((1, len(integrins))))},
            coords={"times": list(times), "integrins": integrins}, attrs={"assay": "a", "site_um": site})
    same = gathered({("a", 0): dish(1.0, ["x"]), ("b", 0): dish(1.0, ["x"])}, ["a", "b"], 1)
    assert "left_out" not in same.attrs
    assert {"labels", "shades", "each", "course"} <= set(same.data_vars)
    lines = gathered({("a", 0): dish(1.0, ["x"]), ("b", 0): dish(2.0, ["x", "y"])}, ["a", "b"], 1)
    assert lines.attrs == {"assay": "a", "left_out": ["each", "labels", "shades"]}
    assert set(lines.data_vars) == {"value", "course"}
    assert set(lines.coords) == {"arms", "replicates", "times"}
    others = gathered({("a", 0): dish(1.0, ["x"]), ("b", 0): dish(1.0, ["x"], (0.0, 2.0))}, ["a", "b"], 1)
    assert others.attrs["left_out"] == ["course"]


def test_dishes_of_unequal_shape_are_not_laid_side_by_side():
    runs = {("a", 0): xr.Dataset({"v": ("times", np.zeros(3))}), ("a", 1): xr.Dataset({"v": ("times", np.zeros(4))})}
    with pytest.raises(ValueError, match="same shape"):
        gathered(runs, ["a"], 2)
    assert tracks(runs, ["a"], 2) is None
