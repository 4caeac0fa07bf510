"""Random networks: right to the tolerance, conserving what they conserve, the same bits however they are run."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.integrate import solve_ivp

from lamella.reactions import compile_program, read_sbml
from lamella.solve import Population, Status, StochasticPopulation, conserved_moieties

QUICK = settings(
    max_examples=12, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


@st.composite
def networks(draw):
    """Antimony text of a closed random network: conversions, exchanges and saturable steps, rates over six decades."""
    species = draw(st.integers(3, 8))
    rate = st.floats(-3, 3).map(lambda x: 10.0**x)
    amount = st.floats(-1, 3).map(lambda x: 10.0**x)
    pick = st.integers(0, species - 1)
    lines = [f"S{i} = {draw(amount):.6g}" for i in range(species)]
    for r in range(draw(st.integers(species - 1, 2 * species))):
        kind, k = draw(st.sampled_from(["convert", "bind", "saturate"])), draw(rate)
        a, b, c = draw(st.permutations(range(species)))[:3]
        d = draw(pick)
        if kind == "convert":
            lines.append(f"r{r}: S{a} -> S{b}; {k:.6g}*S{a} - {draw(rate):.6g}*S{b}")
        elif kind == "bind":
            lines.append(f"r{r}: S{a} + S{b} -> 2 S{c}; {1e-2 * k:.6g}*S{a}*S{b} - {draw(rate):.6g}*S{c}")
        else:
            lines.append(f"r{r}: S{a} => S{b}; {k:.6g}*S{d}*S{a}/({draw(amount):.6g} + S{a})")
    names = ", ".join(f"S{i} in c" for i in range(species))
    return f"model m\n compartment c = 1; substanceOnly species {names}\n " + "\n ".join(lines) + "\nend"


@QUICK
@given(text=networks(), span=st.floats(-2, 3).map(lambda x: 10.0**x))
def test_random_networks_agree_with_radau(sbml, text, span):
    program = compile_program(read_sbml(sbml(text)))
    p = program.defaults[None]
    population = Population(program, p, rtol=1e-8, atol=1e-7)
    population.advance(span)
    assert population.status[0] == Status.OK
    exact = solve_ivp(
        lambda t, y: program.derivative(y[None], p, t)[0], (0, span), program.initial_states(p)[0], method="Radau",
        jac=lambda t, y: program.jacobian(y[None], p, t)[0], rtol=1e-10, atol=1e-9,
    )  # fmt: skip
    np.testing.assert_allclose(population.states[0], exact.y[:, -1], rtol=3e-6, atol=3e-6)


@QUICK
@given(text=networks(), seed=st.integers(0, 99))
def test_what_reactions_conserve_is_conserved(sbml, text, seed):
    program = compile_program(read_sbml(sbml(text)))
    moieties = conserved_moieties(program)
    assert (moieties.laws == np.round(moieties.laws)).all()
    changes = np.zeros((len(program.species), len(program.reactions)))
    for i, numbers in enumerate(program.model.stoichiometry):
        changes[i, list(numbers)] = list(numbers.values())
    assert len(moieties.laws) == len(program.species) - np.linalg.matrix_rank(changes)
    assert not (moieties.laws @ changes).any()
    kept = moieties.laws.T
    population = Population(program, np.repeat(program.defaults[None], 5, axis=0), rtol=1e-3)
    population.states *= np.exp(np.random.default_rng(seed).standard_normal(population.states.shape))
    before = population.states @ kept
    for span in (0.01, 3.0, 500.0):
        population.advance(span)
    healthy = population.status == Status.OK
    assert healthy.all()
    scale = (np.abs(population.states) @ np.abs(kept)) + np.abs(before)
    assert (np.abs(population.states @ kept - before) <= 1e-9 * scale).all()


@QUICK
@given(text=networks(), seed=st.integers(0, 99), threads=st.integers(2, 4))
def test_order_threads_and_execution_change_no_bit(sbml, text, seed, threads):
    program = compile_program(read_sbml(sbml(text)))
    rng = np.random.default_rng(seed)
    starts = program.initial_states(program.defaults[None]) * np.exp(rng.standard_normal((13, len(program.species))))
    order = rng.permutation(13)

    def end(cells, **options):
        population = Population(program, np.repeat(program.defaults[None], 13, axis=0), states=starts[cells], **options)
        for span in (0.1, 5.0):
            population.advance(span)
        return population

    plain = end(np.arange(13), execution="tape")
    shuffled = end(order, execution="llvm", threads=threads)
    np.testing.assert_array_equal(plain.states[order], shuffled.states)
    np.testing.assert_array_equal(plain.steps[order], shuffled.steps)
    np.testing.assert_array_equal(plain.memory[order], shuffled.memory)


ILL = "model m\n x = 1; y = 0; boom = 0; grow: => x; boom*x^2; drift: => y; 1e-2*x - 0.1*y\nend"


@pytest.mark.parametrize(("what", "status"), [
    ("boom", {Status.STEP_TOO_SMALL, Status.NOT_FINITE}), ("x", {Status.NOT_FINITE}),
])  # fmt: skip
def test_one_bad_cell_among_a_thousand(sbml, what, status):
    program = compile_program(read_sbml(sbml(ILL)))
    parameters = np.repeat(program.defaults[None], 1000, axis=0)
    states = program.initial_states(parameters)
    states[:, program.index("x")] = np.exp(np.random.default_rng(0).standard_normal(1000))
    healthy = Population(program, parameters, states=states)
    healthy.advance(50.0)
    if what == "x":
        states[417, program.index("x")] = np.inf
    else:
        parameters[417, program.parameter(what)] = 5.0
    sick = Population(program, parameters, states=states)
    sick.advance(50.0)
    others = np.arange(1000) != 417
    assert sick.status[417] in status
    assert Status(sick.status[417]).reason
    assert (sick.status[others] == Status.OK).all()
    np.testing.assert_array_equal(sick.states[others], healthy.states[others])


def test_an_event_storm_is_one_cells_own(sbml):
    program = compile_program(read_sbml(sbml("""model m
      x = 1; a = 0; storm = 0; f: => x; 0.1
      up: at (a < 0.5 && x*storm > 1.05): a = 1
      down: at (a > 0.5): a = 0
    end""")))  # fmt: skip
    parameters = np.repeat(program.defaults[None], 1000, axis=0)
    healthy = Population(program, parameters)
    healthy.advance(10.0)
    parameters[417, program.parameter("storm")] = 1.0
    sick = Population(program, parameters)
    sick.advance(10.0)
    others = np.arange(1000) != 417
    assert sick.status[417] == Status.EVENT_STORM
    assert (sick.status[others] == Status.OK).all()
    np.testing.assert_array_equal(sick.states[others], healthy.states[others])


@QUICK
@given(text=networks(), pieces=st.integers(2, 30))
def test_pieces_agree_with_the_whole(sbml, text, pieces):
    program = compile_program(read_sbml(sbml(text)))
    whole, parts = (Population(program, program.defaults[None], rtol=1e-7, atol=1e-7) for _ in range(2))
    whole.advance(30.0)
    for _ in range(pieces):
        parts.advance(30.0 / pieces)
    np.testing.assert_allclose(parts.states, whole.states, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("birth", "death", "start", "time"), [(6.0, 0.2, 0, 2.0), (1.0, 0.5, 30, 1.5), (3.0, 1.0, 4, 9.0)]
)
def test_the_whole_distribution_of_birth_and_death(sbml, birth, death, start, time):
    text = f"model m\n compartment c = 1; substanceOnly species X in c; X = {start}; born: => X; {birth}; "
    program = compile_program(read_sbml(sbml(text + f"dies: X => ; {death}*X\nend")))
    cells = 20_000
    population = StochasticPopulation(program, np.repeat(program.defaults[None], cells, axis=0), seed=11, threads=2)
    for _ in range(4):
        population.advance(time / 4)
    kept = np.exp(-death * time)
    counts = np.arange(200)
    born, survive = stats.poisson(birth / death * (1 - kept)), stats.binom(start, kept)
    law = np.convolve(born.pmf(counts), survive.pmf(counts))[:200]
    seen = np.bincount(population.states[:, 0].astype(int), minlength=200)
    common = law * cells > 10
    seen = np.append(seen[common], seen[~common].sum())
    expected = np.append(law[common], 1 - law[common].sum()) * cells
    assert stats.chisquare(seen, expected).pvalue > 1e-3


@QUICK
@given(birth=st.floats(0.5, 20), death=st.floats(0.05, 1.0), start=st.integers(0, 60), time=st.floats(0.2, 6))
def test_birth_and_death_follow_the_analytic_law(sbml, birth, death, start, time):
    text = f"model m\n compartment c = 1; substanceOnly species X in c; X = {start}; born: => X; {birth}; "
    program = compile_program(read_sbml(sbml(text + f"dies: X => ; {death}*X\nend")))
    cells = 1500
    population = StochasticPopulation(program, np.repeat(program.defaults[None], cells, axis=0), seed=start)
    population.advance(time)
    kept = np.exp(-death * time)
    # survivors of the start are binomial, the newborn that live are Poisson, and both are independent
    mean = start * kept + birth / death * (1 - kept)
    variance = start * kept * (1 - kept) + birth / death * (1 - kept)
    x = population.states[:, 0]
    assert abs(x.mean() - mean) < 5 * np.sqrt(variance / cells)
    assert abs(x.var() / variance - 1) < 6 * np.sqrt(2 / cells) + 6 / np.sqrt(cells * variance)
