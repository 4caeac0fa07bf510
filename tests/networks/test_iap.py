"""cIAP1 as a closed ligase, what opens it and what takes it away; the antagonists besides Smac; survivin."""

from tests.networks.responses import after

DRUG = {"inhibitor": {"birinapant": "100 nM"}}


def ligase(**arm):
    found = after(0.01, ("BIRC2", "BIRC2_ub_total"), **arm)
    return found["BIRC2_ub_total"] / found["BIRC2"]


def test_card_and_contact_with_bir3_each_hold_the_ring_down():
    whole = ligase()
    assert ligase(mutant={"BIRC2": "CARD"}) > 2 * whole
    assert ligase(mutant={"BIRC2": "BIR3-RING"}) > 2 * whole
    assert ligase(mutant={"BIRC2": "CARD+RING"}) == 0.0


def test_the_linker_and_not_the_card_lets_an_antagonist_destroy_ciap1():
    def left(**arm):
        before = after(0.01, ("BIRC2_total",), **arm)["BIRC2_total"]
        return after(2.0, ("BIRC2_total",), **arm, **DRUG)["BIRC2_total"] / before

    assert left() < 0.1
    assert left(mutant={"BIRC2": "CARD"}) < 0.1
    assert left(mutant={"BIRC2": "linker"}) > 0.7


def test_smac_needs_bir2_and_bir3_together():
    whole = after(0.01, ("XIAP_DIABLO",))["XIAP_DIABLO"]
    assert after(0.01, ("XIAP_DIABLO",), mutant={"XIAP": "BIR3"})["XIAP_DIABLO"] < 0.3 * whole


def test_omi_xaf1_and_arts_take_xiap_from_its_work():
    states = ("XIAP", "RAC1_total")
    rest = after(0.01, states)
    for gene in ("HTRA2", "XAF1", "SEPTIN4"):
        more = after(0.01, states, overexpression={gene: 20.0})
        assert more["XIAP"] < 0.8 * rest["XIAP"]
        assert more["RAC1_total"] > 1.05 * rest["RAC1_total"]


def test_survivin_keeps_xiap():
    rest, more = after(0.01, ("XIAP_total",)), after(0.01, ("XIAP_total",), overexpression={"BIRC5": 5.0})
    assert more["XIAP_total"] > 1.15 * rest["XIAP_total"]


def test_heteromers_need_both_rings():
    assert after(0.01, ("XIAP_BIRC2_total",))["XIAP_BIRC2_total"] > 100.0
    assert after(0.01, ("XIAP_BIRC2_total",), mutant={"XIAP": "RING"})["XIAP_BIRC2_total"] == 0.0
