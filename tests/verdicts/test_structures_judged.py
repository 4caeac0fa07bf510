"""Statements of how proteins are built, held against the network."""

import pytest

from lamella.findings import Domains, Family, Receptors, index
from lamella.verdicts import Outcome, judge_structures, scorecard

READ = {"claims": ("IAP-070",), "says": "how a protein is built", "second_reading": "As written, nothing left out."}


def said(model, **terms):
    (found,) = judge_structures([model.model_validate({**READ, **terms})])
    return found


def domains(protein, *has, **terms):
    return said(Domains, kind="domains", protein=protein, has=has, **terms)


def family(members, domain=None):
    return said(Family, kind="family", family=("XIAP", "BIRC2", "BIRC3", "BIRC5"), members=members, domain=domain)


@pytest.mark.parametrize(("found", "outcome", "why"), [
    (lambda: domains("BIRC2", "RING", "CARD"), Outcome.HOLDS, "RING 12, CARD"),
    (lambda: domains("BIRC5", "BIR", "RING"), Outcome.FAILS, "BIRC5 has no RING"),
    (lambda: domains("BIRC2", "RING", lacks=("CARD",)), Outcome.FAILS, "BIRC2 has a CARD"),
    (lambda: domains("XIAP", "BIR", "RING", own_work=True), Outcome.HOLDS, "RING 7"),
    (lambda: domains("XIAP", "BIR", "UBA", own_work=True), Outcome.FAILS, "another domain does too"),
    (lambda: domains("BIRC6", "UBC"), Outcome.NOT_APPLICABLE, "no BIRC6"),
    (lambda: family(("BIRC2", "BIRC3"), "CARD"), Outcome.HOLDS, "no other of the family"),
    (lambda: family(("BIRC2",), "CARD"), Outcome.FAILS, "BIRC3 has a CARD, too"),
    (lambda: family(("BIRC2", "BIRC5"), "CARD"), Outcome.FAILS, "BIRC5 has no CARD"),
    (lambda: family(("XIAP", "BIRC8")), Outcome.NOT_APPLICABLE, "no BIRC8"),
    (lambda: said(Receptors, kind="receptors", alpha=18, beta=8, pairs=24), Outcome.HOLDS, "24 heterodimers"),
    (lambda: said(Receptors, kind="receptors", alpha=18, beta=9, pairs=24), Outcome.FAILS, "8 beta"),
])
def test_a_statement_is_held_against_the_network(found, outcome, why):
    verdict = found()
    assert verdict.outcome is outcome
    assert why in verdict.reason


def test_the_reactions_of_a_domain_are_told():
    assert "RAC1_ubiquitination_BIRC2" in domains("BIRC2", "RING").to_dict()["reactions"]["BIRC2 RING"]


def test_claims_on_structure_are_scored_without_a_check():
    card = scorecard([])
    states = {claim.id: claim for claim in card.claims}
    assert states["IAP-070"].state == "holds"
    assert "CARD" in states["IAP-070"].why
    assert states["IAP-026"].state == "not_applicable"
    assert "BIRC8" in states["IAP-026"].why
    assert card.totals()["of"] == len(index())
