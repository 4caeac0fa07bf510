"""Populations: right, independent of company and order, resumable."""

from weakref import WeakKeyDictionary

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from lamella.errors import InputError, ModelError, SolverError
from lamella.reactions import compile_program, read_sbml
from lamella.solve import Population, Status, steady_state, trajectories
from lamella.solve import prepared as prepared_module
from lamella.solve.kernels import native as native_code
from lamella.solve.rosenbrock import method

CASCADE = """
model cascade
  compartment c = 1; substanceOnly species R in c, RL in c, K in c, Kp in c, M in c, T in c
  R = 1e5*expression; RL = 0; K = 2e5; Kp = 0; M = 0; T = 10
  expression = 1; EGF = 0; kon = 0.01; koff = 0.005; kcat = 0.002; Km = 5e3; n = 2.3; ks = 50; kd = 1e-4
  bind: R -> RL; kon*EGF*R - koff*RL
  phosphorylate: K => Kp; kcat*RL*K/(Km + K)
  dephosphorylate: Kp => K; 0.05*Kp
  transcribe: => M; ks*Kp^n/(4e4^n + Kp^n)
  decay: M => ; kd*M
  feedback: T => T + Kp; 1e-3*T*exp(-M/1e4)
  shed: T => ; piecewise(0.01*T, M > 50, 0)
end"""


@pytest.fixture(name="program", scope="module")
def _program(sbml):
    return compile_program(read_sbml(sbml(CASCADE)), inputs=["EGF"], switches=True)


def cells(program, count, seed=0):
    rng = np.random.default_rng(seed)
    parameters = np.repeat(program.defaults[None], count, axis=0)
    varied = [program.parameter(name) for name in ("expression", "kon", "koff", "kcat", "Km", "ks", "kd")]
    parameters[:, varied] *= np.exp(0.3 * rng.standard_normal((count, len(varied))))
    return parameters


def dosed(program, count, **options):
    population = Population(program, cells(program, count), **options)
    for k in range(6):
        population.advance(200.0, {"EGF": np.linspace(0, 1, count) * (k % 3)})
    return population


def test_agrees_with_radau(program):
    parameters = cells(program, 3)
    parameters[:, program.parameter("EGF")] = [0.1, 1, 10]
    population = Population(program, parameters, rtol=1e-8, atol=1e-6)
    population.advance(3000.0)
    assert (population.status == Status.OK).all()
    for cell in range(3):
        p = parameters[cell : cell + 1]
        exact = solve_ivp(
            lambda t, y, p=p: program.derivative(y[None], p, t)[0], (0, 3000), program.initial_states(p)[0],
            method="Radau", jac=lambda t, y, p=p: program.jacobian(y[None], p, t)[0], rtol=1e-9, atol=1e-7,
        )  # fmt: skip
        np.testing.assert_allclose(population.states[cell], exact.y[:, -1], rtol=2e-6, atol=1e-4)


def test_loose_tolerance_is_kept(program):
    tight, loose = dosed(program, 40, rtol=1e-9), dosed(program, 40, rtol=1e-4)
    np.testing.assert_allclose(loose.states, tight.states, rtol=1e-3, atol=1e-1)
    assert loose.steps.sum() < tight.steps.sum() / 3


def test_conserved_totals(program):
    population = dosed(program, 20)
    total = population.states[:, population.index("R")] + population.states[:, population.index("RL")]
    start = program.initial_states(population.parameters)[:, program.index("R")]
    np.testing.assert_allclose(total, start, rtol=1e-11)


def test_threads_order_and_company_do_not_matter(program):
    whole = dosed(program, 41)
    threaded = dosed(program, 41, threads=3)
    np.testing.assert_array_equal(whole.states, threaded.states)
    np.testing.assert_array_equal(whole.memory, threaded.memory)
    order = np.random.default_rng(3).permutation(41)
    shuffled = Population(program, cells(program, 41)[order])
    for k in range(6):
        shuffled.advance(200.0, {"EGF": (np.linspace(0, 1, 41) * (k % 3))[order]})
    np.testing.assert_array_equal(whole.states[order], shuffled.states)
    alone = Population(program, cells(program, 41)[17:18])
    for k in range(6):
        alone.advance(200.0, {"EGF": np.linspace(0, 1, 41)[17] * (k % 3)})
    np.testing.assert_array_equal(whole.states[17:18], alone.states)


def test_one_bad_cell_leaves_the_others_alone(program):
    healthy = dosed(program, 100)
    parameters = cells(program, 100)
    parameters[37, program.parameter("kcat")] = np.nan
    states = program.initial_states(parameters)
    sick = Population(program, parameters, states=states)
    for k in range(6):
        status = sick.advance(200.0, {"EGF": np.linspace(0, 1, 100) * (k % 3)})
    others = np.arange(100) != 37
    assert status[37] == Status.NOT_FINITE
    assert (status[others] == Status.OK).all()
    np.testing.assert_array_equal(sick.states[others], healthy.states[others])
    assert np.isfinite(sick.states).all()
    assert sick.time[37] < 1200
    with pytest.raises(SolverError, match=r"1 of 100 cells.*first cell 37"):
        sick.require_ok()


