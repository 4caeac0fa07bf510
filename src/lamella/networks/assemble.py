"""The network of one cell line: the modules joined, one integrin instance per expressed heterodimer, numbers put in.

Modules are joined by name: the same identifier in two files is the same thing. The integrin module is a template
and is flattened by Antimony. Values, units, provenance and evidence are written into the flattened SBML, so that
what is simulated and what is published are one text.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache, lru_cache

import libsbml

from lamella.errors import ModelError
from lamella.networks import library
from lamella.networks.annotate import annotate, answers_rras, heterodimers, holds_caveolin
from lamella.networks.antimony_text import Passage, to_sbml
from lamella.networks.cell_line import CellLine, cell_line
from lamella.networks.library import COMMON_MODULES, Evidence, Module, Parameter
from lamella.networks.unit_definitions import add_unit

_COMPARTMENTS = {"front": (2, "um^2"), "rear": (2, "um^2"), "cytosol": (3, "um^3"), "medium": (3, "um^3")}
_TEMPLATE_INPUTS = ("fresh", "load", "area", "tension")
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
    digest      SHA-256 of `sbml`
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
    document = libsbml.readSBMLFromString(to_sbml(text, "cell", passages))
    model = document.getModel()
    _write_sums(model, line)
    _write_each(model, line)
    _write_hold(model, line)
    _write_groups(model, line)
    _write_numbers(model, line, numbers)
    evidence, modules = _evidence(model, line)
    annotate(model, line, evidence, numbers)
    sbml = libsbml.writeSBMLToString(document)
    return Network(line, sbml, text, numbers, inputs, evidence, modules, hashlib.sha256(sbml.encode()).hexdigest())


@lru_cache(maxsize=1)
def ligands() -> dict[str, dict]:
    """Matrix ligands by name: affinity per heterodimer, density per coating."""
    return library.read_toml(library.package_folder("ligands.toml"))


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
    out.append("compartment " + ", ".join(_COMPARTMENTS))
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
            terms = " + ".join(f"affinity_{name}_{ligand}*{ligand}_{half}" for ligand in bound) or "0"
            out.append(f"{name}_ligand_{half} := {terms}")
        arguments = [
            "front",
            "rear",
            "TLN1_open_front",
            "TLN1_open_rear",
            f"{name}_ligand_front",
            f"{name}_ligand_rear",
            *_regulators(name),
            *(f"{what}_{half}" for what in _TEMPLATE_INPUTS for half in _HALVES),
            *_fates(name),
        ]
        out.append(f"{name}: integrin({', '.join(arguments)})")
    return out


def _regulators(name: str) -> tuple[str, ...]:
    """What regulates at the chains of a heterodimer: at its tails, from outside, by how it wanders."""
    beta = heterodimers()[name]["beta"]["symbol"]
    tail = {"ITGB1": "tail_b1", "ITGB3": "tail_b3"}.get(beta, "tail_other")
    alpha = ("alpha_rras_front", "alpha_rras_rear") if answers_rras(name) else ("alpha_other", "alpha_other")
    return (tail, *alpha, "opener", "competitor_b1" if beta == "ITGB1" else "competitor_other", "encounter")


_TRAFFIC = ("leaving", "uptake", "forward", "return_active_b1")
"""Rates of the module recycling and of the moving rear."""


def _fates(name: str) -> tuple[str, ...]:
    """What undoes the tether of a heterodimer to the cytoskeleton, and its traffic; calcineurin acts on b3."""
    beta = heterodimers()[name]["beta"]["symbol"]
    chain = "b3" if beta == "ITGB3" else "other"
    back = "return_active_b1" if beta == "ITGB1" else "forward"
    return (*(f"release_{chain}_{half}" for half in _HALVES), "leaving", "uptake", "forward", back)


_SUMS = {"adhesion": ("clustered",), "bound": ("bound", "clustered"), "active": ("high", "bound", "clustered")}
"""Integrin states that the other modules and the exchange see as one number per half of the cell."""


def _write_sums(model: libsbml.Model, line: CellLine) -> None:
    """Sums over heterodimers. Antimony cannot write a rule over the species of an instance, so they are added here."""
    caveolar = [name for name in line.integrins if holds_caveolin(name)]
    of = {beta: [name for name in line.integrins if heterodimers()[name]["beta"]["symbol"] == beta]
          for beta in ("ITGB3", "ITGB4")}  # fmt: skip
    sums = {name: (line.integrins, states) for name, states in _SUMS.items()} | {
        "caveolar": (caveolar, ("clustered",)),
        "unligated": (caveolar, ("low", "high")),
        "chain_b3": (of["ITGB3"], ("low", "high", "bound", "clustered")),
        "chain_b4": (of["ITGB4"], ("clustered",)),
    }
    for name, (members, states) in sums.items():
        for half in _HALVES:
            terms = [f"{i}_{state}_{half}" for i in members for state in states]
            _rule(model, f"{name}_{half}", " + ".join(terms) or "0 molecules")


def _write_each(model: libsbml.Model, line: CellLine) -> None:
    """Every heterodimer by itself, over both halves, for blots of one of them; 0 where the line has none of it. And the
    receptors that hold nothing and wander freely."""
    for name in heterodimers():
        for of, states in {**_SUMS, "clustered": ("clustered",)}.items():
            if of != "adhesion":
                terms = [f"{name}_{state}_{half}" for state in states for half in _HALVES]
                _rule(model, f"{of}_{name}", " + ".join(terms) if name in line.integrins else "0 molecules")
    free = [f"{name}_{state}_{half}" for name in line.integrins for state in ("low", "high") for half in _HALVES]
    _rule(model, "mobile_total", f"mobile_share*({' + '.join(free)})")


def _write_hold(model: libsbml.Model, line: CellLine) -> None:
    """What extended receptors make of the coating, for the exchange with the dish: those that find a ligand of theirs
    within reach (`holders_*`), and those weighted with their affinity for what is there (`gripping_*`)."""
    for name in ("K_reach", *(f"{ligand}_{half}" for ligand in ligands() for half in _HALVES)):
        (model.getParameter(name) or model.createParameter()).setId(name)
    for half in _HALVES:
        coated = " + ".join(f"{ligand}_{half}" for ligand in ligands())
        held = {name: f"({' + '.join(f'{name}_{state}_{half}' for state in _SUMS['active'])})*{name}_ligand_{half}"
                for name in line.integrins}  # fmt: skip
        holders = " + ".join(f"{held[name]}/(K_reach + {name}_ligand_{half})" for name in held)
        _rule(model, f"holders_{half}", holders or "0")
        _rule(model, f"gripping_{half}", f"({' + '.join(held.values()) or '0'})/(K_reach + {coated})")


def _rule(model: libsbml.Model, variable: str, formula: str) -> None:
    parameter = model.getParameter(variable) or model.createParameter()
    parameter.setId(variable)
    parameter.setConstant(False)
    rule = model.createAssignmentRule()
    rule.setVariable(variable)
    rule.setMath(libsbml.parseL3Formula(formula))


def _both(*states: str) -> tuple[str, ...]:
    return tuple(f"{state}_{half}" for state in states for half in _HALVES)


_GROUPS = {
    "held_a1b1": (("a1b1",), _both("bound", "clustered")),
    "held_a2b1": (("a2b1",), _both("bound", "clustered")),
    "held_a3b1": (("a3b1",), _both("bound", "clustered")),
    "held_avb3": (("avb3",), _both("bound", "clustered")),
    "clustered_b1": ("ITGB1", _both("clustered")),
    "receptors_a2b1": (("a2b1",), _both("low", "high", "bound", "clustered", "untethered")),
    "receptors_avb3": (("avb3",), _both("low", "high", "bound", "clustered", "untethered")),
    "clustered_a5b1_rear": (("a5b1",), ("clustered_rear",)),
    "clustered_avb3_rear": (("avb3",), ("clustered_rear",)),
    "untethered_a5b1_rear": (("a5b1",), ("untethered_rear",)),
    "untethered_avb3_rear": (("avb3",), ("untethered_rear",)),
    "internal_a5b1": (("a5b1",), ("internal", "internal_active")),
    "active_b1_internal": ("ITGB1", ("internal_active",)),
    "unbound_front": (None, ("low_front", "high_front")),
    "unbound_rear": (None, ("low_rear", "high_rear")),
    "surface_front": (None, ("low_front", "high_front", "bound_front", "clustered_front", "untethered_front")),
    "untethered_rear": (None, ("untethered_rear",)),
    "left_behind": (None, ("left",)),
    "internal_all": (None, ("internal", "internal_active")),
}
"""Receptors of some heterodimers, of all with one beta chain, or of all (None), in some states: what other modules and
blots read; 0 where a line has none."""


def _write_groups(model: libsbml.Model, line: CellLine) -> None:
    """One number of the cell for each group of heterodimers and states."""
    for name, (members, states) in _GROUPS.items():
        chosen = [
            i for i in line.integrins
            if members is None or i in members or heterodimers()[i]["beta"]["symbol"] == members
        ]  # fmt: skip
        _rule(model, name, " + ".join(f"{i}_{s}" for i in chosen for s in states) or "0 molecules")


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
                    "order",
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
    for name, (dimensions, unit) in _COMPARTMENTS.items():
        compartment = model.getCompartment(name)
        compartment.setSpatialDimensions(dimensions)
        compartment.setSize(sizes[name])
        compartment.setUnits(add_unit(model, unit))
    model.setId(f"lamella_{line.name.replace('-', '_')}")
    model.setName(f"lamella, {line.name}")


def _derived_unit(name: str) -> str:
    """Unit of what a rule or an initial assignment computes, by the naming of the library."""
    if name.endswith("_synthesis_rate"):
        return "molecules/s"
    if name.endswith(("_ligand_front", "_ligand_rear")):
        return "molecules/um^2"
    if "_exchange_" in name or name == "PIP3_exchange":
        return "1/s"
    if name.startswith(("proteolysis_", "release_")) or name in _TRAFFIC:
        return "1/s"
    if name.endswith("_clearance"):
        return "um^3/s"
    if name.endswith("_volume"):
        return "um^3"
    if name.startswith("PPP3CA_active_"):
        return "molecules"
    sums = (
        "adhesion_front", "adhesion_rear", "caveolar_", "bound_", "active_", "unligated_", "chain_", "holders_",
        "gripping_", "clustered_",
    )  # fmt: skip
    if name.endswith(("_total", "_gtp", "_active", "_activity")) or name.startswith(sums):
        return "molecules"
    if name in _GROUPS or "_local_" in name:
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


def _evidence(model: libsbml.Model, line: CellLine) -> tuple[dict[str, Evidence], dict[str, str]]:
    """Evidence and module of every reaction. A table row serves a reaction and its front and rear forms."""
    tables = {name: library.module(name).evidence for name in COMMON_MODULES}
    evidence, modules = {}, {}
    for reaction in model.getListOfReactions():
        name = reaction.getId()
        prefix = next((i for i in line.integrins if name.startswith(f"{i}_")), None)
        base = name[len(prefix) + 1 :] if prefix else name
        candidates = {"integrin": library.module("integrin").evidence} if prefix else tables
        keys = (base, base.removesuffix("_front").removesuffix("_rear"))
        found = [(module, table[key]) for module, table in candidates.items() for key in keys if key in table]
        if not found:
            raise ModelError(
                f"reaction '{name}' has no evidence",
                where=_where_used(base),
                why="Every reaction names the finding or the outside source that justifies it.",
                remedy="Add it to the [evidence] table beside its module.",
            )
        modules[name], evidence[name] = found[0]
    return evidence, modules


def _where_used(name: str) -> str | None:
    """First line of the library that holds `name` as a word."""
    word = re.compile(rf"\b{re.escape(name)}\b")
    for stem in (*COMMON_MODULES, "integrin"):
        module = library.module(stem)
        for i, text in enumerate(module.body.splitlines()):
            if word.search(text):
                return f"{module.path}:{module.first_line + i}"
    return None
