"""What is done to the genes of cells long before an assay, as edits of a network's parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lamella.errors import InputError, unknown
from lamella.networks.absent import refused
from lamella.networks.annotate import genes
from lamella.networks.assemble import Network, assemble
from lamella.networks.heterodimers import heterodimers
from lamella.networks.reagents import constructs
from lamella.units import quantity

if TYPE_CHECKING:
    from lamella.networks.perturbations import Perturbations

WILD_TYPE = "wild type"
"""What `add_back` calls the gene as it was."""


def gene_names() -> tuple[str, ...]:
    """Genes, integrin chains and heterodimers that can be knocked down, knocked out or over-expressed."""
    chains = {chain["symbol"] for pair in heterodimers().values() for chain in pair.values()}
    return tuple(sorted({*_expressed(), *chains, *heterodimers()}))


def _expressed() -> dict[str, str]:
    """Familiar name of every gene product; what is no product of a gene (calcium, PIP3) has no accession."""
    return {gene: row["name"].split(" (")[0] for gene, row in genes().items() if "uniprot" in row}


def genetics(network: Network, perturbations: Perturbations, where: str) -> dict[str, float]:
    """What is in force long before the assay."""
    edits: dict[str, float] = {}
    for gene, fraction in perturbations.knockdown.items():
        if not isinstance(fraction, str):
            _scale(network, edits, gene, 1.0 - fraction, f"{where}.knockdown.{gene}")
    for gene in perturbations.knockout:
        _scale(network, edits, gene, 0.0, f"{where}.knockout")
    for gene, fold in perturbations.overexpression.items():
        if not isinstance(fold, str):
            _scale(network, edits, gene, fold, f"{where}.overexpression.{gene}")
    for gene, other in perturbations.level_of.items():
        key, value = level_elsewhere(network, gene, other, f"{where}.level_of.{gene}")
        edits[key] = value
    for gene, names in perturbations.mutant.items():
        for name in names.split("+"):
            edits |= construct(gene, name.strip(), f"{where}.mutant.{gene}")
    for gene, text in perturbations.add_back.items():
        edits |= _added_back(network, perturbations, gene, text, f"{where}.add_back.{gene}")
    return edits


def _scale(network: Network, edits: dict[str, float], gene: str, factor: float, where: str) -> None:
    for key in expressions(network, gene, where):
        edits[key] = edits.get(key, 1.0) * factor


def expressions(network: Network, gene: str, where: str) -> tuple[str, ...]:
    """The parameters of the network that scale the amount of a gene product."""
    if gene not in gene_names():
        raise refused("knockdown", gene, where) or _unknown_gene(gene, where)
    if f"{gene}_chain" in network.parameters:
        return (f"{gene}_chain",)
    carriers = [
        name
        for name, pair in heterodimers().items()
        if name == gene or gene in {chain["symbol"] for chain in pair.values()}
    ] or [gene]
    return tuple(f"{carrier}_expression" for carrier in carriers if f"{carrier}_expression" in network.parameters)


def level_elsewhere(network: Network, gene: str, other: str, where: str = "level_of") -> tuple[str, float]:
    """The parameter that holds a level, and its value in another cell line.

    gene     a gene or heterodimer that both lines express, or a number that cell lines give of their own
    raises   InputError: no such cell line, no such level in one of the two
    """
    there = assemble(other)
    for line in (network, there):
        own = {**line.cell.levels, **line.cell.integrins, **line.cell.parameters}
        if gene not in own:
            raise unknown(f"level of {line.cell.name}", gene, own, where)
    key = gene if gene in network.cell.parameters else f"{gene}_copies"
    return key, there.parameters[key].value


def _unknown_gene(name: str, where: str) -> InputError:
    """The error for a gene that nobody has defined; a familiar name is turned into that of the gene."""
    by_familiar = {familiar.lower(): gene for gene, familiar in _expressed().items()}
    if name.lower() in by_familiar:
        symbol = by_familiar[name.lower()]
        return InputError(f"'{name}' is not the symbol of a gene", where=where, why="Genes go by their HGNC symbols.",
                          remedy=f"Write {symbol}.")
    return unknown("gene", name, gene_names(), where, "genes")


def construct(gene: str, name: str, where: str = "mutant") -> dict[str, float]:
    """Parameters that a named construct sets."""
    table = constructs()
    if gene not in table:
        raise refused("mutant", gene, where) or unknown("gene with constructs", gene, table, where, "constructs")
    if name not in table[gene]:
        raise (refused("construct", f"{gene}.{name}", where)
               or unknown(f"construct of {gene}", name, table[gene], where, "constructs"))  # fmt: skip
    return {key: float(value) for key, value in table[gene][name]["set"].items()}


def _added_back(network: Network, perturbations: Perturbations, gene: str, text: str, where: str) -> dict[str, float]:
    """A construct, at some level, in cells without the gene of their own."""
    others = (perturbations.knockdown, perturbations.overexpression, perturbations.mutant)
    if any(gene in other for other in others):
        raise InputError(f"{gene} is added back and changed otherwise too", where=where,
                         why="Cells into which a gene is added back have none of their own.",
                         remedy=f"Write the level here, e.g. 'wild type at 0.5 fold', and only `knockout` of {gene}.")
    name, _, level = text.partition(" at ")
    fold = quantity(level.removesuffix("fold").strip(), "dimensionless", where=where, above=0.0) if level else 1.0
    edits = {} if name.strip() == WILD_TYPE else construct(gene, name.strip(), where)
    _scale(network, edits, gene, fold, where)
    return edits
