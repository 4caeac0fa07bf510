"""Checks of one SBML text: undefined parameters and units that do not balance. For the library and for users' files."""

from __future__ import annotations

import re
from pathlib import Path

import libsbml

from lamella.errors import ModelError
from lamella.networks.antimony_guarded import to_sbml_guarded

_MAX_BYTES = 20_000_000


def read_model_text(path: Path) -> str:
    """SBML text of an Antimony (.ant) or SBML (.xml, .sbml) file whose units balance and whose names have values.

    raises  ModelError: unreadable, too large, not text, not valid
    """
    text = _read(path)
    if _is_sbml(path):
        return text
    sbml = to_sbml_guarded(text, str(path))
    check(sbml, str(path), text)
    return sbml


def sbml_of_file(path: Path) -> str:
    """The same of a file that need only be a model: units are its author's business.

    raises  ModelError: unreadable, too large, not text, not valid
    """
    return _read(path) if _is_sbml(path) else to_sbml_guarded(_read(path), str(path))


def _is_sbml(path: Path) -> bool:
    return path.suffix.lower() in (".xml", ".sbml")


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_BYTES + 1)  # no more than that: a device has no end
        if len(content) > _MAX_BYTES:
            raise ModelError("the file is larger than 20 MB", where=str(path))
        return content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except OSError as error:
        raise ModelError("the file cannot be read", where=str(path), why=error.strerror) from None
    except UnicodeDecodeError:
        raise ModelError("the file is not UTF-8 text", where=str(path)) from None


def check(sbml: str, path: str, text: str = "") -> None:
    """Refuse a model in which a quantity has no value or units do not balance.

    text    the Antimony text, to name the line
    raises  ModelError
    """
    document = libsbml.readSBMLFromString(sbml)
    model = document.getModel()
    missing = undefined_parameters(model)
    if missing:
        raise ModelError(
            f"parameter '{missing[0]}' is used but has no value",
            where=_line(path, text, missing[0]),
            why="Antimony only warns about it; a simulation would run on nothing.",
            remedy=f"Write '{missing[0]} = ...;' or correct the name.",
        )
    for problem in unit_problems(document):
        raise ModelError(
            "units do not balance",
            where=_line(path, text, problem[0]),
            why=problem[1],
            remedy="Give the parameters of the law units that balance, or correct the law.",
        )


def undefined_parameters(model: libsbml.Model) -> list[str]:
    """Parameters, species and compartments that nothing gives a value."""
    out = []
    for parameter in model.getListOfParameters():
        name = parameter.getId()
        given = parameter.isSetValue() or model.getInitialAssignmentBySymbol(name) or model.getRuleByVariable(name)
        assigned = any(e.getEventAssignmentByVariable(name) for e in model.getListOfEvents())
        if not given and not assigned:
            out.append(name)
    return out


def unit_problems(document: libsbml.SBMLDocument) -> list[tuple[str, str]]:
    """(what it is about, libSBML's sentence) for every inconsistency of units that can be proved."""
    document.setConsistencyChecks(libsbml.LIBSBML_CAT_MODELING_PRACTICE, False)
    document.checkConsistency()
    out = []
    for i in range(document.getNumErrors()):
        error = document.getError(i)
        unit_error = error.getCategory() == libsbml.LIBSBML_CAT_UNITS_CONSISTENCY
        if unit_error and 10500 <= error.getErrorId() % 100000 < 10600:
            sentence = " ".join(error.getMessage().split())
            name = re.search(r"id '(\w+)'", sentence) or re.search(r"'([A-Za-z_]\w*)'", sentence)
            out.append((name.group(1) if name else "", sentence))
    return out


def _line(path: str, text: str, name: str) -> str:
    for number, line in enumerate(text.splitlines(), 1):
        if name and re.search(rf"\b{re.escape(name)}\b", line):
            return f"{path}:{number}"
    return path
