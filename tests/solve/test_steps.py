"""What a step is made of besides its formula: the step after a jump, the continuous solution, pivoting, lane widths."""

import os
import subprocess
import sys

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from lamella.errors import InputError
from lamella.reactions import compile_program, read_sbml
from lamella.solve import Population, Status, trajectories
from lamella.solve.kernels import reference
from lamella.solve.kernels.arrays import workspace
from lamella.solve.kernels.compiled import entry
from lamella.solve.kernels.lanes import LANES
from lamella.solve.kernels.step import (
    DIAGONAL,
    ERROR,
    GROWTH,
    INVERSE_STEP,
    STEP,
    TIME,
    repeat_pivoted,
    trial_step,
)
from lamella.solve.rosenbrock import METHODS, method

STIFF = """
model stiff
  compartment c = 1; substanceOnly species S in c, P in c, R in c, RP in c
  S = 1000; P = 0; R = 5e4; RP = 0
  dose = 1; fast = 50
  bind: S + R -> RP; fast*(dose*S*R*1e-4 - RP)
  make: => S; 10*dose
  use: RP => P + R; 0.01*RP
  lose: P => ; 0.001*P
end"""


@pytest.fixture(name="stiff", scope="module")
def _stiff(sbml):
    return compile_program(read_sbml(sbml(STIFF)), inputs=["dose"])


def jumping(program, chunks=30, **options):
    population = Population(program, np.repeat(program.defaults[None], 12, axis=0), rtol=1e-6, **options)
    doses = np.exp(np.random.default_rng(4).standard_normal((chunks, 12)))
    for dose in doses:
        population.advance(60.0, {"dose": dose})
    return population


def linear_step(table, z):
    """One step of y' = z y from 1 by 1: the result, and the stages."""
    stages = np.zeros(table.stages, complex)
    for i in range(table.stages):
        stages[i] = (z * (1 + table.a[i] @ stages) + table.c[i] @ stages) / (1 / table.gamma - z)
    return 1 + table.a[-1] @ stages + stages[-1], stages


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("angle", [180, 160, 140])
def test_the_error_of_a_step_is_neither_hidden_nor_exaggerated(name, angle):
    # decay and damped oscillation: where steps are long, the solution is no better than the embedded one
    table = method(name)
    for size in np.geomspace(0.1, 1e5, 60):
        z = size * np.exp(1j * np.radians(angle))
        end, stages = linear_step(table, z)
        true = abs(end - np.exp(z))
        told = reference.norm(table, 1e-6, np.abs(stages)[:, None], np.ones(1))
        assert true < 1.15 * told
        if size > 8:
            assert told < 2.5 * true


@pytest.mark.parametrize("rtol", [1e-6, 1e-4, 1e-3])
def test_no_jump_is_crossed_with_a_large_error(stiff, rtol):
    # every chunk begins from the exact state, so that its error is that of its own steps
    population = Population(stiff, np.repeat(stiff.defaults[None], 12, axis=0), rtol=rtol)
    exact = Population(stiff, np.repeat(stiff.defaults[None], 12, axis=0), rtol=1e-11)
    errors = []
    for dose in np.exp(2 * np.random.default_rng(4).standard_normal((60, 12))):
        for cells in (population, exact):
            cells.advance(60.0, {"dose": dose})
        size = population.atol + rtol * np.abs(exact.states)
        errors.append(np.sqrt(np.mean(((population.states - exact.states) / size) ** 2, axis=1)))
        population.states[:] = exact.states
    assert np.quantile(errors, 0.99) < 0.5
    assert np.max(errors) < 1.5


def test_a_cell_that_has_been_through_jumps_hardly_stumbles(stiff):
    population = jumping(stiff)
    assert (population.opening > 0).all()
    before = population.steps.copy()
    forgetful = jumping(stiff)
    for dose in (5.0, 0.2, 5.0, 0.2):
        population.advance(60.0, {"dose": dose})
        forgetful.opening[:] = 0.0
        forgetful.advance(60.0, {"dose": dose})
    assert (population.steps - before).sum() < 0.95 * (forgetful.steps - before).sum()
    np.testing.assert_allclose(population.states, forgetful.states, rtol=2e-5)


def test_jumps_are_followed_within_the_tolerance(stiff):
    population = jumping(stiff, chunks=5)
    doses = np.exp(np.random.default_rng(4).standard_normal((5, 12)))
    for cell in (0, 7):
        y, p = stiff.initial_states(stiff.defaults[None])[0], stiff.defaults.copy()[None]
        for dose in doses[:, cell]:
            p[0, stiff.parameter("dose")] = dose
            y = solve_ivp(
                lambda t, y, p=p: stiff.derivative(y[None], p, t)[0], (0, 60), y, method="Radau", rtol=1e-11,
                atol=1e-8, jac=lambda t, y, p=p: stiff.jacobian(y[None], p, t)[0],
            ).y[:, -1]  # fmt: skip
        np.testing.assert_allclose(population.states[cell], y, rtol=2e-5, atol=1e-3)


