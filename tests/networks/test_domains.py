"""Domains of the network: what each does, and that it is gone without it."""

from tests.networks.responses import after

from lamella.networks import domains, reactions_that_need

DRUG = {"inhibitor": {"birinapant": "100 nM"}}


def test_a_reaction_needs_a_number_that_its_law_or_a_rule_behind_it_reads():
    assert "RAC1_ubiquitination_XIAP" in reactions_that_need("HeLa", frozenset({"XIAP_ring"}))
    behind_a_rule = reactions_that_need("HeLa", frozenset({"BIRC2_card"}))
    assert "RAC1_ubiquitination_BIRC2" in behind_a_rule
    assert "RAC1_ubiquitination_XIAP" not in behind_a_rule
    assert reactions_that_need("HeLa", frozenset({"no such number"})) == ()


def test_every_domain_has_work_and_belongs_to_a_protein_of_the_network():
    assert set(domains("XIAP")) == {"BIR", "UBA", "RING"}
    assert not domains("RAC1")
    for protein in ("XIAP", "BIRC2", "BIRC3", "BIRC5", "BIRC7", "DIAP1"):
        for made in domains(protein).values():
            for numbers in made.values():
                assert reactions_that_need("HeLa", numbers)


def test_bir3_of_the_ciaps_holds_antagonists_and_smac():
    states = ("BIRC2_antagonist", "BIRC2_DIABLO", "BIRC2_total")
    whole, without = after(0.5, states, **DRUG), after(0.5, states, mutant={"BIRC2": "BIR3"}, **DRUG)
    assert whole["BIRC2_total"] < 0.5 * without["BIRC2_total"]
    assert without["BIRC2_antagonist"] == without["BIRC2_DIABLO"] == 0.0


def test_bir1_of_the_ciaps_keeps_nik_down():
    level = lambda **arm: after(0.01, ("MAP3K14",), **arm)["MAP3K14"]
    assert level(mutant={"BIRC2": "BIR1", "BIRC3": "BIR1"}) > 2.0 * level()


def test_without_bir1_xiap_does_not_move_nf_kb():
    drive = lambda **arm: after(0.01, ("TAB1_drive",), **arm)["TAB1_drive"]
    own = drive(mutant={"XIAP": "BIR1"})
    assert drive(mutant={"XIAP": "BIR1"}, overexpression={"XIAP": 20.0}) <= own
    assert drive(overexpression={"XIAP": 20.0}) > 1.3 * drive() > 1.3 * own


def test_without_its_bir_survivin_does_not_keep_xiap():
    level = lambda **arm: after(0.01, ("XIAP_total",), overexpression={"BIRC5": 5.0}, **arm)["XIAP_total"]
    assert level(mutant={"BIRC5": "BIR"}) < 0.9 * level()


def test_cIAP2_without_its_uba_stays_when_occupied():
    left = lambda **arm: after(1.0, ("BIRC3_total",), **arm, **DRUG)["BIRC3_total"]
    assert left(mutant={"BIRC3": "UBA"}) > 2.0 * left()
