"""Power and size of the judge on seeded trials: a null effect must fail, the smallest effect claimed must hold."""

import pytest
from fakes import noisy

from lamella.findings import KINDS
from lamella.verdicts import Replicates, Standing, judge, smallest_effect, standing

TRIALS = 200

CASES = {
    "ordering": ({"relation": "a > b"}, {"a": 1.0, "b": 1.0}, {"a": 1.2, "b": 1.0}),
    "fold": ({"relation": "a / b", "low": 2.0, "high": 8.0}, {"a": 1.0, "b": 1.0}, {"a": 2.4, "b": 1.0}),
    "unchanged": ({"relation": "a ~ b", "band": 1.25, "wired": "c > b"}, {"a": 1.25, "b": 1.0, "c": 1.5},
                  {"a": 1.04, "b": 1.0, "c": 1.2}),
    "optimum": ({"series": ("a", "b", "c", "d", "e")}, dict.fromkeys("abcde", 1.0),
                {"a": 1.0, "b": 1.1, "c": 1.25, "d": 1.1, "e": 1.0}),
    "saturates": ({"series": ("a", "b", "c"), "by": "b", "band": 1.25}, dict.fromkeys("abc", 1.0),
                  {"a": 1.0, "b": 1.25, "c": 1.3}),
    "required": ({"relation": "a > b", "without": "ac / c"}, dict.fromkeys(("a", "b", "ac", "c"), 1.0),
                 {"a": 1.35, "b": 1.0, "ac": 1.0, "c": 1.0}),
    "synergy": ({"control": "c", "first": "a", "second": "b", "both": "ab"}, {"c": 1.0, "a": 0.8, "b": 0.8, "ab": 0.64},
                {"c": 1.0, "a": 0.8, "b": 0.8, "ab": 0.5}),
    "pulse": ({"arm": "a", "shortest": "5 h", "longest": "20 h"}, {"a": 5.0 * 3600}, {"a": 9.0 * 3600}),
    "rescued": ({"relation": "n < w", "by": "r"}, dict.fromkeys("nwr", 1.0), {"n": 0.8, "w": 1.0, "r": 1.0}),
}


def share_that_holds(kind, table, factors, sd):
    """Share of trials in which the judge, looking as `check` does, ends with holds."""
    expectation = KINDS[kind].model_validate({"kind": kind, "assay": "fake", "quantity": "level", **table})
    looks = Replicates().looks()
    held = 0
    for trial in range(TRIALS):
        values = noisy(factors, trial, looks[-1], sd)
        for count in looks:
            seen = {key: row[:count] for key, row in values.items()}
            found = standing(judge(expectation, seen, last=count == looks[-1]))
            if found is not Standing.OPEN:
                break
        held += found is Standing.HOLDS
    return held / TRIALS


@pytest.mark.parametrize("kind", sorted(CASES))
@pytest.mark.parametrize("sd", [0.06, 0.2])
def test_a_null_effect_fails(kind, sd):
    table, null, _ = CASES[kind]
    assert share_that_holds(kind, table, null, sd) <= 0.05


@pytest.mark.parametrize("kind", sorted(CASES))
def test_the_smallest_effect_holds(kind):
    table, _, smallest = CASES[kind]
    assert share_that_holds(kind, table, smallest, 0.06) >= 0.90


def test_looking_early_does_not_make_null_effects_hold_more_often():
    table, null, _ = CASES["ordering"]
    assert share_that_holds("ordering", table, null, 1.0) <= 0.05


@pytest.mark.parametrize("sd", [0.05, 0.15, 0.4])
def test_the_smallest_effect_is_as_told(sd):
    ratio = smallest_effect(1.1, sd * 2**0.5, Replicates().most)
    held = share_that_holds("ordering", {"relation": "a > b"}, {"a": ratio, "b": 1.0}, sd)
    assert 0.84 <= held <= 0.98
    assert ratio > 1.1
