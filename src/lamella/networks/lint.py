"""The rules of the library, one class each with its sentence. `lamella model lint` runs them all."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import libsbml

from lamella.errors import LamellaError
from lamella.networks import library
from lamella.networks.assemble import Network, assemble
from lamella.networks.cell_line import cell_lines
from lamella.networks.check_text import undefined_parameters
from lamella.networks.reagents import antibodies, constructs, drugs, factors


@dataclass(frozen=True)
class Problem:
    """One breach of a rule: where, what, and the rule's sentence."""

    where: str
    what: str
    rule: str


class Rule(ABC):
    """A rule of the library; `sentence` is what it demands."""

    sentence: str

    @abstractmethod
    def breaches(self, network: Network, model: libsbml.Model) -> Iterator[tuple[str, str]]:
        """(where, what) of every breach in one cell line's network."""


class TextIsValid(Rule):
    sentence = "libSBML's full check of the exported text finds nothing: no error, no warning of units or of practice."

    def breaches(self, network: Network, model: libsbml.Model) -> Iterator[tuple[str, str]]:
        document = model.getSBMLDocument()
        document.checkConsistency()
        for i in range(document.getNumErrors()):
            error = document.getError(i)
            yield f"line {error.getLine()} of the export", " ".join(error.getMessage().split())


class EverythingHasAValue(Rule):
    sentence = "Every parameter has a value."

    def breaches(self, network: Network, model: libsbml.Model) -> Iterator[tuple[str, str]]:
        for name in undefined_parameters(model):
            yield name, "no value"


class ValuesSurviveFlattening(Rule):
    sentence = "Values in the flattened model are those of the tables."

    def breaches(self, network: Network, model: libsbml.Model) -> Iterator[tuple[str, str]]:
        for name, row in network.parameters.items():
            parameter = model.getParameter(name)
            if parameter is not None and parameter.isSetValue() and parameter.getValue() != row.value:
                yield name, f"{parameter.getValue():g} in the model, {row.value:g} in the table"


class NothingIsIdle(Rule):
    sentence = "Every number of a table is used by the network."

    def breaches(self, network: Network, model: libsbml.Model) -> Iterator[tuple[str, str]]:
        for name in network.parameters:
            if model.getParameter(name) is None and name not in network.inputs:
                yield name, "in a table, but no law uses it"


class EverythingIsIdentified(Rule):
    sentence = "Every species and compartment carries identifiers of UniProt, ChEBI or the Gene Ontology alone."

    _KNOWN = re.compile(
        r"https://identifiers\.org/("
        r"uniprot:([OPQ][0-9][A-Z0-9]{3}[0-9]|[A-NR-Z][0-9]([A-Z][A-Z0-9]{2}[0-9]){1,2})|CHEBI:[0-9]+|GO:[0-9]{7})"
    )

    def breaches(self, network: Network, model: libsbml.Model) -> Iterator[tuple[str, str]]:
        for element in (*model.getListOfSpecies(), *model.getListOfCompartments()):
            terms = [element.getCVTerm(i) for i in range(element.getNumCVTerms())]
            uris = [term.getResourceURI(j) for term in terms for j in range(term.getNumResources())]
            if not uris:
                yield element.getId(), "no identifier"
            for uri in uris:
                if not self._KNOWN.fullmatch(uri):
                    yield element.getId(), f"'{uri}' is none of these"


class EvidenceIsKnown(Rule):
    sentence = "Every reaction names a claim or a source of sources.toml."

    def breaches(self, network: Network, model: libsbml.Model) -> Iterator[tuple[str, str]]:
        for name, why in network.evidence.items():
            for source in why.sources:
                if source not in library.sources():
                    yield name, f"source '{source}' is not in sources.toml"
            if not why.claims and not why.sources:
                yield name, "neither claim nor source"


