"""What is added to cells, as edits of parameters: drugs, soluble factors, antibodies and peptides, coatings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TypeVar

from lamella.errors import InputError, unknown
from lamella.networks import library
from lamella.networks.absent import refused
from lamella.networks.assemble import Network
from lamella.networks.heterodimers import heterodimers
from lamella.networks.matrix_ligands import ligands
from lamella.networks.spelling import named, spellings
from lamella.units import MOLECULES_PER_UM3_PER_UM, quantity

Value = TypeVar("Value")


@lru_cache(maxsize=1)
def constructs() -> dict[str, dict]:
    """Mutants by gene and name: title and the parameters they set."""
    return library.read_toml(library.package_folder("constructs.toml"))


@lru_cache(maxsize=1)
def drugs() -> dict[str, dict]:
    """Inhibitors by name: target, dose parameter, constants."""
    return library.read_toml(library.package_folder("drugs.toml"))


@lru_cache(maxsize=1)
def factors() -> dict[str, dict]:
    """Soluble factors by name: parameter and molar mass."""
    return library.read_toml(library.package_folder("factors.toml"))


@lru_cache(maxsize=1)
def blocks() -> dict[str, dict]:
    """What stops many reactions at once by name: title and patterns of their names."""
    return library.read_toml(library.package_folder("blocks.toml"))


@lru_cache(maxsize=1)
def antibodies() -> dict[str, dict]:
    """Antibodies and peptides against integrins by name: targets with their constants, and what they do."""
    return library.read_toml(library.package_folder("antibodies.toml"))


_TABLES: dict[str, Callable[[], dict[str, dict]]] = {
    "inhibitor": drugs, "factor": factors, "antibody": antibodies, "coating": ligands}
"""Kind of perturbation -> what may be given."""

_LISTS = {"inhibitor": "drugs", "factor": "factors", "antibody": "antibodies", "coating": "ligands"}
"""The same as `lamella list` calls it."""


def by_name(kind: str, given: Mapping[str, Value]) -> dict[str, Value]:
    """The same under the names of the rows: 'y27632' as 'Y-27632', 'FK506' as 'tacrolimus'.

    kind     'inhibitor', 'antibody' or 'factor'
    returns  in the same order; what nobody has defined keeps its name, and is refused where it is looked up
    raises   InputError: two names of one thing
    """
    found: dict[str, Value] = {}
    written: dict[str, str] = {}
    for name, value in given.items():
        row = named(name, _TABLES[kind]()) or name
        if row in found:
            raise InputError(f"'{written[row]}' and '{name}' are two names of {row}", where=kind,
                             remedy="Write it once.")
        found[row], written[row] = value, name
    return found


def _name(kind: str, what: str, name: str, where: str | None) -> str:
    """The name of a row by any of its names.   raises InputError"""
    rows = _TABLES[kind]()
    found = named(name, rows)
    if found is None:
        raise (refused(kind, name, where) or _elsewhere(what, name, where)
               or unknown(what, name, (other for other, _ in spellings(rows)), where, _LISTS[kind]))  # fmt: skip
    return found


def _elsewhere(what: str, name: str, where: str | None) -> InputError | None:
    """The error for a name that stands under another kind of perturbation; None for any other."""
    for kind, table in _TABLES.items():
        if row := named(name, table()):
            return InputError(f"'{name}' is no {what}", where=where, why=f"It is given as {kind}.",
                              remedy=f"Write `{kind} = {{ \"{row}\" = \"DOSE\" }}`.")
    return None


def drug_row(drug: str, where: str | None = "inhibitor") -> dict:
    """The row of a drug by any of its names.   raises InputError"""
    return drugs()[_name("inhibitor", "drug", drug, where)]


def drug_edits(drug: str, dose: str, where: str = "inhibitor") -> dict[str, float]:
    """Free dose and constants of a drug, in molecules per um^3. `dose` such as '10 uM'.

    Where the drug has a `unit` of its own, as rays have, dose and constants are in it: a law knows only their ratio.
    """
    row = drug_row(drug, where)
    unit = row.get("unit")

    def amount(text: str) -> float:
        return concentration(text, where) if unit is None else quantity(text, unit, where=where, minimum=0.0)

    return {name: amount(value) for name, value in row["kd"].items()} | {row["dose"]: amount(dose)}


def concentration(text: str, where: str | None) -> float:
    """'10 nM' in molecules per um^3."""
    return quantity(text, "uM", where=where, minimum=0.0) * MOLECULES_PER_UM3_PER_UM


def factor_row(factor: str, where: str | None = "factor") -> dict:
    """The row of a soluble factor by any of its names.   raises InputError"""
    return factors()[_name("factor", "soluble factor", factor, where)]


def antibody_row(name: str, where: str | None = "antibody") -> dict:
    """The row of an antibody or a peptide against integrins by any of its names.   raises InputError"""
    return antibodies()[_name("antibody", "antibody", name, where)]


def factor_edits(factor: str, dose: str, where: str = "factor") -> dict[str, float]:
    """Dose of a soluble factor in molecules per um^3; '10 ng/ml' or '1.6 nM'."""
    row = factor_row(factor, where)
    if dose.rstrip().endswith("M"):
        return {row["parameter"]: concentration(dose, where)}
    mass = quantity(dose, "ng/ml", where=where, minimum=0.0)
    return {row["parameter"]: mass / row["kilodalton"] * 1e-3 * MOLECULES_PER_UM3_PER_UM}


def gradient_ends(factor: str, text: str, where: str = "gradient") -> tuple[float, float]:
    """Concentration of a soluble factor at the two ends of a dish [molecules/um^3]; '0 to 20 ng/ml', '2 nM to 0 nM'."""
    ends = [end.strip() for end in text.split(" to ")]
    if len(ends) != 2:
        raise InputError(f"'{text}' is no gradient", where=where,
                         remedy="Write the doses at the low and at the high end, e.g. '0 to 20 ng/ml'.")
    unit = ends[1].rpartition(" ")[2]
    low, high = (end if " " in end else f"{end} {unit}" for end in ends)
    parameter = factor_row(factor, where)["parameter"]
    return factor_edits(factor, low, where)[parameter], factor_edits(factor, high, where)[parameter]


def antibody_targets(name: str, network: Network, where: str | None = "antibody") -> dict[str, float]:
    """The heterodimers of a cell line that an antibody or a peptide holds, with their dissociation constants [uM].

    raises  InputError: unknown name, or the line has nothing that it holds
    """
    row = antibody_row(name, where)
    held = {i: kd for i in network.cell.integrins if (kd := _constant(row, i)) is not None}
    if not held:
        raise InputError(f"{network.cell.name} has no integrin that '{name}' holds", where=where,
                         why=f"It holds {', '.join(row['kd'])}; the line has {', '.join(network.cell.integrins)}.",
                         remedy="Choose an antibody against one of these, or another cell line.")
    return held


def antibody_factors(name: str, dose: str | None, network: Network, where: str = "antibody") -> dict[str, float]:
    """Factor on a rate of every heterodimer that is held: what a blocking antibody leaves of ligand binding, or an
    activating one of the return to the low-affinity form. It goes with the share of receptors that are free of it.

    dose    '10 ug/ml' or '1 uM'; None where there is none of it
    """
    held = antibody_targets(name, network, where)
    row, found = antibody_row(name, where), {}
    for integrin, kd in held.items():
        bound = 0.0 if dose is None else _molar(row, dose, where) / kd
        found[f"{integrin}_{_RATES[row['effect']]}"] = 1.0 / (1.0 + bound)
    return found


_RATES = {"blocks": "unblocked", "activates": "k_inactivation"}
"""What an effect takes away: receptors that can take a ligand, or the rate at which they bend."""


def _constant(row: dict, integrin: str) -> float | None:
    """Dissociation constant from a heterodimer [uM]; a row names heterodimers, or chains that stand for all theirs."""
    chains = {chain["symbol"] for chain in heterodimers()[integrin].values()}
    text = row["kd"].get(integrin) or next((kd for chain, kd in row["kd"].items() if chain in chains), None)
    return None if text is None else quantity(text, "uM")


def _molar(row: dict, dose: str, where: str) -> float:
    """A dose [uM]; mass is turned with the molar mass of the row."""
    if dose.rstrip().endswith("M"):
        return quantity(dose, "uM", where=where, minimum=0.0)
    return quantity(dose, "ug/ml", where=where, minimum=0.0) / row["kilodalton"]


def ligand_name(ligand: str, where: str | None = "matrix") -> str:
    """A coated ligand by its name or another of its names: 'collagen I', 'VCAM-1'.   raises InputError"""
    return _name("coating", "matrix ligand", ligand, where)


def attachment(density: dict[str, float]) -> float:
    """Stress that holds a cell to a coating without a receptor [pN/um^2].   density  [molecules/um^2] by ligand"""
    return sum(ligands()[name].get("attachment", {"value": 0.0})["value"] * amount for name, amount in density.items())


def ligand_density(ligand: str, coating: str, where: str = "matrix") -> float:
    """Density of a coated ligand [molecules/um^2]; '10 ug/ml' of coating solution."""
    ligand = ligand_name(ligand, where)
    per_ug = ligands()[ligand]["density_per_ug_per_ml"]["value"]
    return quantity(coating, "ug/ml", where=where, minimum=0.0) * per_ug
