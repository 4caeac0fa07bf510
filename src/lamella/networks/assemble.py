"""The network of one cell line: the modules joined, one integrin instance per expressed heterodimer, numbers put in.

Modules are joined by name: the same identifier in two files is the same thing. The integrin module is a template
and is flattened by Antimony. Values, units, provenance and evidence are written into the flattened SBML, so that
what is simulated and what is published are one text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import libsbml

from lamella.errors import ModelError
from lamella.networks import kept, library
from lamella.networks.annotate import (
    annotate,
    answers_rras,
    compartments,
    competitor,
    heterodimers,
    is_stored,
    made_as,
    on_keratin,
    sums_of_receptors,
)
from lamella.networks.antimony_text import Passage, to_sbml
from lamella.networks.cell_line import CellLine, cell_line, line_hash
from lamella.networks.library import COMMON_MODULES, Evidence, Module, Parameter
from lamella.networks.matrix_ligands import ligands, under
from lamella.networks.receptor_sums import write_sums
from lamella.networks.unit_definitions import add_unit
from lamella.provenance import text_hash, value_hash

_HALVES = ("front", "rear")


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
    numbers, inputs = _numbers(line)
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
    _write_numbers(model, line, numbers)
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
    passages.append(Passage(len(out) + 1, "networks/assemble.py (joined part)", 1))
    out.extend(_integrin_lines(line))
    out.append("end")
    return "\n".join(out) + "\n", tuple(passages)


def _integrin_lines(line: CellLine) -> list[str]:
    """Instances of the template, and the ligand as each sees it."""
    out = []
    for name in line.integrins:
        bound = [ligand for ligand, row in ligands().items() if name in row["affinity"]]
        for half in _HALVES:
            terms = " + ".join(f"affinity_{name}_{ligand}*{under(ligand, half)}" for ligand in bound) or "0"
            out.append(f"{name}_ligand_{half} := {terms}")
        arguments = [
            "front",
            "rear",
            *(f"{'PLEC' if on_keratin(name) else 'TLN1_open'}_{half}" for half in _HALVES),
            f"{name}_ligand_front",
            f"{name}_ligand_rear",
            *_regulators(name),
            *_told(name),
            *_fates(name),
        ]
        out.append(f"{name}: integrin({', '.join(arguments)})")
        out += _store(name) if is_stored(name) else []
    return out


def _store(name: str) -> list[str]:
    """Receptors in vesicles and granules, which fuse with either half of the membrane as its area is."""
    return [
        f"substanceOnly species {name}_stored in cytosol",
        *(f"{name}_surfacing_{half}: {name}_stored => {name}.low_{half}; "
          f"surfacing*{name}_stored*area_{half}/(area_front + area_rear)" for half in _HALVES),
    ]  # fmt: skip


def _regulators(name: str) -> tuple[str, ...]:
    """What regulates at the chains of a heterodimer: at its tails, from outside, by how it wanders."""
    beta = heterodimers()[name]["beta"]["symbol"]
    tail = {"ITGB1": "tail_b1", "ITGB3": "tail_b3", "ITGB4": "tail_b4"}.get(beta, "tail_other")
    alpha = ("alpha_rras_front", "alpha_rras_rear") if answers_rras(name) else ("alpha_other", "alpha_other")
    opener = "opener_b1" if beta == "ITGB1" else "opener"
    return (tail, *alpha, opener, competitor(name), "encounter")


def _told(name: str) -> tuple[str, ...]:
    """What either half tells a heterodimer of its surroundings, and how myosin pulls: on keratin it does not."""
    slip, tension = ("slip_keratin", "tension_keratin") if on_keratin(name) else ("slip", "tension")
    return (*(f"{what}_{half}" for what in ("fresh", slip, "area") for half in _HALVES), tension)


_TRAFFIC = ("leaving", "uptake", "forward", "return_active_b1", "surfacing")
"""Rates of the module recycling, of the moving rear and of granules."""


def _fates(name: str) -> tuple[str, ...]:
    """What undoes the tether of a heterodimer to the cytoskeleton, and its traffic; calcineurin acts on b3."""
    beta = heterodimers()[name]["beta"]["symbol"]
    chain = "keratin" if on_keratin(name) else "b3" if beta == "ITGB3" else "other"
    back = "return_active_b1" if beta == "ITGB1" else "forward"
    paired = "paired_b1" if beta == "ITGB1" else "paired_other"
    return (*(f"release_{chain}_{half}" for half in _HALVES), "leaving", "uptake", "forward", back, made_as(name),
            paired, f"total_{name}", "contact")


def _numbers(line: CellLine) -> tuple[dict[str, Parameter], tuple[str, ...]]:
    """Every parameter of the flattened network, and which of them are inputs."""
    numbers: dict[str, Parameter] = {}
    for name in COMMON_MODULES:
        numbers |= library.module(name).parameters
    for gene, level in line.levels.items():
        numbers[f"{gene}_copies"] = level
        numbers[f"{gene}_expression"] = Parameter(f"{gene}_expression", 1.0, "1", "construct", "lamella")
    for name, level in line.integrins.items():
        for key, p in library.module("integrin").parameters.items():
            numbers[f"{name}_{key}"] = p
        numbers[f"{name}_copies"] = level
        numbers[f"{name}_expression"] = Parameter(f"{name}_expression", 1.0, "1", "construct", "lamella")
    inputs: dict[str, Parameter] = {}
    for key, row in library.read_toml(library.package_folder("library") / "inputs.toml").items():
        inputs[key] = Parameter(key, row["value"], row["unit"], "construct", "lamella", row["says"])
    for half in _HALVES:
        inputs[f"area_{half}"] = Parameter(
            f"area_{half}",
            line.body["spread_area"].value / 2,
            "um^2",
            "construct",
            "lamella",
            inputs[f"area_{half}"].note,
        )
    for ligand, row in ligands().items():
        for half in _HALVES:
            inputs[f"{ligand}_{half}"] = Parameter(
                f"{ligand}_{half}",
                0.0,
                "molecules/um^2",
                "construct",
                "lamella",
                f"density of {ligand} under the {half}",
            )
        for name in line.integrins:
            if name in row["affinity"]:
                numbers[f"affinity_{name}_{ligand}"] = Parameter(
                    f"affinity_{name}_{ligand}",
                    row["affinity"][name],
                    "1",
                    "construct" if name == row.get("reference") else "order",
                    "lamella",
                    "relative affinity, ligands.toml",
                )
    return numbers | line.parameters | inputs, tuple(inputs)


def _write_numbers(model: libsbml.Model, line: CellLine, numbers: dict[str, Parameter]) -> None:
    """Values and units into the flattened model; a parameter without a value is refused."""
    _model_units(model, line)
    for parameter in list(model.getListOfParameters()):
        name = parameter.getId()
        derived = model.getInitialAssignmentBySymbol(name) is not None or model.getRuleByVariable(name) is not None
        if name in numbers and not derived:
            parameter.setValue(numbers[name].value)
            parameter.setUnits(add_unit(model, numbers[name].unit))
            parameter.setConstant(True)
        elif not derived:
            raise ModelError(
                f"parameter '{name}' is used but nowhere defined",
                where=_where_used(name),
                why="Every parameter has a value, a unit, a grade and a source in the table beside its module.",
                remedy="Add it to the module's .toml, or correct the name in the law.",
            )
        else:
            parameter.setUnits(add_unit(model, _derived_unit(name)))
    for species in model.getListOfSpecies():
        species.setSubstanceUnits("molecules")
        species.setHasOnlySubstanceUnits(True)
    _literals_without_unit(model)


def _model_units(model: libsbml.Model, line: CellLine) -> None:
    for unit in ("molecules", "um^2", "um^3", "um", "s"):
        add_unit(model, unit)
    for i in reversed(range(model.getNumUnitDefinitions())):
        if model.getUnitDefinition(i).getNumUnits() == 0:
            model.removeUnitDefinition(i)
    model.setSubstanceUnits("molecules")
    model.setExtentUnits("molecules")
    model.setTimeUnits("s")
    model.setVolumeUnits("um_3")
    model.setAreaUnits("um_2")
    model.setLengthUnits("um")
    sizes = {
        "cytosol": line.body["volume"].value,
        "front": line.body["spread_area"].value / 2,
        "rear": line.body["spread_area"].value / 2,
        "medium": library.module("mmp").parameters["medium_volume"].value,
    }
    for name, row in compartments().items():
        compartment = model.getCompartment(name)
        compartment.setSpatialDimensions(row["dimensions"])
        compartment.setSize(sizes[name])
        compartment.setUnits(add_unit(model, row["unit"]))
    model.setId(f"lamella_{line.name.replace('-', '_')}")
    model.setName(f"lamella, {line.name}")


def _derived_unit(name: str) -> str:
    """Unit of what a rule or an initial assignment computes, by the naming of the library."""
    if name.endswith("_synthesis_rate"):
        return "molecules/s"
    if name.endswith(("_ligand_front", "_ligand_rear")):
        return "molecules/um^2"
    if "_exchange_" in name or name.endswith("_exchange"):
        return "1/s"
    if name.endswith("_felt"):
        return "molecules/um^3"
    if name.startswith("density_"):
        return "molecules/um^2"
    if name.startswith(("proteolysis_", "release_")) or name in _TRAFFIC:
        return "1/s"
    if name.endswith("_clearance"):
        return "um^3/s"
    if name.endswith("_volume"):
        return "um^3"
    if name.endswith(("_active_front", "_active_rear", "_engaged_front", "_engaged_rear")):
        return "molecules"
    sums = (
        "adhesion_front", "adhesion_rear", "caveolar_", "bound_", "active_", "unligated_", "chain_", "holders_",
        "gripping_", "clustered_", "total_",
    )  # fmt: skip
    if name.endswith(("_total", "_gtp", "_active", "_activity")) or name.startswith(sums):
        return "molecules"
    if name in sums_of_receptors()["cell"] or "_local_" in name:
        return "molecules"
    return "1"


def _literals_without_unit(model: libsbml.Model) -> None:
    """Numbers written in laws are dimensionless: say so, so that units can be checked."""

    def visit(node: libsbml.ASTNode) -> None:
        if node.isNumber() and not node.isSetUnits():
            node.setUnits("dimensionless")
        for i in range(node.getNumChildren()):
            visit(node.getChild(i))

    holders = [
        *(r.getKineticLaw() for r in model.getListOfReactions()),
        *model.getListOfRules(),
        *model.getListOfInitialAssignments(),
    ]
    for holder in holders:
        math = holder.getMath().deepCopy()
        visit(math)
        holder.setMath(math)


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
                where=_where_used(base),
                why="Every reaction names the finding or the outside source that justifies it.",
                remedy="Add it to the [evidence] table beside its module.",
            )
        homes[name] = found[0]
    return homes


def _where_used(name: str) -> str | None:
    """First line of the library that holds `name` as a word."""
    word = re.compile(rf"\b{re.escape(name)}\b")
    for stem in (*COMMON_MODULES, "integrin"):
        module = library.module(stem)
        for i, text in enumerate(module.body.splitlines()):
            if word.search(text):
                return f"{module.path}:{module.first_line + i}"
    return None
