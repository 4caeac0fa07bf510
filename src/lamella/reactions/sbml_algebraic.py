"""Algebraic rules: which names they determine, and what these are."""

from __future__ import annotations

from typing import Any

import libsbml

from lamella.errors import ModelError
from lamella.reactions.linear import solve_linear
from lamella.reactions.mathml import WIDEST
from lamella.reactions.sbml_document import where
from lamella.reactions.sbml_quantities import FREE, Declarations
from lamella.reactions.sbml_scopes import Names

_FIRST_PLACEHOLDER = -2
"""Number of the state that stands for the first unknown while rules are solved; -1 is the time in derivatives."""


def determined(declarations: Declarations) -> dict[str, Any]:
    """The algebraic rule of each name that one determines.

    errors  ModelError: a rule with nothing left to determine, or rules that might determine one name or another
    """
    rules = declarations.algebraic
    candidates = []
    for rule in rules:
        names = sorted(_names_below(declarations, rule.getMath(), set()))
        candidates.append([n for n in names if declarations.quantities[n].role == FREE])
    owner: dict[str, int] = {}
    for i, rule in enumerate(rules):
        if not _place(i, candidates, owner, set()):
            raise ModelError("an algebraic rule determines no variable", where=where(declarations.name, rule),
                             why="Everything in it is constant or given by other rules or reactions.")  # fmt: skip
    spare = sorted({name for names in candidates for name in names} - owner.keys())
    if spare:
        rule = next(rule for rule, names in zip(rules, candidates) if spare[0] in names)
        others = ", ".join(f"'{name}'" for name in sorted(owner))
        raise ModelError(
            f"the algebraic rules may determine {others} or '{spare[0]}'", where=where(declarations.name, rule),
            why="There are more names that may change than rules.", remedy="Declare as constant what is constant.",
        )  # fmt: skip
    return {name: rules[i] for name, i in owner.items()}


def _place(i: int, candidates: list[list[str]], owner: dict[str, int], seen: set[str]) -> bool:
    """Give rule i a name, moving other rules to other names where that helps (bipartite matching)."""
    for name in candidates[i]:
        if name not in seen:
            seen.add(name)
            if name not in owner or _place(owner[name], candidates, owner, seen):
                owner[name] = i
                return True
    return False


def _names_below(declarations: Declarations, ast: libsbml.ASTNode, seen: set[str]) -> set[str]:
    """Declared names in a formula, through assignment rules and rate laws."""
    found = set()
    stack = [ast]
    while stack:
        node = stack.pop()
        if node.getNumChildren() > WIDEST:
            raise ModelError(f"an operation has more than {WIDEST} arguments", where=declarations.name)
        stack += [node.getChild(i) for i in range(node.getNumChildren())]
        name = node.getName() if node.isName() else None
        if name is None or name in seen:
            continue
        seen.add(name)
        if name in declarations.quantities:
            found.add(name)
            quantity = declarations.quantities[name]
            if quantity.kind == "species" and not quantity.is_amount:
                found |= _names_below(declarations, _reference(quantity.compartment), seen)
            if name in declarations.assigned:
                stack.append(declarations.assigned[name].getMath())
        else:
            law = getattr(declarations.model.getReaction(name), "getKineticLaw", lambda: None)()
            if law is not None and law.isSetMath():
                stack.append(law.getMath())
    return found


def _reference(name: str) -> libsbml.ASTNode:
    """A formula that is nothing but a name."""
    node = libsbml.ASTNode(libsbml.AST_NAME)
    node.setName(name)
    return node


def solve(scope: Names, rules: dict[str, Any]) -> None:
    """Make the names that algebraic rules determine known to a scope.

    rules   name -> its rule, those that the scope does not know otherwise
    errors  ModelError where the rules are not linear in them
    """
    if not rules:
        return
    number = {name: _FIRST_PLACEHOLDER - k for k, name in enumerate(rules)}
    with scope.assuming({name: scope.graph.state(k) for name, k in number.items()}):
        residuals = [scope.formula(rule) for rule in rules.values()]
    values = solve_linear(scope.graph, residuals, list(number.values()))
    if values is None:
        names = ", ".join(f"'{name}'" for name in rules)
        first = next(iter(rules.values()))
        raise ModelError(
            f"the algebraic rule{'s' * (len(rules) > 1)} cannot be solved for {names}",
            where=where(scope.declarations.name, first), why="Only what is linear in them is solved.",
        )  # fmt: skip
    scope.learn({name: values[k] for name, k in number.items()})
