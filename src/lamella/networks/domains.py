"""Domains of proteins as the network has them: what a domain does is the reactions that need its switch.

A construct that takes a domain from a protein (`domain` in constructs.toml) sets the numbers that stand for the domain.
A reaction needs a number where its law names it, or where a rule that the law reads does.
"""

from __future__ import annotations

from functools import cache

import libsbml

from lamella.networks.assemble import assemble
from lamella.networks.reagents import constructs


def domains(protein: str) -> dict[str, dict[str, frozenset[str]]]:
    """Domain -> construct that takes it -> the numbers that it sets; empty for a protein without such constructs."""
    found: dict[str, dict[str, frozenset[str]]] = {}
    for name, row in constructs().get(protein, {}).items():
        if "domain" in row:
            found.setdefault(row["domain"], {})[name] = frozenset(row["set"])
    return found


def reactions_that_need(cell: str, numbers: frozenset[str]) -> tuple[str, ...]:
    """Ids of the reactions of a line's network whose rate depends on any of these parameters, in the model's order.

    raises   InputError: unknown cell line
    """
    return tuple(name for name, read in _reads(cell).items() if not numbers.isdisjoint(read))


@cache
def _reads(cell: str) -> dict[str, frozenset[str]]:
    """Reaction -> every name on which its rate rests, through assignment rules."""
    model = libsbml.readSBMLFromString(assemble(cell).sbml).getModel()
    rules = {rule.getVariable(): _names(rule.getMath()) for rule in model.getListOfRules() if rule.isAssignment()}

    @cache
    def behind(name: str) -> frozenset[str]:
        return frozenset((name, *(deep for other in rules.get(name, ()) for deep in behind(other))))

    return {reaction.getId(): frozenset(deep for name in _names(reaction.getKineticLaw().getMath())
                                        for deep in behind(name)) for reaction in model.getListOfReactions()}


def _names(node: libsbml.ASTNode) -> set[str]:
    """Names in an expression."""
    own = {node.getName()} if node.isName() and node.getName() else set()
    return own.union(*(_names(node.getChild(place)) for place in range(node.getNumChildren())))
