"""What is added to cells, as edits of parameters: drugs, soluble factors, antibodies and peptides, coatings."""

from __future__ import annotations

from functools import lru_cache

from lamella.errors import InputError, unknown
from lamella.networks import library
from lamella.networks.absent import refused
from lamella.networks.annotate import heterodimers
from lamella.networks.assemble import Network
from lamella.networks.matrix_ligands import ligands
from lamella.units import MOLECULES_PER_UM3_PER_UM, quantity


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


def drug_row(drug: str, where: str | None = "inhibitor") -> dict:
    """The row of a drug, upper or lower case.   raises InputError"""
    by_name = {name.lower(): name for name in drugs()}
    if drug.lower() not in by_name:
        raise refused("inhibitor", drug, where) or unknown("drug", drug, drugs(), where)
    return drugs()[by_name[drug.lower()]]


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
    """The row of a soluble factor.   raises InputError"""
    if factor not in factors():
        raise refused("factor", factor, where) or unknown("soluble factor", factor, factors(), where)
    return factors()[factor]


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
    if name not in antibodies():
        raise refused("antibody", name, where) or unknown("antibody", name, antibodies(), where)
    row = antibodies()[name]
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
    row, found = antibodies()[name], {}
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
    spelled = {other.lower().replace(" ", "_"): name
               for name, row in ligands().items() for other in (name, *row.get("aliases", ()))}  # fmt: skip
    found = spelled.get(ligand.lower().replace(" ", "_")) or spelled.get(ligand.lower().replace("-", "_"))
    if found is None:
        raise refused("coating", ligand, where) or unknown("matrix ligand", ligand, ligands(), where)
    return found


def attachment(density: dict[str, float]) -> float:
    """Stress that holds a cell to a coating without a receptor [pN/um^2].   density  [molecules/um^2] by ligand"""
    return sum(ligands()[name].get("attachment", {"value": 0.0})["value"] * amount for name, amount in density.items())


def ligand_density(ligand: str, coating: str, where: str = "matrix") -> float:
    """Density of a coated ligand [molecules/um^2]; '10 ug/ml' of coating solution."""
    ligand = ligand_name(ligand, where)
    per_ug = ligands()[ligand]["density_per_ug_per_ml"]["value"]
    return quantity(coating, "ug/ml", where=where, minimum=0.0) * per_ug
