"""Which claims only judge: no number may be set with them, nor with what they rest on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lamella.findings.loading import IndexLine
from lamella.findings.record import Finding


def check_claims(findings: Iterable[Finding], lines: Sequence[IndexLine]) -> dict[str, str]:
    """Claims that only judge, with the claim or record that makes them so.

    A claim is a check if its number divides by 3. Merging and restating spread that, in both directions: a record is a
    check with one of its claims, and then all of them are; a claim that restates others is a check with one of those,
    and all that it rests on is one with it, since otherwise its verdict was set by a number that was chosen for it.

    returns   claim -> why: '' of one that is a check by its number, else what it is bound to
    """
    findings = list(findings)
    every = [line.id for line in lines] + [claim for finding in findings for claim in finding.claims]
    found = {claim: "" for claim in every if int(claim[4:]) % 3 == 0}
    for finding in findings:
        if finding.role == "check":
            found |= {claim: finding.id for claim in finding.claims if claim not in found}
    groups = [(finding.id, finding.claims) for finding in findings]
    groups += [(line.id, (line.id, *line.restates)) for line in lines if line.restates]
    grown = -1
    while grown != len(found):
        grown = len(found)
        for why, claims in groups:
            if any(claim in found for claim in claims):
                found |= {claim: why for claim in claims if claim not in found}
    return found
