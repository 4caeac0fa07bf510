"""Tau-leaping against closed forms, exact simulation and its readable twin; what stochastic cells can do besides."""

import numpy as np
import pytest
from scipy import stats

from lamella.errors import InputError, ModelError, SolverError
from lamella.reactions import compile_program, read_sbml
from lamella.solve import Status, StochasticPopulation
from lamella.solve.kernels.compiled import entry
from lamella.solve.kernels.poisson import poisson
from lamella.solve.kernels.reference_stochastic import walk
from lamella.solve.orders import orders

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


@entry
def fill(mean, key, draws, out):
    """Poisson numbers of the first cell's stream."""
    for i in range(out.shape[0]):
        out[i] = poisson(mean, 0, key, draws)


def program_of(sbml, text, **options):
    return compile_program(read_sbml(sbml(text)), **options)


def many(program, cells, **options):
    return StochasticPopulation(program, np.repeat(program.defaults[None], cells, axis=0), **options)


@pytest.mark.parametrize("mean", [0.03, 0.8, 6.0, 9.99, 10.01, 25.0, 400.0, 1e6])
def test_poisson_numbers(mean):
    numbers = np.empty(40_000)
    fill(mean, np.array([12345], np.uint64), np.zeros(1, np.int64), numbers)
    assert (numbers == np.round(numbers)).all()
    law = stats.poisson(mean)
    edges = np.unique(law.ppf(np.linspace(0.0, 1.0, 41)[1:-1]))
    bins = np.concatenate([[-np.inf], edges, [np.inf]])
    seen = np.histogram(numbers, np.concatenate([[-1.0], edges + 0.5, [1e18]]))[0]
    expected = np.diff(law.cdf(bins)) * len(numbers)
    kept = expected > 5
    assert stats.chisquare(seen[kept], expected[kept] * seen[kept].sum() / expected[kept].sum()).pvalue > 1e-3
    assert numbers.mean() == pytest.approx(mean, abs=4 * np.sqrt(mean / len(numbers)))


@pytest.mark.parametrize("epsilon", [0.03, 0.01])
def test_birth_and_death_by_leaps_have_the_known_law(sbml, epsilon):
    cells, time = 1500, 8.0
    program = program_of(sbml, BIRTH_DEATH)
    leaps, exact = many(program, cells, method="tau", epsilon=epsilon, seed=3), many(program, 2, seed=3)
    leaps.advance(time)
    exact.advance(time)
    kept = np.exp(-0.1 * time)
    mean, variance = 5000 * kept + 1000 * (1 - kept), 5000 * kept * (1 - kept) + 1000 * (1 - kept)
    x = leaps.states[:, 0]
    # a leap is an explicit Euler step, at first of epsilon X, or 1.25 epsilon relaxation times: its mean lags by half
    # of that, times what the relaxation still moves
    lag = 0.5 * 1.25 * epsilon * (0.1 * time * kept) * 4000
    assert x.mean() < mean - 0.7 * lag + 4 * np.sqrt(variance / cells)
    assert mean - 1.3 * lag - 4 * np.sqrt(variance / cells) < x.mean()
    assert x.var() == pytest.approx(variance, rel=5 * np.sqrt(2 / cells))
    assert (x >= 0).all()
    # many events a draw: a leap uses far fewer random numbers
    assert leaps.drawn.mean() < 10 * epsilon * exact.drawn.mean()


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


@pytest.mark.parametrize("method", ["ssa", "tau"])
def test_a_cell_has_its_course_in_any_order(sbml, method):
    program = program_of(sbml, DIMERS)
    parameters = np.repeat(program.defaults[None], 21, axis=0)
    parameters[:, program.parameter("on")] *= np.linspace(0.5, 2, 21)
    order = np.random.default_rng(3).permutation(21)
    plain = StochasticPopulation(program, parameters, method=method, seed=6, identity=np.arange(21) + 100)
    mixed = StochasticPopulation(program, parameters[order], method=method, seed=6, identity=order + 100, threads=2)
    some = StochasticPopulation(program, parameters[[4]], method=method, seed=6, identity=[104])
    spans = np.linspace(0.1, 0.3, 21)
    plain.advance(spans)
    mixed.advance(spans[order])
    some.advance(spans[4])
    np.testing.assert_array_equal(plain.states[order], mixed.states)
    np.testing.assert_array_equal(plain.fired[order], mixed.fired)
    np.testing.assert_array_equal(plain.states[[4]], some.states)
    with pytest.raises(InputError, match="same identity"):
        some.add(parameters[:1], identity=[104])


def test_no_stream_is_used_twice(sbml):
    program = program_of(sbml, DIMERS)
    population = many(program, 3)
    population.remove([2])
    population.add(program.defaults[None])
    daughter = population.divide(0)
    population.remove([daughter])
    saved = population.checkpoint()
    fresh = many(program, 1)
    fresh.restore(saved)
    for one in (population, fresh):
        one.add(program.defaults[None])
        assert one.identity.tolist() == [0, 1, 3, 5]


