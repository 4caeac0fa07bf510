"""Tau-leaping against closed forms, exact simulation and its readable twin; what stochastic cells can do besides."""

import numpy as np
import pytest
from scipy import stats

from lamella.errors import InputError
from lamella.reactions import compile_program, read_sbml
from lamella.solve import StochasticPopulation
from lamella.solve.kernels.poisson import fill_poisson
from lamella.solve.kernels.reference_stochastic import walk

BIRTH_DEATH = """
model m
  compartment c = 1; substanceOnly species X in c; X = 5000; k = 100; d = 0.1
  born: => X; k
  dies: X => ; d*X
end"""

DIMERS = """
model m
  compartment c = 1; substanceOnly species M in c, D in c, T in c; M = 4000; D = 0; T = 3; on = 1e-4; off = 0.1
  join: 2 M => D; on*M*(M - 1)/2
  part: D => 2 M; off*D
  lose: T => ; 0.05*T
end"""


def program_of(sbml, text, **options):
    return compile_program(read_sbml(sbml(text)), **options)


def many(program, cells, **options):
    return StochasticPopulation(program, np.repeat(program.defaults[None], cells, axis=0), **options)


@pytest.mark.parametrize("mean", [0.03, 0.8, 6.0, 9.99, 10.01, 25.0, 400.0, 1e6])
def test_poisson_numbers(mean):
    numbers = np.empty(40_000)
    fill_poisson(mean, np.array([12345], np.uint64), np.zeros(1, np.int64), numbers)
    assert (numbers == np.round(numbers)).all()
    law = stats.poisson(mean)
    edges = np.unique(law.ppf(np.linspace(0.0, 1.0, 41)[1:-1]))
    bins = np.concatenate([[-np.inf], edges, [np.inf]])
    seen = np.histogram(numbers, np.concatenate([[-1.0], edges + 0.5, [1e18]]))[0]
    expected = np.diff(law.cdf(bins)) * len(numbers)
    kept = expected > 5
    assert stats.chisquare(seen[kept], expected[kept] * seen[kept].sum() / expected[kept].sum()).pvalue > 1e-3
    assert numbers.mean() == pytest.approx(mean, abs=4 * np.sqrt(mean / len(numbers)))


def test_birth_and_death_by_leaps_have_the_known_law(sbml):
    cells, time = 1500, 8.0
    program = program_of(sbml, BIRTH_DEATH)
    leaps, exact = many(program, cells, method="tau", seed=3), many(program, 2, seed=3)
    leaps.advance(time)
    exact.advance(time)
    kept = np.exp(-0.1 * time)
    mean, variance = 5000 * kept + 1000 * (1 - kept), 5000 * kept * (1 - kept) + 1000 * (1 - kept)
    x = leaps.states[:, 0]
    # a leap is an explicit Euler step, at first of 1 % of X, or 0.0125 relaxation times: its mean lags by half of that
    lag = 0.5 * 0.0125 * (0.1 * time * kept) * 4000
    assert mean - 1.3 * lag - 4 * np.sqrt(variance / cells) < x.mean() < mean + 4 * np.sqrt(variance / cells)
    assert x.var() == pytest.approx(variance, rel=5 * np.sqrt(2 / cells))
    assert (x >= 0).all()
    # many events a draw: a leap uses far fewer random numbers
    assert leaps.drawn.mean() < 0.2 * exact.drawn.mean()


def test_leaps_agree_with_exact_simulation_and_with_their_twin(sbml):
    program = program_of(sbml, DIMERS)
    leaps, exact = many(program, 400, method="tau", seed=1), many(program, 400, seed=2)
    leaps.advance(3.0)
    exact.advance(3.0)
    start = program.initial_states(program.defaults[None])[0]
    twin = np.array([walk(program, start, program.defaults, 3.0, np.random.default_rng(k), 0.03) for k in range(120)])
    for column in range(3):
        a, b, c = leaps.states[:, column], exact.states[:, column], twin[:, column]
        spread = np.sqrt(a.var() / len(a) + b.var() / len(b)) + 1e-9
        assert abs(a.mean() - b.mean()) < 4 * spread + 0.002 * b.mean()
        assert abs(a.mean() - c.mean()) < 4 * np.sqrt(a.var() / len(a) + c.var() / len(c)) + 1e-9
        assert a.var() == pytest.approx(b.var(), rel=0.35)
    np.testing.assert_array_equal(leaps.states[:, 0] + 2 * leaps.states[:, 1], 4000)


def test_exact_simulation_agrees_with_its_twin(sbml):
    program = program_of(sbml, DIMERS.replace("M = 4000", "M = 60").replace("1e-4", "1e-2"))
    exact = many(program, 600, seed=2)
    exact.advance(2.0)
    start = program.initial_states(program.defaults[None])[0]
    twin = np.array([walk(program, start, program.defaults, 2.0, np.random.default_rng(k)) for k in range(300)])
    for column in range(3):
        assert stats.ks_2samp(exact.states[:, column], twin[:, column]).pvalue > 1e-3


@pytest.mark.parametrize("method", ["ssa", "tau"])
def test_threads_order_and_company_do_not_matter(sbml, method):
    program = program_of(sbml, DIMERS, inputs=["on"])
    one, three = (many(program, 23, method=method, seed=4, threads=n) for n in (1, 3))
    for population in (one, three):
        for k in range(3):
            population.advance(0.1, {"on": 1e-4 * (1 + k)})
    np.testing.assert_array_equal(one.states, three.states)
    np.testing.assert_array_equal(one.drawn, three.drawn)


@pytest.mark.parametrize("method", ["ssa", "tau"])
def test_resumed_is_as_if_never_stopped(sbml, method):
    program = program_of(sbml, DIMERS)
    population = many(program, 9, method=method, seed=4)
    population.advance(0.2)
    saved = population.checkpoint()
    population.advance(0.3)
    fresh = many(program, 1, method=method, seed=4)
    fresh.restore(saved)
    fresh.advance(0.3)
    np.testing.assert_array_equal(fresh.states, population.states)


def test_division_keeps_every_molecule(sbml):
    program = program_of(sbml, DIMERS)
    population = many(program, 3, seed=8)
    population.advance(1.0)
    before = population.states[1].copy()
    daughter = population.divide(1, 0.25)
    after = population.states[[1, daughter]]
    np.testing.assert_array_equal(after.sum(axis=0), before)
    assert (after == np.round(after)).all()
    assert after[1, 0] == pytest.approx(0.25 * before[0], abs=4 * np.sqrt(before[0] * 0.25 * 0.75))
    population.advance(1.0)
    assert (population.states[1] != population.states[daughter]).any()
    population.add(program.defaults[None], time=population.time[0])
    assert population.identity.tolist() == [0, 1, 2, 3, 4]
    population.remove([0])
    assert population.cells == 4
    with pytest.raises(InputError, match="cannot divide"):
        population.divide(9)
    with pytest.raises(InputError, match="unknown method 'euler'"):
        many(program, 1, method="euler")


def test_events_end_a_leap(sbml):
    text = BIRTH_DEATH.replace("end", "n = 0; low: at X < 2500: n = n + 1; late: at time > 5: n = n + 10\nend")
    program = program_of(sbml, text)
    population = many(program, 40, method="tau", seed=2)
    population.advance(4.9)
    assert (population.states[:, program.index("n")] == 0).all()
    population.advance(10.0)
    np.testing.assert_array_equal(population.states[:, program.index("n")], 11)
