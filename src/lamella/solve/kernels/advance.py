"""Many cells forward in time: eight lanes, one step size each, finished lanes refilled with the next cell."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from lamella.solve.kernels import lanes as v
from lamella.solve.kernels.interpret import NUMBA
from lamella.solve.kernels.lanes import LANES
from lamella.solve.kernels.step import ACCEPT, DIAGONAL, ERROR, INVERSE_STEP, STEP, TIME, trial_step
from lamella.solve.status import Status

_OK, _STEP_TOO_SMALL, _TOO_MANY = int(Status.OK), int(Status.STEP_TOO_SMALL), int(Status.TOO_MANY_STEPS)
_SINGULAR, _NOT_FINITE = int(Status.SINGULAR), int(Status.NOT_FINITE)
_SMALLEST_STEP = 1e-15  # of the span
_SAFETY, _GROW, _SHRINK = 0.9, 5.0, 0.1


@njit(**NUMBA)
def _enter(lane, cell, net, states, stored, work):
    """Put a cell into a lane."""
    n = net.sizes[0]
    first_hoisted = n + 1 + net.constants.shape[0]
    for i in range(n):
        work.start[i * LANES + lane] = states[cell, net.order[i]]
    for q in range(net.sizes[3]):
        work.slots[(first_hoisted + q) * LANES + lane] = stored[cell, q]


@njit(**NUMBA)
def _proposed(step, left):
    """The step to try: stretched or halved so that the end of the span is met without a tiny last step."""
    if step >= left * 0.999:
        return left
    if step > 0.5 * left:
        return 0.5 * left
    return step


@njit(**NUMBA)
def _factor(error, order):
    """How much longer the next step may be than one with this error."""
    return _SAFETY * max(error, 1e-10) ** (-1.0 / order)


@njit(**NUMBA)
def _diagnosis(lane, net, work, error):
    """Why a lane cannot go on."""
    for i in range(net.sizes[0]):
        if not math.isfinite(work.start[i * LANES + lane]):
            return _NOT_FINITE
    if math.isfinite(error):
        return _STEP_TOO_SMALL
    for i in range(net.sizes[0]):
        pivot = work.matrix[net.pivot[i] + lane]
        if math.isinf(pivot):
            return _SINGULAR
    return _NOT_FINITE


@njit(**NUMBA)
def advance(net, method, work, states, stored, cells, begin, span, memory, status, steps, rtol, atol, most_steps):
    """Advance the cells that `cells` lists, each by its own span.

    net, method, work  NetworkArrays, MethodArrays, Workspace
    states   [cells, species]  changed in place; a cell that fails keeps the last state it reached
    stored   [cells, columns]  hoisted values
    cells    [k]     numbers of the cells to advance
    begin    [cells] time at the start of the span
    span     [cells] how far; a failed cell's entry becomes how far it came
    memory   [cells] step size to begin with; that to go on with afterwards
    status   [cells] int8, written where a cell fails;   steps [cells] int64, trial steps added
    atol     [states] in elimination order
    returns  (trial steps of all lanes, accepted steps)
    """
    n = net.sizes[0]
    lanes, slots, start = work.lanes, work.slots, work.start
    cell = np.full(LANES, -1, np.int64)
    tau = np.zeros(LANES)
    end = np.ones(LANES)
    step = np.ones(LANES)
    tries = np.zeros(LANES, np.int64)
    rejected = np.zeros(LANES, np.bool_)
    for k in range(net.constants.shape[0]):
        v.store(slots, (n + 1 + k) * LANES, v.fill(net.constants[k]))
    queue = 0
    active = 0
    for lane in range(LANES):
        # lanes without a cell repeat the first one; nobody reads them
        _enter(lane, cells[min(queue, cells.shape[0] - 1)], net, states, stored, work)
        if queue < cells.shape[0]:
            cell[lane] = cells[queue]
            end[lane] = span[cell[lane]]
            step[lane] = memory[cell[lane]]
            queue += 1
            active += 1
    rounds = 0
    accepted = 0
    while active > 0:
        for lane in range(LANES):
            h = _proposed(step[lane], end[lane] - tau[lane]) if cell[lane] >= 0 else 1e-6
            lanes[STEP * LANES + lane] = h
            lanes[INVERSE_STEP * LANES + lane] = 1.0 / h
            lanes[DIAGONAL * LANES + lane] = 1.0 / (h * method.gamma)
            lanes[TIME * LANES + lane] = begin[cell[lane]] + tau[lane] if cell[lane] >= 0 else 0.0
        trial_step(net, method, work, rtol, atol)
        rounds += 1
        finished = False
        for lane in range(LANES):
            lanes[ACCEPT * LANES + lane] = 0.0
            c = cell[lane]
            if c < 0:
                continue
            h = lanes[STEP * LANES + lane]
            error = math.sqrt(lanes[ERROR * LANES + lane] / max(n, 1))
            tries[lane] += 1
            if error <= 1.0:
                growth = min(_GROW, max(0.2, _factor(error, method.shape[1])))
                if rejected[lane]:
                    growth = min(growth, 1.0)
                rejected[lane] = False
                accepted += 1
                lanes[ACCEPT * LANES + lane] = 1.0
                left = end[lane] - tau[lane]
                tau[lane] = end[lane] if h >= left else tau[lane] + h
                # a step cut short by the end of the span does not shorten the memory
                step[lane] = max(h * growth, step[lane]) if h >= left and growth >= 1.0 else h * growth
                finished = finished or tau[lane] >= end[lane]
            else:
                shrink = (
                    _SHRINK if not math.isfinite(error) else min(1.0, max(_SHRINK, _factor(error, method.shape[1])))
                )
                rejected[lane] = True
                step[lane] = h * shrink
                if step[lane] < _SMALLEST_STEP * end[lane]:
                    status[c] = _diagnosis(lane, net, work, error)
            if status[c] == _OK and tries[lane] >= most_steps and tau[lane] < end[lane]:
                status[c] = _TOO_MANY
            finished = finished or status[c] != _OK
        choice = v.load(lanes, ACCEPT * LANES)
        for i in range(n):
            v.store(start, i * LANES, v.choose(choice, v.load(slots, i * LANES), v.load(start, i * LANES)))
        if not finished:
            continue
        for lane in range(LANES):
            c = cell[lane]
            if c < 0 or (tau[lane] < end[lane] and status[c] == _OK):
                continue
            for i in range(n):
                states[c, net.order[i]] = start[i * LANES + lane]
            span[c] = tau[lane]
            memory[c] = step[lane]
            steps[c] += tries[lane]
            tau[lane] = 0.0
            tries[lane] = 0
            rejected[lane] = False
            if queue < cells.shape[0]:
                cell[lane] = cells[queue]
                queue += 1
                end[lane] = span[cell[lane]]
                step[lane] = memory[cell[lane]]
                _enter(lane, cell[lane], net, states, stored, work)
            else:
                cell[lane] = -1
                active -= 1
    return rounds * LANES, accepted