def test_parts_of_molecules_are_kept_in_division(sbml):
    program = program_of(sbml, BIRTH_DEATH.replace("X = 5000", "X = 2.75"))
    population = many(program, 40, seed=8)
    for cell in range(40):
        daughter = population.divide(cell)
        pair = population.states[[cell, daughter], 0]
        assert pair.sum() == 2.75
        assert sorted(pair % 1) == [0, 0.75]
    assert set(population.states[40:, 0]) == {0, 0.75, 1, 1.75, 2, 2.75}


def test_orders_of_rates(sbml):
    program = program_of(sbml, """model m
      compartment c = 1; substanceOnly species A in c, B in c, C in c, D in c; A = 5; B = 7; C = 20; D = 3; n = 4
      first: A => ; 3*A; second: A + B => ; A*B; pair: 2 C => ; C*(C - 1)/2; hill: D => ; D^n/(10^n + D^n)
    end""")  # fmt: skip
    found = orders(program)
    np.testing.assert_array_equal(found.fixed, [2, 2, 0, 0])
    present = program.evaluator(found.nodes)(program.initial_states(program.defaults[None]), program.defaults[None])
    # 2 + 1/(x - 1) for two of a kind (Cao et al. 2006), n K^n/(K^n + x^n) for a Hill law
    np.testing.assert_allclose(present, [[2 + 1 / 19, 4e4 / (1e4 + 81)]], rtol=1e-12)
    np.testing.assert_array_equal(found.first, [0, 0, 0, 1, 2])


def test_leaps_of_a_cooperative_rate_agree_with_exact_simulation(sbml):
    text = """model m
      compartment c = 1; substanceOnly species X in c; X = 900
      born: => X; 200 + 3000*X^4/(1000^4 + X^4); die: X => ; 2*X
    end"""
    program = program_of(sbml, text)
    leaps, exact = many(program, 500, method="tau", seed=1), many(program, 500, seed=2)
    leaps.advance(1.0)
    exact.advance(1.0)
    a, b = leaps.states[:, 0], exact.states[:, 0]
    assert abs(a.mean() - b.mean()) < 4 * np.sqrt((a.var() + b.var()) / 500) + 0.01 * b.mean()
    assert a.var() == pytest.approx(b.var(), rel=0.35)
    assert leaps.drawn.mean() < 0.7 * exact.drawn.mean()


def test_no_number_falls_below_zero(sbml):
    text = """model m
      compartment c = 1; substanceOnly species A in c, B in c, C in c; A = 3000; B = 30; C = 0
      use: 3 A + B => C; 1e-3*A*B; drain: A => ; 5*A; spill: 2 C => ; 30*C*(C - 1)
    end"""
    population = many(program_of(sbml, text), 200, method="tau", epsilon=0.3, seed=5)
    for _ in range(12):
        population.advance(0.1)
        assert (population.status == Status.OK).all()
        assert (population.states >= 0).all()
        assert (population.states == np.round(population.states)).all()
    assert (population.states[:, 0] < 60).all()


def test_leaps_refuse_to_look_for_a_number(sbml):
    program = program_of(sbml, BIRTH_DEATH.replace("end", "n = 0; at X != 2500: n = n + 1\nend"))
    with pytest.raises(ModelError, match="no leaps"):
        many(program, 1, method="tau")
    exact = many(program, 5)
    exact.advance(10.0)
    assert (exact.states[:, program.index("n")] > 0).all()


@pytest.mark.parametrize("method", ["ssa", "tau"])
def test_one_bad_cell_is_reported_and_leaves_the_others_alone(sbml, method):
    text = """model m
      compartment c = 1; substanceOnly species X in c; X = 50; boom = 0; less = 0
      born: => X; 5 + boom*X^2; dies: X => ; 0.1*X - less
    end"""
    program = program_of(sbml, text)
    parameters = np.repeat(program.defaults[None], 1000, axis=0)
    healthy = StochasticPopulation(program, parameters, method=method, seed=2)
    healthy.advance(3.0)
    endless = Status.TOO_MANY_STEPS if method == "ssa" else Status.TOO_FAST
    for name, value, status in (
        ("boom", 1e3, endless), ("less", 6.0, Status.NEGATIVE_RATE), ("boom", np.inf, Status.NOT_FINITE),
    ):  # fmt: skip
        changed = parameters.copy()
        changed[417, program.parameter(name)] = value
        sick = StochasticPopulation(program, changed, method=method, seed=2, threads=2, most_turns=200_000)
        sick.advance(3.0)
        others = np.arange(1000) != 417
        assert sick.status[417] == status
        assert (sick.status[others] == Status.OK).all()
        np.testing.assert_array_equal(sick.states[others], healthy.states[others])
        assert sick.time[417] < 3
        with pytest.raises(SolverError, match="first cell 417"):
            sick.require_ok()


def test_turns_are_counted_across_events_of_the_model(sbml):
    program = program_of(sbml, BIRTH_DEATH.replace("end", "n = 0; up: at X > 4999: n = n + 1\nend"))
    population = many(program, 2, most_turns=300)
    assert (population.advance(100.0) == Status.TOO_MANY_STEPS).all()
    assert (population.fired <= 300).all()


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
