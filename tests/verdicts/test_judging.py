import numpy as np
import pytest
from fakes import noisy

from lamella.errors import InputError
from lamella.findings import KINDS
from lamella.verdicts import Standing, judge, standing

SMALL = 0.02


def outcome(kind, factors, *, sd=SMALL, others=None, **table):
    """Of an expectation on arms with these true factors, at the last look."""
    made = KINDS[kind].model_validate({"kind": kind, "assay": "fake", "quantity": "level", **table})
    values = noisy(factors, 3, 12, sd)
    for quantity, arms in (others or {}).items():
        values |= noisy(arms, 3, 12, sd, quantity=quantity)
    return standing(judge(made, values)) is Standing.HOLDS


def test_ordering():
    assert outcome("ordering", {"a": 1.3, "b": 1.0}, relation="a > b")
    assert outcome("ordering", {"a": 0.7, "b": 1.0}, relation="a < b")
    assert not outcome("ordering", {"a": 1.3, "b": 1.0}, relation="a < b")
    assert not outcome("ordering", {"a": 1.3, "b": 1.0}, relation="a > b", at_least=1.5)


def test_fold_range():
    assert outcome("fold", {"a": 5.0, "b": 1.0}, relation="a / b", low=3.0, high=20.0)
    assert not outcome("fold", {"a": 2.0, "b": 1.0}, relation="a / b", low=3.0, high=20.0)


def test_unchanged_needs_the_positive_control():
    table = {"relation": "a ~ b", "band": 1.2, "wired": "c > b"}
    assert outcome("unchanged", {"a": 1.02, "b": 1.0, "c": 1.4}, **table)
    assert not outcome("unchanged", {"a": 1.02, "b": 1.0, "c": 1.0}, **table)
    assert not outcome("unchanged", {"a": 1.3, "b": 1.0, "c": 1.4}, **table)
    assert not outcome("unchanged", {"a": 1.0, "b": 1.0, "c": 1.4}, sd=0.4, **table)
    with pytest.raises(InputError, match="no positive control"):
        outcome("unchanged", {"a": 1.0, "b": 1.0}, relation="a ~ b", band=1.2)


def test_optimum_lies_inside():
    series = {"series": ("a", "b", "c", "d")}
    assert outcome("optimum", {"a": 1.0, "b": 1.2, "c": 1.5, "d": 0.9}, **series)
    assert not outcome("optimum", {"a": 1.0, "b": 1.2, "c": 1.5, "d": 1.6}, **series)
    assert not outcome("optimum", {"a": 1.6, "b": 1.5, "c": 1.2, "d": 1.0}, **series)


def test_saturates_and_saturates_before():
    series = {"series": ("a", "b", "c", "d"), "by": "b", "band": 1.2}
    flat = {"a": 1.0, "b": 2.0, "c": 2.05, "d": 2.1}
    assert outcome("saturates", flat, **series)
    assert not outcome("saturates", {**flat, "d": 3.0}, **series)
    assert not outcome("saturates", {**flat, "c": 3.0}, **series)
    assert not outcome("saturates", {**flat, "a": 1.95}, **series)
    rising = {"a": 1.0, "b": 2.0, "c": 3.0, "d": 4.0}
    assert outcome("saturates", flat, others={"later": rising}, before="later", **series)
    assert not outcome("saturates", flat, others={"later": flat}, before="later", **series)


def test_required():
    table = {"relation": "a > b", "without": "ac / c"}
    assert outcome("required", {"a": 1.5, "b": 1.0, "ac": 0.82, "c": 0.8}, **table)
    assert not outcome("required", {"a": 1.5, "b": 1.0, "ac": 1.2, "c": 0.8}, **table), "the effect is still there"
    assert not outcome("required", {"a": 1.02, "b": 1.0, "ac": 0.8, "c": 0.8}, **table), "there was no effect"
    assert not outcome("required", {"a": 1.5, "b": 1.0, "ac": 0.1, "c": 0.1}, **table), "the cells were dead"
    assert not outcome("required", {"a": 1.2, "b": 1.0, "ac": 0.95, "c": 0.8}, **table), "within the band, yet all left"


def test_required_of_a_fall():
    table = {"relation": "a < b", "without": "ac / c"}
    assert outcome("required", {"a": 0.6, "b": 1.0, "ac": 0.79, "c": 0.8}, **table)
    assert not outcome("required", {"a": 0.6, "b": 1.0, "ac": 0.48, "c": 0.8}, **table)


def test_rescued():
    table = {"relation": "null < wild", "by": "back"}
    assert outcome("rescued", {"null": 0.5, "wild": 1.0, "back": 0.95}, **table)
    assert not outcome("rescued", {"null": 0.5, "wild": 1.0, "back": 0.6}, **table)
    assert not outcome("rescued", {"null": 1.0, "wild": 1.0, "back": 1.0}, **table)
    assert outcome("rescued", {"null": 2.0, "wild": 1.0, "back": 1.1}, relation="null > wild", by="back")