@pytest.mark.parametrize("name", METHODS)
def test_states_between_steps(stiff, name):
    times = np.array([0.0, 1e-4, 0.03, 1.0, 7.5, 8.0, 100.0, 777.0, 3000.0])
    parameters = np.repeat(stiff.defaults[None], 5, axis=0)
    parameters[:, stiff.parameter("dose")] = [0.1, 0.5, 1, 2, 10]
    states, status = trajectories(stiff, parameters, times, rtol=1e-7, method=name)
    assert (status == Status.OK).all()
    for cell in (0, 4):
        p = parameters[cell : cell + 1]
        exact = solve_ivp(
            lambda t, y, p=p: stiff.derivative(y[None], p, t)[0], (0, 3000), stiff.initial_states(p)[0], t_eval=times,
            method="Radau", jac=lambda t, y, p=p: stiff.jacobian(y[None], p, t)[0], rtol=1e-10, atol=1e-7,
        ).y.T  # fmt: skip
        np.testing.assert_allclose(states[:, cell], exact, rtol=2e-5, atol=2e-2)


def test_asking_for_more_times_takes_no_more_steps(stiff):
    few, many = (Population(stiff, stiff.defaults[None], rtol=1e-7) for _ in range(2))
    end = few.record(np.array([5000.0]))
    course = many.record(np.linspace(5.0, 5000.0, 1000))
    assert few.steps[0] == many.steps[0] < 400
    np.testing.assert_array_equal(course[-1], end[-1])
    np.testing.assert_array_equal(course[-1], many.states)
    with pytest.raises(InputError, match="ascending"):
        many.record(np.array([1.0]))


def test_records_of_a_cell_that_fails_end_there(sbml):
    program = compile_program(read_sbml(sbml("model m\n x = 1; k = 1; R: => x; k*x^2\nend")))
    parameters = np.repeat(program.defaults[None], 3, axis=0)
    parameters[:, program.parameter("k")] = [0.1, 1.0, 0.2]
    states, status = trajectories(program, parameters, [0.5, 0.9, 1.5, 2.0], rtol=1e-8)
    assert (status != Status.OK).tolist() == [False, True, False]
    np.testing.assert_allclose(states[:2, 1, 0], 1 / (1 - np.array([0.5, 0.9])), rtol=1e-6)
    assert np.isnan(states[2:, 1]).all()
    np.testing.assert_allclose(states[:, 0, 0], 1 / (1 - 0.1 * np.array([0.5, 0.9, 1.5, 2.0])), rtol=1e-6)


@entry
def try_step(net, table, work, atol):
    trial_step(net, table, work, 1e-6, atol, -1)


@entry
def try_again(net, table, work, atol, lane):
    repeat_pivoted(net, table, work, 1e-6, atol, lane)


FEEDBACK = """
model feedback
  x = 1; y = 2; z = 3; k = 1
  a: => x; k*x - 20*y - 0.1*z; b: => y; 20*x - 0.3*y*y + 0.2*z; c: => z; 0.1*x*y - z
end"""


def test_a_pivot_that_vanishes_is_pivoted_away(sbml):
    program = compile_program(read_sbml(sbml(FEEDBACK)))
    table, net = method("rodas5p"), program.lowered
    population = Population(program, np.repeat(program.defaults[None], LANES, axis=0), execution="tape")
    work = workspace(net, table)
    step = 0.05
    # the first pivot is 1 / (h gamma) - (its own derivative): choose k so that it is exactly 0 in lane 1
    first = int(net.order[0])
    parameters = population.parameters
    own = program.jacobian(population.states, parameters)[1, first, first]
    assert first == 0
    assert own == 1.0
    parameters[1, program.parameter("k")] = 1.0 / (step * table.gamma)
    population.refresh()
    hoisted = net.size + 1 + len(net.constants)
    for lane in range(LANES):
        for position, number in enumerate(net.order):
            work.start[position * LANES + lane] = population.states[lane, number]
        for column in range(net.hoisted):
            work.slots[(hoisted + column) * LANES + lane] = population.stored[lane, column]
    for k, value in enumerate(net.constants):
        work.slots[(net.size + 1 + k) * LANES : (net.size + 2 + k) * LANES] = value
    for row, value in ((DIAGONAL, 1 / (step * table.gamma)), (INVERSE_STEP, 1 / step), (STEP, step), (TIME, 0.0)):
        work.lanes[row * LANES : (row + 1) * LANES] = value
    atol = np.full(net.size, 1e-6)
    try_step(population._net, population._tableau, work, atol)
    growth = work.lanes[GROWTH * LANES : (GROWTH + 1) * LANES].copy()
    assert not np.isfinite(work.lanes[ERROR * LANES + 1])
    assert growth[0] < 10
    assert not growth[1] < 1e8
    others = np.delete(work.slots[: net.size * LANES].reshape(-1, LANES), 1, axis=1).copy()
    try_again(population._net, population._tableau, work, atol, 1)
    after = work.slots[: net.size * LANES].reshape(-1, LANES)
    np.testing.assert_array_equal(np.delete(after, 1, axis=1), others)
    expected, _ = reference.trial_step(program, table, population.states[1], parameters[1], 0.0, step)
    np.testing.assert_allclose(after[:, 1], expected[net.order], rtol=1e-10)
    assert np.isfinite(work.lanes[ERROR * LANES + 1])


