import numpy as np
import pytest
from fakes import Fake, finding

from lamella.findings import KINDS
from lamella.verdicts import Bench, Outcome, Replicates, check_one, under_other_thresholds
from lamella.verdicts.stability import moved_threshold

PAIR = {("level", "a"): np.array([1.15, 1.16, 1.14]), ("level", "b"): np.array([1.0, 1.0, 1.0])}


def expectation(kind, **table):
    return KINDS[kind].model_validate({"kind": kind, "assay": "fake", "quantity": "level", **table})


def test_thresholds_move_on_the_logarithm():
    ordering = expectation("ordering", relation="a > b", at_least=1.21)
    assert moved_threshold(ordering, 0.5).at_least == pytest.approx(1.1)
    assert moved_threshold(ordering, 2.0).at_least == pytest.approx(1.21**2)
    fold = expectation("fold", relation="a / b", low=2.0, high=8.0)
    assert (moved_threshold(fold, 2.0).low, moved_threshold(fold, 2.0).high) == pytest.approx((8.0**0.5, 32.0**0.5))
    band = expectation("unchanged", relation="a ~ b", band=1.21, wired="c > b")
    assert moved_threshold(band, 2.0).band == pytest.approx(1.1)
    assert moved_threshold(band, 0.5).band == pytest.approx(1.21**2)


@pytest.mark.parametrize(("at_least", "expected"), [
    (1.05, ("holds", "holds")), (1.1, ("holds", "fails")), (1.3, ("holds", "fails")), (1.5, ("fails", "fails"))])
def test_a_verdict_near_its_line_is_told_from_one_that_is_clear(at_least, expected):
    found = under_other_thresholds(expectation("ordering", relation="a > b", at_least=at_least), PAIR)
    assert (found["looser"].value, found["stricter"].value) == expected


def test_every_judged_expectation_says_how_it_stands_under_other_thresholds():
    verdict = check_one(finding(), Bench({"fake": Fake({"treated": 3.0}).assay}), Replicates(4, 4))
    (said,) = verdict.cells[0].expectations
    assert said.moved == {"looser": Outcome.HOLDS, "stricter": Outcome.HOLDS}
    assert said.to_dict()["threshold"] == {"looser": "holds", "stricter": "holds"}