def test_reasons(sbml):
    blow_up = compile_program(read_sbml(sbml("model m\n x = 1; R: => x; x^2\nend")))
    population = Population(blow_up, blow_up.defaults[None])
    assert population.advance(2.0)[0] in (Status.STEP_TOO_SMALL, Status.NOT_FINITE)
    assert 0.99 < population.time[0] < 1.01
    assert np.isfinite(population.states).all()
    spiral = compile_program(read_sbml(sbml("model m\n x = 1; y = 0; a: => x; 9*y; b: => y; -9*x\nend")))
    population = Population(spiral, spiral.defaults[None], most_steps=20)
    assert population.advance(1000.0)[0] == Status.TOO_MANY_STEPS
    assert {status.reason for status in Status}.__len__() == len(Status)


def test_chunks_agree_with_one_run(program):
    parameters = cells(program, 10)
    parameters[:, program.parameter("EGF")] = 1.0
    once, chunked = Population(program, parameters, rtol=1e-7), Population(program, parameters, rtol=1e-7)
    once.advance(6000.0)
    for _ in range(100):
        chunked.advance(60.0)
    np.testing.assert_allclose(chunked.states, once.states, rtol=1e-5, atol=1e-2)
    # the step is remembered: hardly more than one trial for a chunk that a step could cross
    assert chunked.steps.mean() < once.steps.mean() + 250


def test_switching_a_reaction_off_deletes_it(program, sbml):
    without = "\n".join(line for line in CASCADE.splitlines() if not line.strip().startswith("dephosphorylate"))
    smaller = compile_program(read_sbml(sbml(without)), inputs=["EGF"])
    parameters = np.repeat(program.defaults[None], 2, axis=0)
    parameters[1, program.parameter("switch.dephosphorylate")] = 0.0
    population = Population(program, parameters, rtol=1e-8)
    deleted = Population(smaller, smaller.defaults[None], rtol=1e-8)
    for p in (population, deleted):
        p.advance(900.0, {"EGF": 1.0})
    columns = [smaller.index(name) for name in program.species]
    np.testing.assert_allclose(population.states[1], deleted.states[0, columns], rtol=1e-6, atol=1e-4)
    assert population.states[0, program.index("Kp")] < 0.9 * population.states[1, program.index("Kp")]


def test_inputs_move_only_what_depends_on_them(program):
    population = Population(program, cells(program, 5))
    population.advance(10.0, {"EGF": np.arange(5.0)})
    moved = population.stored.copy()
    population.refresh()
    np.testing.assert_array_equal(moved, population.stored)
    with pytest.raises(InputError, match="'TGF' is no input"):
        population.advance(10.0, {"TGF": 1.0})
    with pytest.raises(InputError, match="above 0"):
        population.advance(0.0)


def test_checkpoint_add_and_remove(program):
    population = dosed(program, 12)
    saved = population.checkpoint()
    population.advance(300.0)
    ahead = population.states.copy()
    fresh = Population(program, cells(program, 1))
    fresh.restore(saved)
    fresh.advance(300.0)
    np.testing.assert_array_equal(fresh.states, ahead)
    population.remove([0, 5])
    assert population.cells == 10
    np.testing.assert_array_equal(population.states, np.delete(ahead, [0, 5], axis=0))
    population.add(cells(program, 2), population.states[:2], time=population.time[0])
    population.advance(100.0, {"EGF": 1.0})
    fresh.advance(100.0, {"EGF": 1.0})
    np.testing.assert_array_equal(population.states[:10], np.delete(fresh.states, [0, 5], axis=0))


def test_the_name_of_a_cell_that_is_gone_is_not_used_again(program):
    population = Population(program, cells(program, 3))
    population.remove([2])
    population.add(cells(program, 2))
    assert population.identity.tolist() == [0, 1, 3, 4]


def test_observables_by_kernel_and_by_numpy(program):
    population = dosed(program, 9)
    names = ["R", "bind", "EGF", "shed", "transcribe", "c"]
    np.testing.assert_allclose(
        population.observe(names),
        program.observe(population.states, population.parameters, population.time, names),
        rtol=1e-13,
    )


def test_shapes_are_checked(program):
    with pytest.raises(ModelError, match="shape"):
        Population(program, np.ones((3, 2)))
    with pytest.raises(InputError, match="shape"):
        Population(program, cells(program, 3), states=np.ones((2, 2)))
    with pytest.raises(InputError, match="unknown method 'rodas9'"):
        Population(program, cells(program, 3), method="rodas9")


