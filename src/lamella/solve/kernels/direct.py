"""Stochastic simulation of many cells: Gillespie's direct method, or leaps, a block of cells at a time.

Gillespie 1977, doi:10.1021/j100540a008; see `leap` for the other. Every pass computes all rates, their sum and the
place of the drawn share in it for a whole block, which costs less than to keep track of which rates an event has
changed. The random numbers of a cell are a function of its key and of how many it has used (see `stream`), so that
they depend neither on its lane nor on threads.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from lamella.solve.kernels import lanes as v
from lamella.solve.kernels.compiled import entry, inlined, part
from lamella.solve.kernels.interpret import run_tape
from lamella.solve.kernels.lanes import LANES, fill, load, store
from lamella.solve.kernels.leap import EXACT_EVENTS, leap
from lamella.solve.kernels.stream import AHEAD, look_ahead
from lamella.solve.status import Status

_OK, _TOO_MANY, _NOT_FINITE = int(Status.OK), int(Status.TOO_MANY_STEPS), int(Status.NOT_FINITE)
_NEGATIVE_RATE, _TOO_FAST = int(Status.NEGATIVE_RATE), int(Status.TOO_FAST)


class Changes(NamedTuple):
    """What each reaction does: `first` [reactions + 1], `state` [changes], `amount` [changes] (1),
    `volume` [changes] column of the parameter that divides the amount, or -1; `slot` [species] of each state, or -1.
    For leaps: `order` [species] of rates, and numbers of the outputs that hold others, `order_first` [species + 1] and
    `order_output` (see `lamella.solve.orders`).
    """

    first: np.ndarray
    state: np.ndarray
    amount: np.ndarray
    volume: np.ndarray
    slot: np.ndarray
    order: np.ndarray
    order_first: np.ndarray
    order_output: np.ndarray


class Walkers(NamedTuple):
    """Cells of a stochastic population: states, parameters, span [cells] (becomes how far each came), key and
    draws [cells] uint64 and int64, status and stopped [cells] int8, events and turns [cells] int64.
    """

    states: np.ndarray
    parameters: np.ndarray
    span: np.ndarray
    key: np.ndarray
    draws: np.ndarray
    status: np.ndarray
    stopped: np.ndarray
    events: np.ndarray
    turns: np.ndarray


class Scratch(NamedTuple):
    """What one thread notes. Per lane: cell (or -1), tau time within its span, fresh, exact (events to go before the
    next leap), before [relations * LANES], total and lowest rate, target (share of the total to be found, or -1) and
    chosen reaction; first of the numbers drawn ahead, waits and shares [LANES * AHEAD]. For a leap: mean, variance and
    change [species], critical [reactions], fired [1].
    """

    cell: np.ndarray
    tau: np.ndarray
    fresh: np.ndarray
    exact: np.ndarray
    before: np.ndarray
    total: np.ndarray
    lowest: np.ndarray
    target: np.ndarray
    chosen: np.ndarray
    first: np.ndarray
    waits: np.ndarray
    shares: np.ndarray
    mean: np.ndarray
    variance: np.ndarray
    change: np.ndarray
    critical: np.ndarray
    fired: np.ndarray


def scratch(species: int, reactions: int, relations: int) -> Scratch:
    whole, real = lambda: np.zeros(LANES, np.int64), lambda count: np.zeros(count * LANES)
    return Scratch(
        whole(), real(1), np.zeros(LANES, np.bool_), whole(), real(max(relations, 1)), real(1), real(1), real(1),
        real(1), whole(), real(AHEAD), real(AHEAD), np.zeros(species), np.zeros(species), np.zeros(species),
        np.zeros(reactions, np.bool_), np.zeros(1),
    )  # fmt: skip


@part
def _enter(lane, cell, sheet, cells, work):
    for k in range(sheet.from_parameters.shape[0]):
        work[sheet.from_parameters[k, 0] * LANES + lane] = cells.parameters[cell, sheet.from_parameters[k, 1]]
    for k in range(sheet.from_states.shape[0]):
        work[sheet.from_states[k, 0] * LANES + lane] = cells.states[cell, sheet.from_states[k, 1]]


@part
def _sum_rates(reactions, to, work, scratch):
    """Sum of the rates of every lane, and the lowest of them (or 0)."""
    total, lowest = fill(0.0), fill(0.0)
    for j in range(reactions):
        rate = load(work, to[j, 0] * LANES)
        total = v.add(total, rate)
        lowest = v.smaller(rate, lowest)
    store(scratch.total, 0, total)
    store(scratch.lowest, 0, lowest)


@part
def _choose(reactions, to, work, scratch):
    """In every lane, the number of the first reaction up to which the rates sum to more than the target."""
    target, below, number = load(scratch.target, 0), fill(0.0), fill(0.0)
    for j in range(reactions):
        below = v.add(below, load(work, to[j, 0] * LANES))
        number = v.add(number, v.less_equal(below, target))
    store(scratch.chosen, 0, number)


@inlined
def _fire(lane, reactions, to, changes, cells, work, scratch):
    """Carry out the chosen reaction."""
    cell, reaction = scratch.cell[lane], int(scratch.chosen[lane])
    if reaction == reactions:  # rounding has put the target at the total itself
        reaction -= 1
        while not work[to[reaction, 0] * LANES + lane] > 0.0:
            reaction -= 1
    for k in range(changes.first[reaction], changes.first[reaction + 1]):
        i = changes.state[k]
        amount = changes.amount[k]
        if changes.volume[k] >= 0:
            amount /= cells.parameters[cell, changes.volume[k]]
        count = cells.states[cell, i] + amount
        cells.states[cell, i] = count
        if changes.slot[i] >= 0:
            work[changes.slot[i] * LANES + lane] = count


@inlined
def _relations_changed(lane, to, reactions, watched, before, first, work):
    """Whether the relations (outputs after the rates) differ from what they were; notes them on the first look."""
    changed = False
    for k in range(reactions, reactions + watched):
        value = work[to[k, 0] * LANES + lane]
        place = (k - reactions) * LANES + lane
        changed = changed or (not first and before[place] != value)
        before[place] = value
    return changed


@inlined
def _draw_event(lane, cell, total, cells, scratch):
    """Time of the next event of a lane; sets the target where it lies within the span."""
    ahead = cells.draws[cell] - scratch.first[lane]
    if ahead < 0 or ahead >= AHEAD:
        look_ahead(lane, cell, cells.key, cells.draws, scratch.first, scratch.waits, scratch.shares)
        ahead = 0
    cells.draws[cell] += 1
    after = scratch.tau[lane] + scratch.waits[lane * AHEAD + ahead] / total
    if after >= cells.span[cell]:
        return cells.span[cell]
    scratch.target[lane] = scratch.shares[lane * AHEAD + ahead] * total
    cells.events[cell] += 1
    return after


@inlined
def _go_on(lane, cell, reactions, sheet, changes, cells, work, epsilon, scratch):
    """What a cell does next: nothing more (True), a leap, or an event (target is set)."""
    total, span = scratch.total[lane], cells.span[cell]
    if not math.isfinite(total) or scratch.lowest[lane] < 0.0:
        cells.status[cell] = _NEGATIVE_RATE if scratch.lowest[lane] < 0.0 else _NOT_FINITE
        return True
    if total <= 0.0:
        scratch.tau[lane] = span
        return True
    if scratch.tau[lane] + 1.0 / total == scratch.tau[lane]:
        cells.status[cell] = _TOO_FAST
        return True
    after = -1.0
    if epsilon > 0.0 and scratch.exact[lane] == 0:
        after = leap(lane, cell, scratch.tau[lane], span, reactions, sheet, changes, cells, work, epsilon, scratch)
        if after < 0.0:
            scratch.exact[lane] = EXACT_EVENTS
    if after < 0.0:
        scratch.exact[lane] = max(scratch.exact[lane] - 1, 0)
        after = _draw_event(lane, cell, total, cells, scratch)
    scratch.tau[lane] = after
    return after >= span


@part
def _begin(lane, cell, sheet, cells, work, scratch):
    """Put a cell into a lane."""
    scratch.cell[lane] = cell
    scratch.exact[lane], scratch.tau[lane], scratch.fresh[lane] = 0, 0.0, True
    scratch.first[lane] = cells.draws[cell] - AHEAD
    _enter(lane, cell, sheet, cells, work)


@entry
def simulate(sheet, reactions, watched, changes, cells, chosen, most_turns, epsilon, work, scratch):
    """Run the chosen cells, each for its own span or until a relation in a trigger changes.

    sheet       SheetArrays of the rates, then of relations in triggers that do not depend on time, then of orders
    reactions, watched  how many of its outputs are rates, and relations
    most_turns  events or leaps of one cell, counted in `cells.turns`, after which it counts as failed
    epsilon     relative change of a species that a leap may make, over its order; 0: event by event
    work        [slots * LANES];   scratch  Scratch
    """
    for k in range(sheet.constants.shape[0]):
        for lane in range(LANES):
            work[int(sheet.constants[k, 0]) * LANES + lane] = sheet.constants[k, 1]
    queue, active = 0, 0
    for lane in range(LANES):
        _begin(lane, chosen[min(queue, chosen.shape[0] - 1)], sheet, cells, work, scratch)
        if queue < chosen.shape[0]:
            queue += 1
            active += 1
        else:
            scratch.cell[lane] = -1
    while active > 0:
        run_tape(work, sheet.runs, sheet.code)
        _sum_rates(reactions, sheet.to, work, scratch)
        firing = False
        for lane in range(LANES):
            c = scratch.cell[lane]
            scratch.target[lane] = -1.0
            if c < 0:
                continue
            done = _relations_changed(lane, sheet.to, reactions, watched, scratch.before, scratch.fresh[lane], work)
            scratch.fresh[lane] = False
            if done:
                cells.stopped[c] = 1
            elif cells.turns[c] >= most_turns:
                cells.status[c] = _TOO_MANY
                done = True
            else:
                done = _go_on(lane, c, reactions, sheet, changes, cells, work, epsilon, scratch)
                cells.turns[c] += 1
                firing = firing or scratch.target[lane] >= 0.0
            if not done:
                continue
            cells.span[c] = scratch.tau[lane]
            if queue < chosen.shape[0]:
                _begin(lane, chosen[queue], sheet, cells, work, scratch)
                queue += 1
            else:
                scratch.cell[lane] = -1
                active -= 1
        if firing:
            _choose(reactions, sheet.to, work, scratch)
            for lane in range(LANES):
                if scratch.target[lane] >= 0.0:
                    _fire(lane, reactions, sheet.to, changes, cells, work, scratch)
