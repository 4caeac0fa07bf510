"""A network ready to run: names, start values, and everything the solver needs."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from functools import cached_property, lru_cache

import numpy as np

from lamella.errors import ModelError, nearest, unknown
from lamella.reactions.differentiate import derivatives
from lamella.reactions.evaluate import Evaluator
from lamella.reactions.graph import Graph
from lamella.reactions.lower import Lowered, lower
from lamella.reactions.model import Assignment, Draw, Event, Model, Terms
from lamella.reactions.tape import Sheet, sheet

SWITCH = "switch."
"""Prefix of the hidden parameter that switches a reaction on (1) and off (0)."""

DRAW = "draw."
"""Prefix of the hidden parameter that holds a random number."""


def compile_program(model: Model, *, inputs: Sequence[str] = (), switches: bool = False) -> Program:
    """Prepare a model for the solver.

    inputs    parameters that change while a population runs (`Population.advance(dt, inputs)`)
    switches  multiply the rate of every reaction by a hidden parameter `switch.REACTION` (1.0), so that setting
              it to 0 in one cell deletes the reaction there
    errors    InputError for an input that is no parameter; ModelError for one that cannot be an input
    """
    return Program(model, tuple(inputs), switches)


class Program:
    """A compiled network. Immutable; shared by all cells, populations and threads.

    species      names of the states, as in `Model.species`
    parameters   names; with switches, those of the reactions come last
    observables  names of the assignment rules
    reactions    names
    inputs       names of the parameters that change during a run
    defaults     [parameters] values, initial assignments applied
    """

    def __init__(self, model: Model, inputs: tuple[str, ...], switches: bool):
        self.model = model
        self.graph: Graph = model.graph
        self.species = tuple(model.species)
        self.reactions = tuple(model.reactions)
        self.observables = tuple(model.observables)
        hidden = tuple(SWITCH + name for name in model.reactions) if switches else ()
        drawn = tuple(f"{DRAW}{k + 1}" for k in range(len(model.draws)))
        self.parameters = (*model.parameters, *hidden, *drawn)
        self.inputs = inputs
        self._replace = {}
        for number in range(len(model.reactions)):
            leaf = self.graph.parameter(-1 - number)
            one = self.graph.const(1.0)
            self._replace[leaf] = self.graph.parameter(len(model.parameters) + number) if switches else one
        for k, draw in enumerate(model.draws):
            self._replace[draw.leaf] = self.graph.parameter(len(model.parameters) + len(hidden) + k)
        self._species_index = {name: i for i, name in enumerate(self.species)}
        self._parameter_index = {name: i for i, name in enumerate(self.parameters)}
        self._check_inputs()
        self.balance: list[Terms] = [self._terms(terms) for terms in model.balance]
        self.values = {name: self._node(node) for name, node in model.symbols.items()}
        self.amounts = {name: self._node(node) for name, node in model.amounts.items()}
        self.concentrations = {name: self._node(node) for name, node in model.concentrations.items()}
        self.draws = tuple(
            Draw(self._node(draw.leaf), draw.distribution, tuple(self._node(a) for a in draw.arguments))
            for draw in model.draws
        )
        self.events = tuple(self._event(event) for event in model.events)
        raw = np.array([*model.values, *([1.0] * len(hidden)), *([math.nan] * len(drawn))], dtype=float)
        self.defaults = self.complete(raw[None, :])[0]
        self.defaults.flags.writeable = False

    # rebuilding with or without switches ----------------------------------------
    def _node(self, node: int) -> int:
        return self.graph.rebuild([node], self._replace)[0]

    def _terms(self, terms: Terms) -> Terms:
        return [(c, self._node(node)) for c, node in terms]

    def _event(self, event: Event) -> Event:
        optional = lambda node: None if node is None else self._node(node)
        return Event(
            event.name, self._node(event.trigger), optional(event.delay), optional(event.priority),
            tuple(
                Assignment(a.state, self._node(a.value), optional(a.volume), a.stored_as_amount, a.rides_along)
                for a in event.assignments
            ),
            event.persistent, event.initial, event.values_at_trigger,
        )  # fmt: skip

    def _check_inputs(self) -> None:
        for name in self.inputs:
            if name not in self._parameter_index:
                raise unknown("input", name, self.parameters)
            if name in self.model.compartments:
                raise ModelError(
                    f"the compartment '{name}' cannot be an input",
                    why="Species in it are concentrations: "
                    + ", ".join(sorted(self.model.compartments[name])[:5]) + ".",
                    remedy="Give them amounts (hasOnlySubstanceUnits, `substanceOnly` in Antimony).",
                )  # fmt: skip

    # names ------------------------------------------------------------------------
    def index(self, name: str) -> int:
        """Column of a species in an array [cells, species]."""
        if name not in self._species_index:
            raise unknown("species", name, self.species)
        return self._species_index[name]

    def parameter(self, name: str) -> int:
        """Column of a parameter in an array [cells, parameters]."""
        if name not in self._parameter_index:
            raise unknown("parameter", name, self.parameters)
        return self._parameter_index[name]

    def node(self, name: str) -> int:
        """Node of a species, parameter, observable, compartment or reaction, as it stands in a formula.

        `amount:S` and `concentration:S` ask for a species in that measure.
        """
        measure, _, species = name.partition(":")
        table = {"amount": self.amounts, "concentration": self.concentrations}.get(measure, {})
        if species in table:
            return table[species]
        if name in self.values:
            return self.values[name]
        if name in self._parameter_index:
            return self.graph.parameter(self._parameter_index[name])
        known = (*self.values, *self.parameters)
        raise unknown("quantity", name, known)

    # start ------------------------------------------------------------------------
    def complete(self, parameters: np.ndarray) -> np.ndarray:
        """Parameters with initial assignments applied, cell by cell.

        parameters  [cells, parameters]
        returns     [cells, parameters], a copy
        """
        complete = np.array(parameters, dtype=float, ndmin=2)
        self._check_parameters(complete)
        names = list(self.model.initial_parameters)
        if names:
            columns = [self._parameter_index[name] for name in names]
            complete[:, columns] = self._initial_parameters(_no_states(complete), complete)
        return complete

    def initial_states(self, parameters: np.ndarray) -> np.ndarray:
        """States at time 0, initial assignments evaluated cell by cell.

        parameters  [cells, parameters]
        returns     [cells, species]
        """
        parameters = self.complete(parameters)
        return self._initial_states(_no_states(parameters), parameters)

    @cached_property
    def initial_draws(self) -> tuple[int, ...]:
        """Numbers of the random draws in initial assignments."""
        roots = [*self.model.initial_parameters.values(), *self.model.initial_species]
        needed = set(self.graph.needed(self._node(node) for node in roots))
        return tuple(k for k, draw in enumerate(self.draws) if draw.leaf in needed)

    @cached_property
    def _initial_parameters(self) -> Evaluator:
        return Evaluator(self.graph, [self._node(node) for node in self.model.initial_parameters.values()])

    @cached_property
    def _initial_states(self) -> Evaluator:
        return Evaluator(self.graph, [self._node(node) for node in self.model.initial_species])

    def _check_parameters(self, parameters: np.ndarray) -> None:
        if parameters.ndim != 2 or parameters.shape[1] != len(self.parameters):
            raise ModelError(
                f"parameters have the shape {parameters.shape}, not (cells, {len(self.parameters)})",
                where=self.model.name, remedy="Start from `program.defaults`.",
            )  # fmt: skip

    @cached_property
    def _leaves(self) -> list[int]:
        """Numbers of the parameters that some rate reads, ascending."""
        used = {graph_node for terms in self.balance for _, graph_node in terms}
        nodes = (n for n in self.graph.needed(used) if self.graph.operation(n) == "parameter")
        return sorted({self.graph.nodes[n][1] for n in nodes})

    def missing(self, parameters: np.ndarray) -> list[str]:
        """Names without a value (NaN) in some cell that a rate or a start value needs."""
        states = self.initial_states(parameters)
        unset = set(np.flatnonzero(np.isnan(parameters).any(axis=0)).tolist())
        names = [self.parameters[i] for i in self._leaves if i in unset]
        return names + [self.species[i] for i in np.flatnonzero(np.isnan(states).any(axis=0))]

    # values, with numpy -------------------------------------------------------------
    def observe(
        self, states: np.ndarray, parameters: np.ndarray, time: float | np.ndarray = 0.0,
        names: Sequence[str] | None = None,
    ) -> np.ndarray:  # fmt: skip
        """Values of observables (or of any `names`).

        states [cells, species], parameters [cells, parameters], time scalar or [cells]   (s)
        returns  [cells, names]
        """
        return self._observer(self.observables if names is None else tuple(names))(states, parameters, time)

    def rates(self, states: np.ndarray, parameters: np.ndarray, time: float | np.ndarray = 0.0) -> np.ndarray:
        """Rate of every reaction, [cells, reactions] (substance per time)."""
        return self._observer(self.reactions)(states, parameters, time)

    def derivative(self, states: np.ndarray, parameters: np.ndarray, time: float | np.ndarray = 0.0) -> np.ndarray:
        """Time derivative of every state, [cells, species]."""
        return self._derivative(states, parameters, time)

    def jacobian(self, states: np.ndarray, parameters: np.ndarray, time: float | np.ndarray = 0.0) -> np.ndarray:
        """Derivative of `derivative` by the states, [cells, species, species]."""
        pairs, evaluator = self._jacobian
        matrix = np.zeros((len(parameters), len(self.species), len(self.species)))
        values = evaluator(states, parameters, time)
        for column, (i, k) in enumerate(pairs):
            matrix[:, i, k] = values[:, column]
        return matrix

    def drift(self, states: np.ndarray, parameters: np.ndarray, time: float | np.ndarray = 0.0) -> np.ndarray:
        """Derivative of `derivative` by explicit time, [cells, species]."""
        return self._drift(states, parameters, time)

    @cached_property
    def _observer(self):
        return lru_cache(maxsize=64)(lambda names: Evaluator(self.graph, [self.node(name) for name in names]))

    @cached_property
    def _totals(self) -> list[int]:
        return [self.graph.total(terms) for terms in self.balance]

    @cached_property
    def _derivative(self) -> Evaluator:
        return Evaluator(self.graph, self._totals)

    @cached_property
    def _jacobian(self) -> tuple[list[tuple[int, int]], Evaluator]:
        entries = [
            ((i, k), node)
            for i, row in enumerate(derivatives(self.graph, self._totals))
            for k, node in sorted(row.items())
            if k >= 0
        ]
        return [pair for pair, _ in entries], Evaluator(self.graph, [node for _, node in entries])

    @cached_property
    def _drift(self) -> Evaluator:
        zero = self.graph.const(0.0)
        return Evaluator(self.graph, [row.get(-1, zero) for row in derivatives(self.graph, self._totals)])

    # for the solver -------------------------------------------------------------------
    @cached_property
    def lowered(self) -> Lowered:
        """Arrays for the stiff solver."""
        inputs = {self._parameter_index[name] for name in self.inputs}
        triggers = [event.trigger for event in self.events]
        try:
            return lower(self.graph, self.balance, inputs, triggers)
        except ModelError as error:
            error.where = error.where or self.model.name
            raise

    def sheet(self, names: Sequence[str]) -> Sheet:
        """A sheet that computes the values of names, for the kernels."""
        return self._sheets(tuple(names))

    @cached_property
    def _sheets(self):
        return lru_cache(maxsize=64)(lambda names: self.sheet_of([self.node(name) for name in names]))

    def sheet_of(self, nodes: Sequence[int]) -> Sheet:
        """A sheet that computes nodes of this program."""
        return sheet(self.graph, [(node, column) for column, node in enumerate(nodes)])

    def evaluator(self, nodes: Sequence[int]) -> Evaluator:
        """Values of nodes of this program, with numpy."""
        return Evaluator(self.graph, nodes)

    def scales(self, start: np.ndarray | None = None) -> np.ndarray:
        """[species] a size below which a species hardly matters, for absolute tolerances.

        A thousandth of its start value, but not less than a millionth of the largest start value.

        start   [species] start values; by default those of the model
        """
        start = np.abs(self.initial_states(self.defaults[None, :])[0] if start is None else start)
        start = np.where(np.isfinite(start), start, 0.0)
        largest = start.max(initial=0.0)
        return np.maximum(1e-3 * start, 1e-6 * largest if largest > 0 else 1e-6)

    def require_values(self, parameters: np.ndarray, given: Collection[str] = ()) -> None:
        """Refuse parameters or start values that are missing.

        given   names of species whose start values come from elsewhere
        errors  ModelError that names them
        """
        names = [name for name in self.missing(parameters) if name not in given]
        endless = np.isinf(self.initial_states(parameters)).any(axis=0)
        if endless.any():
            raise ModelError(
                f"'{self.species[int(endless.argmax())]}' starts at infinity", where=self.model.name,
                why="What changes in time, by reactions, rules or events, must be finite to be integrated.",
            )  # fmt: skip
        if names:
            raise ModelError(
                f"no value is given for {', '.join(repr(n) for n in names[:8])}" + (", ..." if len(names) > 8 else ""),
                where=self.model.name, why="The model needs it to run.",
                remedy="Set it in the model, or in the parameters. " + nearest(names[0], self.parameters),
            )  # fmt: skip


def _no_states(parameters: np.ndarray) -> np.ndarray:
    return np.full((len(parameters), 0), math.nan)
