"""A module of the network told as steps: what becomes what, what drives it and what holds it back.

Front and rear of the cell are one step. What acts on a rate is found by changing it a little in a grown cell, and named
as the law names it: a species, or a sum that the network computes; sums of the module itself are followed to what they
are made of.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import libsbml
import numpy as np

from lamella.culture import Draw, constants, grown_population, idealised_inputs
from lamella.errors import ModelError
from lamella.networks import Network, Perturbations, assemble, resolve
from lamella.networks.library import Evidence, Module, module

_HALF = re.compile(r"_(front|rear)$")
_LITTLE = 1e-3
"""Relative change of what acts, for its sign."""

_MUCH = 1e4
"""Molecules of what is hardly there in an untreated cell, to see what it would do."""

_FELT = 0.02
"""Elasticity (relative change of a rate over that of what acts) below which it is not worth a word."""


@dataclass(frozen=True)
class Step:
    """One reaction, or its front and rear forms together.

    name      as in the file, without the half
    places    'front', 'rear' where it runs in both halves; empty elsewhere
    before, after   forms that it takes and makes, without the half
    drives, slows   what acts on its rate beside them, the strongest first
    evidence  why it is there
    """

    name: str
    places: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]
    drives: tuple[str, ...]
    slows: tuple[str, ...]
    evidence: Evidence


@dataclass(frozen=True)
class Story:
    """A module and its steps, in the order of its file."""

    module: Module
    cell: str
    steps: tuple[Step, ...]


def half_free(name: str) -> str:
    """A name without front or rear."""
    return _HALF.sub("", name)


def story(name: str, cell: str = "HeLa") -> Story:
    """The steps of a module in the network of a cell line.

    raises   InputError: no such module or line
    """
    network, told = assemble(cell), _Telling(cell)
    found: dict[str, Step] = {}
    for reaction, holder in network.modules.items():
        key = half_free(_without_instance(reaction, network) if name == "integrin" else reaction)
        if holder != name or (key in found and not reaction.endswith(("_front", "_rear"))):
            continue
        if key in found:
            one = found[key]
            place = reaction.rpartition("_")[2]
            if place not in one.places:
                found[key] = Step(key, (*one.places, place), one.before, one.after, one.drives, one.slows, one.evidence)
            continue
        found[key] = told.step(key, reaction, network.evidence[reaction])
    return Story(module(name), network.cell.name, tuple(found.values()))


def _without_instance(reaction: str, network: Network) -> str:
    """The integrin template has one instance per heterodimer; one stands for all."""
    head, _, rest = reaction.partition("_")
    return rest if head in network.cell.integrins else reaction


class _Telling:
    """Laws of a network, and the values of all that they name in a grown cell."""

    def __init__(self, cell: str):
        self._document = libsbml.readSBMLFromString(assemble(cell).sbml)
        self._model = self._document.getModel()
        self._values = _values(cell)
        self._rules = {rule.getVariable(): rule.getMath() for rule in self._model.getListOfRules()}
        self._homes = _homes(cell)

    def step(self, key: str, reaction: str, evidence: Evidence) -> Step:
        found = self._model.getReaction(reaction)
        before = tuple(half_free(r.getSpecies()) for r in found.getListOfReactants())
        after = tuple(half_free(r.getSpecies()) for r in found.getListOfProducts())
        moved = {r.getSpecies() for r in (*found.getListOfReactants(), *found.getListOfProducts())}
        felt = self._felt(found.getKineticLaw().getMath(), reaction, moved)
        ranked = sorted(felt, key=lambda name: -abs(felt[name]))
        names = lambda sign: tuple(dict.fromkeys(half_free(n) for n in ranked if sign * felt[n] > 0.0))
        slows = names(-1.0)
        places = (reaction.rpartition("_")[2],) if reaction.endswith(("_front", "_rear")) else ()
        return Step(key, places, before, after, tuple(n for n in names(1.0) if n not in slows), slows, evidence)

    def _felt(self, law: libsbml.ASTNode, reaction: str, moved: set[str]) -> dict[str, float]:
        """What a law names, beside what the reaction moves -> elasticity of the rate."""
        own = self._homes.get(reaction, "")
        names = [name for name in self._leaves(law, own) if name not in moved]
        rate = self._rate(law, {})
        size = max(abs(rate), 1e-300)
        felt = {}
        for name in names:
            value = self._values[name]
            little = _LITTLE * (abs(value) if value else 1.0)
            change = (self._rate(law, {name: value + little}) - rate) / size / _LITTLE
            if abs(change) < _FELT and self._model.getSpecies(name) is not None:  # hardly there now: what if it were?
                change = _FELT * np.sign(self._rate(law, {name: 2.0 * value + _MUCH}) - rate)
            if abs(change) >= _FELT:
                felt[name] = float(change)
        return felt

    def _leaves(self, node: libsbml.ASTNode, own: str, seen: frozenset[str] = frozenset()) -> list[str]:
        """Species and sums of other modules in a law; sums of its own module are followed."""
        found: list[str] = []
        if node.isName():
            name = node.getName()
            if self._model.getSpecies(name) is not None:
                return [name]
            if name in self._rules and name not in seen:
                if self._homes.get(name) == own:
                    return self._leaves(self._rules[name], own, seen | {name})
                return [name]
            return []
        for i in range(node.getNumChildren()):
            found += [name for name in self._leaves(node.getChild(i), own, seen) if name not in found]
        return found

    def _rate(self, node: libsbml.ASTNode, changed: Mapping[str, float]) -> float:
        """Value of a formula in the grown cell, with some of its names changed."""
        if node.isNumber():
            return float(node.getValue())
        if node.isName():
            name = node.getName()
            if name in changed:
                return changed[name]
            if name in self._rules and changed:
                return self._rate(self._rules[name], changed)
            return self._values[name]
        parts = [self._rate(node.getChild(i), changed) for i in range(node.getNumChildren())]
        match node.getType():
            case libsbml.AST_PLUS:
                return sum(parts)
            case libsbml.AST_TIMES:
                return float(np.prod(parts)) if parts else 1.0
            case libsbml.AST_MINUS:
                return -parts[0] if len(parts) == 1 else parts[0] - parts[1]
            case libsbml.AST_DIVIDE:
                return parts[0] / parts[1] if parts[1] else 0.0
            case libsbml.AST_POWER | libsbml.AST_FUNCTION_POWER:
                return abs(parts[0]) ** parts[1]
            case libsbml.AST_FUNCTION_ROOT:
                return max(parts[-1], 0.0) ** (1.0 / (parts[0] if len(parts) == 2 else 2.0))
        raise ModelError(f"a law holds '{libsbml.formulaToL3String(node)}'", where="report.module_story",
                         why="Pages of modules know sums, products, quotients, powers and roots.")


@cache
def _values(cell: str) -> dict[str, float]:
    """Species, sums and parameters of a grown cell of median levels, on fibronectin with a little EGF."""
    network = assemble(cell)
    treatment = resolve(network, Perturbations(), {"fibronectin": "10 ug/ml"}, {"EGF": "1 ng/ml"}, "module")
    population = grown_population(network, treatment, Draw(1, 0, 1), constants().changed(variation__cv=0.0),
                                  idealised_inputs(network, treatment))
    made = population.program
    names = (*made.species, *made.observables)
    values = dict(zip(names, map(float, population.observe(names)[0])))
    values |= dict(zip(made.parameters, map(float, population.parameters[0])))
    model = libsbml.readSBMLFromString(network.sbml)
    return values | {c.getId(): c.getSize() for c in model.getModel().getListOfCompartments()}


@cache
def _homes(cell: str) -> dict[str, str]:
    """Reaction or sum -> the module that holds it."""
    network = assemble(cell)
    homes = dict(network.modules)
    for name in dict.fromkeys(network.modules.values()):
        for match in re.finditer(r"(?:^|;)\s*(\w+)\s*:=", module(name).body, flags=re.M):
            homes.setdefault(match.group(1), name)
    return homes
