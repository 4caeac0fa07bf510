"""One leap of tau-leaping: many reactions at once, while no rate changes much.

Cao, Gillespie & Petzold 2006, doi:10.1063/1.2159468: reactions that could use up a species within a few events are
critical and fire one at a time; the leap is so short that the relative change of no species that rates depend on
passes epsilon / g, where g is the highest order of a rate in which the species stands (see `lamella.solve.orders`).
"""

from __future__ import annotations

import math

from lamella.solve.kernels.compiled import part
from lamella.solve.kernels.lanes import LANES
from lamella.solve.kernels.poisson import poisson
from lamella.solve.kernels.stream import two_uniforms

_CRITICAL = 10.0
"""Events left before a reactant is used up, below which a reaction is critical."""
_WORTH = 10.0
"""Mean waiting times that a leap must cover to be worth it."""
EXACT_EVENTS = 100
"""Events carried out one by one where a leap is not worth it."""


@part
def _volume(cell, change, changes, parameters):
    """What divides an amount of a change."""
    return parameters[cell, changes.volume[change]] if changes.volume[change] >= 0 else 1.0


@part
def _events_left(cell, reaction, changes, cells):
    """How often a reaction can fire before a species runs out."""
    left = math.inf
    for k in range(changes.first[reaction], changes.first[reaction + 1]):
        if changes.amount[k] < 0.0:
            count = cells.states[cell, changes.state[k]] * _volume(cell, k, changes, cells.parameters)
            left = min(left, math.floor(count / -changes.amount[k]))
    return left


@part
def _order(lane, species, sheet, changes, work):
    """The highest order of a rate that depends on a species, at least 1."""
    order = max(changes.order[species], 1.0)
    for k in range(changes.order_first[species], changes.order_first[species + 1]):
        value = work[sheet.to[changes.order_output[k], 0] * LANES + lane]
        if value > order:
            order = value
    return order


@part
def _longest(lane, cell, reactions, sheet, changes, cells, work, epsilon, scratch):
    """The longest leap that keeps the rates, the summed rate of the critical reactions, and that of all."""
    total, critical = 0.0, 0.0
    for i in range(scratch.mean.shape[0]):
        scratch.mean[i] = scratch.variance[i] = 0.0
    for j in range(reactions):
        rate = work[sheet.to[j, 0] * LANES + lane]
        total += rate
        scratch.critical[j] = rate > 0.0 and _events_left(cell, j, changes, cells) < _CRITICAL
        if scratch.critical[j]:
            critical += rate
            continue
        for k in range(changes.first[j], changes.first[j + 1]):
            scratch.mean[changes.state[k]] += changes.amount[k] * rate
            scratch.variance[changes.state[k]] += changes.amount[k] * changes.amount[k] * rate
    longest = math.inf
    for k in range(changes.state.shape[0]):
        i = changes.state[k]
        if changes.slot[i] >= 0 and scratch.variance[i] > 0.0:
            count = cells.states[cell, i] * _volume(cell, k, changes, cells.parameters)
            bound = max(epsilon * count / _order(lane, i, sheet, changes, work), 1.0)
            longest = min(longest, bound * bound / scratch.variance[i])
            if scratch.mean[i] != 0.0:
                longest = min(longest, bound / abs(scratch.mean[i]))
    return longest, critical, total


@part
def _fill_in(cell, reaction, times, changes, cells, scratch):
    """Add `times` firings of a reaction to the changes of a leap."""
    scratch.fired[0] += times
    for k in range(changes.first[reaction], changes.first[reaction + 1]):
        scratch.change[changes.state[k]] += times * changes.amount[k] / _volume(cell, k, changes, cells.parameters)


@part
def leap(lane, cell, tau, span, reactions, sheet, changes, cells, work, epsilon, scratch):
    """One leap of one cell. Returns the time within the span afterwards, or -1 where single events serve better.

    scratch   Scratch of `direct`
    """
    longest, critical, total = _longest(lane, cell, reactions, sheet, changes, cells, work, epsilon, scratch)
    while True:
        if longest < _WORTH / total:
            return -1.0
        first, share = two_uniforms(cell, cells.key, cells.draws)
        wait = -math.log(1.0 - first) / critical if critical > 0.0 else math.inf
        length = min(longest, wait, span - tau)
        for i in range(scratch.change.shape[0]):
            scratch.change[i] = 0.0
        scratch.fired[0] = 0.0
        for j in range(reactions):
            if not scratch.critical[j]:
                mean = work[sheet.to[j, 0] * LANES + lane] * length
                if mean > 0.0:
                    _fill_in(cell, j, poisson(mean, cell, cells.key, cells.draws), changes, cells, scratch)
        if wait <= length:
            below = share * critical
            chosen = -1
            for j in range(reactions):
                if scratch.critical[j]:
                    chosen = j
                    below -= work[sheet.to[j, 0] * LANES + lane]
                    if below < 0.0:
                        break
            _fill_in(cell, chosen, 1.0, changes, cells, scratch)
        sound = True
        for i in range(scratch.change.shape[0]):
            sound = sound and (scratch.change[i] >= 0.0 or cells.states[cell, i] + scratch.change[i] >= 0.0)
        if sound:
            break
        longest = 0.5 * length
    for i in range(scratch.change.shape[0]):
        if scratch.change[i] != 0.0:
            cells.states[cell, i] += scratch.change[i]
            if changes.slot[i] >= 0:
                work[changes.slot[i] * LANES + lane] = cells.states[cell, i]
    cells.events[cell] += int(scratch.fired[0])
    return span if length == span - tau else tau + length
