"""Cells whose molecules are counted: stochastic simulation on the same program."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from lamella.errors import InputError, ModelError, unknown
from lamella.random import generator, stream_key
from lamella.reactions import Program
from lamella.solve.draws import with_initial_draws
from lamella.solve.ensemble import Ensemble
from lamella.solve.events import EventQueue
from lamella.solve.kernels.arrays import aligned
from lamella.solve.kernels.direct import Changes, Walkers, scratch, simulate
from lamella.solve.kernels.interpret import sheet_arrays
from lamella.solve.kernels.lanes import LANES
from lamella.solve.moieties import changes_by_reactions_only
from lamella.solve.orders import Orders, orders
from lamella.solve.status import Status

METHODS = ("ssa", "tau")
_MOST_TURNS = 100_000_000
_NO_ORDERS = Orders(np.zeros(0), [], np.zeros(1, np.int64), np.zeros(0, np.int64))


class StochasticPopulation(Ensemble):
    """Cells of one network, each one realisation of its master equation.

    program     a compiled network; rates are propensities (events per time)
    parameters  [cells, parameters]; initial assignments are applied to a copy
    states      [cells, species] to start from
    method      'ssa' event by event (exact), 'tau' by leaps (see `kernels.leap`); an event of the model that counts
                of molecules trigger then happens at the end of the leap
    epsilon     of leaps: relative change of a species that rates may not notice
    seed        the random numbers of a cell are the stream (seed, 'reactions', identity)
    threads     how many threads share the cells; the result does not depend on it
    most_turns  events or leaps of one cell in one `advance` after which it counts as failed
    identity    [cells] whole numbers, all different, that name the streams; by default 0, 1, 2 ... With its identity a
                cell has its course, in whatever order and company it is simulated

    Arrays as in `Ensemble`, and .fired [cells] events so far
    errors      ModelError, by name, for what is not a jump process: rate rules, rates that depend on time,
                stoichiometries that are not numbers
    """

    per_cell = ("states", "parameters", "status", "time", "fired", "drawn", "identity", "key", "stored")

    def __init__(
        self,
        program: Program,
        parameters: np.ndarray,
        *,
        states: np.ndarray | None = None,
        method: str = "ssa",
        epsilon: float = 0.03,
        seed: int = 0,
        threads: int = 1,
        most_turns: int = _MOST_TURNS,
        identity: Sequence[int] | np.ndarray | None = None,
    ):
        super().__init__(program)
        if method not in METHODS:
            raise unknown("method", method, METHODS)
        if not 0 < epsilon < 1 or threads < 1:
            raise InputError(f"epsilon {epsilon} or threads {threads} is out of range")
        self.seed, self.threads, self.most_turns = int(seed), int(threads), int(most_turns)
        self.epsilon = float(epsilon) if method == "tau" else 0.0
        _refuse_flow(program)
        relations, self._moments = _trigger_relations(program)
        order = _NO_ORDERS
        if method == "tau":
            _refuse_equality(program, relations)
            order = orders(program)
        rates = [program.node(name) for name in program.reactions]
        plan = program.sheet_of([*rates, *relations, *order.nodes])
        self._plan, self._watched = sheet_arrays(plan), len(relations)
        self._changes = _changes(program, plan.from_states, order, len(rates) + len(relations))
        self._workspaces = [
            (aligned(max(plan.slots, 1) * LANES), scratch(len(program.species), len(rates), len(relations)))
            for _ in range(self.threads)
        ]
        self._pool = ThreadPoolExecutor(self.threads) if self.threads > 1 else None
        self._events = EventQueue(program, 0, self.seed)
        self._set_no_cells()
        self.add(parameters, states, identity=identity)

    def _set_no_cells(self) -> None:
        self.states = np.zeros((0, len(self.program.species)))
        self.parameters, self.stored = np.zeros((0, len(self.program.parameters))), np.zeros((0, 1))
        self.status, self.time = np.zeros(0, np.int8), np.zeros(0)
        self.fired, self.drawn, self.identity = (np.zeros(0, np.int64) for _ in range(3))
        self.key = np.zeros(0, np.uint64)

    def add(
        self, parameters: np.ndarray, states: np.ndarray | None = None, time: float | np.ndarray = 0.0,
        identity: Sequence[int] | np.ndarray | None = None,
    ) -> None:  # fmt: skip
        """Append cells: parameters [cells, parameters], states [cells, species], time (s) and identity [cells]."""
        count, first = len(np.atleast_2d(parameters)), self.cells
        named = self._named(identity, count)
        parameters = with_initial_draws(self.program, parameters, self.seed, named)
        if states is None:
            self.program.require_values(parameters)
            states = self.program.initial_states(parameters)
        states = self._checked_states(states, count)
        new = {
            "states": states, "parameters": parameters, "identity": named, "key": self._keys(named),
            "time": np.broadcast_to(np.asarray(time, dtype=float), (count,)), "status": np.zeros(count, np.int8),
            "fired": np.zeros(count, np.int64), "drawn": np.zeros(count, np.int64), "stored": np.zeros((count, 1)),
        }  # fmt: skip
        for name in self.per_cell:
            setattr(self, name, np.concatenate([getattr(self, name), new[name]]))
        self._events.add(count)
        self._events.process(self, np.arange(first, self.cells))

    def _keys(self, identity: np.ndarray) -> np.ndarray:
        return np.array([stream_key(self.seed, "reactions", int(i)) for i in identity], dtype=np.uint64)

    def divide(self, cell: int, share: float | np.ndarray = 0.5) -> int:
        """Split a cell in two: every molecule goes to the daughter with a probability.

        share    that probability, a number or [species]; what is no amount both have afterwards, and a part of a
                 molecule goes whole to one of them
        returns  number of the daughter, which is appended and has a random stream of its own
        errors   InputError for a cell that is not there or has failed, or a share out of range
        """
        shares = self._shares(share)
        daughter = self._doubled(cell)
        stream = generator(self.seed, "division", int(self.identity[cell]), int(self.identity[daughter]))
        self.key[daughter] = self._keys(self.identity[daughter:])[0]
        self.drawn[daughter] = self.fired[daughter] = 0
        divisible = np.array(self.program.model.divisible, bool)
        mother, share = self.states[cell, divisible], shares[divisible]
        whole = np.trunc(mother)
        given = np.copysign(stream.binomial(np.abs(whole).astype(np.int64), share), whole)
        given += np.where(stream.random(len(share)) < share, mother - whole, 0.0)
        self.states[daughter, divisible] = given
        self.states[cell, divisible] = mother - given
        self._events.process(self, np.array([cell, daughter]))
        return daughter

    def advance(self, dt: float | np.ndarray, inputs: Mapping[str, np.ndarray | float] | None = None) -> np.ndarray:
        """Advance every healthy cell by `dt` (s), with inputs held constant meanwhile.

        dt       number or [cells], above 0
        inputs   input -> number or [cells]; inputs that are left out keep their values
        returns  [cells] int8 status
        errors   InputError for a name that is not among `program.inputs`, or a dt that is not above 0
        """
        end = self.time + self._spans(dt)
        if inputs:
            self._set_inputs(inputs)
        turns = np.zeros(self.cells, np.int64)
        while True:
            chosen = np.flatnonzero((self.status == Status.OK) & (self.time < end))
            if not len(chosen):
                return self.status
            target = np.minimum(np.minimum(end, self._events.next_times()), self._next_moment())
            span = np.maximum(target - self.time, 0.0)
            moving = chosen[span[chosen] > 0]
            stopped = self._in_threads(moving, span, turns)
            self.time[moving] += span[moving]
            arrived = moving[(stopped[moving] == 0) & (self.status[moving] == Status.OK)]
            self.time[arrived] = target[arrived]
            self._events.process(self, chosen)

    def _in_threads(self, chosen: np.ndarray, span: np.ndarray, turns: np.ndarray) -> np.ndarray:
        """Run the kernel on some cells; `span` become how far they came. Returns which stopped for an event."""
        stopped = np.zeros(self.cells, np.int8)
        walkers = Walkers(
            self.states, self.parameters, span, self.key, self.drawn, self.status, stopped, self.fired, turns
        )

        def run(part) -> None:
            numbers, (work, notes) = part
            simulate(
                self._plan, len(self.program.reactions), self._watched, self._changes, walkers, numbers,
                self.most_turns, self.epsilon, work, notes,
            )  # fmt: skip

        jobs = [job for job in zip(np.array_split(chosen, self.threads), self._workspaces) if len(job[0])]
        if len(jobs) > 1 and self._pool is not None:
            list(self._pool.map(run, jobs))
        elif jobs:
            run(jobs[0])
        return stopped

    def _next_moment(self) -> np.ndarray:
        """[cells] next time at which a trigger compares the time with something (s)."""
        if self._moments is None:
            return np.full(self.cells, math.inf)
        moments = self._moments(self.states, self.parameters, self.time)
        moments = np.concatenate([moments, np.nextafter(moments, math.inf)], axis=1)
        return np.where(moments > self.time[:, None], moments, math.inf).min(axis=1)


def _refuse_flow(program: Program) -> None:
    """Refuse models that change otherwise than by reactions and events."""
    graph, place = program.graph, program.model.name
    rates = [program.node(name) for name in program.reactions]
    if any(graph.operation(node) == "time" for node in graph.needed(rates)):
        raise ModelError("a rate depends on time: no exact stochastic simulation", where=place)
    for state, name in enumerate(program.species):
        if not changes_by_reactions_only(program, state):
            raise ModelError(
                f"'{name}' changes otherwise than by whole reactions: no exact stochastic simulation", where=place,
                why="It has a rate rule, a conversion factor, or a stoichiometry that is not a number.",
            )  # fmt: skip


def _refuse_equality(program: Program, relations: list[int]) -> None:
    """Refuse triggers that a leap could pass without being seen to."""
    if any(program.graph.operation(node) == "eq" for node in relations):
        raise ModelError(
            "a trigger asks whether a number of molecules equals another: no leaps", where=program.model.name,
            why="A leap may pass over the very number.", remedy="Use < or >, or the method 'ssa'.",
        )  # fmt: skip


def _changes(program: Program, from_states: np.ndarray, order: Orders, first_order: int) -> Changes:
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
        order.fixed,
        order.first,
        order.variable + first_order,
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
