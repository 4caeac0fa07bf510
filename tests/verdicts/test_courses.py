import numpy as np
import pytest
import xarray as xr
from fakes import finding

from lamella.assays.protocol import Assay, Conditions
from lamella.random import generator
from lamella.verdicts import Bench, Outcome, Replicates, check_one
from lamella.verdicts.courses import NEVER, half_time, pulse_duration

TIMES = np.linspace(0.0, 100.0, 101)


def test_a_triangle_lasts_half_its_base():
    course = 1.0 + np.interp(TIMES, [20.0, 30.0, 50.0], [0.0, 2.0, 0.0])
    assert pulse_duration(TIMES, course) == pytest.approx(15.0)


def test_a_step_lasts_to_the_end_and_its_half_time_is_that_of_the_step():
    course = np.where(TIMES > 40.0, 3.0, 1.0)
    assert pulse_duration(TIMES, course) == pytest.approx(59.5)
    assert half_time(TIMES, course) == pytest.approx(40.5)


def test_a_course_that_starts_high_has_no_pulse_and_a_half_time():
    course = np.exp(-TIMES / 10.0)
    assert pulse_duration(TIMES, course) == 0.0
    half = 0.5 * (1.0 + np.exp(-10.0))
    assert half_time(TIMES, course) == pytest.approx(-10.0 * np.log(half), rel=0.02)


@pytest.mark.parametrize("course", [np.ones(101), np.zeros(101), 1.0 + 0.04 * np.sin(TIMES)])
def test_what_does_not_change_has_neither(course):
    assert pulse_duration(TIMES, course) == 0.0
    assert half_time(TIMES, course) == NEVER


def test_it_does_not_matter_where_the_clock_starts():
    course = 1.0 + np.interp(TIMES, [20.0, 30.0, 50.0], [0.0, 2.0, 0.0])
    assert pulse_duration(TIMES + 7.0, course) == pytest.approx(15.0)
    assert half_time(TIMES + 7.0, course) == half_time(TIMES, course)


EARLY = """[[expect]]
kind = "order"
assay = "fake"
quantity = "first"
then = "second"
arm = "treated"

[[expect]]
kind = "pulse"
assay = "fake"
quantity = "first"
arm = "treated"
shortest = "1 h"
longest = "6 h"
"""


def fake(seconds):
    """An assay whose second course follows the first after `seconds`; both last about three hours."""
    times = np.linspace(0.0, 86400.0, 97)

    def run(setting, conditions, progress):
        late = generator(setting.seed, "late", setting.replicate).normal(0.0, 300.0)
        pulse = lambda start: 1.0 + np.interp(times - start - late, [0.0, 3600.0, 10800.0, 14400.0], [0, 2.0, 2.0, 0])
        return xr.Dataset({"first": ("times", pulse(7200.0)), "second": ("times", pulse(7200.0 + seconds)),
                           "level": ((), 1.0)}, coords={"times": times})
    return Assay("fake", "Reads two courses.", Conditions, {"level": "level"}, run)


@pytest.mark.parametrize(("seconds", "outcome"), [(7200.0, Outcome.HOLDS), (0.0, Outcome.FAILS),
                                                  (-3600.0, Outcome.FAILS)])
def test_courses_of_dishes_are_judged(seconds, outcome):
    verdict = check_one(finding(EARLY), Bench({"fake": fake(seconds)}), Replicates(4, 12))
    order, pulse = verdict.cells[0].expectations
    assert order.outcome is outcome
    assert pulse.outcome is Outcome.HOLDS
    assert pulse.effects[0].ratio == pytest.approx(3.0, abs=0.3)


def test_a_quantity_without_a_course_is_not_applicable():
    text = EARLY.replace('quantity = "first"', 'quantity = "level"')
    verdict = check_one(finding(text), Bench({"fake": fake(0.0)}), Replicates(4, 4))
    assert verdict.outcome is Outcome.NOT_APPLICABLE
    assert "no time course of 'level'" in verdict.reason
