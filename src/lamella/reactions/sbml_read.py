"""SBML to a `Model`: every formula in one graph, amounts and concentrations as the file says."""

from __future__ import annotations

import math
import sys
from typing import Any

import libsbml

from lamella.errors import ModelError
from lamella.reactions.graph import Graph, quotient
from lamella.reactions.mathml import Converter
from lamella.reactions.model import Draw, Model, Terms
from lamella.reactions.sbml_algebraic import determined, solve
from lamella.reactions.sbml_document import open_document, where
from lamella.reactions.sbml_events import read_events
from lamella.reactions.sbml_quantities import ASSIGNED, FREE, PARAMETER, STATE, Declarations, Quantity
from lamella.reactions.sbml_scopes import FIRST_DRAW, Current, Initial
from lamella.reactions.sbml_units import readable_units, seconds

_STACK = 20_000
"""Depth of Python calls while formulas are read: rules may use each other in long chains."""


def read_sbml(text: str, *, name: str = "model") -> Model:
    """The network that an SBML text describes.

    text    SBML, Level 1 to 3 core (`comp` is flattened)
    name    stands in messages and in `Model.name`
    errors  ModelError: not SBML, or a construct that is not supported, by name, with the line
    """
    document = open_document(text, name)
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, _STACK))
    try:
        model: Any = document.getModel()
        found = _Reader(model, name).read()
        found.source = text
        return found
    except ModelError as error:
        error.where = error.where or name
        raise
    except RecursionError:
        raise ModelError("the formulas of the model are nested too deeply", where=name) from None
    finally:
        sys.setrecursionlimit(limit)


def _require_names(function: libsbml.FunctionDefinition, model: str) -> None:
    """Arguments of a function are names; libSBML ends the process where it computes units with any other."""
    for k in range(function.getNumArguments()):
        argument = function.getArgument(k)
        if argument.getType() != libsbml.AST_NAME or not argument.getName():
            raise ModelError(f"argument {k + 1} of the function '{function.getId()}' is no name",
                             where=where(model, function), remedy="Give each <bvar> one <ci>.")  # fmt: skip


