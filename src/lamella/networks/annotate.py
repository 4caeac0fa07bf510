"""MIRIAM annotation and notes of the flattened SBML: what a species is, why a reaction is there."""

from __future__ import annotations

import html
from functools import lru_cache

import libsbml

from lamella.networks import library
from lamella.networks.cell_line import CellLine
from lamella.networks.library import Evidence, Parameter


@lru_cache(maxsize=1)
def genes() -> dict[str, dict]:
    """Gene products of the library: accession and familiar name."""
    return library.read_toml(library.package_folder("genes.toml"))


@lru_cache(maxsize=1)
def compartments() -> dict[str, dict]:
    """Compartments of every cell: name, dimensions, unit, Gene Ontology term."""
    return library.read_toml(library.package_folder("compartments.toml"))


@lru_cache(maxsize=1)
def heterodimers() -> dict[str, dict]:
    """Integrin heterodimers: their two chains."""
    return {name: {chain: row[chain] for chain in ("alpha", "beta")} for name, row in _integrins().items()}


def holds_caveolin(heterodimer: str) -> bool:
    """Whether its alpha chain holds caveolin, by which Shc is reached."""
    return _integrins()[heterodimer].get("caveolin", False)


def answers_rras(heterodimer: str) -> bool:
    """Whether its alpha tail answers R-Ras."""
    return _integrins()[heterodimer].get("rras", False)


def on_keratin(heterodimer: str) -> bool:
    """Whether plectin holds it to keratin, where others are held to actin."""
    return _integrins()[heterodimer].get("keratin", False)


def is_stored(heterodimer: str) -> bool:
    """Whether cells may keep more of it in vesicles and granules, for signals to bring to the surface."""
    return _integrins()[heterodimer].get("stored", False)


def competitor(heterodimer: str) -> str:
    """What divides its binding where soluble ligands compete, as the model calls it: galectin-8 holds beta-1 alone, and
    RGD peptides those whose ligands they imitate."""
    chain = "b1" if heterodimers()[heterodimer]["beta"]["symbol"] == "ITGB1" else "other"
    return f"competitor_{chain}_RGD" if _integrins()[heterodimer].get("rgd", False) else f"competitor_{chain}"


def made_as(heterodimer: str) -> str:
    """What sets how much of it is made, as the module recycling calls it."""
    return f"made_{_integrins()[heterodimer].get('made', 'other')}"


def sums_of_receptors() -> dict[str, dict[str, dict]]:
    """Numbers that sum up receptors: 'half' (one for each half of a cell) and 'cell', each with its rows by name."""
    return _receptors()["sums"]


def _integrins() -> dict[str, dict]:
    return {name: row for name, row in _receptors().items() if name != "sums"}


@lru_cache(maxsize=1)
def _receptors() -> dict[str, dict]:
    return library.read_toml(library.package_folder("integrins.toml"))


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
