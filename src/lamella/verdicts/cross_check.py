"""Networks and findings against each other: a finding cannot both set a parameter and check it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from lamella.culture import constants
from lamella.findings import Complaint, Finding, IndexLine, check_claims, index, load_all
from lamella.networks import assemble, cell_lines
from lamella.networks.library import Evidence, Parameter

BLIND = "No parameter is fitted to a check claim, nor to a claim that shares its record or on which it rests."
KNOWN = "Evidence of reactions and fits of parameters name claims of the index."


def cross_check() -> list[Complaint]:
    """Breaches between the package's networks and constants and its findings; empty where all is well."""
    parameters: dict[str, Parameter] = {f"culture {name}": constants().row(name) for name in constants()}
    evidence: dict[str, Evidence] = {}
    for cell in cell_lines():
        network = assemble(cell)
        parameters |= network.parameters
        evidence |= network.evidence
    return [*fitted_blindly(parameters, load_all(), index()), *claims_are_known(parameters, evidence, index())]


def fitted_blindly(parameters: Mapping[str, Parameter], findings: Iterable[Finding],
                   lines: Sequence[IndexLine]) -> Iterator[Complaint]:
    """Parameters fitted to what is to check them."""
    findings = list(findings)
    checks = {**check_claims(findings, lines), **{finding.id: "" for finding in findings if finding.role == "check"}}
    for name, parameter in parameters.items():
        for claim in parameter.fitted_to:
            if claim in checks:
                bound = f", as {why} is" if (why := checks[claim]) else ""
                yield Complaint("FittedBlindly", BLIND, name, f"is fitted to {claim}, which is a check{bound}")


def claims_are_known(parameters: Mapping[str, Parameter], evidence: Mapping[str, Evidence],
                     lines: Sequence[IndexLine]) -> Iterator[Complaint]:
    """Claims that a reaction or a parameter names and the index has not."""
    known = {line.id for line in lines}
    for name, claims in {**{n: e.claims for n, e in evidence.items()},
                         **{n: p.fitted_to for n, p in parameters.items()}}.items():
        for claim in claims:
            if claim[:4] in ("IAP-", "INT-") and claim not in known:
                yield Complaint("ClaimsAreKnown", KNOWN, name, f"names {claim}, which the index has not")
