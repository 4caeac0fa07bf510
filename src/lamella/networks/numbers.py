"""The numbers of a flattened network: values, units and provenance of its parameters, sizes of its compartments."""

from __future__ import annotations

import libsbml

from lamella.errors import ModelError
from lamella.networks import library
from lamella.networks.annotate import compartments
from lamella.networks.cell_line import CellLine
from lamella.networks.heterodimers import sums_of_receptors
from lamella.networks.library import COMMON_MODULES, Parameter
from lamella.networks.matrix_ligands import ligands
from lamella.networks.unit_definitions import add_unit

_HALVES = ("front", "rear")

_TRAFFIC = ("leaving", "uptake", "forward", "return_active_b1", "surfacing")
"""Rates of the module recycling, of the moving rear and of granules."""


def numbers_of(line: CellLine) -> tuple[dict[str, Parameter], tuple[str, ...]]:
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


def write_numbers(model: libsbml.Model, line: CellLine, numbers: dict[str, Parameter]) -> None:
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
                where=library.where_used(name),
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