def test_trajectories_and_steady_states(sbml):
    program = compile_program(read_sbml(sbml("model m\n A = 3; B = 1; f: A -> B; 0.02*A - 0.01*B\nend")))
    times = np.array([0.0, 10, 50, 400])
    states, status = trajectories(program, program.defaults, times, rtol=1e-8)
    share = 4 / 3 + (3 - 4 / 3) * np.exp(-0.03 * times)
    np.testing.assert_allclose(states[:, 0, 0], share, rtol=1e-6)
    assert (status == 0).all()
    steady = steady_state(program, program.defaults)
    assert steady.settled.all()
    np.testing.assert_allclose(steady.states, [[4 / 3, 8 / 3]], rtol=1e-4)
    with pytest.raises(InputError, match="ascending"):
        trajectories(program, program.defaults, [1, 0])


def test_hill_terms_start_at_zero(sbml):
    program = compile_program(read_sbml(sbml("""model m
      A = 0; B = 100; n = 1.7; q = 0.6
      f: B => A; 1 + 5*A^n/(10^n + A^n); g: A => B; 0.1*A^q; h: A => ; 0.001*A^n
    end""")))  # fmt: skip
    parameters = np.repeat(program.defaults[None], 3, axis=0)
    parameters[:, program.parameter("n")] = [1, 1.7, 4]
    population = Population(program, parameters)
    assert (population.advance(50.0) == Status.OK).all()
    assert (population.steps < 200).all()


def test_machine_code_gives_the_bits_of_the_tape(program, tmp_path, monkeypatch):
    monkeypatch.setenv("LAMELLA_CACHE_DIR", str(tmp_path))
    tape, native = dosed(program, 30, execution="tape"), dosed(program, 30, execution="llvm")
    np.testing.assert_array_equal(tape.states, native.states)
    np.testing.assert_array_equal(tape.steps, native.steps)


def nothing_loaded(monkeypatch):
    """As in a new process."""
    monkeypatch.setattr(native_code, "_LOADED", {})
    monkeypatch.setattr(prepared_module, "_MADE", WeakKeyDictionary())


def test_a_damaged_cache_is_made_anew(program, tmp_path, monkeypatch):
    monkeypatch.setenv("LAMELLA_CACHE_DIR", str(tmp_path))
    nothing_loaded(monkeypatch)
    first = dosed(program, 3, execution="llvm")
    (kept,) = tmp_path.glob("*.o")
    kept.write_bytes(kept.read_bytes()[:-100])
    nothing_loaded(monkeypatch)
    again = dosed(program, 3, execution="llvm")
    np.testing.assert_array_equal(first.states, again.states)
    assert native_code.is_cached(program.lowered, method("rodas5p"))


def test_machine_code_that_was_let_go_is_loaded_again(program, tmp_path, monkeypatch):
    monkeypatch.setenv("LAMELLA_CACHE_DIR", str(tmp_path))
    nothing_loaded(monkeypatch)
    monkeypatch.setattr(native_code, "_MOST_LOADED", 1)
    first, second = (native_code.native(program.lowered, method(name)) for name in ("rodas5p", "rodas4"))
    assert list(native_code._LOADED.values()) == [second]
    again = native_code.native(program.lowered, method("rodas5p"))
    assert again is not first
    assert list(native_code._LOADED.values()) == [again]
    assert native_code.native(program.lowered, method("rodas5p")) is again


def test_machine_code_is_made_when_it_pays_for_many_small_populations(program, tmp_path, monkeypatch):
    monkeypatch.setenv("LAMELLA_CACHE_DIR", str(tmp_path))
    nothing_loaded(monkeypatch)
    one = dosed(program, 3)
    monkeypatch.setattr(prepared_module, "STEPS_THAT_PAY", int(2.2 * one.steps.sum()))
    dosed(program, 3)
    assert not list(tmp_path.glob("*.o"))
    again = dosed(program, 3)
    assert list(tmp_path.glob("*.o"))
    np.testing.assert_array_equal(again.states, one.states)


def test_cells_go_on_from_the_moment_of_others(program):
    whole = dosed(program, 6)
    moment, parameters = whole.moment(), whole.parameters.copy()
    some = [4, 1]
    later = Population.at(program, parameters[some], {name: values[some] for name, values in moment.items()})
    for population in (whole, later):
        population.parameters[:, program.parameter("kcat")] *= 2.0
        population.refresh()
        population.advance(600.0)
    np.testing.assert_array_equal(later.states, whole.states[some])
    np.testing.assert_array_equal(later.steps, whole.steps[some])
    np.testing.assert_array_equal(later.time, whole.time[some])


def test_cells_with_events_have_no_moment_to_go_on_from(sbml):
    program = compile_program(read_sbml(sbml("model m\n x = 1; R: x => ; x; E: at (x < 0.5): x = 1\nend")))
    population = Population(program, program.defaults[None])
    with pytest.raises(InputError, match="moment"):
        Population.at(program, program.defaults[None], population.moment())


def test_networks_without_machine_code_stay_on_the_tape(sbml):
    program = compile_program(read_sbml(sbml("model m\n x = 1; R: => x; sin(x)\nend")))
    population = Population(program, program.defaults[None], execution="llvm")
    assert (population.advance(1.0) == Status.OK).all()
