"""What names mean in formulas: during the run, and at the start of it."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from lamella.errors import ModelError, nearest
from lamella.reactions.graph import Graph
from lamella.reactions.mathml import Converter
from lamella.reactions.sbml_document import where
from lamella.reactions.sbml_quantities import ASSIGNED, FREE, STATE, Declarations, Quantity

FIRST_DRAW = -1_000_000_000
"""Number of the placeholder leaf of the first random draw; those of switches lie above."""


class Names(ABC):
    """Nodes of the names of one model; the base of both scopes.

    Errors about names leave it to the formula that uses them to say where.

    leaves     stored quantity -> its leaf (a state or a parameter)
    local      reaction -> its local parameters
    switches   reaction -> the factor of its rate by which it can be switched off
    draws      random functions met so far: distribution and arguments; draw k has the leaf parameter(FIRST_DRAW - k)
    """

    def __init__(self, declarations: Declarations, graph: Graph, converter: Converter, leaves: dict[str, int]):
        self.declarations, self.graph, self.converter, self.leaves = declarations, graph, converter, leaves
        self.local: dict[str, dict[str, int]] = {}
        self.switches: dict[str, int] = {}
        self.draws: list[tuple[str, tuple[int, ...]]] = []
        self._known: dict[str, int] = {}
        self._open: list[str] = []

    def value(self, name: str) -> int:
        """Node of a name as it stands in a formula."""
        node = self._known.get(name)
        if node is None:
            if name in self._open:
                cycle = " -> ".join([*self._open[self._open.index(name) :], name])
                raise ModelError("the rules define each other in a circle", why=cycle)
            self._open.append(name)
            try:
                node = self._resolve(name)
            finally:
                self._open.pop()
            self._known[name] = node
        return node

    def learn(self, values: Mapping[str, int]) -> None:
        """Give names their nodes from outside: those that algebraic rules determine."""
        self._known.update(values)

    @contextmanager
    def assuming(self, values: Mapping[str, int]) -> Iterator[None]:
        """A while in which names have other nodes; what is made meanwhile is forgotten as a meaning of names."""
        before = self._known
        self._known = {**before, **values}
        try:
            yield
        finally:
            self._known = before

    def _resolve(self, name: str) -> int:
        quantity = self.declarations.quantities.get(name)
        if quantity is not None:
            return self.quantity(quantity)
        reaction = self.declarations.model.getReaction(name)
        if reaction is None:
            known = [*self.declarations.quantities, *(r.getId() for r in self.declarations.model.getListOfReactions())]
            raise ModelError(
                f"a formula uses '{name}', which is not declared", remedy=nearest(name, known)
            )
        return self.law(reaction)

    def law(self, reaction) -> int:
        """Node of the rate of a reaction."""
        law = reaction.getKineticLaw()
        place = where(self.declarations.name, reaction)
        if law is None or not law.isSetMath():
            raise ModelError(f"reaction '{reaction.getId()}' has no rate law", where=place)
        rate = self.converter.convert(law.getMath(), self, place, self.local.get(reaction.getId()))
        return self.graph.mul(self.switches[reaction.getId()], rate)

    def draw(self, distribution: str, arguments: list[int]) -> int:
        """Leaf of a random number."""
        self.draws.append((distribution, tuple(arguments)))
        return self.graph.parameter(FIRST_DRAW - (len(self.draws) - 1))

    def formula(self, element) -> int:
        """Node of the formula of a rule or an initial assignment."""
        return self.converter.convert(element.getMath(), self, where(self.declarations.name, element))

    @abstractmethod
    def time(self) -> int:
        """Node of the time."""

    @abstractmethod
    def rate(self, name: str) -> int:
        """Node of the time derivative of a name, for `rateOf`."""

    @abstractmethod
    def quantity(self, quantity: Quantity) -> int:
        """Node of a declared name as it stands in a formula."""

    def volume(self, quantity: Quantity) -> int:
        """Node of the size of the compartment of a species."""
        return self.value(quantity.compartment)


class Current(Names):
    """Names while the model runs."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.changes: dict[str, int] = {}

    def time(self) -> int:
        return self.graph.time()

    def rate(self, name: str) -> int:
        """Time derivative of a name, for `rateOf`."""
        if name in self.changes:
            return self.changes[name]
        quantity = self.declarations.quantities.get(name)
        if quantity is None or quantity.role in (ASSIGNED, FREE):
            raise ModelError(
                f"rateOf '{name}' is not supported",
                why="Only the rate of what reactions or rate rules change is known.",
            )
        if quantity.kind == "species" and quantity.as_amount and not quantity.is_amount:
            return self.dilution(quantity)
        return self.graph.const(0.0)

    def dilution(self, quantity: Quantity, supply: int | None = None) -> int:
        """Time derivative of a concentration that is stored as an amount n: (n / V)' = (n' - n / V * V') / V.

        supply  node of n', 0 by default
        """
        graph = self.graph
        shift = graph.mul(self.value(quantity.name), self.rate(quantity.compartment))
        return graph.div(graph.sub(graph.const(0.0) if supply is None else supply, shift), self.volume(quantity))

    def quantity(self, quantity: Quantity) -> int:
        if quantity.role == ASSIGNED:
            return self.formula(self.declarations.assigned[quantity.name])
        leaf = self.leaves[quantity.name]
        if quantity.kind == "species" and quantity.as_amount and not quantity.is_amount:
            return self.graph.div(leaf, self.volume(quantity))
        return leaf


class Initial(Current):
    """Names at time 0, in terms of parameters alone."""

    def time(self) -> int:
        return self.graph.const(0.0)

    def rate(self, name: str) -> int:
        node = super().rate(name)
        quantities = self.declarations.quantities
        below = set(self.graph.needed([node]))
        replace = {leaf: self.stored(quantities[state]) for state, leaf in self.leaves.items()
                   if leaf in below and quantities[state].role == STATE}  # fmt: skip
        return self.graph.rebuild([node], {**replace, self.graph.time(): self.graph.const(0.0)})[0]

    def quantity(self, quantity: Quantity) -> int:
        declarations = self.declarations
        if quantity.name in declarations.initial:
            return self.formula(declarations.initial[quantity.name])
        if quantity.role == ASSIGNED:
            return self.formula(declarations.assigned[quantity.name])
        if quantity.role == STATE:
            return self._start(quantity)
        leaf = self.leaves[quantity.name]
        if quantity.kind == "species" and quantity.as_amount and not quantity.is_amount:
            return self.graph.div(leaf, self.volume(quantity))
        return leaf

    def _start(self, quantity: Quantity) -> int:
        """Value of a state in the file, in the measure in which formulas take it."""
        node = self.graph.const(quantity.start)
        if quantity.kind != "species" or quantity.starts_as_amount == quantity.is_amount or math.isnan(quantity.start):
            return node
        if quantity.starts_as_amount:
            return self.graph.div(node, self.volume(quantity))
        return self.graph.mul(node, self.volume(quantity))

    def stored(self, quantity: Quantity) -> int:
        """Start value of a state in the measure in which it is stored."""
        node = self.value(quantity.name)
        if quantity.kind == "species" and quantity.as_amount and not quantity.is_amount:
            return self.graph.mul(node, self.volume(quantity))
        return node