class _Reader:
    def __init__(self, source: libsbml.Model, name: str):
        self.source, self.name = source, name
        self.declarations = Declarations(source, name)
        self.model = Model(name=source.getId() or name)
        self.graph: Graph = self.model.graph
        functions = {f.getId(): f for f in source.getListOfFunctionDefinitions()}
        for function in functions.values():
            _require_names(function, name)
        converter = Converter(self.graph, functions)
        self.leaves: dict[str, int] = {}
        self.now = Current(self.declarations, self.graph, converter, self.leaves)
        self.start = Initial(self.declarations, self.graph, converter, self.leaves)
        self.start.draws = self.now.draws
        self.index: dict[str, int] = {}
        self.algebraic = determined(self.declarations)

    def read(self) -> Model:
        self._make_leaves()
        self._make_local_parameters()
        self._resolve()
        self._starts()
        read_events(self.source, self.declarations, self.now, self.start, self.index, self.model)
        self._draws()
        self._units()
        return self.model

    # names --------------------------------------------------------------------
    def _make_leaves(self) -> None:
        for quantity in self.declarations.quantities.values():
            free = quantity.role == FREE and quantity.name not in self.algebraic
            if quantity.role == STATE:
                self.index[quantity.name] = len(self.model.species)
                self.leaves[quantity.name] = self.graph.state(len(self.model.species))
                self.model.species.append(quantity.name)
                amount = quantity.kind == "species" and quantity.as_amount
                self.model.divisible.append(amount or quantity.kind == "compartment")
            elif quantity.role == PARAMETER or free:
                self._parameter(quantity.name, self._stored_number(quantity))

    def _parameter(self, name: str, value: float) -> int:
        node = self.graph.parameter(len(self.model.parameters))
        self.leaves[name] = node
        self.model.parameters.append(name)
        self.model.values.append(value)
        return node

    def _stored_number(self, quantity: Quantity) -> float:
        """Value of a constant species in the measure in which it is stored; others as they are."""
        if not self._needs_volume(quantity):
            return quantity.start
        size = self.declarations.quantities[quantity.compartment].start
        return quotient(quantity.start, size) if quantity.starts_as_amount else quantity.start * size

    def _make_local_parameters(self) -> None:
        for reaction in self.source.getListOfReactions():
            law = reaction.getKineticLaw()
            if law is None:
                continue
            local = law.getListOfLocalParameters() if law.getLevel() > 2 else law.getListOfParameters()
            table = {}
            for parameter in local:
                value = parameter.getValue() if parameter.isSetValue() else math.nan
                table[parameter.getId()] = self._parameter(f"{reaction.getId()}.{parameter.getId()}", value)
            self.now.local[reaction.getId()] = table
        for number, reaction in enumerate(self.source.getListOfReactions()):
            self.now.switches[reaction.getId()] = self.graph.parameter(-1 - number)
        self.start.local, self.start.switches = self.now.local, self.now.switches

    # expressions --------------------------------------------------------------
    def _resolve(self) -> None:
        model, declarations = self.model, self.declarations
        terms: list[Terms] = [[] for _ in model.species]
        model.stoichiometry = [{} for _ in model.species]
        self._reaction_terms(terms)
        for name, rule in declarations.rated.items():
            terms[self.index[name]].append((1.0, self.now.formula(rule)))
        model.balance = terms
        for quantity in declarations.quantities.values():
            model.symbols[quantity.name] = self.now.value(quantity.name)
            if quantity.role == ASSIGNED or quantity.name in self.algebraic:
                model.observables[quantity.name] = model.symbols[quantity.name]
            if quantity.kind == "species":
                self._measures(quantity)
        for reaction, node in zip(model.reactions, model.rates):
            model.symbols[reaction] = node

    def _measures(self, quantity: Quantity) -> None:
        node = self.model.symbols[quantity.name]
        volume = self.now.volume(quantity)
        if quantity.is_amount:
            self.model.amounts[quantity.name] = node
            self.model.concentrations[quantity.name] = self.graph.div(node, volume)
        else:
            self.model.concentrations[quantity.name] = node
            self.model.amounts[quantity.name] = self.graph.mul(node, volume)
            if quantity.role == STATE and not quantity.as_amount:
                self.model.compartments.setdefault(quantity.compartment, []).append(quantity.name)

    def _reaction_terms(self, terms: list[Terms]) -> None:
        changed: dict[str, list[tuple[int, int, libsbml.SpeciesReference]]] = {}
        for number, reaction in enumerate(self.source.getListOfReactions()):
            name = reaction.getId()
            if name in self.declarations.quantities or name in self.model.reactions:
                raise ModelError(f"'{name}' is declared twice", where=where(self.name, reaction))
            self.model.reactions.append(name)
            for sign, side in ((-1, reaction.getListOfReactants()), (1, reaction.getListOfProducts())):
                for reference in side:
                    self._checked_reference(reference)
                    changed.setdefault(reference.getSpecies(), []).append((number, sign, reference))
        self.now.changes = self.start.changes = _Changes(self, changed)
        solve(self.now, self.algebraic)
        given = self.declarations.initial
        solve(self.start, {name: rule for name, rule in self.algebraic.items() if name not in given})
        for reaction in self.model.reactions:
            self.model.rates.append(self.now.value(reaction))
        for name, uses in changed.items():
            quantity = self.declarations.quantities[name]
            if self.declarations.reacts(quantity):
                terms[self.index[name]] += self._species_terms(quantity, uses)

    def _checked_reference(self, reference: libsbml.SpeciesReference) -> None:
        quantity = self.declarations.quantities.get(reference.getSpecies())
        if quantity is None or quantity.kind != "species":
            raise ModelError(
                f"a reaction uses the species '{reference.getSpecies()}', which is not declared",
                where=where(self.name, reference),
            )

    def _species_terms(self, quantity: Quantity, uses, record: bool = True) -> Terms:
        """Time derivative of the stored value of a species, from its reactions."""
        factor = self._conversion_factor(quantity)
        if not quantity.as_amount:
            factor = self.graph.div(factor, self.now.volume(quantity))
        numbers: dict[int, float] = {}
        terms: Terms = []
        for number, sign, reference in uses:
            coefficient = self._coefficient(reference)
            rate = self.now.value(self.model.reactions[number])
            value = self.graph.number(coefficient)
            if value is not None:
                numbers[number] = numbers.get(number, 0.0) + sign * value
            else:
                if record:
                    self.model.stoichiometry[self.index[quantity.name]][number] = math.nan
                terms.append((float(sign), self.graph.mul(self.graph.mul(factor, coefficient), rate)))
        for number, value in numbers.items():
            if value:
                if record:
                    self.model.stoichiometry[self.index[quantity.name]].setdefault(number, value)
                terms.append((value, self.graph.mul(factor, self.now.value(self.model.reactions[number]))))
        return terms

    def _conversion_factor(self, quantity: Quantity) -> int:
        name = quantity.element.getConversionFactor() if quantity.element.isSetConversionFactor() else ""
        name = name or (self.source.getConversionFactor() if self.source.isSetConversionFactor() else "")
        return self.now.value(name) if name else self.graph.const(1.0)

    def _coefficient(self, reference: libsbml.SpeciesReference) -> int:
        """Node of a stoichiometry."""
        name = reference.getId()
        if name in self.declarations.quantities:
            quantity = self.declarations.quantities[name]
            set_elsewhere = quantity.role != PARAMETER or name in self.declarations.initial
            if set_elsewhere:
                return self.now.value(name)
        if reference.getLevel() < 3:
            if reference.isSetStoichiometryMath() and reference.getStoichiometryMath().isSetMath():
                return self.now.formula(reference.getStoichiometryMath())
            return self.graph.const(reference.getStoichiometry() / (reference.getDenominator() or 1))
        if not reference.isSetStoichiometry():
            raise ModelError(
                f"the stoichiometry of '{reference.getSpecies()}' is not given", where=where(self.name, reference)
            )
        return self.graph.const(reference.getStoichiometry())

    # start and units ------------------------------------------------------------
    def _starts(self) -> None:
        declarations = self.declarations
        for name in self.model.species:
            self.model.initial_species.append(self.start.stored(declarations.quantities[name]))
        for name in self.model.parameters:
            quantity = declarations.quantities.get(name)
            if quantity is None:
                continue
            if name in declarations.initial:
                self.model.initial_parameters[name] = self.start.stored(quantity)
            elif self._needs_volume(quantity) and self._size_is_computed(quantity.compartment):
                volume, node = self.start.volume(quantity), self.graph.const(quantity.start)
                convert = self.graph.div if quantity.starts_as_amount else self.graph.mul
                self.model.initial_parameters[name] = convert(node, volume)

    @staticmethod
    def _needs_volume(quantity: Quantity) -> bool:
        """Whether the file gives a species in the measure in which it is not stored."""
        return quantity.kind == "species" and quantity.starts_as_amount != quantity.as_amount

    def _size_is_computed(self, compartment: str) -> bool:
        role = self.declarations.quantities[compartment].role
        return compartment in self.declarations.initial or role not in (PARAMETER, STATE)

    def _draws(self) -> None:
        """Random functions as parameters that are drawn anew whenever their formula is evaluated."""
        for number, (distribution, arguments) in enumerate(self.now.draws):
            leaf = self.graph.parameter(FIRST_DRAW - number)
            self.model.draws.append(Draw(leaf, distribution, arguments))
        drawn = {draw.leaf for draw in self.model.draws}
        elsewhere = [node for terms in self.model.balance for _, node in terms]
        elsewhere += [*self.model.observables.values(), *(event.trigger for event in self.model.events)]
        if drawn & set(self.graph.needed(elsewhere)):
            raise ModelError(
                "a random function stands in a rate, a rule or a trigger", where=self.name,
                why="Random functions are supported in event assignments and initial assignments.",
            )  # fmt: skip

    def _units(self) -> None:
        self.model.time_unit = seconds(self.source)
        self.model.units = readable_units(self.source)
        self.model.kinds = {q.name: q.kind for q in self.declarations.quantities.values()}
        for quantity in self.declarations.quantities.values():
            if quantity.element.isSetName():
                self.model.titles[quantity.name] = quantity.element.getName()


class _Changes(dict):
    """Name -> node of its time derivative, made on demand."""

    def __init__(self, reader: _Reader, changed):
        super().__init__()
        self.reader, self.changed = reader, changed

    def __contains__(self, name) -> bool:
        quantity = self.reader.declarations.quantities.get(name)
        return quantity is not None and quantity.role == STATE

    def __getitem__(self, name) -> int:
        reader = self.reader
        quantity = reader.declarations.quantities[name]
        if name in reader.declarations.rated:
            return reader.now.formula(reader.declarations.rated[name])
        total = reader.graph.total(reader._species_terms(quantity, self.changed.get(name, []), record=False))
        if quantity.kind == "species" and quantity.as_amount and not quantity.is_amount:
            return reader.now.dilution(quantity, total)
        return total
