"""The network of one cell line: the modules joined, one integrin instance per expressed heterodimer, numbers put in.

Modules are joined by name: the same identifier in two files is the same thing. The integrin module is a template
and is flattened by Antimony. Values, units, provenance and evidence are written into the flattened SBML, so that
what is simulated and what is published are one text.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import libsbml

from lamella.errors import ModelError
from lamella.networks import kept, library
from lamella.networks.annotate import annotate, compartments
from lamella.networks.antimony_text import Passage, to_sbml
from lamella.networks.cell_line import CellLine, cell_line, line_hash
from lamella.networks.library import COMMON_MODULES, Evidence, Module, Parameter
from lamella.networks.numbers import numbers_of, write_numbers
from lamella.networks.receptor_sums import write_sums
from lamella.networks.receptors import receptor_lines
from lamella.provenance import text_hash, value_hash


@dataclass(frozen=True)
class Network:
    """A cell line's network with everything that is known about it.

    sbml        the flattened model, annotated
    text        the joined Antimony text it was made of
    parameters  flattened name -> Parameter, constants and inputs alike
    inputs      names of the parameters that the surroundings write
    evidence    reaction -> Evidence
    modules     reaction -> module that holds it
    digest      hash of all that is computed: laws and numbers, of the line too, without their sources and notes
    """

    cell: CellLine
    sbml: str
    text: str
    parameters: dict[str, Parameter]
    inputs: tuple[str, ...]
    evidence: dict[str, Evidence]
    modules: dict[str, str]
    digest: str


@cache
def assemble(cell: str) -> Network:
    """The network of a cell line.

    raises  InputError: unknown cell line; ModelError: undefined parameter, missing evidence, invalid text
    """
    line = cell_line(cell)
    text, passages = _joined_text(line)
    numbers, inputs = numbers_of(line)
    key = kept.key(text, (line, numbers))
    found = kept.read(key)
    if found is None:
        found = _flattened(line, text, passages, numbers)
        kept.write(key, *found)
    sbml, bare, homes = found
    evidence = {name: library.module(module).evidence[row] for name, (module, row) in homes.items()}
    modules = {name: module for name, (module, _) in homes.items()}
    return Network(line, sbml, text, numbers, inputs, evidence, modules, value_hash([bare, line_hash(line.name)]))


def _flattened(
    line: CellLine, text: str, passages: tuple[Passage, ...], numbers: dict[str, Parameter]
) -> tuple[str, str, kept.Homes]:
    """The annotated SBML of the joined text, the hash of it without annotation, and where its reactions stand in the
    library."""
    document = libsbml.readSBMLFromString(to_sbml(text, "cell", passages))
    model = document.getModel()
    write_sums(model, line)
    write_numbers(model, line, numbers)
    homes = _homes(model, line)
    evidence = {name: library.module(module).evidence[row] for name, (module, row) in homes.items()}
    bare = text_hash(libsbml.writeSBMLToString(document))
    annotate(model, line, evidence, numbers)
    return libsbml.writeSBMLToString(document), bare, homes


def _joined_text(line: CellLine) -> tuple[str, tuple[Passage, ...]]:
    """The whole Antimony text and where its lines come from."""
    out: list[str] = []
    passages: list[Passage] = []

    def add(module: Module, extra_end: bool = False) -> None:
        passages.append(Passage(len(out) + 1, module.path, module.first_line))
        out.extend(module.body.splitlines())
        if extra_end:
            out.append("end")

    add(library.module("integrin"), extra_end=True)
    out.append("model cell()")
    out.append("compartment " + ", ".join(compartments()))
    for name in COMMON_MODULES:
        add(library.module(name))
    passages.append(Passage(len(out) + 1, "networks/receptors.py (joined part)", 1))
    out.extend(receptor_lines(line.integrins))
    out.append("end")
    return "\n".join(out) + "\n", tuple(passages)


def _homes(model: libsbml.Model, line: CellLine) -> kept.Homes:
    """Module and row of evidence of every reaction. A row serves a reaction and its front and rear forms."""
    tables = {name: library.module(name).evidence for name in COMMON_MODULES}
    homes: kept.Homes = {}
    for reaction in model.getListOfReactions():
        name = reaction.getId()
        prefix = next((i for i in line.integrins if name.startswith(f"{i}_")), None)
        base = name[len(prefix) + 1 :] if prefix else name
        candidates = {"integrin": library.module("integrin").evidence} if prefix else tables
        keys = (base, base.removesuffix("_front").removesuffix("_rear"))
        found = [(module, key) for module, table in candidates.items() for key in keys if key in table]
        if not found:
            raise ModelError(
                f"reaction '{name}' has no evidence",
                where=library.where_used(base),
                why="Every reaction names the finding or the outside source that justifies it.",
                remedy="Add it to the [evidence] table beside its module.",
            )
        homes[name] = found[0]
    return homes
