"""Cells whose molecules are counted: exact stochastic simulation on the same program."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from lamella.errors import InputError, ModelError
from lamella.random import stream_key
from lamella.reactions import Program
from lamella.solve.draws import with_initial_draws
from lamella.solve.events import EventQueue
from lamella.solve.kernels.arrays import aligned
from lamella.solve.kernels.direct import Changes, Walkers, simulate
from lamella.solve.kernels.interpret import run_sheet, sheet_arrays
from lamella.solve.kernels.lanes import LANES
from lamella.solve.status import Status

_MOST_EVENTS = 1_000_000_000


class StochasticPopulation:
    """Cells of one network, each one realisation of its master equation.

    program     a compiled network; rates are propensities (events per time)
    parameters  [cells, parameters]; initial assignments are applied to a copy
    states      [cells, species] to start from
    seed        the random numbers of cell i are the stream (seed, "reactions", i)
    most_events events of one cell in one `advance` after which it counts as failed

    .states, .parameters, .status, .time [cells], .fired [cells] events so far
    errors      ModelError, by name, for what is not a jump process: rate rules, rates that depend on time,
                stoichiometries that are not numbers
    """

    def __init__(
        self,
        program: Program,
        parameters: np.ndarray,
        *,
        states: np.ndarray | None = None,
        seed: int = 0,
        most_events: int = _MOST_EVENTS,
    ):
        self.program, self.seed, self.most_events = program, int(seed), int(most_events)
        _refuse_flow(program)
        self.parameters = with_initial_draws(program, parameters, self.seed)
        if states is None:
            program.require_values(self.parameters)
            states = program.initial_states(self.parameters)
        self.states = np.array(states, dtype=float, ndmin=2)
        if self.states.shape != (len(self.parameters), len(program.species)):
            raise InputError(f"states have the shape {self.states.shape}")
        cells = len(self.states)
        self.status, self.time = np.zeros(cells, np.int8), np.zeros(cells)
        self.fired, self.draws = np.zeros(cells, np.int64), np.zeros(cells, np.int64)
        self.identity = np.arange(cells)
        self.stored = np.zeros((cells, 1))
        self.key = np.array([stream_key(seed, "reactions", i) for i in range(cells)], dtype=np.uint64)
        relations, self._moments = _trigger_relations(program)
        rates = [program.node(name) for name in program.reactions]
        plan = program.sheet_of([*rates, *relations])
        self._plan, self._work = sheet_arrays(plan), aligned(max(plan.slots, 1) * LANES)
        self._changes = _changes(program, plan.from_states)
        self._events = EventQueue(program, cells, self.seed)
        self._events.process(self, np.arange(cells))

    @property
    def cells(self) -> int:
        """How many there are."""
        return len(self.states)

    def advance(self, dt: float) -> np.ndarray:
        """Advance every healthy cell by `dt` (s). Returns status [cells]."""
        if not (math.isfinite(dt) and dt > 0):
            raise InputError("the time to advance by must be above 0 and finite")
        end = self.time + dt
        while True:
            chosen = np.flatnonzero((self.status == Status.OK) & (self.time < end))
            if not len(chosen):
                return self.status
            target = np.minimum(np.minimum(end, self._events.next_times()), self._next_moment())
            span = np.maximum(target - self.time, 0.0)
            stopped = np.zeros(self.cells, np.int8)
            walkers = Walkers(
                self.states, self.parameters, span, self.key, self.draws, self.status, stopped, self.fired
            )
            moving = chosen[span[chosen] > 0]
            if len(moving):
                simulate(
                    self._plan,
                    len(self.program.reactions),
                    self._changes,
                    walkers,
                    moving,
                    self.most_events,
                    self._work,
                )
            self.time[moving] += span[moving]
            arrived = moving[(stopped[moving] == 0) & (self.status[moving] == Status.OK)]
            self.time[arrived] = target[arrived]
            self._events.process(self, chosen)

    def _next_moment(self) -> np.ndarray:
        """[cells] next time at which a trigger compares the time with something (s)."""
        if self._moments is None:
            return np.full(self.cells, math.inf)
        moments = self._moments(self.states, self.parameters, self.time)
        moments = np.concatenate([moments, np.nextafter(moments, math.inf)], axis=1)
        return np.where(moments > self.time[:, None], moments, math.inf).min(axis=1)

    def observe(self, names: Sequence[str] | None = None) -> np.ndarray:
        """Present values of names (default: all observables), [cells, names]."""
        names = self.program.observables if names is None else tuple(names)
        plan = self.program.sheet(names)
        out = np.empty((self.cells, len(names)))
        run_sheet(
            sheet_arrays(plan), self.states, self.parameters, self.stored, self.time, out, 0, self.cells,
            aligned(max(plan.slots, 1) * LANES),
        )  # fmt: skip
        return out


def _refuse_flow(program: Program) -> None:
    """Refuse models that change otherwise than by reactions and events."""
    model, graph = program.model, program.graph
    place = model.name
    rates = [program.node(name) for name in program.reactions]
    if any(graph.operation(node) == "time" for node in graph.needed(rates)):
        raise ModelError("a rate depends on time: no exact stochastic simulation", where=place)
    for name, terms, numbers in zip(model.species, program.balance, model.stoichiometry):
        plain = _plain_terms(program, name, numbers)
        if any(math.isnan(value) for value in numbers.values()) or sorted(terms) != sorted(plain):
            raise ModelError(
                f"'{name}' changes otherwise than by whole reactions: no exact stochastic simulation", where=place,
                why="It has a rate rule, a conversion factor, or a stoichiometry that is not a number.",
            )  # fmt: skip


def _plain_terms(program: Program, name: str, numbers: dict[int, float]) -> list[tuple[float, int]]:
    """The time derivative of a species that nothing but reactions change, one molecule at a time."""
    graph = program.graph
    factor = graph.const(1.0)
    for compartment, inside in program.model.compartments.items():
        if name in inside:
            factor = graph.div(factor, program.node(compartment))
    return [(amount, graph.mul(factor, program.node(program.reactions[j]))) for j, amount in numbers.items()]


def _changes(program: Program, from_states: np.ndarray) -> Changes:
    """What the reactions do to the states, reaction by reaction."""
    volume = {s: program.parameter(c) for c, inside in program.model.compartments.items() for s in inside}
    rows: list[list[tuple[int, float, int]]] = [[] for _ in program.reactions]
    for i, (name, numbers) in enumerate(zip(program.species, program.model.stoichiometry)):
        for reaction, amount in numbers.items():
            if amount:
                rows[reaction].append((i, amount, volume.get(name, -1)))
    flat = [change for row in rows for change in row]
    slot = np.full(len(program.species), -1, np.int64)
    for where, column in from_states:
        slot[column] = where
    return Changes(
        np.cumsum([0, *(len(row) for row in rows)]),
        np.array([c[0] for c in flat], dtype=np.int64),
        np.array([c[1] for c in flat], dtype=float),
        np.array([c[2] for c in flat], dtype=np.int64),
        slot,
    )


def _trigger_relations(program: Program):
    """Relations in triggers: nodes of those on states, and an evaluator of the times that others compare with."""
    graph = program.graph
    states, moments = [], []
    for node in graph.needed([event.trigger for event in program.events]):
        if graph.operation(node) not in ("lt", "le", "eq"):
            continue
        below = {graph.operation(n) for n in graph.needed([node])}
        if "time" not in below:
            states.append(node)
            continue
        left, right = graph.children(node)
        other = right if graph.operation(left) == "time" else left
        if "time" not in (graph.operation(left), graph.operation(right)) or not graph.is_pure(other):
            raise ModelError(
                "a trigger computes with the time: no exact stochastic simulation", where=program.model.name,
                why="It may compare the time itself with what depends on parameters alone.",
            )  # fmt: skip
        moments.append(other)
    return states, program.evaluator(moments) if moments else None
