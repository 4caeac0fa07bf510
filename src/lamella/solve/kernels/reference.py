"""The stiff solver for one cell in plain numpy: slow, readable, and what the fast kernels are compared with.

The same method, error norm and step control as `advance`, with a dense
Jacobian and a pivoting LU in place of the sparse one.
"""

from __future__ import annotations

import math

import numpy as np

from lamella.reactions import Program
from lamella.solve.kernels.control import NEAR_END, SMALLEST_ERROR, after_refusal, after_step, opening_step
from lamella.solve.kernels.step import SMALLEST_NORM
from lamella.solve.rosenbrock import Method
from lamella.solve.status import Status


class Outcome:
    """Where a cell got to: `states` [species], `time` (s), next `step` and `opening` (s; see `control`), `tries`,
    `status`.
    """

    def __init__(self, states: np.ndarray, step: float):
        self.states, self.step = states.copy(), step
        self.opening, self.time, self.tries, self.status = 0.0, 0.0, 0, Status.OK


def trial_step(
    program: Program, method: Method, states: np.ndarray, parameters: np.ndarray, time: float, step: float
) -> tuple[np.ndarray, np.ndarray]:
    """One step of one cell.

    states [species], parameters [parameters], time and step (s)
    returns new states [species] and the stages [stages, species]
    """
    rate = lambda y, t: program.derivative(y[None], parameters[None], t)[0]
    matrix = np.eye(len(states)) / (step * method.gamma) - program.jacobian(states[None], parameters[None], time)[0]
    drift = program.drift(states[None], parameters[None], time)[0]
    stages = np.zeros((method.stages, len(states)))
    for i in range(method.stages):
        at = states + method.a[i] @ stages
        right = rate(at, time + method.alpha[i] * step) + (method.c[i] @ stages) / step
        stages[i] = np.linalg.solve(matrix, right + method.d[i] * step * drift)
    return at + stages[-1], stages


def norm(method: Method, rtol: float, stages: np.ndarray, size: np.ndarray) -> float:
    """Error of a step, from its stages [stages, species] and the tolerance of each state [species]."""
    norms = np.sqrt(np.mean((stages / size) ** 2, axis=1))
    least = method.least_share(rtol)
    above = lambda stage: norms[stage] / max(norms[stage - 1], SMALLEST_NORM)
    return float(norms[-1] * method.share.of(above(-1), above(method.share.stage - 1), least))


def advance(
    program: Program,
    method: Method,
    states: np.ndarray,
    parameters: np.ndarray,
    begin: float,
    span: float,
    step: float,
    rtol: float,
    atol: np.ndarray,
    most_steps: int = 100_000,
) -> Outcome:
    """Advance one cell by `span` from time `begin`, trying `step` first.

    states [species], parameters [parameters]
    rtol, atol [species]   tolerances
    """
    cell = Outcome(states, step)
    order = method.order
    taken = taken_ease = refused = refused_error = 0.0
    while cell.time < span:
        left = span - cell.time
        h = left if cell.step >= left * NEAR_END else min(cell.step, 0.5 * left)
        with np.errstate(all="ignore"):
            new, stages = _tried(program, method, cell.states, parameters, begin + cell.time, h)
            size = rtol * np.maximum(np.abs(new), np.abs(cell.states)) + atol
            error = norm(method, rtol, stages, size) if np.isfinite(new).all() else math.nan
        ease = max(error, SMALLEST_ERROR) ** (-1.0 / order)
        cell.tries += 1
        if error <= 1.0:
            following = after_step(h, ease, taken, taken_ease, refused)
            if cell.time == 0.0:
                cell.opening = opening_step(h, ease)
            taken, taken_ease, refused, refused_error = h, ease, 0.0, 0.0
            cell.states = new
            cell.step = max(following, cell.step) if h >= left and following >= h else following
            cell.time = span if h >= left else cell.time + h
        else:
            cell.step = after_refusal(h, error, ease, refused, refused_error, float(order))
            refused, refused_error = h, error
            if cell.step < 1e-15 * span:
                cell.status = Status.STEP_TOO_SMALL if math.isfinite(error) else Status.NOT_FINITE
                return cell
        if cell.tries >= most_steps and cell.time < span:
            cell.status = Status.TOO_MANY_STEPS
            return cell
    return cell


def _tried(program, method, states, parameters, time, step) -> tuple[np.ndarray, np.ndarray]:
    try:
        return trial_step(program, method, states, parameters, time, step)
    except np.linalg.LinAlgError:
        return np.full_like(states, math.nan), np.full((method.stages, len(states)), math.nan)
