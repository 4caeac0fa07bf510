"""SBML text to a libSBML model, with everything that cannot be simulated refused by name."""

from __future__ import annotations

import re
import subprocess
import sys
from xml.parsers import expat

import libsbml

from lamella.errors import ModelError
from lamella.reactions import sbml_flattener
from lamella.reactions.sbml_flattener import flatten

MAX_CHARACTERS = 50_000_000
"""Longest text that is read at all."""

MAX_DEPTH = 1000
"""Deepest nesting of elements; libSBML recurses, and crashes at some ten thousand."""

FLATTENING_SECONDS, FLATTENING_BYTES = 4, 512 << 20
"""Limits within which a hierarchical model must become flat."""

_NAMESPACES = {
    "http://www.sbml.org/sbml/level2": ("2", "1"),
    **{f"http://www.sbml.org/sbml/level2/version{v}": ("2", str(v)) for v in range(2, 6)},
    **{f"http://www.sbml.org/sbml/level3/version{v}/core": ("3", str(v)) for v in (1, 2)},
}
_HARMLESS = {"layout", "render", "groups", "l3v2extendedmath", "distrib"}


def open_document(text: str, name: str) -> libsbml.SBMLDocument:
    """A checked SBML document. Hold on to it for as long as its model is in use.

    text    SBML, Level 1 to 3
    name    stands in messages
    errors  ModelError: not SBML, no model, or a construct that is not supported
    """
    if len(text) > MAX_CHARACTERS:
        raise ModelError(f"the text is longer than {MAX_CHARACTERS} characters", where=name)
    if re.search(r"<!(DOCTYPE|ENTITY)", text):
        raise ModelError("the text declares a document type or entities", where=name, why="SBML has neither.")
    if "\x00" in text:
        raise ModelError("the text holds a NUL character", where=name, why="It is no XML.")
    _refuse_malformed(text, name)
    document = libsbml.readSBMLFromString(text)
    _refuse_errors(document, name)
    if document.getModel() is None:
        raise ModelError("the text holds no SBML model", where=name, remedy="Give SBML, Level 2 or 3.")
    _flatten(document, text, name)
    _refuse_packages(document, name)
    _refuse_elements(document.getModel(), name)
    return document


def where(name: str, element: libsbml.SBase) -> str:
    """Place of an element, for messages."""
    return f"{name}:{element.getLine()}" if element.getLine() else name


def _refuse_malformed(text: str, name: str) -> None:
    """Refuse what is no XML, no SBML, or nested too deeply, before libSBML sees it (which would abort or crash)."""
    parser = expat.ParserCreate(namespace_separator=" ")
    depth = 0

    def enter(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        if depth == 0:
            _refuse_root(tag, attributes, name)
        depth += 1
        if depth > MAX_DEPTH:
            raise ModelError(
                f"elements are nested more than {MAX_DEPTH} deep", where=f"{name}:{parser.CurrentLineNumber}"
            )

    def leave(_) -> None:
        nonlocal depth
        depth -= 1

    parser.StartElementHandler, parser.EndElementHandler = enter, leave
    try:
        parser.Parse(text, True)
    except (expat.ExpatError, UnicodeEncodeError) as error:
        line = getattr(error, "lineno", 1)
        raise ModelError(f"the text is no XML: {error}", where=f"{name}:{line}", remedy="Give SBML.") from None


def _refuse_root(tag: str, attributes: dict[str, str], name: str) -> None:
    """Refuse a root element that is not that of an SBML level and version."""
    namespace, _, local = tag.rpartition(" ")
    if local != "sbml":
        raise ModelError(f"the text is no SBML: it begins with <{local[:40]}>", where=name, remedy="Give SBML.")
    if namespace == "http://www.sbml.org/sbml/level1":
        raise ModelError("SBML Level 1 is not supported", where=name, remedy="Convert it to Level 3 with libSBML.")
    stated = (attributes.get("level"), attributes.get("version"))
    if _NAMESPACES.get(namespace) != stated:
        raise ModelError(
            "level, version and namespace of the text do not name a known SBML", where=name,
            why=f"They are {str(stated[0])[:20]!r}, {str(stated[1])[:20]!r} and {namespace[:80]!r}.",
            remedy="Give SBML, Level 2 or 3.",
        )  # fmt: skip


def _refuse_errors(document: libsbml.SBMLDocument, name: str) -> None:
    for i in range(document.getNumErrors()):
        error = document.getError(i)
        if error.getSeverity() >= libsbml.LIBSBML_SEV_ERROR:
            message = " ".join(error.getMessage().split())
            raise ModelError(
                f"not valid SBML: {error.getShortMessage()}", where=f"{name}:{error.getLine()}", why=message
            )


def _flatten(document: libsbml.SBMLDocument, text: str, name: str) -> None:
    plugin = document.getPlugin("comp")
    if plugin is None:
        return
    if plugin.getNumExternalModelDefinitions():
        other = plugin.getExternalModelDefinition(0)
        raise ModelError(
            f"the model builds on '{other.getSource()}'", where=where(name, other),
            why="External model definitions are not supported: no other file is read.",
        )  # fmt: skip
    _try_to_flatten(text, name)
    if not flatten(document):
        raise ModelError("the hierarchical model cannot be flattened", where=name, why="libSBML refuses it.")


def _try_to_flatten(text: str, name: str) -> None:
    """Flatten a text in a process of its own, to learn whether that ends: models may contain each other."""
    command = [sys.executable, "-P", sbml_flattener.__file__, str(FLATTENING_SECONDS), str(FLATTENING_BYTES)]
    try:
        done = subprocess.run(
            command, input=text.encode(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            timeout=2 * FLATTENING_SECONDS,
        )  # fmt: skip
        code = done.returncode
    except subprocess.TimeoutExpired:
        code = None
    if code == 1:
        raise ModelError("the hierarchical model cannot be flattened", where=name, why="libSBML refuses it.")
    if code != 0:
        raise ModelError(
            "the hierarchical model cannot be flattened", where=name,
            why=f"libSBML fails on it, or takes more than {FLATTENING_SECONDS} s or {FLATTENING_BYTES >> 20} MB.",
            remedy="Look for models that contain each other.",
        )  # fmt: skip


def _refuse_packages(document: libsbml.SBMLDocument, name: str) -> None:
    for i in range(document.getNumPlugins()):
        package = document.getPlugin(i).getPackageName()
        if package in _HARMLESS or package == "comp":
            continue
        if document.getPackageRequired(package):
            raise ModelError(f"the SBML package '{package}' is not supported", where=where(name, document))
        if package == "fbc":
            model = document.getModel()
            plugin = model.getPlugin("fbc") if model is not None else None
            if plugin is not None and plugin.getNumObjectives():
                place = where(name, plugin.getObjective(0))
                raise ModelError("flux balance (package 'fbc') is not supported", where=place)
    for i in range(document.getNumUnknownPackages()):
        prefix = document.getUnknownPackagePrefix(i)
        if document.getPackageRequired(prefix):
            raise ModelError(f"the SBML package '{prefix}' is not supported", where=where(name, document))


def _refuse_elements(model: libsbml.Model, name: str) -> None:
    for reaction in model.getListOfReactions():
        if reaction.isSetFast() and reaction.getFast():
            raise ModelError(
                f"reaction '{reaction.getId()}' is marked as fast", where=where(name, reaction),
                why="Fast reactions (quasi-equilibria) are not supported.",
            )  # fmt: skip
