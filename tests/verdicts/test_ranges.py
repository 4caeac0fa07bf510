"""Numbers that were placed by the range of an amount move with it, member by member."""

from dataclasses import replace

import numpy as np
import pytest

from lamella.networks import assemble
from lamella.verdicts import factors
from lamella.verdicts.ranges import WIDEST, range_factors, with_input

MEMBERS = 24


@pytest.fixture(scope="module")
def moved():
    return range_factors(MEMBERS, 1)


def test_all_that_was_placed_by_one_input_moves_with_it(moved):
    half, other, rate = (moved[name] for name in ("K_DUSP6_MAPK1", "K_SNAI1_MAPK1", "k_BAD_MAPK1"))
    np.testing.assert_allclose(half, other)
    np.testing.assert_allclose(half, 1.0 / rate)  # a rate per molecule of input meets its counterpart at half of it
    assert np.log(half).std() > 0.5


def test_every_number_moves_within_bounds_and_only_those_that_name_an_amount(moved):
    rows = assemble("HeLa").parameters
    table = np.array(list(moved.values()))
    assert np.isfinite(table).all()
    assert (table >= 1.0 / WIDEST).all()
    assert (table <= WIDEST).all()
    assert not [name for name in moved if name in rows and not rows[name].range_of]
    assert "k_activation" in moved, "a number of the template has one factor in all its instances"


def test_members_do_not_depend_on_how_many_there_are(moved):
    few = range_factors(5, 1)
    for name in few:
        np.testing.assert_allclose(few[name], moved[name][:5], rtol=1e-6)


def test_half_saturations_and_inputs_agree_in_the_end(moved, monkeypatch):
    """Another round would hardly move them, but for a member or two in which they chase one another."""
    monkeypatch.setattr("lamella.verdicts.ranges.ROUNDS", 17)
    range_factors.cache_clear()
    later = range_factors(MEMBERS, 1)
    range_factors.cache_clear()
    change = np.abs(np.log(np.array([later[name] / moved[name] for name in moved])))
    assert (change < 0.1).mean() > 0.75
    assert np.median(change) < 0.01


def test_an_ensemble_without_ranges_is_that_of_the_numbers_alone(moved):
    with_ranges, alone = factors("MEF", MEMBERS, 1), factors("MEF", MEMBERS, 1, ranges=False)
    for name in ("K_DUSP6_MAPK1", "k_BAD_MAPK1", "a5b1_k_activation"):
        key = name.removeprefix("a5b1_")
        np.testing.assert_allclose(with_ranges[name], alone[name] * moved[key])
    assert (with_ranges["RAC1_copies"] == alone["RAC1_copies"]).all()


def test_an_input_that_is_not_there_moves_nothing():
    row = replace(assemble("HeLa").parameters["K_DUSP6_MAPK1"], range_of=("X",))
    assert (with_input(row, {"X": np.array([0.0, 0.0, 7.0])}) == 1.0).all()
    assert with_input(row, {"X": np.array([2.0, 4.0, np.nan, 0.0])}).tolist() == [2.0, 1.0, 1.0 / WIDEST]
