import pytest

from lamella.verdicts import Pace, Steady, spoken


class Clock:
    """Stands still until it is told."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


def test_what_is_left_takes_as_long_as_what_is_done():
    clock = Clock()
    pace = Steady(clock)
    assert pace.left(0.0) is None
    clock.now += 30.0
    assert pace.left(0.25) == pytest.approx(90.0)
    clock.now += 70.0
    assert pace.left(0.8) == pytest.approx(25.0)
    assert pace.left(1.0) == 0.0


def test_an_assay_that_was_not_seen_counts_as_the_slowest_that_was():
    pace = Pace({"blot": 2.0})
    assert Pace({}).expected({"blot": 1}, 1) is None
    pace.took("scratch", 60.0)
    assert pace.expected({"blot": 3, "scratch": 1, "invasion": 2}, 2) == pytest.approx((6.0 + 60.0 + 120.0) / 2)
    assert spoken(pace.expected({"invasion": 4}, 1)) == "4 min"
