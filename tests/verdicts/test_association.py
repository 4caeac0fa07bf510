"""Associations over patients: what the judge says of cohorts whose true rank correlation is known."""

import numpy as np
import pytest
import xarray as xr
from fakes import FakeConditions, finding
from scipy.stats import spearmanr

from lamella.assays.protocol import Assay
from lamella.findings import KINDS
from lamella.random import generator
from lamella.verdicts import (
    Bench,
    Outcome,
    Replicates,
    Standing,
    check_one,
    judge,
    log_odds,
    odds,
    standing,
    under_other_thresholds,
)
from lamella.verdicts.comparing import _terms
from lamella.verdicts.rank_odds import rho_of

PATIENTS, TRIALS = 100, 100


def expectation(kind, **table):
    return KINDS[kind].model_validate({"kind": kind, "assay": "cohort", "quantity": "surviving", "arm": "drug",
                                       "marker": "XIAP", **table})


RISES = expectation("association", sign="+")
FALLS = expectation("association", sign="-")
NONE = expectation("unassociated", wired="-DIABLO")


def cohorts(trial, count, **truth):
    """Read-outs of cohorts in which the outcome goes with the markers so far (Pearson's correlation of the normals)."""
    rhos = {name: [] for name in truth}
    for number in range(count):
        draw = generator(trial, "cohort", number)
        outcome = draw.standard_normal(PATIENTS)
        for name, true in truth.items():
            level = true * outcome + np.sqrt(1.0 - true**2) * draw.standard_normal(PATIENTS)
            rhos[name].append(spearmanr(level, outcome)[0])
    return {(f"surviving_by_{name.lower()}", "drug"): np.array(rows) for name, rows in rhos.items()}


def share_that_holds(expected, **truth):
    """Share of trials in which the judge, looking as `check` does, ends with holds."""
    looks = Replicates().looks()
    held = 0
    for trial in range(TRIALS):
        values = cohorts(trial, looks[-1], **truth)
        found = Standing.OPEN
        for count in looks:
            seen = {key: row[:count] for key, row in values.items()}
            found = standing(judge(expected, seen, last=count == looks[-1]))
            if found is not Standing.OPEN:
                break
        held += found is Standing.HOLDS
    return held / TRIALS


@pytest.mark.parametrize("expected", [RISES, FALLS])
def test_no_association_fails(expected):
    assert share_that_holds(expected, XIAP=0.0) <= 0.05


def test_the_smallest_association_holds_with_its_sign_and_not_with_the_other():
    assert share_that_holds(RISES, XIAP=0.27) >= 0.90
    assert share_that_holds(FALLS, XIAP=-0.27) >= 0.90
    assert share_that_holds(FALLS, XIAP=0.27) == 0.0


def test_an_association_half_as_strong_as_asked_for_fails():
    assert share_that_holds(RISES, XIAP=0.1) <= 0.05


def test_none_holds_where_there_is_none_and_the_other_marker_has_one():
    assert share_that_holds(NONE, XIAP=0.0, DIABLO=-0.4) >= 0.90
    assert share_that_holds(NONE, XIAP=0.0, DIABLO=0.0) <= 0.05
    assert share_that_holds(NONE, XIAP=0.24, DIABLO=-0.4) <= 0.05


def test_odds_are_those_of_the_correlation_and_back():
    assert odds(0.2) == pytest.approx(1.5)
    assert rho_of(odds(-0.35)) == pytest.approx(-0.35)
    assert log_odds(np.array([0.2, -0.2, 0.0])) == pytest.approx([np.log(1.5), -np.log(1.5), 0.0])
    assert np.isfinite(log_odds(np.array([1.0, -1.0]))).all()


def test_the_effect_is_told_in_the_direction_that_is_expected():
    (seen,) = judge(FALLS, {("surviving_by_xiap", "drug"): np.array([-0.4, -0.5, -0.45, -0.42])})
    assert seen.standing is Standing.HOLDS
    assert seen.shown.ratio > 2.0
    assert seen.shown.label == "odds of less XIAP in drug"


def test_a_verdict_is_told_from_the_place_of_its_line():
    values = {("surviving_by_xiap", "drug"): np.array([0.24, 0.26, 0.25, 0.25])}
    assert under_other_thresholds(RISES, values) == {"looser": Outcome.HOLDS, "stricter": Outcome.FAILS}
    values |= {("surviving_by_diablo", "drug"): np.array([-0.6, -0.61, -0.59, -0.6])}
    assert under_other_thresholds(NONE, values) == {"looser": Outcome.HOLDS, "stricter": Outcome.FAILS}


@pytest.mark.parametrize(("kind", "term", "wider"), [("association", "rho", 0.1), ("unassociated", "below", 0.3)])
def test_a_wider_line_shows_in_the_difference_of_two_scorecards(kind, term, wider):
    row = {"terms": {"kind": kind, term: 0.2}, "corollary": False, "claims": []}
    (change,) = _terms("here", row, {**row, "terms": {"kind": kind, term: wider}})
    assert (change.kind, change.worse) == ("widened", True)


RECORD = """[[expect]]
kind = "association"
assay = "fake"
quantity = "surviving"
arm = "drug"
marker = "XIAP"
sign = "-"
"""


def judged(rho):
    """The verdict on cohorts with these correlations, by replicate."""

    def run(setting, conditions, progress):
        values = {"surviving": 0.5, "surviving_by_xiap": rho(setting.replicate)}
        return xr.Dataset({name: ((), value) for name, value in values.items()})

    readouts = {"surviving": "a share", "surviving_by_xiap": "a correlation"}
    assay = Assay("fake", "Reads a correlation.", FakeConditions, readouts, run, tissue=False)
    verdict = check_one(finding(RECORD), Bench({"fake": assay}), Replicates())
    ((said,),) = (cell.expectations for cell in verdict.cells)
    return said


def test_negative_correlations_are_judged_through_the_bench():
    said = judged(lambda dish: -0.4 - 0.01 * dish)
    assert said.outcome is Outcome.HOLDS
    assert said.values["surviving_by_xiap"]["drug"][0] == -0.4
    assert said.moved == {"looser": Outcome.HOLDS, "stricter": Outcome.HOLDS}
    assert judged(lambda dish: 0.4 - 0.01 * dish).outcome is Outcome.FAILS


def test_a_cohort_without_a_correlation_cannot_be_judged():
    said = judged(lambda dish: float("nan") if dish == 2 else -0.4)
    assert said.outcome is Outcome.NOT_APPLICABLE
    assert "no value in 1 of 4 dishes" in said.reason