class MeasuredMeansRead(Rule):
    sentence = "A value graded 'measured' cites a source that was read."

    def breaches(self, network: Network, model: libsbml.Model) -> Iterator[tuple[str, str]]:
        for name, row in network.parameters.items():
            if row.grade == "measured" and library.sources()[row.source].read != "text":
                yield name, f"'{row.source}' is cited from memory"


class FittedNamesFindings(Rule):
    sentence = "A value graded 'fitted' names the claims it was fitted to, none a check claim (number divisible by 3)."

    def breaches(self, network: Network, model: libsbml.Model) -> Iterator[tuple[str, str]]:
        for name, row in network.parameters.items():
            if row.grade == "fitted" and not row.fitted_to:
                yield name, "fitted to nothing"
            for claim in row.fitted_to:
                if int(claim.split("-")[1]) % 3 == 0:
                    yield name, f"fitted to the check claim {claim}"


class EditsHitParameters(Rule):
    sentence = "Every construct, drug and factor sets a parameter that the network has."

    def breaches(self, network: Network, model: libsbml.Model) -> Iterator[tuple[str, str]]:
        wanted = {
            (f"constructs.toml {gene}.{name}", key)
            for gene, rows in constructs().items()
            for name, row in rows.items()
            for key in row["set"]
        }
        wanted |= {(f"drugs.toml {name}", key) for name, row in drugs().items() for key in (row["dose"], *row["kd"])}
        wanted |= {(f"factors.toml {name}", row["parameter"]) for name, row in factors().items()}
        for name, row in antibodies().items():
            if row["source"] not in library.sources():
                yield f"antibodies.toml {name}", f"source '{row['source']}' is not in sources.toml"
        for where, key in sorted(wanted):
            if key not in network.parameters:
                yield where, f"'{key}' is not a parameter of the network"


class MultiplesAreOfNumbers(Rule):
    sentence = "What a number is a multiple of is another number of the same network that is not known by construction."

    def breaches(self, network: Network, model: libsbml.Model) -> Iterator[tuple[str, str]]:
        template = library.module("integrin").parameters
        for name, row in network.parameters.items():
            prefix = next((f"{i}_" for i in network.cell.integrins if name.startswith(f"{i}_")), "")
            of = prefix if name.removeprefix(prefix) in template else ""
            for other in row.multiple_of:
                known = network.parameters.get(f"{of}{other}")
                if known is None or known.grade == "construct" or f"{of}{other}" == name:
                    yield name, f"is a multiple of '{other}'"


RULES: tuple[Rule, ...] = (
    TextIsValid(),
    EverythingHasAValue(),
    ValuesSurviveFlattening(),
    NothingIsIdle(),
    EverythingIsIdentified(),
    EvidenceIsKnown(),
    MeasuredMeansRead(),
    FittedNamesFindings(),
    MultiplesAreOfNumbers(),
    EditsHitParameters(),
)


@dataclass(frozen=True)
class LintReport:
    """Problems, and how well the numbers are known: grade -> number of parameters, over all cell lines."""

    problems: tuple[Problem, ...]
    grades: dict[str, int]

    @property
    def assumed_share(self) -> float:
        """Share of `assumed` among the numbers that are not constructs."""
        numbers = sum(n for grade, n in self.grades.items() if grade != "construct")
        return self.grades.get("assumed", 0) / max(numbers, 1)


def lint_library() -> LintReport:
    """All rules over the networks of all cell lines. A network that cannot be assembled is one problem."""
    problems: dict[Problem, None] = {}
    seen: dict[str, str] = {}
    for cell in cell_lines():
        try:
            network = assemble(cell)
        except LamellaError as error:
            problems[Problem(error.where or cell, error.what, error.why or "The network can be assembled.")] = None
            continue
        document = libsbml.readSBMLFromString(network.sbml)
        for rule in RULES:
            for where, what in rule.breaches(network, document.getModel()):
                problems[Problem(f"{cell}: {where}", what, rule.sentence)] = None
        seen = {f"{name}={row.value:g}": row.grade for name, row in network.parameters.items()} | seen
    return LintReport(tuple(problems), dict(Counter(seen.values())))
