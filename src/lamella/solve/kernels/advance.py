"""Many cells forward in time, side by side in lanes: one step size each, finished lanes refilled with the next cell."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from lamella.solve.kernels import lanes as v
from lamella.solve.kernels.compiled import entry, part
from lamella.solve.kernels.control import NEAR_END, SMALLEST_ERROR, after_refusal, after_step, opening_step
from lamella.solve.kernels.dense_output import interpolants, record
from lamella.solve.kernels.interpret import run_tape
from lamella.solve.kernels.lanes import LANES
from lamella.solve.kernels.pivoting import LARGEST_GROWTH
from lamella.solve.kernels.step import (
    ACCEPT,
    DIAGONAL,
    ERROR,
    GROWTH,
    INVERSE_STEP,
    STEP,
    TIME,
    repeat_pivoted,
    trial_step,
)
from lamella.solve.status import Status

_OK, _STEP_TOO_SMALL, _TOO_MANY = int(Status.OK), int(Status.STEP_TOO_SMALL), int(Status.TOO_MANY_STEPS)
_SINGULAR, _NOT_FINITE = int(Status.SINGULAR), int(Status.NOT_FINITE)
_SMALLEST_STEP = 1e-15  # of the span
_RESOLUTION = 4.5e-16  # of the time: how sharply a change of a relation is located
_FINEST = 1e-18  # of the span: the same near time 0, where no step may become too small to invert

# Rows of Workspace.lanes beside those of `step`: number of the cell (or -1); time at the start of the span, time
# within it, and its length; step to try next; trials so far; a step after which no watched relation has changed yet,
# and one after which one has (0 while none is known); whether the lane is done; step and error of the last trial if
# it was refused, else 0; see `control` for OPENING and ease; step and ease of the last trial that was taken; how many
# of the asked times lie behind; ease of this trial.
(
    CELL, BEGIN, TAU, END, NEXT, TRIES, CLEAR, CHANGED, DONE, REFUSED_STEP, REFUSED_ERROR, OPENING,
    TAKEN_STEP, TAKEN_EASE, ASKED, EASE,
) = range(7, 23)  # fmt: skip

_ZERO_AT_FIRST = (
    TAU, TRIES, CLEAR, CHANGED, DONE, REFUSED_STEP, REFUSED_ERROR, TAKEN_STEP, TAKEN_EASE, ASKED,
)  # fmt: skip

# what became of a trial
_ACCEPTED, _REFUSED, _STUCK = 0, 1, 2


class Cells(NamedTuple):
    """The cells of a population, one entry each; see `advance`."""

    states: np.ndarray
    stored: np.ndarray
    begin: np.ndarray
    span: np.ndarray
    memory: np.ndarray
    opening: np.ndarray
    status: np.ndarray
    steps: np.ndarray
    stopped: np.ndarray
    asked: np.ndarray
    recorded: np.ndarray


@part
def _load(lane, cell, order, first_hoisted, hoisted, states, stored, start, slots):
    """Numbers of a cell into a lane."""
    for i in range(order.shape[0]):
        start[i * LANES + lane] = states[cell, order[i]]
    for q in range(hoisted):
        slots[(first_hoisted + q) * LANES + lane] = stored[cell, q]


@part
def _enter(lane, cell, cells, rows):
    """Begin a cell in a lane."""
    rows[CELL * LANES + lane] = cell
    rows[BEGIN * LANES + lane] = cells.begin[cell]
    rows[END * LANES + lane] = cells.span[cell]
    rows[NEXT * LANES + lane] = cells.memory[cell]
    rows[OPENING * LANES + lane] = cells.opening[cell]
    for row in _ZERO_AT_FIRST:
        rows[row * LANES + lane] = 0.0


@part
def _leave(lane, order, cells, rows, start):
    """Write a lane back to its cell."""
    cell = int(rows[CELL * LANES + lane])
    for i in range(order.shape[0]):
        cells.states[cell, order[i]] = start[i * LANES + lane]
    cells.span[cell] = rows[TAU * LANES + lane]
    cells.memory[cell] = rows[NEXT * LANES + lane]
    cells.opening[cell] = rows[OPENING * LANES + lane]
    cells.steps[cell] += int(rows[TRIES * LANES + lane])


@part
def _remember_relations(lane, watched, modes, slots):
    """Make the relations as they stand the modes of a lane."""
    for k in range(watched.shape[0]):
        slots[modes + k * LANES + lane] = slots[watched[k] + lane]


@part
def _relations_differ(lane, watched, modes, slots):
    differ = False
    for k in range(watched.shape[0]):
        differ = differ or slots[modes + k * LANES + lane] != slots[watched[k] + lane]
    return differ


@part
def _relations_at_start(net, work, fresh):
    """Set the modes of lanes whose cell is new to them."""
    n = net.sizes[0]
    for i in range(n):
        v.store(work.slots, i * LANES, v.load(work.start, i * LANES))
    v.store(work.slots, n * LANES, v.add(v.load(work.lanes, BEGIN * LANES), v.load(work.lanes, TAU * LANES)))
    run_tape(work.slots, net.watch_runs, net.watch_code)
    for lane in range(LANES):
        if fresh[lane]:
            _remember_relations(lane, net.watched, net.sizes[5], work.slots)
            fresh[lane] = False


@part
def _propose(rows, gamma):
    """The step that each lane tries: stretched or halved so as to meet the end without a tiny last step."""
    for lane in range(LANES):
        left = rows[END * LANES + lane] - rows[TAU * LANES + lane]
        h = rows[NEXT * LANES + lane]
        if rows[CELL * LANES + lane] < 0.0:
            h = 1e-6
        elif rows[CHANGED * LANES + lane] > 0.0:
            pass  # the change of a relation is being located
        elif h >= left * NEAR_END:
            h = left
        elif h > 0.5 * left:
            h = 0.5 * left
        rows[STEP * LANES + lane] = h
        rows[INVERSE_STEP * LANES + lane] = 1.0 / h
        rows[DIAGONAL * LANES + lane] = 1.0 / (h * gamma)
        rows[TIME * LANES + lane] = rows[BEGIN * LANES + lane] + rows[TAU * LANES + lane]
        rows[ACCEPT * LANES + lane] = 0.0


@part
def _relations_after(net, work):
    """Compute the watched relations after the trial step."""
    rows = work.lanes
    for lane in range(LANES):
        tau, end, h = rows[TAU * LANES + lane], rows[END * LANES + lane], rows[STEP * LANES + lane]
        after = end if h >= end - tau else tau + h
        work.slots[net.sizes[0] * LANES + lane] = rows[BEGIN * LANES + lane] + after
    run_tape(work.slots, net.watch_runs, net.watch_code)


@part
def _locate(lane, rows, differs):
    """Narrow down where a watched relation changes. Returns whether the trial step is the one to take."""
    h = rows[STEP * LANES + lane]
    if differs:
        rows[CHANGED * LANES + lane] = h
    elif rows[CHANGED * LANES + lane] == 0.0:
        return True
    else:
        rows[CLEAR * LANES + lane] = h
    low, high = rows[CLEAR * LANES + lane], rows[CHANGED * LANES + lane]
    middle = 0.5 * (low + high)
    now = rows[BEGIN * LANES + lane] + rows[TAU * LANES + lane]
    resolution = max(_RESOLUTION * abs(now + high), _FINEST * rows[END * LANES + lane])
    if high - low <= resolution or middle <= low or middle >= high:
        if h == high:
            return True
        middle = high
    rows[NEXT * LANES + lane] = middle
    return False


@part
def _accept(lane, rows):
    """Move a lane on by a step that was good enough."""
    h, ease = rows[STEP * LANES + lane], rows[EASE * LANES + lane]
    following = after_step(
        h, ease, rows[TAKEN_STEP * LANES + lane], rows[TAKEN_EASE * LANES + lane], rows[REFUSED_STEP * LANES + lane]
    )
    if rows[TAU * LANES + lane] == 0.0:
        rows[OPENING * LANES + lane] = opening_step(h, ease)
    rows[TAKEN_STEP * LANES + lane] = h
    rows[TAKEN_EASE * LANES + lane] = ease
    for row in (REFUSED_STEP, REFUSED_ERROR, CLEAR, CHANGED):
        rows[row * LANES + lane] = 0.0
    rows[ACCEPT * LANES + lane] = 1.0
    end = rows[END * LANES + lane]
    last = h >= end - rows[TAU * LANES + lane]
    rows[TAU * LANES + lane] = end if last else rows[TAU * LANES + lane] + h
    # a step cut short by the end of the span does not shorten the memory
    rows[NEXT * LANES + lane] = max(following, rows[NEXT * LANES + lane]) if last and following >= h else following
    rows[DONE * LANES + lane] = 1.0 if last else 0.0


@part
def _refuse(lane, rows, error, order):
    """Give a lane a shorter step to try."""
    h, ease = rows[STEP * LANES + lane], rows[EASE * LANES + lane]
    rows[NEXT * LANES + lane] = after_refusal(
        h, error, ease, rows[REFUSED_STEP * LANES + lane], rows[REFUSED_ERROR * LANES + lane], order
    )
    rows[REFUSED_STEP * LANES + lane] = h
    rows[REFUSED_ERROR * LANES + lane] = error
    rows[CLEAR * LANES + lane] = 0.0
    rows[CHANGED * LANES + lane] = 0.0


@part
def _measure(rows, scale, order):
    """Error (over the tolerance) and ease of the trial of every lane."""
    error = v.root(v.mul(v.load(rows, ERROR * LANES), v.fill(1.0 / scale)))
    v.store(rows, ERROR * LANES, error)
    v.store(rows, EASE * LANES, v.power(v.larger(error, v.fill(SMALLEST_ERROR)), v.fill(-1.0 / order)))


@part
def _judge(lane, rows, order, differs):
    """Accept or reject the trial of one lane.

    differs  whether a watched relation has changed within the step
    """
    error = rows[ERROR * LANES + lane]
    rows[TRIES * LANES + lane] += 1.0
    if error <= 1.0:
        if not _locate(lane, rows, differs):
            return _REFUSED
        _accept(lane, rows)
        return _ACCEPTED
    _refuse(lane, rows, error, order)
    return _STUCK if rows[NEXT * LANES + lane] < _SMALLEST_STEP * rows[END * LANES + lane] else _REFUSED


@part
def _repair(net, method, work, rtol, atol):
    """Try the steps of lanes in which the sparse LU broke down again, with pivoting."""
    if work.dense.shape[0] == 0:
        return
    for lane in range(LANES):
        sound = work.lanes[GROWTH * LANES + lane] <= LARGEST_GROWTH
        if not sound and work.lanes[CELL * LANES + lane] >= 0.0:
            repeat_pivoted(net, method, work, rtol, atol, lane)


@part
def _record(order, method, cells, work):
    """Note the states at the asked times that lie in the steps just taken; `work.start` still holds the old states."""
    rows, asked = work.lanes, cells.asked
    ready = False
    for lane in range(LANES):
        if rows[CELL * LANES + lane] < 0.0 or rows[ACCEPT * LANES + lane] == 0.0:
            continue
        h = rows[TAKEN_STEP * LANES + lane]
        now = rows[BEGIN * LANES + lane] + rows[TAU * LANES + lane]
        before = rows[TIME * LANES + lane]
        k = int(rows[ASKED * LANES + lane])
        while k < asked.shape[0] and asked[k] <= now:
            if asked[k] > before:
                if not ready:
                    interpolants(order.shape[0], method.shape[0], method.dense, work.stages, work.between)
                    ready = True
                cell, theta = int(rows[CELL * LANES + lane]), min((asked[k] - before) / h, 1.0)
                record(lane, theta, order, work.start, work.slots, work.between, cells.recorded[k, cell])
            k += 1
        rows[ASKED * LANES + lane] = k


@part
def _diagnosis(lane, net, work):
    """Why a lane cannot go on."""
    for i in range(net.sizes[0]):
        if not math.isfinite(work.start[i * LANES + lane]):
            return _NOT_FINITE
    if math.isfinite(work.lanes[ERROR * LANES + lane]):
        return _STEP_TOO_SMALL
    for i in range(net.sizes[0]):
        if math.isinf(work.matrix[net.pivot[i] + lane]):
            return _SINGULAR
    return _NOT_FINITE


@part
def _refill(queue, chosen, fresh, net, cells, work):
    """Let finished lanes go and give them new cells. Returns the next place in the queue and how many are idle."""
    rows = work.lanes
    first_hoisted = net.sizes[0] + 1 + net.constants.shape[0]
    idle = 0
    for lane in range(LANES):
        if rows[CELL * LANES + lane] >= 0.0 and rows[DONE * LANES + lane] != 0.0:
            _leave(lane, net.order, cells, rows, work.start)
            rows[CELL * LANES + lane] = -1.0
        if rows[CELL * LANES + lane] < 0.0 and queue < chosen.shape[0]:
            cell = chosen[queue]
            queue += 1
            _load(
                lane, cell, net.order, first_hoisted, net.sizes[3], cells.states, cells.stored, work.start, work.slots
            )
            _enter(lane, cell, cells, rows)
            fresh[lane] = True
        if rows[CELL * LANES + lane] < 0.0:
            idle += 1
    return queue, idle


@part
def _begin(chosen, net, cells, work):
    """Constants into the slots, and the first cell into every lane, so that idle ones hold numbers too."""
    n = net.sizes[0]
    for k in range(net.constants.shape[0]):
        v.store(work.slots, (n + 1 + k) * LANES, v.fill(net.constants[k]))
    for lane in range(LANES):
        first_hoisted = n + 1 + net.constants.shape[0]
        _load(
            lane, chosen[0], net.order, first_hoisted, net.sizes[3], cells.states, cells.stored, work.start, work.slots
        )
        _enter(lane, chosen[0], cells, work.lanes)
        work.lanes[CELL * LANES + lane] = -1.0


@entry
def advance(net, method, work, cells, chosen, rtol, atol, most_steps, stop):
    """Advance the chosen cells, each by its own span.

    net, method, work  NetworkArrays, MethodArrays, Workspace
    cells   Cells:
            states [cells, species]  changed in place; a cell that fails keeps the last state it reached
            stored [cells, columns]  hoisted values
            begin  [cells] time at the start of the span
            span   [cells] how far; becomes how far the cell came
            memory [cells] step size to begin with; that to go on with afterwards
                    opening [cells] see `control`; 0 while unknown
            status [cells] int8, written where a cell fails;   steps [cells] int64, trial steps added
            stopped [cells] int8, set where a watched relation has changed
            asked [points] ascending times to record;   recorded [points, cells, species] takes the states there
    chosen  [k]      numbers of the cells
    atol    [states] in elimination order
    stop    1: a cell ends its span where a watched relation changes; 0: it goes on behind it
    """
    n, rows, slots, start = net.sizes[0], work.lanes, work.slots, work.start
    watched, modes = net.watched, net.sizes[5]
    watching = watched.shape[0] > 0
    scale, order, gamma = max(n, 1), method.shape[1], method.gamma
    status = cells.status
    _begin(chosen, net, cells, work)
    fresh = work.fresh
    fresh[:] = True
    queue, idle = _refill(0, chosen, fresh, net, cells, work)
    while idle < LANES:
        if watching and fresh.any():
            _relations_at_start(net, work, fresh)
        _propose(rows, gamma)
        trial_step(net, method, work, rtol, atol, -1)
        _repair(net, method, work, rtol, atol)
        _measure(rows, float(scale), order)
        if watching:
            _relations_after(net, work)
        done = False
        for lane in range(LANES):
            cell = int(rows[CELL * LANES + lane])
            if cell < 0:
                continue
            differs = watching and _relations_differ(lane, watched, modes, slots)
            outcome = _judge(lane, rows, order, differs)
            if outcome == _ACCEPTED and differs:
                _remember_relations(lane, watched, modes, slots)
                cells.stopped[cell] = stop
                rows[DONE * LANES + lane] = max(rows[DONE * LANES + lane], float(stop))
            elif outcome == _STUCK:
                status[cell] = _diagnosis(lane, net, work)
                rows[DONE * LANES + lane] = 1.0
            if rows[TRIES * LANES + lane] >= most_steps and rows[DONE * LANES + lane] == 0.0:
                status[cell] = _TOO_MANY
                rows[DONE * LANES + lane] = 1.0
            done = done or rows[DONE * LANES + lane] != 0.0
        if cells.asked.shape[0] > 0:
            _record(net.order, method, cells, work)
        accept = v.load(rows, ACCEPT * LANES)
        for i in range(n):
            at = i * LANES
            v.store(start, at, v.choose(accept, v.load(slots, at), v.load(start, at)))
        if done:
            queue, idle = _refill(queue, chosen, fresh, net, cells, work)
