import numpy as np
import pytest
from scipy import stats

from lamella.verdicts.effect import Look, Standing, effect, exceeds, interval, lies_within, log_ratios, reaches

EARLY, LAST = Look(last=False), Look(last=True)


def logs(mean, half, count=8):
    """Values whose 95 % interval is mean +- half."""
    shape = np.linspace(-1.0, 1.0, count)
    return mean + shape * half / (stats.t.ppf(0.975, count - 1) * shape.std(ddof=1) / np.sqrt(count))


def test_interval_is_the_t_interval():
    values = np.array([0.1, 0.3, 0.2, 0.6])
    low, high = stats.t.interval(0.95, 3, values.mean(), stats.sem(values))
    assert interval(values) == pytest.approx((0.3, low, high))


def test_one_replicate_has_no_interval_and_decides_nothing():
    one = effect("a / b", "q", np.array([0.5]))
    assert np.isnan(one.low)
    assert exceeds("a / b", "q", np.array([0.5]), 1.1, EARLY).standing is Standing.OPEN
    assert exceeds("a / b", "q", np.array([0.5]), 1.1, LAST).standing is Standing.FAILS


def test_ratios_are_paired_and_dishes_cancel():
    dish = np.array([1.0, 10.0, 100.0])
    assert np.allclose(log_ratios(2.0 * dish, dish, 100.0), np.log(2.0))


def test_nothing_counts_as_the_detection_limit():
    found = log_ratios(np.array([100.0]), np.array([0.0]), 100.0)
    assert found == pytest.approx(np.log(1000.0))
    assert log_ratios(np.zeros(2), np.full(2, 1e-9), 100.0) == pytest.approx(np.zeros(2))


@pytest.mark.parametrize(("mean", "half", "expected"), [
    (np.log(1.2), 0.1, Standing.HOLDS), (np.log(1.2), 0.25, Standing.FAILS),
    (np.log(1.08), 0.01, Standing.FAILS), (-np.log(1.3), 0.1, Standing.FAILS)])
def test_an_ordering_needs_ten_percent_and_an_interval_off_one(mean, half, expected):
    assert exceeds("a / b", "q", logs(mean, half), 1.1, LAST).standing is expected


def test_an_early_look_decides_only_what_is_clear_of_the_line():
    assert exceeds("a / b", "q", logs(np.log(1.2), 0.05), 1.1, EARLY).standing is Standing.HOLDS
    assert exceeds("a / b", "q", logs(np.log(1.2), 0.1), 1.1, EARLY).standing is Standing.OPEN
    assert exceeds("a / b", "q", logs(0.0, 0.02), 1.1, EARLY).standing is Standing.FAILS


@pytest.mark.parametrize(("mean", "half", "look", "expected"), [
    (0.0, 0.1, LAST, Standing.HOLDS), (0.15, 0.1, LAST, Standing.FAILS), (0.15, 0.1, EARLY, Standing.OPEN),
    (0.6, 0.1, EARLY, Standing.FAILS), (0.0, 0.3, LAST, Standing.FAILS)])
def test_a_band_holds_the_whole_interval(mean, half, look, expected):
    assert lies_within("a / b", "q", logs(mean, half), 0.8, 1.25, look).standing is expected


def test_reaching_a_line():
    assert reaches("a / b", "q", logs(np.log(0.4), 0.5), 0.3, LAST).standing is Standing.HOLDS
    assert reaches("a / b", "q", logs(np.log(0.4), 0.5), 0.3, EARLY).standing is Standing.OPEN
    assert reaches("a / b", "q", logs(np.log(0.1), 0.5), 0.3, EARLY).standing is Standing.FAILS


def test_reasons_give_numbers_and_why():
    assert "is not told from 1" in exceeds("a / b", "q", logs(np.log(1.2), 0.25), 1.1, LAST).reason
    assert exceeds("a / b", "q", logs(np.log(1.05), 0.01), 1.1, LAST).reason.startswith("a / b = 1.05 (1.04 to 1.06)")
