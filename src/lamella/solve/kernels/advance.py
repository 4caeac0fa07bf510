"""Many cells forward in time: eight lanes, one step size each, finished lanes refilled with the next cell."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from lamella.solve.kernels import lanes as v
from lamella.solve.kernels.interpret import NUMBA, run_tape
from lamella.solve.kernels.lanes import LANES
from lamella.solve.kernels.step import ACCEPT, DIAGONAL, ERROR, INVERSE_STEP, STEP, TIME, trial_step
from lamella.solve.status import Status

_OK, _STEP_TOO_SMALL, _TOO_MANY = int(Status.OK), int(Status.STEP_TOO_SMALL), int(Status.TOO_MANY_STEPS)
_SINGULAR, _NOT_FINITE = int(Status.SINGULAR), int(Status.NOT_FINITE)
_SMALLEST_STEP = 1e-15  # of the span
_RESOLUTION = 4.5e-16  # of the time: how sharply a change of a relation is located
_SAFETY, _GROW, _SHRINK = 0.9, 5.0, 0.1


class Lanes(NamedTuple):
    """What each lane is doing, [LANES] each.

    cell (or -1), tau and end (time within the span, its length), step to try next, tries so far, rejected (the
    last trial was), clear and changed (a step after which no watched relation has changed yet, and one after
    which one has; changed is 0 while none is known)
    """

    cell: np.ndarray
    tau: np.ndarray
    end: np.ndarray
    step: np.ndarray
    tries: np.ndarray
    rejected: np.ndarray
    clear: np.ndarray
    changed: np.ndarray


class Cells(NamedTuple):
    """The cells of a population, one entry each; see `advance`."""

    states: np.ndarray
    stored: np.ndarray
    begin: np.ndarray
    span: np.ndarray
    memory: np.ndarray
    status: np.ndarray
    steps: np.ndarray
    stopped: np.ndarray


@njit(**NUMBA)
def _empty_lanes():
    zeros = np.zeros(LANES)
    flags = np.zeros(LANES, np.bool_)
    return Lanes(
        np.full(LANES, -1, np.int64), zeros, np.ones(LANES), np.ones(LANES), np.zeros(LANES, np.int64), flags,
        np.zeros(LANES), np.zeros(LANES),
    )  # fmt: skip


@njit(**NUMBA)
def _load(lane, cell, net, cells, work):
    """Numbers of a cell into a lane."""
    first_hoisted = net.sizes[0] + 1 + net.constants.shape[0]
    for i in range(net.sizes[0]):
        work.start[i * LANES + lane] = cells.states[cell, net.order[i]]
    for q in range(net.sizes[3]):
        work.slots[(first_hoisted + q) * LANES + lane] = cells.stored[cell, q]


@njit(**NUMBA)
def _enter(lane, cell, lanes, net, cells, work):
    """Begin a cell in a lane."""
    _load(lane, cell, net, cells, work)
    lanes.cell[lane] = cell
    lanes.tau[lane] = 0.0
    lanes.end[lane] = cells.span[cell]
    lanes.step[lane] = cells.memory[cell]
    lanes.tries[lane] = 0
    lanes.rejected[lane] = False
    lanes.clear[lane] = 0.0
    lanes.changed[lane] = 0.0


@njit(**NUMBA)
def _leave(lane, lanes, net, cells, work):
    """Write a lane back to its cell."""
    cell = lanes.cell[lane]
    for i in range(net.sizes[0]):
        cells.states[cell, net.order[i]] = work.start[i * LANES + lane]
    cells.span[cell] = lanes.tau[lane]
    cells.memory[cell] = lanes.step[lane]
    cells.steps[cell] += lanes.tries[lane]


@njit(**NUMBA)
def _watch(net, work):
    """Compute the watched relations where the slots stand."""
    run_tape(work.slots, net.watch_runs, net.watch_code)


@njit(**NUMBA)
def _remember_relations(lane, net, work):
    """Make the relations as they stand the modes of a lane."""
    for k in range(net.watched.shape[0]):
        work.slots[net.sizes[5] + k * LANES + lane] = work.slots[net.watched[k] + lane]


@njit(**NUMBA)
def _relations_differ(lane, net, work):
    for k in range(net.watched.shape[0]):
        if work.slots[net.sizes[5] + k * LANES + lane] != work.slots[net.watched[k] + lane]:
            return True
    return False


@njit(**NUMBA)
def _relations_at_start(net, work, lanes, cells, fresh):
    """The watched relations of lanes whose cell is new to them."""
    n = net.sizes[0]
    for i in range(n):
        v.store(work.slots, i * LANES, v.load(work.start, i * LANES))
    for lane in range(LANES):
        now = cells.begin[lanes.cell[lane]] if lanes.cell[lane] >= 0 else 0.0
        work.slots[n * LANES + lane] = now + lanes.tau[lane]
    _watch(net, work)
    for lane in range(LANES):
        if fresh[lane]:
            _remember_relations(lane, net, work)
            fresh[lane] = False


@njit(**NUMBA)
def _times_after(lanes, cells, net, work):
    """Put the time after the trial step into the slots."""
    for lane in range(LANES):
        h = work.lanes[STEP * LANES + lane]
        last = h >= lanes.end[lane] - lanes.tau[lane]
        if lanes.cell[lane] >= 0:
            tau = lanes.end[lane] if last else lanes.tau[lane] + h
            work.slots[net.sizes[0] * LANES + lane] = cells.begin[lanes.cell[lane]] + tau


@njit(**NUMBA)
def _propose(lanes, cells, method, rows):
    """The step that each lane tries: stretched or halved so as to meet the end without a tiny last step."""
    for lane in range(LANES):
        cell = lanes.cell[lane]
        left = lanes.end[lane] - lanes.tau[lane]
        h = lanes.step[lane]
        if cell < 0:
            h = 1e-6
        elif lanes.changed[lane] > 0.0:
            pass  # the change of a relation is being located
        elif h >= left * 0.999:
            h = left
        elif h > 0.5 * left:
            h = 0.5 * left
        rows[STEP * LANES + lane] = h
        rows[INVERSE_STEP * LANES + lane] = 1.0 / h
        rows[DIAGONAL * LANES + lane] = 1.0 / (h * method.gamma)
        rows[TIME * LANES + lane] = cells.begin[cell] + lanes.tau[lane] if cell >= 0 else 0.0
        rows[ACCEPT * LANES + lane] = 0.0


@njit(**NUMBA)
def _factor(error, order):
    """How much longer the next step may be than one with this error."""
    return _SAFETY * max(error, 1e-10) ** (-1.0 / order)


@njit(**NUMBA)
def _locate(lane, h, lanes, net, cells, work):
    """Narrow down where a watched relation changes. Returns whether the step `h` is the one to take."""
    now = cells.begin[lanes.cell[lane]] + lanes.tau[lane]
    if _relations_differ(lane, net, work):
        lanes.changed[lane] = h
    elif lanes.changed[lane] == 0.0:
        return True
    else:
        lanes.clear[lane] = h
    low, high = lanes.clear[lane], lanes.changed[lane]
    middle = 0.5 * (low + high)
    if high - low <= _RESOLUTION * abs(now + high) or middle <= low or middle >= high:
        if h == high:
            return True
        lanes.step[lane] = high
    else:
        lanes.step[lane] = middle
    return False


@njit(**NUMBA)
def _accept(lane, h, error, lanes, order):
    """Move a lane on by a step that was good enough."""
    growth = min(_GROW, max(0.2, _factor(error, order)))
    if lanes.rejected[lane]:
        growth = min(growth, 1.0)
    lanes.rejected[lane] = False
    lanes.clear[lane] = 0.0
    lanes.changed[lane] = 0.0
    left = lanes.end[lane] - lanes.tau[lane]
    last = h >= left
    lanes.tau[lane] = lanes.end[lane] if last else lanes.tau[lane] + h
    # a step cut short by the end of the span does not shorten the memory
    lanes.step[lane] = max(h * growth, lanes.step[lane]) if last and growth >= 1.0 else h * growth


@njit(**NUMBA)
def _reject(lane, h, error, lanes, order):
    shrink = _SHRINK
    if math.isfinite(error):
        shrink = min(1.0, max(_SHRINK, _factor(error, order)))
    lanes.rejected[lane] = True
    lanes.clear[lane] = 0.0
    lanes.changed[lane] = 0.0
    lanes.step[lane] = h * shrink


@njit(**NUMBA)
def _diagnosis(lane, net, work, error):
    """Why a lane cannot go on."""
    for i in range(net.sizes[0]):
        if not math.isfinite(work.start[i * LANES + lane]):
            return _NOT_FINITE
    if math.isfinite(error):
        return _STEP_TOO_SMALL
    for i in range(net.sizes[0]):
        if math.isinf(work.matrix[net.pivot[i] + lane]):
            return _SINGULAR
    return _NOT_FINITE


@njit(**NUMBA)
def _judge(lane, lanes, net, method, cells, work, most_steps, stop):
    """Accept or reject the trial of one lane. Returns whether the lane is done with its cell."""
    cell = lanes.cell[lane]
    order = method.shape[1]
    rows = work.lanes
    h = rows[STEP * LANES + lane]
    error = math.sqrt(rows[ERROR * LANES + lane] / max(net.sizes[0], 1))
    lanes.tries[lane] += 1
    if error <= 1.0:
        if net.watched.shape[0] == 0:
            rows[ACCEPT * LANES + lane] = 1.0
            _accept(lane, h, error, lanes, order)
        elif _locate(lane, h, lanes, net, cells, work):
            if _relations_differ(lane, net, work):
                cells.stopped[cell] = stop
                _remember_relations(lane, net, work)
            rows[ACCEPT * LANES + lane] = 1.0
            _accept(lane, h, error, lanes, order)
    else:
        _reject(lane, h, error, lanes, order)
        if lanes.step[lane] < _SMALLEST_STEP * lanes.end[lane]:
            cells.status[cell] = _diagnosis(lane, net, work, error)
    if cells.status[cell] == _OK and lanes.tries[lane] >= most_steps and lanes.tau[lane] < lanes.end[lane]:
        cells.status[cell] = _TOO_MANY
    return lanes.tau[lane] >= lanes.end[lane] or cells.status[cell] != _OK or cells.stopped[cell] != 0


@njit(**NUMBA)
def advance(net, method, work, cells, chosen, rtol, atol, most_steps, stop):
    """Advance the chosen cells, each by its own span.

    net, method, work  NetworkArrays, MethodArrays, Workspace
    cells   Cells:
            states [cells, species]  changed in place; a cell that fails keeps the last state it reached
            stored [cells, columns]  hoisted values
            begin  [cells] time at the start of the span
            span   [cells] how far; becomes how far the cell came
            memory [cells] step size to begin with; that to go on with afterwards
            status [cells] int8, written where a cell fails;   steps [cells] int64, trial steps added
            stopped [cells] int8, set where a watched relation has changed
    chosen  [k]      numbers of the cells
    atol    [states] in elimination order
    stop    1: a cell ends its span where a watched relation changes; 0: it goes on behind it
    """
    n = net.sizes[0]
    for k in range(net.constants.shape[0]):
        v.store(work.slots, (n + 1 + k) * LANES, v.fill(net.constants[k]))
    lanes = _empty_lanes()
    fresh = np.ones(LANES, np.bool_)
    queue = 0
    for lane in range(LANES):
        if queue < chosen.shape[0]:
            _enter(lane, chosen[queue], lanes, net, cells, work)
            queue += 1
        else:
            # lanes without a cell repeat the first one; nobody reads them
            _load(lane, chosen[0], net, cells, work)
    active = queue
    finished = np.zeros(LANES, np.bool_)
    watching = net.watched.shape[0] > 0
    while active > 0:
        if watching and fresh.any():
            _relations_at_start(net, work, lanes, cells, fresh)
        _propose(lanes, cells, method, work.lanes)
        trial_step(net, method, work, rtol, atol)
        if watching:
            _times_after(lanes, cells, net, work)
            _watch(net, work)
        done = False
        for lane in range(LANES):
            finished[lane] = False
            if lanes.cell[lane] >= 0:
                finished[lane] = _judge(lane, lanes, net, method, cells, work, most_steps, stop)
                done = done or finished[lane]
        accept = v.load(work.lanes, ACCEPT * LANES)
        for i in range(n):
            v.store(
                work.start, i * LANES, v.choose(accept, v.load(work.slots, i * LANES), v.load(work.start, i * LANES))
            )
        if not done:
            continue
        for lane in range(LANES):
            if finished[lane]:
                _leave(lane, lanes, net, cells, work)
                fresh[lane] = True
                if queue < chosen.shape[0]:
                    _enter(lane, chosen[queue], lanes, net, cells, work)
                    queue += 1
                else:
                    lanes.cell[lane] = -1
                    active -= 1
