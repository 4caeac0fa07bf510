"""Stochastic simulation of many cells: Gillespie's direct method, or leaps, a block of cells at a time.

Gillespie 1977, doi:10.1021/j100540a008; see `leap` for the other. The random numbers of a cell are a
function of its key and of how many it has used (`lamella.random.philox`), so
that they depend neither on its lane nor on threads.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from lamella.solve.kernels.compiled import entry, part
from lamella.solve.kernels.interpret import run_tape
from lamella.solve.kernels.lanes import LANES
from lamella.solve.kernels.leap import EXACT_EVENTS, leap
from lamella.solve.kernels.poisson import two_uniforms
from lamella.solve.status import Status

_OK, _TOO_MANY, _NOT_FINITE = int(Status.OK), int(Status.TOO_MANY_STEPS), int(Status.NOT_FINITE)


class Changes(NamedTuple):
    """What each reaction does: `first` [reactions + 1], `state` [changes], `amount` [changes] (1),
    `volume` [changes] column of the parameter that divides the amount, or -1; `slot` [species] of each state, or -1.
    """

    first: np.ndarray
    state: np.ndarray
    amount: np.ndarray
    volume: np.ndarray
    slot: np.ndarray


class Walkers(NamedTuple):
    """Cells of a stochastic population: states, parameters, span [cells] (becomes how far each came), key and
    draws [cells] uint64 and int64, status and stopped [cells] int8, events [cells] int64.
    """

    states: np.ndarray
    parameters: np.ndarray
    span: np.ndarray
    key: np.ndarray
    draws: np.ndarray
    status: np.ndarray
    stopped: np.ndarray
    events: np.ndarray


class Scratch(NamedTuple):
    """What one thread notes. Per lane: cell (or -1), tau time within its span, tries, fresh, exact (events to go before
    the next leap), before [relations * LANES]; for a leap: mean, variance and change [species], critical [reactions],
    fired [1].
    """

    cell: np.ndarray
    tau: np.ndarray
    tries: np.ndarray
    fresh: np.ndarray
    exact: np.ndarray
    before: np.ndarray
    mean: np.ndarray
    variance: np.ndarray
    change: np.ndarray
    critical: np.ndarray
    fired: np.ndarray


def scratch(species: int, reactions: int, relations: int) -> Scratch:
    whole = lambda: np.zeros(LANES, np.int64)
    return Scratch(
        whole(), np.zeros(LANES), whole(), np.zeros(LANES, np.bool_), whole(), np.zeros(max(relations, 1) * LANES),
        np.zeros(species), np.zeros(species), np.zeros(species), np.zeros(reactions, np.bool_), np.zeros(1),
    )  # fmt: skip


@part
def _enter(lane, cell, sheet, cells, work):
    for k in range(sheet.from_parameters.shape[0]):
        work[sheet.from_parameters[k, 0] * LANES + lane] = cells.parameters[cell, sheet.from_parameters[k, 1]]
    for k in range(sheet.from_states.shape[0]):
        work[sheet.from_states[k, 0] * LANES + lane] = cells.states[cell, sheet.from_states[k, 1]]


@part
def _choose(lane, to, reactions, work, share):
    """Number of the reaction at `share` of the summed rates."""
    below = 0.0
    last = -1
    for j in range(reactions):
        rate = work[to[j, 0] * LANES + lane]
        if rate > 0.0:
            below += rate
            last = j
            if below > share:
                return j
    return last


@part
def _fire(lane, cell, reaction, changes, states, parameters, work):
    """Carry out one reaction."""
    for k in range(changes.first[reaction], changes.first[reaction + 1]):
        i = changes.state[k]
        amount = changes.amount[k]
        if changes.volume[k] >= 0:
            amount /= parameters[cell, changes.volume[k]]
        states[cell, i] += amount
        if changes.slot[i] >= 0:
            work[changes.slot[i] * LANES + lane] = states[cell, i]


@part
def _total_rate(lane, reactions, sheet, work):
    """Sum of the rates of a cell; NaN where one of them is no rate."""
    total = 0.0
    for j in range(reactions):
        rate = work[sheet.to[j, 0] * LANES + lane]
        if not math.isfinite(rate) or rate < 0.0:
            return math.nan
        total += rate
    return total


@part
def _turn(lane, cell, tau, span, total, reactions, sheet, changes, cells, work):
    """One event of one cell. Returns the time within the span afterwards; the end of the span if nothing happens."""
    wait, share = two_uniforms(cell, cells.key, cells.draws)
    after = tau - math.log(1.0 - wait) / total
    if after >= span:
        return span
    chosen = _choose(lane, sheet.to, reactions, work, share * total)
    _fire(lane, cell, chosen, changes, cells.states, cells.parameters, work)
    cells.events[cell] += 1
    return after


@part
def _relations_changed(lane, sheet, reactions, before, first, work):
    """Whether the relations (outputs after the rates) differ from what they were; notes them on the first look."""
    changed = False
    for k in range(reactions, sheet.to.shape[0]):
        value = work[sheet.to[k, 0] * LANES + lane]
        place = (k - reactions) * LANES + lane
        changed = changed or (not first and before[place] != value)
        before[place] = value
    return changed


@part
def _go_on(lane, cell, tau, reactions, sheet, changes, cells, work, epsilon, scratch):
    """An event or a leap of one cell. Returns the time within the span afterwards."""
    span = cells.span[cell]
    total = _total_rate(lane, reactions, sheet, work)
    if math.isnan(total):
        cells.status[cell] = _NOT_FINITE
        return tau
    if total <= 0.0:
        return span
    if epsilon > 0.0 and scratch.exact[lane] == 0:
        after = leap(lane, cell, tau, span, reactions, sheet, changes, cells, work, epsilon, scratch)
        if after >= 0.0:
            return after
        scratch.exact[lane] = EXACT_EVENTS
    if scratch.exact[lane] > 0:
        scratch.exact[lane] -= 1
    return _turn(lane, cell, tau, span, total, reactions, sheet, changes, cells, work)


@entry
def simulate(sheet, reactions, changes, cells, chosen, most_turns, epsilon, work, scratch):
    """Run the chosen cells, each for its own span or until a relation in a trigger changes.

    sheet       SheetArrays of the rates, then of relations in triggers that do not depend on time
    reactions   how many of its outputs are rates
    most_turns  events or leaps of one cell after which it counts as failed
    epsilon     relative change of a species that a leap may make, over its order; 0: event by event
    work        [slots * LANES];   scratch  Scratch
    """
    cell, tau, tries, fresh, before = scratch.cell, scratch.tau, scratch.tries, scratch.fresh, scratch.before
    for k in range(sheet.constants.shape[0]):
        for lane in range(LANES):
            work[int(sheet.constants[k, 0]) * LANES + lane] = sheet.constants[k, 1]
    queue, active = 0, 0
    for lane in range(LANES):
        cell[lane] = -1
        _enter(lane, chosen[min(queue, chosen.shape[0] - 1)], sheet, cells, work)
        if queue < chosen.shape[0]:
            cell[lane] = chosen[queue]
            scratch.exact[lane], tau[lane], tries[lane], fresh[lane] = 0, 0.0, 0, True
            queue += 1
            active += 1
    while active > 0:
        run_tape(work, sheet.runs, sheet.code)
        for lane in range(LANES):
            c = cell[lane]
            if c < 0:
                continue
            done = _relations_changed(lane, sheet, reactions, before, fresh[lane], work)
            fresh[lane] = False
            if done:
                cells.stopped[c] = 1
            else:
                tau[lane] = _go_on(lane, c, tau[lane], reactions, sheet, changes, cells, work, epsilon, scratch)
                tries[lane] += 1
                if tries[lane] >= most_turns and tau[lane] < cells.span[c] and cells.status[c] == _OK:
                    cells.status[c] = _TOO_MANY
                done = tau[lane] >= cells.span[c] or cells.status[c] != _OK
            if not done:
                continue
            cells.span[c] = tau[lane]
            cell[lane] = -1
            if queue < chosen.shape[0]:
                cell[lane] = chosen[queue]
                scratch.exact[lane], tau[lane], tries[lane], fresh[lane] = 0, 0.0, 0, True
                queue += 1
                _enter(lane, cell[lane], sheet, cells, work)
            else:
                active -= 1
