"""Events: what happens to a cell when a trigger turns true.

SBML Level 3 Version 2, section 4.12. The kernel stops a cell where a relation
in a trigger changes; this file decides which events fire, keeps those that
wait, and carries them out one at a time, by priority; chance decides between
equals, from a stream of the cell.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from lamella.random import generator
from lamella.reactions import Event, Program
from lamella.solve.draws import draw_numbers, draws_below
from lamella.solve.kernels.arrays import aligned
from lamella.solve.kernels.interpret import run_sheet, sheet_arrays
from lamella.solve.kernels.lanes import LANES
from lamella.solve.status import Status

_STORM = 10_000
"""Events of one cell that are carried out at one moment, or wait, after which it counts as failed."""

_SAME_TIME = 1e-12
"""Relative difference below which two times count as one: 0.1 + 0.2 and 0.3 are the same moment."""


class Host(Protocol):
    """A population, as events see it; arrays as in `Population`."""

    states: np.ndarray
    parameters: np.ndarray
    stored: np.ndarray
    time: np.ndarray
    status: np.ndarray
    identity: np.ndarray

    @property
    def cells(self) -> int: ...


@dataclass
class Waiting:
    """An event that has fired and is to be carried out.

    event   number;   time  when it is due (s)
    values  [assignments] values taken when it fired; NaN-filled where they are taken at execution
    """

    event: int
    time: float
    values: np.ndarray


class EventQueue:
    """Triggers and waiting events of every cell of a population.

    triggers  [cells, events] bool, as they were last seen
    waiting   for each cell, its waiting events
    draws     [cells] how often chance has decided between events of equal priority
    stops     [cells] how often a cell has stopped for an event, less what time has forgiven it; see `Population`
    """

    def __init__(self, program: Program, cells: int, seed: int):
        self.program, self.seed = program, seed
        self.events: tuple[Event, ...] = program.events
        self.triggers = np.zeros((0, len(self.events)), bool)
        self.draws = np.zeros(0, np.int64)
        self.stops = np.zeros(0, np.int64)
        self.waiting: list[list[Waiting]] = []
        self.add(cells)
        plan = program.sheet_of([event.trigger for event in self.events])
        self._plan, self._work = sheet_arrays(plan), aligned(max(plan.slots, 1) * LANES)
        optional = lambda node: program.graph.const(0.0) if node is None else node
        self._any_delay = any(event.delay is not None for event in self.events)
        self._delays = program.evaluator([optional(event.delay) for event in self.events])
        self._priorities = program.evaluator([optional(event.priority) for event in self.events])
        self._values = [program.evaluator([a.value for a in event.assignments]) for event in self.events]
        self._draws_of = [draws_below(program, [a.value for a in event.assignments]) for event in self.events]
        self._riding = [np.array([a.rides_along for a in event.assignments], bool) for event in self.events]
        self._volumes = [program.evaluator([optional(a.volume) for a in event.assignments]) for event in self.events]

    def add(self, cells: int) -> None:
        """Append cells on which no event has been seen yet."""
        start = np.array([event.initial for event in self.events], bool)
        self.triggers = np.concatenate([self.triggers, np.tile(start, (cells, 1))])
        self.draws = np.concatenate([self.draws, np.zeros(cells, np.int64)])
        self.stops = np.concatenate([self.stops, np.zeros(cells, np.int64)])
        self.waiting += [[] for _ in range(cells)]

    def copy(self, cell: int) -> None:
        """Append a cell that is like another one."""
        self.triggers = np.concatenate([self.triggers, self.triggers[cell : cell + 1]])
        self.draws = np.concatenate([self.draws, self.draws[cell : cell + 1]])
        self.stops = np.concatenate([self.stops, self.stops[cell : cell + 1]])
        self.waiting.append([Waiting(w.event, w.time, w.values.copy()) for w in self.waiting[cell]])

    def keep(self, keep: np.ndarray) -> None:
        """Drop the cells whose entry of `keep` [cells] is false."""
        self.triggers, self.draws, self.stops = self.triggers[keep], self.draws[keep], self.stops[keep]
        self.waiting = [waiting for waiting, kept in zip(self.waiting, keep) if kept]

    def next_times(self) -> np.ndarray:
        """[cells] when the next waiting event is due, inf where none waits (s)."""
        return np.array([min((w.time for w in waiting), default=math.inf) for waiting in self.waiting])

    def process(self, population: Host, cells: np.ndarray) -> None:
        """Fire and carry out what is due now in some cells; changes their states."""
        if not self.events or not len(cells):
            return
        now = self._trigger_values(population)
        changed = (now != self.triggers).any(axis=1) | (self.next_times() <= population.time)
        for cell in cells[changed[cells] & (population.status[cells] == Status.OK)]:
            self._process_cell(population, int(cell))

    def _trigger_values(self, population: Host) -> np.ndarray:
        """[cells, events] bool, computed as the kernel computes the relations it watches."""
        out = np.empty((population.cells, len(self.events)))
        run_sheet(
            self._plan, population.states, population.parameters, population.stored, population.time, out,
            0, population.cells, self._work,
        )  # fmt: skip
        return out != 0

    def _process_cell(self, population: Host, cell: int) -> None:
        waiting = self.waiting[cell]
        for _ in range(_STORM):
            self._fire(population, cell, self._trigger_values_of(population, cell))
            time = population.time[cell]
            if population.status[cell] != Status.OK:
                return
            if not any(w.time <= time for w in waiting):
                return
            if len(waiting) > _STORM:
                break
            # what is due at the same moment but for rounding takes part in the order of execution
            chosen = self._first(population, cell, [w for w in waiting if w.time <= time + _SAME_TIME * abs(time)])
            waiting.remove(chosen)
            self._carry_out(population, cell, chosen)
        population.status[cell] = Status.EVENT_STORM

    def _trigger_values_of(self, population: Host, cell: int) -> np.ndarray:
        out = np.empty((cell + 1, len(self.events)))
        run_sheet(
            self._plan, population.states, population.parameters, population.stored, population.time, out,
            cell, cell + 1, self._work,
        )  # fmt: skip
        return out[cell] != 0

    def _fire(self, population: Host, cell: int, now: np.ndarray) -> None:
        """Compare triggers with what they were: start events, and drop those that do not persist."""
        before = self.triggers[cell].copy()
        self.triggers[cell] = now
        waiting = self.waiting[cell]
        for number in np.flatnonzero(before & ~now):
            if not self.events[number].persistent:
                waiting[:] = [w for w in waiting if w.event != number]
        rising = np.flatnonzero(~before & now)
        if not len(rising):
            return
        place = self._place(population, cell)
        delays = self._delays(*place)[0] if self._any_delay else np.zeros(len(self.events))
        for number in rising:
            if not delays[number] >= 0:
                population.status[cell] = Status.BAD_DELAY
                return
            self._draw(population, cell, int(number))
            values = self._values[number](*place)[0]
            if not self.events[number].values_at_trigger:
                values = np.full_like(values, math.nan)
            waiting.append(Waiting(int(number), float(population.time[cell] + delays[number]), values))

    def _first(self, population: Host, cell: int, due: list[Waiting]) -> Waiting:
        """Of the events that are due: the earliest, of those the ones of highest priority, of those one at random."""
        if len(due) == 1:
            return due[0]
        priorities = self._priorities(*self._place(population, cell))[0]
        priorities = np.where(np.isnan(priorities), -math.inf, priorities)
        earliest = min(w.time for w in due)
        due = [w for w in due if w.time <= earliest + _SAME_TIME * abs(earliest)]
        best = max(priorities[w.event] for w in due)
        tied = [w for w in due if priorities[w.event] == best]
        if len(tied) == 1:
            return tied[0]
        draw = generator(self.seed, "event order", int(population.identity[cell]), int(self.draws[cell])).integers(
            len(tied)
        )
        self.draws[cell] += 1
        return tied[draw]

    def _carry_out(self, population: Host, cell: int, due: Waiting) -> None:
        event = self.events[due.event]
        values = due.values
        if not event.values_at_trigger:
            self._draw(population, cell, due.event)
            values = self._values[due.event](*self._place(population, cell))[0]
        elif self._riding[due.event].any():
            present = self._values[due.event](*self._place(population, cell))[0]
            values = np.where(self._riding[due.event], present, values)
        before = self._volumes[due.event](*self._place(population, cell))[0]
        for assignment, value, volume in zip(event.assignments, values, before):
            amount = assignment.volume is not None and assignment.stored_as_amount
            population.states[cell, assignment.state] = value * volume if amount else value
        after = self._volumes[due.event](*self._place(population, cell))[0]
        for assignment, value, old, new in zip(event.assignments, values, before, after):
            if assignment.volume is not None and not assignment.stored_as_amount and old != new:
                population.states[cell, assignment.state] = value * old / new

    def _draw(self, population: Host, cell: int, number: int) -> None:
        """New random numbers for the assignments of an event."""
        if self._draws_of[number]:
            stream = generator(self.seed, "event draws", int(population.identity[cell]), int(self.draws[cell]))
            self.draws[cell] += 1
            place = slice(cell, cell + 1)
            draw_numbers(
                self.program, self._draws_of[number], population.states[place], population.parameters[place],
                float(population.time[cell]), stream,
            )  # fmt: skip

    @staticmethod
    def _place(population: Host, cell: int) -> tuple[np.ndarray, np.ndarray, float]:
        one = slice(cell, cell + 1)
        return population.states[one], population.parameters[one], float(population.time[cell])

    # resuming -------------------------------------------------------------------
    def checkpoint(self) -> dict[str, np.ndarray]:
        """Triggers, and one row per waiting event: cell, event, time, values."""
        width = 3 + max((len(event.assignments) for event in self.events), default=0)
        rows = np.full((sum(map(len, self.waiting)), width), math.nan)
        flat = [(cell, w) for cell, waiting in enumerate(self.waiting) for w in waiting]
        for row, (cell, w) in zip(rows, flat):
            row[:3] = cell, w.event, w.time
            row[3 : 3 + len(w.values)] = w.values
        return {
            "triggers": self.triggers.copy(), "draws": self.draws.copy(), "stops": self.stops.copy(), "waiting": rows
        }  # fmt: skip

    def restore(self, checkpoint: Mapping[str, np.ndarray], cells: int) -> None:
        self.triggers = np.array(checkpoint["triggers"], bool)
        self.draws = np.array(checkpoint["draws"], np.int64)
        self.stops = np.array(checkpoint["stops"], np.int64)
        self.waiting = [[] for _ in range(cells)]
        for row in checkpoint["waiting"]:
            number = int(row[1])
            count = len(self.events[number].assignments)
            self.waiting[int(row[0])].append(Waiting(number, float(row[2]), np.array(row[3 : 3 + count])))
