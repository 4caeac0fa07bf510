"""A model back to SBML text: Level 3 Version 2, with the values of one cell if they are given.

The text that was read is the base, so that names, notes and annotations stay; libSBML converts levels and flattens.
"""

from __future__ import annotations

import math
from typing import Any

import libsbml
import numpy as np

from lamella.errors import ModelError
from lamella.reactions.program import Program
from lamella.reactions.sbml_document import open_document

_LEVEL, _VERSION = 3, 2


def write_sbml(
    program: Program, *, parameters: np.ndarray | None = None, states: np.ndarray | None = None
) -> str:
    """SBML Level 3 Version 2 of a program.

    parameters  [parameters] of one cell; by default those of the model
    states      [species] to start from; by default the model's own start
    errors      ModelError where the model has no text, or libSBML cannot convert it
    """
    name = program.model.name
    if not program.model.source:
        raise ModelError("the model was not read from a text", where=name, remedy="Make it with `read_sbml`.")
    document = open_document(program.model.source, name)
    if not document.setLevelAndVersion(_LEVEL, _VERSION, False):
        reasons = [document.getError(i).getShortMessage() for i in range(document.getNumErrors())]
        raise ModelError(
            f"the model does not convert to SBML Level {_LEVEL} Version {_VERSION}", where=name,
            why="; ".join(dict.fromkeys(reasons)) or "libSBML refuses it.",
        )  # fmt: skip
    model: Any = document.getModel()
    if parameters is not None:
        _write_parameters(model, program, np.asarray(parameters, dtype=float))
    if states is not None:
        given = program.defaults if parameters is None else np.asarray(parameters, dtype=float)
        _write_states(model, program, given, np.asarray(states, dtype=float))
    return str(libsbml.writeSBMLToString(document))


def _write_parameters(model: libsbml.Model, program: Program, values: np.ndarray) -> None:
    """Values of what is constant. Those that an initial assignment computes follow from the others."""
    if values.shape != (len(program.parameters),):
        raise ModelError(f"parameters have the shape {values.shape}, not ({len(program.parameters)},)")
    for name, value in zip(program.model.parameters, values):
        reaction, _, local = name.partition(".")
        if local:
            model.getReaction(reaction).getKineticLaw().getLocalParameter(local).setValue(float(value))
        elif name not in program.model.initial_parameters and not math.isnan(value):
            _set(model, program, name, float(value))


def _write_states(model: libsbml.Model, program: Program, parameters: np.ndarray, states: np.ndarray) -> None:
    """Start values of what changes, in place of initial assignments."""
    if states.shape != (len(program.species),):
        raise ModelError(f"states have the shape {states.shape}, not ({len(program.species)},)")
    values = program.observe(states[None], parameters[None], 0.0, program.species)[0]
    for name, value in zip(program.species, values):
        model.removeInitialAssignment(name)
        _set(model, program, name, float(value))


def _set(model: libsbml.Model, program: Program, name: str, value: float) -> None:
    """Give one quantity its value, in the measure in which formulas read it."""
    element = model.getElementBySId(name)
    if isinstance(element, libsbml.Species):
        if element.getHasOnlySubstanceUnits():
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
