"""MIRIAM annotation and notes of the flattened SBML: what a species is, why a reaction is there."""

from __future__ import annotations

import html
from functools import lru_cache

import libsbml

from lamella.networks import library
from lamella.networks.cell_line import CellLine
from lamella.networks.heterodimers import heterodimers
from lamella.networks.library import Evidence, Parameter


@lru_cache(maxsize=1)
def genes() -> dict[str, dict]:
    """Gene products of the library: accession and familiar name."""
    return library.read_toml(library.package_folder("genes.toml"))


@lru_cache(maxsize=1)
def compartments() -> dict[str, dict]:
    """Compartments of every cell: name, dimensions, unit, Gene Ontology term."""
    return library.read_toml(library.package_folder("compartments.toml"))


def annotate(
    model: libsbml.Model, line: CellLine, evidence: dict[str, Evidence], numbers: dict[str, Parameter]
) -> None:
    """Identifiers on compartments and species, evidence on reactions, provenance on parameters."""
    model.setMetaId("lamella")
    for name, row in compartments().items():
        compartment = model.getCompartment(name)
        compartment.setMetaId(f"meta_{name}")
        compartment.setName(row["name"])
        _describe(compartment, [f"https://identifiers.org/{row['go']}"], libsbml.BQB_IS_VERSION_OF)
    for species in model.getListOfSpecies():
        species.setMetaId(f"meta_{species.getId()}")
        parts = _identifiers(species.getId(), line)
        _describe(species, parts, libsbml.BQB_IS_VERSION_OF if len(parts) == 1 else libsbml.BQB_HAS_PART)
    for reaction in model.getListOfReactions():
        reaction.setMetaId(f"meta_{reaction.getId()}")
        why = evidence[reaction.getId()]
        papers = [library.sources()[key] for key in why.sources if key in library.sources()]
        _note(reaction, [why.says, *(f"claim {c}" for c in why.claims), *(p.citation for p in papers)])
        _describe(
            reaction, [f"https://identifiers.org/doi:{p.doi}" for p in papers if p.doi], libsbml.BQB_IS_DESCRIBED_BY
        )
    for parameter in model.getListOfParameters():
        row = numbers.get(parameter.getId())
        if row:
            source = library.sources()[row.source]
            _note(parameter, [f"grade {row.grade}", f"{source.citation} ({source.read})", row.note])


def _identifiers(species: str, line: CellLine) -> list[str]:
    head = species.split("_")[0]
    if head in line.integrins:
        pair = heterodimers()[head]
        return [f"https://identifiers.org/uniprot:{pair[chain]['uniprot']}" for chain in ("alpha", "beta")]
    known = [part for part in species.split("_") if part in genes()]
    out = []
    for gene in known:
        row = genes()[gene]
        out.append(
            f"https://identifiers.org/uniprot:{row['uniprot']}"
            if "uniprot" in row
            else f"https://identifiers.org/{row['chebi']}"
        )
    return out


def _describe(element: libsbml.SBase, uris: list[str], qualifier: int) -> None:
    if not uris:
        return
    term = libsbml.CVTerm(libsbml.BIOLOGICAL_QUALIFIER)
    term.setBiologicalQualifierType(qualifier)
    for uri in uris:
        term.addResource(uri)
    element.addCVTerm(term)


def _note(element: libsbml.SBase, parts: list[str]) -> None:
    text = "; ".join(part for part in parts if part)
    element.setNotes(f'<body xmlns="http://www.w3.org/1999/xhtml"><p>{html.escape(text)}</p></body>')
