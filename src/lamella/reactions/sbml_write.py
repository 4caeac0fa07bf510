"""A program back to SBML text: Level 3 Version 2, with the values of one cell if they are given.

The text that was read is the base, so that names, notes, units and annotations stay; libSBML converts levels and
flattens.
"""

from __future__ import annotations

import math
from typing import Any

import libsbml
import numpy as np

from lamella.errors import ModelError
from lamella.reactions.program import SWITCH, Program
from lamella.reactions.sbml_document import open_document

_LEVEL, _VERSION = 3, 2


def write_sbml(program: Program, *, parameters: np.ndarray | None = None, states: np.ndarray | None = None) -> str:
    """SBML Level 3 Version 2 of a program.

    parameters  [parameters] of one cell; by default those of the model. A reaction that is switched off is written
                with a rate of 0
    states      [species] to start from; by default the model's own start. They stand in place of initial assignments;
                time begins at 0 again, and events that wait are not written
    errors      ModelError where the model has no text, a shape is wrong, or libSBML cannot convert it
    """
    name = program.model.name
    if not program.model.source:
        raise ModelError("the model was not read from a text", where=name, remedy="Make it with `read_sbml`.")
    given = _checked("parameters", parameters, program.defaults)
    document = open_document(program.model.source, name)
    _convert(document, name)
    model: Any = document.getModel()
    renamed = _rename_shadows(model)
    if parameters is not None:
        _write_parameters(model, program, given, renamed)
        _write_switches(model, program, given)
    if states is not None:
        start = _checked("states", states, np.empty(len(program.species)))
        _write_states(model, program, given, start)
    return str(libsbml.writeSBMLToString(document))


def _checked(what: str, values: np.ndarray | None, default: np.ndarray) -> np.ndarray:
    if values is None:
        return default
    values = np.asarray(values, dtype=float)
    if values.shape != default.shape:
        raise ModelError(f"{what} have the shape {values.shape}, not {default.shape}")
    return values


def _convert(document: libsbml.SBMLDocument, name: str) -> None:
    """Make a document one of the level and version that are written."""
    if (document.getLevel(), document.getVersion()) == (_LEVEL, _VERSION):
        return
    document.clearValidators()  # units that do not balance are no reason not to convert
    if not document.setLevelAndVersion(_LEVEL, _VERSION, False):
        reasons = [document.getError(i).getShortMessage() for i in range(document.getNumErrors())]
        raise ModelError(
            f"the model does not convert to SBML Level {_LEVEL} Version {_VERSION}", where=name,
            why="; ".join(dict.fromkeys(reasons)) or "libSBML refuses it.",
        )  # fmt: skip


def _rename_shadows(model: libsbml.Model) -> dict[str, str]:
    """Rename local parameters that hide a species of their own reaction: Level 3 Version 2 forbids that.

    returns  old name, as 'reaction.local' -> new name of the local parameter
    """
    renamed = {}
    for reaction in model.getListOfReactions():
        law: Any = reaction.getKineticLaw()
        lists = (reaction.getListOfReactants(), reaction.getListOfProducts(), reaction.getListOfModifiers())
        used = {reference.getSpecies() for references in lists for reference in references}
        for local in law.getListOfLocalParameters() if law is not None else ():
            if local.getId() in used:
                old = local.getId()
                renamed[f"{reaction.getId()}.{old}"] = _rename_local(model, law, local)
    return renamed


def _rename_local(model: libsbml.Model, law: Any, local: Any) -> str:
    """Give a local parameter, and its uses in the rate law, a name that nothing else has. Returns it."""
    old = new = local.getId()
    while model.getElementBySId(new) is not None or law.getLocalParameter(new) is not None:
        new += "_local"
    local.setId(new)
    if law.isSetMath():
        formula = law.getMath().deepCopy()
        formula.renameSIdRefs(old, new)
        law.setMath(formula)
    return new


def _write_parameters(
    model: libsbml.Model, program: Program, parameters: np.ndarray, renamed: dict[str, str]
) -> None:
    """Values of what is constant. Those that an initial assignment computes follow from the others."""
    own = [n for n in program.model.parameters if n not in program.model.initial_parameters]
    local = {n for n in own if n not in program.values}
    read = [n for n in own if n not in local]
    start = program.initial_states(parameters[None])
    values = program.observe(start, parameters[None], 0.0, read)[0]
    for name, value in zip(read, values):
        _set(model, program, name, float(value))
    for name in local:
        reaction, _, inner = name.partition(".")
        inner = renamed.get(name, inner)
        value = float(parameters[program.parameter(name)])
        if not math.isnan(value):
            model.getReaction(reaction).getKineticLaw().getLocalParameter(inner).setValue(value)


def _write_switches(model: libsbml.Model, program: Program, parameters: np.ndarray) -> None:
    """Rates of reactions that are switched off, or turned down, in this cell."""
    for name, value in zip(program.parameters, parameters):
        if name.startswith(SWITCH) and value != 1.0:
            law = model.getReaction(name.removeprefix(SWITCH)).getKineticLaw()
            factor, product = libsbml.ASTNode(libsbml.AST_REAL), libsbml.ASTNode(libsbml.AST_TIMES)
            factor.setValue(float(value))
            if model.getSubstanceUnits():
                factor.setUnits("dimensionless")
            product.addChild(factor)
            product.addChild(law.getMath().deepCopy())
            law.setMath(product)


def _write_states(model: libsbml.Model, program: Program, parameters: np.ndarray, states: np.ndarray) -> None:
    """Start values of what changes, in place of initial assignments."""
    values = program.observe(states[None], parameters[None], 0.0, program.species)[0]
    for name, value in zip(program.species, values):
        model.removeInitialAssignment(name)
        _set(model, program, name, float(value))


def _set(model: libsbml.Model, program: Program, name: str, value: float) -> None:
    """Give one quantity its value, in the measure in which formulas read it; NaN leaves it as it is."""
    element = model.getElementBySId(name)
    if math.isnan(value) or element is None:
        return
    if isinstance(element, libsbml.Species):
        if program.values[name] == program.amounts[name]:
            element.unsetInitialConcentration()
            element.setInitialAmount(value)
        else:
            element.unsetInitialAmount()
            element.setInitialConcentration(value)
    elif isinstance(element, libsbml.Compartment):
        element.setSize(value)
    elif isinstance(element, libsbml.SpeciesReference):
        element.setStoichiometry(value)
    elif isinstance(element, libsbml.Parameter):
        element.setValue(value)
