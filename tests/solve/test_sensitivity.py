"""Sensitivities against closed forms and against the variational equations, integrated by scipy."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from lamella.errors import InputError
from lamella.reactions import compile_program, read_sbml
from lamella.solve import sensitivities

CASCADE = """
model m
  compartment c = 1; substanceOnly species R in c, K in c, Kp in c, M in c
  R = 1000; K = 2e4; Kp = 0; M = 5; L = 0.3; kon = 0.02; kcat = 0.4; Km = 5e3; n = 2.3; ks = 50; kd = 0.02; off = 0
  bind: R => ; kon*L*R; act: K => Kp; kcat*R*K/(Km + K); back: Kp => K; 0.05*Kp
  make: => M; ks*Kp^n/(4e3^n + Kp^n) + off; lose: M => ; kd*M
  total := K + Kp
end"""


@pytest.fixture(name="program", scope="module")
def _program(sbml):
    return compile_program(read_sbml(sbml(CASCADE)))


def variational(program, parameters, name, times):
    """d states / d name by integrating the derivative of the equations along with them."""
    n, p = len(program.species), parameters[None]
    start = program.initial_states(p)[0]
    sensitivity = np.zeros(n)
    by_parameter = lambda t, y: np.zeros(n)
    if name in program.species:
        sensitivity[program.index(name)] = 1.0
    else:
        column = program.parameter(name)
        h = 1e-5 * p[0, column]

        def by_parameter(t, y):
            up, down = p.copy(), p.copy()
            up[0, column] += h
            down[0, column] -= h
            return (program.derivative(y[None], up, t) - program.derivative(y[None], down, t))[0] / (2 * h)

    def slope(t, z):
        y, s = z[:n], z[n:]
        return np.concatenate([
            program.derivative(y[None], p, t)[0], program.jacobian(y[None], p, t)[0] @ s + by_parameter(t, y)
        ])  # fmt: skip

    found = solve_ivp(slope, (0, times[-1]), np.concatenate([start, sensitivity]), t_eval=times, method="LSODA",
                      rtol=1e-11, atol=1e-9)  # fmt: skip
    return found.y[n:].T


def test_against_the_variational_equations(program):
    times = np.array([1.0, 20.0, 100.0])
    names = ["kon", "kcat", "Km", "n", "kd", "K", "R"]
    parameters = np.repeat(program.defaults[None], 2, axis=0)
    parameters[1, program.parameter("L")] = 1.0
    found = sensitivities(program, parameters, names, times)
    assert found.values.shape == (3, 2, 4, 7)
    for cell in range(2):
        for k, name in enumerate(names):
            exact = variational(program, parameters[cell], name, times)
            scale = np.abs(exact).max(axis=1, keepdims=True)
            assert (np.abs(found.values[:, cell, :, k] - exact) <= 3e-6 * np.abs(exact) + 1e-6 * scale).all()
    assert (np.abs(found.errors) < 1e-3 * np.abs(found.values).max(axis=(0, 2), keepdims=True)).all()


def test_logarithmic_and_closed_form(sbml):
    program = compile_program(read_sbml(sbml("model m\n A = 7; k = 0.3; B = 0; f: A -> B; k*A\nend")))
    times = np.array([0.0, 1.0, 5.0])
    found = sensitivities(program, program.defaults, ["k", "A"], times, scaled=True)
    np.testing.assert_allclose(found.values[:, 0, 0, 0], -0.3 * times, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(found.values[:, 0, 0, 1], 1.0, rtol=1e-7)
    assert np.isnan(found.values[0, 0, 1]).all()  # B is 0 at the start


@pytest.mark.parametrize(("rtol", "typical"), [(1e-6, 1e-6), (1e-8, 3e-7), (1e-10, 5e-9)])
def test_the_estimate_of_the_error_is_one(program, rtol, typical):
    names, times = ["kon", "kcat", "Km", "n", "kd"], np.array([20.0, 100.0])
    found = sensitivities(program, program.defaults, names, times, rtol=rtol)
    exact = np.stack([variational(program, program.defaults, name, times) for name in names], axis=-1)
    error = np.abs(found.values[:, 0] - exact)
    seen = np.abs(exact) > 1e-3 * np.abs(exact).max(axis=1, keepdims=True)
    assert (error[seen] <= found.errors[:, 0][seen]).all()
    assert np.median(error[seen] / np.abs(exact[seen])) < typical


def test_the_moment_of_an_event_moves_with_a_parameter(sbml):
    text = "model m\n x = 0; y = 0; k = 0.5; x' = k; y' = -0.3*y\n at x > 1: y = 5\nend"
    program = compile_program(read_sbml(sbml(text)))
    found = sensitivities(program, program.defaults, ["k"], [1.0, 3.0], outputs=["y"])
    # the event comes at 1/k = 2
    np.testing.assert_allclose(found.values[:, 0, 0, 0], [0, -5 * np.exp(-0.3) * 0.3 / 0.25], rtol=1e-6)


def test_of_rules_and_rates(program):
    found = sensitivities(program, program.defaults, ["K"], [10.0], outputs=["total", "back"])
    assert found.values[0, 0, 0, 0] == pytest.approx(1.0, rel=1e-7)
    assert found.outputs.shape == (1, 1, 2)


def test_what_is_refused(program):
    with pytest.raises(InputError, match="'off' is 0"):
        sensitivities(program, program.defaults, ["off"], [1.0])
    with pytest.raises(InputError, match="unknown parameter or species 'kk'"):
        sensitivities(program, program.defaults, ["kk"], [1.0])
    found = sensitivities(program, program.defaults, ["off"], [50.0], steps={"off": 0.1}, outputs=["M"])
    assert found.values[0, 0, 0, 0] == pytest.approx((1 - np.exp(-0.02 * 50)) / 0.02, rel=1e-6)
