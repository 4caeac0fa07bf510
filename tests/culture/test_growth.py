"""Grown cells are kept: the same bits, for less."""

import numpy as np
import pytest

from lamella.culture.growth import Nursery
from lamella.reactions import compile_program, read_sbml
from lamella.solve import Population

TEXT = "model m\n A = a0; B = 1; a0 = 3; k = 0.02; f: A -> B; k*A*(1 + A/(1 + B)) - 0.01*B; g: B => ; 1e-3*B\nend"
SECONDS = 4e3


@pytest.fixture(name="program", scope="module")
def _program():
    from lamella.networks import to_sbml_guarded

    return compile_program(read_sbml(to_sbml_guarded(TEXT, "model")))


def many(program, *values):
    parameters = np.tile(program.defaults, (len(values), 1))
    parameters[:, program.parameter("k")] = values
    return parameters


def plain(program, parameters):
    population = Population(program, parameters)
    population.advance(SECONDS)
    return population


def same(one, other, program):
    for population in (one, other):
        population.parameters[:, program.parameter("k")] *= 3.0
        population.refresh()
        population.advance(100.0)
    np.testing.assert_array_equal(one.states, other.states)
    np.testing.assert_array_equal(one.steps, other.steps)
    np.testing.assert_array_equal(one.parameters, other.parameters)


def test_a_cell_grows_once_whoever_asks_and_beside_whom(program):
    nursery = Nursery()
    first = nursery.population(program, "n", many(program, 0.01, 0.02), SECONDS)
    same(first, plain(program, many(program, 0.01, 0.02)), program)
    again = nursery.population(program, "n", many(program, 0.02, 0.03, 0.01), SECONDS)
    assert nursery.grown == 3
    same(again, plain(program, many(program, 0.02, 0.03, 0.01)), program)
    nursery.population(program, "n", many(program, 0.03), SECONDS)
    assert nursery.grown == 3


def test_another_network_or_time_is_another_growth(program):
    nursery = Nursery()
    for network, seconds in (("n", SECONDS), ("other", SECONDS), ("n", 2 * SECONDS)):
        nursery.population(program, network, many(program, 0.01), seconds)
    assert nursery.grown == 3


def test_what_was_not_asked_for_longest_goes_first(program):
    one = Nursery()
    one.population(program, "n", many(program, 0.01), SECONDS)
    nursery = Nursery(most_bytes=2 * one._bytes)
    for k in (0.01, 0.02, 0.01, 0.03):
        nursery.population(program, "n", many(program, k), SECONDS)
    assert nursery.grown == 3
    nursery.population(program, "n", many(program, 0.01), SECONDS)
    assert nursery.grown == 3
    both = nursery.population(program, "n", many(program, 0.02, 0.01), SECONDS)
    same(both, plain(program, many(program, 0.02, 0.01)), program)
    assert nursery.grown == 4


def test_cells_that_are_changed_afterwards_do_not_change_those_that_are_kept(program):
    nursery = Nursery()
    first = nursery.population(program, "n", many(program, 0.01), SECONDS)
    first.states[:] = 0.0
    same(nursery.population(program, "n", many(program, 0.01), SECONDS), plain(program, many(program, 0.01)), program)