def test_a_population_meets_that_pivot_and_goes_on(sbml):
    program = compile_program(read_sbml(sbml(FEEDBACK)))
    parameters = np.repeat(program.defaults[None], 2, axis=0)
    step = 0.05
    parameters[1, program.parameter("k")] = 1.0 / (step * method("rodas5p").gamma)
    population = Population(program, parameters, rtol=1e-5)
    population.memory[:] = step
    population.advance(step)
    assert (population.status == Status.OK).all()
    p = parameters[1:]
    exact = solve_ivp(
        lambda t, y: program.derivative(y[None], p, t)[0], (0, step), program.initial_states(p)[0], rtol=1e-11,
        atol=1e-11,
    ).y[:, -1]  # fmt: skip
    np.testing.assert_allclose(population.states[1], exact, rtol=1e-4)


def test_division_shares_amounts_and_nothing_else(sbml):
    program = compile_program(read_sbml(sbml("""
    model m
      compartment c = 2; substanceOnly species A in c; species B in c; A = 100; B = 5; q = 3; q' = 0.1
      f: A -> B; 0.01*A; at (time > 30): A = A + 7
    end""")))  # fmt: skip
    population = Population(program, np.repeat(program.defaults[None], 3, axis=0))
    population.advance(10.0)
    before = population.states.copy()
    daughter = population.divide(1, 0.25)
    a, b, q = (population.index(name) for name in ("A", "B", "q"))
    assert daughter == 3
    assert population.cells == 4
    np.testing.assert_allclose(population.states[[1, 3], a], before[1, a] * np.array([0.75, 0.25]))
    np.testing.assert_array_equal(population.states[[1, 3]][:, [b, q]], before[[1, 1]][:, [b, q]])
    np.testing.assert_array_equal(population.states[[0, 2]], before[[0, 2]])
    assert len(set(population.identity.tolist())) == 4
    saved = population.checkpoint()
    population.advance(30.0)
    assert (population.status == Status.OK).all()
    again = Population(program, program.defaults[None])
    again.restore(saved)
    again.advance(30.0)
    np.testing.assert_array_equal(again.states, population.states)
    for wrong in ((9, 0.5), (0, 1.5)):
        with pytest.raises(InputError):
            population.divide(*wrong)


ELSEWHERE = """
import sys
import numpy as np
from lamella.reactions import compile_program, read_sbml
from lamella.solve import Population
from lamella.solve.kernels.lanes import LANES
program = compile_program(read_sbml(open(sys.argv[1]).read()), inputs=["dose"])
print(LANES)
for execution in ("tape", "llvm"):
    p = Population(program, np.repeat(program.defaults[None], 12, axis=0), rtol=1e-6, execution=execution)
    for dose in np.exp(np.random.default_rng(4).standard_normal((3, 12))):
        p.advance(60.0, {"dose": dose})
    print(p.states.tobytes().hex())
"""


def test_the_lane_width_changes_no_bit(stiff, sbml, tmp_path):
    model = tmp_path / "model.xml"
    model.write_text(sbml(STIFF))
    other = "2" if LANES != 2 else "4"
    caches = {"NUMBA_CACHE_DIR": str(tmp_path), "LAMELLA_CACHE_DIR": str(tmp_path)}
    out = subprocess.run(
        [sys.executable, "-c", ELSEWHERE, str(model)], env={**os.environ, **caches, "LAMELLA_LANES": other},
        capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    here = jumping(stiff, chunks=3).states.tobytes().hex()
    assert out == [other, here, here]
