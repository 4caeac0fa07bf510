"""Intervals: against closed forms and against what they promise."""

import math

import numpy as np
import pytest
import xarray as xr
from scipy import stats

from lamella.assays.effects import compare, mean, ratio, summary
from lamella.assays.experiment import Comparison


def test_mean_has_the_t_interval_of_scipy():
    values = [1.0, 2.0, 4.0, 5.5]
    low, high = stats.t.interval(0.95, 3, loc=np.mean(values), scale=stats.sem(values))
    found = mean(values)
    assert (found.mean, found.low, found.high) == pytest.approx((3.125, low, high))
    assert found.values == (1.0, 2.0, 4.0, 5.5)


def test_mean_leaves_out_dishes_without_a_value():
    found = mean([1.0, math.nan, 3.0])
    assert found.mean == 2.0
    assert math.isnan(found.values[1])
    assert found.replicates == 2
    assert mean([1.0, 3.0]).low == found.low


def test_mean_of_one_dish_has_no_interval():
    found = mean([2.0])
    assert found.mean == 2.0
    assert math.isnan(found.low)
    assert math.isnan(mean([math.nan]).mean)


def test_ratio_is_paired():
    """Dishes differ tenfold, the ratio within a dish hardly: pairing sees it, means would not."""
    control = np.array([1.0, 3.0, 10.0, 0.5])
    found = ratio(control * np.array([1.5, 1.51, 1.49, 1.5]), control)
    assert found.effect == pytest.approx(1.5, rel=1e-3)
    assert 1.48 < found.low < 1.5 < found.high < 1.52
    assert found.replicates == 4
    assert found.reason == ""


def test_ratio_takes_the_dishes_that_both_arms_have():
    found = ratio([2.0, math.nan, 4.0, 6.0], [1.0, 5.0, math.nan, 3.0])
    assert found.replicates == 2
    assert found.effect == pytest.approx(2.0)
    assert ratio([math.nan], [1.0]).replicates == 0
    assert math.isnan(ratio([math.nan], [1.0]).effect)


def test_ratio_of_one_dish_has_no_interval():
    found = ratio([3.0], [2.0])
    assert found.effect == pytest.approx(1.5)
    assert math.isnan(found.low)
    assert found.reason


def test_values_that_are_not_positive_fall_back_with_a_reason():
    found = ratio([3.0, 3.2, -0.1, 2.9], [1.0, 1.1, 0.9, 1.05])
    assert found.effect == pytest.approx(9.0 / 4.05)
    assert found.low < found.effect < found.high
    assert "Fieller" in found.reason


def test_a_denominator_that_may_be_zero_gives_no_interval():
    found = ratio([1.0, 2.0, 3.0], [-1.0, 1.1, 0.2])
    assert math.isnan(found.low)
    assert "0" in found.reason
    assert math.isnan(ratio([1.0, 2.0], [-1.0, 1.0]).effect)


@pytest.mark.parametrize("shift", [0.0, -1.7])
def test_intervals_cover_as_often_as_they_say(shift):
    """400 experiments of six dishes; with the shift some values are negative and Fieller's interval is taken."""
    dice = np.random.default_rng(5)
    truth, inside = (4.0 + shift) / 2.0, 0
    for _ in range(400):
        dish = dice.normal(0, 0.15, 6)
        control = 2.0 + dish + dice.normal(0, 0.1, 6)
        treated = 4.0 + shift + 2 * dish + dice.normal(0, 0.1 if shift == 0 else 1.5, 6)
        found = ratio(treated, control)
        inside += found.low <= truth <= found.high
    assert 0.915 <= inside / 400 <= 0.98


def test_tables_name_a_read_out_that_two_assays_share():
    values = xr.DataArray([[1.0, 2.0], [1.1, 2.3]], dims=("replicates", "arms"), coords={"arms": ["a", "b"]})
    datasets = {"one": xr.Dataset({"speed": values}), "two": xr.Dataset({"speed": values.transpose() * 10})}
    readouts = {"one": ("speed",), "two": ("speed",)}
    table = summary(datasets, readouts, ["a", "b"])
    assert list(table["a"]) == ["speed", "two.speed"]
    assert table["b"]["two.speed"]["values"] == (20.0, 23.0)
    rows = compare(datasets, readouts, [Comparison(arm="b", against="a")])
    assert [row["readout"] for row in rows] == ["speed", "two.speed"]
    assert {(row["arm"], row["against"]) for row in rows} == {("b", "a")}
    assert rows[0]["effect"] == pytest.approx(math.sqrt(2 * 2.3 / 1.1))
