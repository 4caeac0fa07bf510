"""What an experimenter does to cells, as edits of a network's parameters. Never an edit of an outcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from lamella.errors import unknown
from lamella.networks import library
from lamella.networks.annotate import genes, heterodimers
from lamella.networks.assemble import Network, ligands
from lamella.units import MOLECULES_PER_UM3_PER_UM, quantity

Fraction = Annotated[float, Field(strict=True, ge=0.0, le=1.0, allow_inf_nan=False)]
Fold = Annotated[float, Field(strict=True, gt=0.0, le=1000.0, allow_inf_nan=False)]


class Perturbations(BaseModel):
    """The treatment of one arm.

    knockdown       gene -> fraction removed (siRNA, before the assay)
    knockout        genes removed
    overexpression  gene -> fold
    mutant          gene -> name of a construct that replaces the wild type
    inhibitor       drug -> dose, from the start of the assay
    coating         ligand -> coating, in place of the experiment's matrix
    factor          soluble factor -> dose, from the start of the assay, in place of the experiment's medium
    suspended       cells are kept off the matrix
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    knockdown: dict[str, Fraction] = {}
    knockout: tuple[str, ...] = ()
    overexpression: dict[str, Fold] = {}
    mutant: dict[str, str] = {}
    inhibitor: dict[str, str] = {}
    coating: dict[str, str] = {}
    factor: dict[str, str] = {}
    suspended: bool = False


@dataclass(frozen=True)
class Treatment:
    """Perturbations resolved against a network.

    chronic   parameter -> value, in force long before the assay (genetics)
    medium    parameter -> value, in the medium in which the cells have grown (soluble factors)
    acute     parameter -> value, from the start of the assay (drugs, and factors that the arm changes)
    density   ligand -> density [molecules/um^2]
    """

    chronic: dict[str, float]
    medium: dict[str, float]
    acute: dict[str, float]
    density: dict[str, float]
    suspended: bool


def constructs() -> dict[str, dict]:
    """Mutants by gene and name: title and the parameters they set."""
    return library.read_toml(library.package_folder("constructs.toml"))


def drugs() -> dict[str, dict]:
    """Inhibitors by name: target, dose parameter, constants."""
    return library.read_toml(library.package_folder("drugs.toml"))


def factors() -> dict[str, dict]:
    """Soluble factors by name: parameter and molar mass."""
    return library.read_toml(library.package_folder("factors.toml"))


def gene_names() -> tuple[str, ...]:
    """Genes, integrin chains and heterodimers that can be knocked down, knocked out or over-expressed."""
    chains = {chain["symbol"] for pair in heterodimers().values() for chain in pair.values()}
    return tuple(sorted({g for g in genes() if g != "PIP3"} | {"PIK3CA"} | chains | set(heterodimers())))


def resolve(
    network: Network, perturbations: Perturbations, matrix: dict[str, str], medium: dict[str, str], where: str = "arm"
) -> Treatment:
    """The parameter edits of one arm.

    raises  InputError: a gene, construct, drug, factor or ligand that nobody has defined, a dose that is none
    """
    chronic: dict[str, float] = {}
    for gene, fraction in perturbations.knockdown.items():
        _scale(network, chronic, gene, 1.0 - fraction, f"{where}.knockdown.{gene}")
    for gene in perturbations.knockout:
        _scale(network, chronic, gene, 0.0, f"{where}.knockout")
    for gene, fold in perturbations.overexpression.items():
        _scale(network, chronic, gene, fold, f"{where}.overexpression.{gene}")
    for gene, name in perturbations.mutant.items():
        chronic |= construct(gene, name, f"{where}.mutant.{gene}")
    acute: dict[str, float] = {}
    for drug, dose in perturbations.inhibitor.items():
        acute |= drug_edits(drug, dose, f"{where}.inhibitor.{drug}")
    for factor, dose in perturbations.factor.items():
        acute |= factor_edits(factor, dose, f"{where}.factor.{factor}")
    grown: dict[str, float] = {}
    for factor, dose in medium.items():
        grown |= factor_edits(factor, dose, f"medium.{factor}")
    density = {
        ligand: ligand_density(ligand, coating, f"{where}.coating.{ligand}")
        for ligand, coating in (matrix | perturbations.coating).items()
    }
    return Treatment(chronic, grown, acute, density, perturbations.suspended)


def _scale(network: Network, edits: dict[str, float], gene: str, factor: float, where: str) -> None:
    if gene not in gene_names():
        raise unknown("gene", gene, gene_names(), where)
    carriers = [
        name
        for name, pair in heterodimers().items()
        if name == gene or gene in {chain["symbol"] for chain in pair.values()}
    ] or [gene]
    for carrier in carriers:
        key = f"{carrier}_expression"
        if key in network.parameters:
            edits[key] = edits.get(key, 1.0) * factor


def construct(gene: str, name: str, where: str = "mutant") -> dict[str, float]:
    """Parameters that a named construct sets."""
    table = constructs()
    if gene not in table:
        raise unknown("gene with constructs", gene, table, where)
    if name not in table[gene]:
        raise unknown(f"construct of {gene}", name, table[gene], where)
    return {key: float(value) for key, value in table[gene][name]["set"].items()}


def drug_edits(drug: str, dose: str, where: str = "inhibitor") -> dict[str, float]:
    """Free dose and constants of a drug, in molecules per um^3. `dose` such as '10 uM'."""
    by_name = {name.lower(): name for name in drugs()}
    if drug.lower() not in by_name:
        raise unknown("drug", drug, drugs(), where)
    row = drugs()[by_name[drug.lower()]]
    edits = {name: _concentration(value, where) for name, value in row["kd"].items()}
    edits[row["dose"]] = _concentration(dose, where)
    return edits


def _concentration(text: str, where: str) -> float:
    return quantity(text, "uM", where=where, minimum=0.0) * MOLECULES_PER_UM3_PER_UM


def factor_edits(factor: str, dose: str, where: str = "factor") -> dict[str, float]:
    """Dose of a soluble factor in molecules per um^3; '10 ng/ml' or '1.6 nM'."""
    if factor not in factors():
        raise unknown("soluble factor", factor, factors(), where)
    row = factors()[factor]
    if dose.rstrip().endswith("M"):
        return {row["parameter"]: _concentration(dose, where)}
    mass = quantity(dose, "ng/ml", where=where, minimum=0.0)
    return {row["parameter"]: mass / row["kilodalton"] * 1e-3 * MOLECULES_PER_UM3_PER_UM}


def ligand_density(ligand: str, coating: str, where: str = "matrix") -> float:
    """Density of a coated ligand [molecules/um^2]; '10 ug/ml' of coating solution."""
    if ligand not in ligands():
        raise unknown("matrix ligand", ligand, ligands(), where)
    per_ug = ligands()[ligand]["density_per_ug_per_ml"]["value"]
    return quantity(coating, "ug/ml", where=where, minimum=0.0) * per_ug