def test_dissociation():
    table = {"relation": "a > b", "stays": "other", "band": 1.2}
    moved = {"a": 1.5, "b": 1.0}
    assert outcome("dissociation", moved, others={"other": {"a": 1.02, "b": 1.0}}, **table)
    assert not outcome("dissociation", moved, others={"other": moved}, **table)
    alike = {"a": 1.15, "b": 1.0}
    assert not outcome("dissociation", alike, others={"other": alike}, **table)
    assert outcome("dissociation", alike, others={"other": {"a": 1.05, "b": 1.0}}, **table)
    assert not outcome("dissociation", {"a": 1.0, "b": 1.0}, others={"other": {"a": 1.0, "b": 1.0}}, **table)


def test_an_expectation_fails_with_one_criterion_and_stays_open_with_an_open_one():
    made = KINDS["ordering"](assay="fake", quantity="level", relation="a > b")
    wide = {("level", "a"): np.array([1.0, 2.0]), ("level", "b"): np.array([1.1, 1.0])}
    assert standing(judge(made, wide, last=False)) is Standing.OPEN
    assert standing(judge(made, wide, last=True)) is Standing.FAILS


def test_one_absurd_dish_does_not_hide_the_others():
    made = KINDS["ordering"](assay="fake", quantity="level", relation="a > b")
    values = noisy({"a": 2.0, "b": 1.0, "c": 1.0}, 3, 12, SMALL)
    values["level", "c"][4] = 1e9
    (found,) = judge(made, values)
    assert found.standing is Standing.HOLDS
    assert found.shown.ratio == pytest.approx(2.0, rel=0.05)


def test_synergy_by_bliss_is_more_than_the_product():
    table = {"control": "c", "first": "a", "second": "b", "both": "ab"}
    product = {"c": 1.0, "a": 0.7, "b": 0.8, "ab": 0.56}
    assert not outcome("synergy", product, **table)
    assert outcome("synergy", {**product, "ab": 0.4}, **table)
    assert not outcome("synergy", {"c": 1.0, "a": 1.4, "b": 1.3, "ab": 0.999}, **table), "there is no effect at all"
    rising = {"c": 1.0, "a": 1.5, "b": 1.4, "ab": 3.0}
    assert outcome("synergy", rising, effect="up", **table)
    assert not outcome("synergy", {**rising, "ab": 2.1}, effect="up", **table)


def test_synergy_by_loewe_is_more_than_either_in_full():
    table = {"control": "c", "first": "a", "second": "b", "both": "ab", "model": "loewe"}
    alike = {"c": 1.0, "a": 0.6, "b": 0.6, "ab": 0.6}
    assert not outcome("synergy", alike, **table), "half of each of the same thing is the whole of it"
    assert outcome("synergy", {**alike, "ab": 0.4}, **table)
    assert not outcome("synergy", {**alike, "b": 0.3, "ab": 0.4}, **table), "one of them in full does more"


def test_a_pulse_lasts_between_its_bounds():
    hours = 3600.0
    long, short = {"a": 8.0 * hours}, {"a": 0.5 * hours}
    assert outcome("pulse", long, arm="a", shortest="5 h", longest="20 h")
    assert not outcome("pulse", short, arm="a", shortest="5 h", longest="20 h")
    assert outcome("pulse", short, arm="a", longest="1 h")
    assert not outcome("pulse", long, arm="a", longest="1 h")
    assert outcome("pulse", long, arm="a", shortest="5 h")
    assert not outcome("pulse", {"a": 0.0}, arm="a", shortest="5 h"), "no pulse at all"
    assert not outcome("pulse", {"a": 5.5 * hours}, sd=0.3, arm="a", shortest="5 h"), "the interval crosses the line"


def test_events_come_in_order():
    order = {"arm": "a", "then": "later"}
    assert outcome("order", {"a": 600.0}, others={"later": {"a": 1200.0}}, **order)
    assert not outcome("order", {"a": 1200.0}, others={"later": {"a": 600.0}}, **order)
    assert not outcome("order", {"a": 600.0}, others={"later": {"a": 620.0}}, **order)
    made = KINDS["order"](kind="order", assay="fake", quantity="level", **order)
    never = {("level", "a"): np.full(4, 600.0), ("later", "a"): np.array([900.0, np.inf, 900.0, 900.0])}
    (criterion,) = judge(made, never)
    assert criterion.standing is Standing.FAILS
    assert "later does not change in 1 of 4 dishes" in criterion.reason
