"""The stiff solver for one cell in plain numpy: slow, readable, and what the fast kernels are compared with.

The same method, error norm and step control as `advance`, with a dense
Jacobian and a pivoting LU in place of the sparse one.
"""

from __future__ import annotations

import math

import numpy as np

from lamella.reactions import Program
from lamella.solve.rosenbrock import Method
from lamella.solve.status import Status


class Outcome:
    """Where a cell got to: `states` [species], `time` (s), next `step` (s), `tries`, `status`."""

    def __init__(self, states: np.ndarray, step: float):
        self.states, self.step = states.copy(), step
        self.time, self.tries, self.status = 0.0, 0, Status.OK


def trial_step(
    program: Program, method: Method, states: np.ndarray, parameters: np.ndarray, time: float, step: float
) -> tuple[np.ndarray, np.ndarray]:
    """One step of one cell.

    states [species], parameters [parameters], time and step (s)
    returns new states [species] and their error [species]
    """
    rate = lambda y, t: program.derivative(y[None], parameters[None], t)[0]
    matrix = np.eye(len(states)) / (step * method.gamma) - program.jacobian(states[None], parameters[None], time)[0]
    drift = program.drift(states[None], parameters[None], time)[0]
    stages = np.zeros((method.stages, len(states)))
    for i in range(method.stages):
        at = states + method.a[i] @ stages
        right = rate(at, time + method.alpha[i] * step) + (method.c[i] @ stages) / step
        stages[i] = np.linalg.solve(matrix, right + method.d[i] * step * drift)
    # the last stage stands at the embedded solution, and its solution is the error of that
    return at + stages[-1], stages[-1]


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

    states [species], parameters [parameters], atol [species]
    """
    cell = Outcome(states, step)
    rejected = False
    while cell.time < span:
        left = span - cell.time
        h = left if cell.step >= 0.999 * left else min(cell.step, 0.5 * left)
        with np.errstate(all="ignore"):
            new, error = _tried(program, method, cell.states, parameters, begin + cell.time, h)
            size = rtol * np.maximum(np.abs(new), np.abs(cell.states)) + atol
            norm = math.sqrt(np.mean((error / size) ** 2)) if np.isfinite(new).all() else math.nan
        cell.tries += 1
        factor = 0.9 * max(norm, 1e-10) ** (-1.0 / method.order) if math.isfinite(norm) else 0.1
        if norm <= 1.0:
            growth = min(1.0 if rejected else 5.0, max(0.2, factor))
            cell.states, rejected = new, False
            cell.step = max(h * growth, cell.step) if h >= left and growth >= 1.0 else h * growth
            cell.time = span if h >= left else cell.time + h
        else:
            rejected = True
            cell.step = h * min(1.0, max(0.1, factor))
            if cell.step < 1e-15 * span:
                cell.status = Status.STEP_TOO_SMALL if math.isfinite(norm) else Status.NOT_FINITE
                return cell
        if cell.tries >= most_steps and cell.time < span:
            cell.status = Status.TOO_MANY_STEPS
            return cell
    return cell


def _tried(program, method, states, parameters, time, step) -> tuple[np.ndarray, np.ndarray]:
    try:
        return trial_step(program, method, states, parameters, time, step)
    except np.linalg.LinAlgError:
        return np.full_like(states, math.nan), np.full_like(states, math.nan)
