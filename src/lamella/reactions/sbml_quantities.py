"""What each name of an SBML model stands for: a state, a parameter, or something computed."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import libsbml

from lamella.errors import ModelError
from lamella.reactions.sbml_document import where

STATE, PARAMETER, ASSIGNED, FREE = "state", "parameter", "assigned", "free"
"""Roles: integrated, constant within a run, given by an assignment rule, left to an algebraic rule."""


@dataclass
class Quantity:
    """One name with a value.

    kind         'compartment', 'species', 'parameter' or 'reference' (a stoichiometry)
    role         STATE, PARAMETER, ASSIGNED or FREE
    element      of libSBML
    start        value in the file (species: in the measure of the file), NaN if there is none
    is_amount    species: it stands for an amount in formulas
    as_amount    species: it is stored as an amount
    starts_as_amount  species: `start` is an amount
    compartment  species: where it is
    """

    name: str
    kind: str
    role: str
    element: Any
    start: float
    is_amount: bool = True
    as_amount: bool = True
    starts_as_amount: bool = True
    compartment: str = ""


class Declarations:
    """The names of a model and the formulas that are attached to them.

    quantities  name -> Quantity, in file order, species first
    assigned, rated, initial   name -> rule or initial assignment of libSBML
    algebraic   algebraic rules
    """

    def __init__(self, model: libsbml.Model, name: str):
        self.model, self.name = model, name
        self.quantities: dict[str, Quantity] = {}
        self.assigned: dict[str, libsbml.Rule] = {}
        self.rated: dict[str, libsbml.Rule] = {}
        self.algebraic: list[libsbml.Rule] = []
        self._collect_rules()
        self.initial = self._collect_starts()
        self.event_targets = {
            a.getVariable()
            for event in model.getListOfEvents()
            for a in event.getListOfEventAssignments()
            if a.isSetMath()
        }
        self._in_reactions = {r.getSpecies() for reaction in model.getListOfReactions() for r in sides(reaction)}
        self._declare()
        self._refuse_contradictions()

    def _collect_starts(self) -> dict[str, libsbml.InitialAssignment]:
        table = {}
        for start in self.model.getListOfInitialAssignments():
            if start.isSetMath():
                symbol = start.getSymbol()
                if symbol in table:
                    raise ModelError(f"'{symbol}' has two initial assignments", where=where(self.name, start))
                table[symbol] = start
        return table

    def _collect_rules(self) -> None:
        for rule in self.model.getListOfRules():
            if not rule.isSetMath():
                continue
            if rule.isAlgebraic():
                self.algebraic.append(rule)
                continue
            table = self.assigned if rule.isAssignment() else self.rated
            if rule.getVariable() in self.assigned or rule.getVariable() in self.rated:
                raise ModelError(f"'{rule.getVariable()}' has two rules", where=where(self.name, rule))
            table[rule.getVariable()] = rule

    def _declare(self) -> None:
        for species in self.model.getListOfSpecies():
            self._add(self._species(species))
        for compartment in self.model.getListOfCompartments():
            size = compartment.getSize() if compartment.isSetSize() else math.nan
            if not compartment.isSetSize() and compartment.getLevel() < 3:
                size = 1.0
            if compartment.getSpatialDimensionsAsDouble() == 0 and not compartment.isSetSize():
                size = 1.0
            self._add(Quantity(compartment.getId(), "compartment", self._role(compartment), compartment, size))
        for parameter in self.model.getListOfParameters():
            value = parameter.getValue() if parameter.isSetValue() else math.nan
            self._add(Quantity(parameter.getId(), "parameter", self._role(parameter), parameter, value))
        for reference in self._references():
            value = reference.getStoichiometry() if reference.isSetStoichiometry() else math.nan
            self._add(Quantity(reference.getId(), "reference", self._role(reference), reference, value))
        for quantity in self.quantities.values():
            if quantity.kind == "species" and self.is_fixed(quantity.compartment):
                quantity.as_amount = quantity.is_amount
        for name, element in (*self.assigned.items(), *self.rated.items(), *self.initial.items()):
            if name not in self.quantities:
                raise ModelError(f"a formula sets '{name}', which is not declared", where=where(self.name, element))
        for name in sorted(self.event_targets - self.quantities.keys()):
            raise ModelError(f"an event sets '{name}', which is not declared", where=self.name)

    def _refuse_contradictions(self) -> None:
        """Refuse names that two constructs determine, or that are declared constant and change."""
        for name, quantity in self.quantities.items():
            rule = self.assigned.get(name) or self.rated.get(name)
            place = where(self.name, rule or quantity.element)
            if name in self.assigned and (name in self.initial or name in self.event_targets):
                other = "an initial assignment" if name in self.initial else "an event"
                raise ModelError(f"'{name}' is set by an assignment rule and by {other}", where=place)
            changes = rule is not None or name in self.event_targets
            if changes and quantity.element.isSetConstant() and quantity.element.getConstant():
                raise ModelError(
                    f"'{name}' is declared constant, but {'a rule' if rule else 'an event'} changes it", where=place
                )
            if quantity.kind == "species" and rule is not None and self._reacts(quantity.element):
                raise ModelError(
                    f"species '{name}' is changed by reactions and by a rule", where=place,
                    remedy="Give it boundaryCondition=\"true\" if the rule alone determines it.",
                )  # fmt: skip

    def _add(self, quantity: Quantity) -> None:
        if not quantity.name:
            raise ModelError(f"a {quantity.kind} has no id", where=where(self.name, quantity.element))
        if quantity.name in self.quantities:
            raise ModelError(f"'{quantity.name}' is declared twice", where=where(self.name, quantity.element))
        self.quantities[quantity.name] = quantity

    def _references(self) -> Iterator[libsbml.SpeciesReference]:
        """Stoichiometries that have a name of their own and a formula or an event that uses it."""
        for reaction in self.model.getListOfReactions():
            for reference in sides(reaction):
                if reference.getLevel() > 2 and reference.isSetId():
                    yield reference

    def _role(self, element: Any) -> str:
        name = element.getId()
        if name in self.assigned:
            return ASSIGNED
        if name in self.rated or name in self.event_targets:
            return STATE
        may_change = not (element.getConstant() if element.isSetConstant() else element.getLevel() > 2)
        return FREE if may_change and self.algebraic else PARAMETER

    def _species(self, species: libsbml.Species) -> Quantity:
        role = self._role(species)
        if role in (PARAMETER, FREE) and self._reacts(species):
            role = STATE
        amount = species.isSetInitialAmount()
        start = math.nan
        if amount:
            start = species.getInitialAmount()
        elif species.isSetInitialConcentration():
            start = species.getInitialConcentration()
        compartment = self.model.getCompartment(species.getCompartment())
        if compartment is None:
            raise ModelError(
                f"species '{species.getId()}' is in a compartment '{species.getCompartment()}' that is not declared",
                where=where(self.name, species),
            )
        without_volume = compartment.getSpatialDimensionsAsDouble() == 0
        is_amount = species.getHasOnlySubstanceUnits() or without_volume
        rated = species.getId() in self.rated
        return Quantity(
            species.getId(), "species", role, species, start, is_amount,
            is_amount or not (rated or role == ASSIGNED), amount or without_volume, species.getCompartment(),
        )  # fmt: skip

    def _reacts(self, species: libsbml.Species) -> bool:
        constant = species.getConstant() if species.isSetConstant() else False
        return not species.getBoundaryCondition() and not constant and species.getId() in self._in_reactions

    def is_fixed(self, compartment: str) -> bool:
        """Whether the size of a compartment is constant within a run."""
        return self.quantities[compartment].role == PARAMETER

    def reacts(self, quantity: Quantity) -> bool:
        """Whether reactions change a species."""
        return quantity.role == STATE and quantity.name not in self.rated and self._reacts(quantity.element)


def sides(reaction: libsbml.Reaction) -> Iterator[libsbml.SpeciesReference]:
    """Reactants, then products."""
    yield from reaction.getListOfReactants()
    yield from reaction.getListOfProducts()
