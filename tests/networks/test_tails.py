"""Tails of integrins and what holds them: beta-1 mutants, free alpha tails, talin without rod, fragments, Etk."""

import pytest
from tests.networks.responses import after

READ = ("active_a5b1", "clustered_a5b1", "adhesion_front", "PTK2_p397_front", "BCAR1_p_front", "traction_front_total")


def of(**arm):
    return after(0.5, READ, cell="MEF", **arm)


@pytest.fixture(scope="module")
def whole():
    return of()


def test_a_beta1_tail_without_the_site_of_talin_does_not_open(whole):
    assert of(mutant={"ITGB1": "Y783A"})["active_a5b1"] < 0.05 * whole["active_a5b1"]


def test_a_beta1_tail_that_calls_no_fak_clusters_all_the_same(whole):
    mutant = of(mutant={"ITGB1": "Y783F-Y795F"})
    assert mutant["clustered_a5b1"] == pytest.approx(whole["clustered_a5b1"], rel=0.3)
    assert mutant["PTK2_p397_front"] < 0.6 * whole["PTK2_p397_front"]


def test_an_unclasped_beta1_stays_open_and_little_kindlin_keeps_it_closed(whole):
    assert of(mutant={"ITGB1": "D759A"})["active_a5b1"] > 1.2 * whole["active_a5b1"]
    assert of(mutant={"ITGB1": "T788A-T789A"})["active_a5b1"] < 0.8 * whole["active_a5b1"]


def test_free_alpha_tails_titrate_calreticulin(whole):
    tails = {"mutant": {"ITGA2": "tail-only"}}
    lowered = of(**tails)["active_a5b1"]
    assert lowered < 0.6 * whole["active_a5b1"]
    assert of(**tails, overexpression={"CALR": 20.0})["active_a5b1"] > 0.8 * whole["active_a5b1"]
    assert of(knockout=["CALR"])["active_a5b1"] == pytest.approx(lowered, rel=0.2)


def test_the_head_of_talin_opens_integrins_and_pulls_nothing(whole):
    head = of(mutant={"TLN1": "head"})
    assert head["active_a5b1"] > 0.5 * whole["active_a5b1"]
    assert head["traction_front_total"] == pytest.approx(0.0, abs=1e-6)
    assert whole["traction_front_total"] > 100.0


def test_fragments_hold_the_places_of_fak_and_of_cas(whole):
    assert of(mutant={"PTK2": "fragment"})["PTK2_p397_front"] < 0.5 * whole["PTK2_p397_front"]
    fragment = of(mutant={"NEDD9": "fragment"})
    assert fragment["BCAR1_p_front"] < 0.5 * whole["BCAR1_p_front"]
    assert fragment["PTK2_p397_front"] > 0.7 * whole["PTK2_p397_front"]


def test_etk_on_fak_adds_to_the_phosphorylation_of_cas():
    names = ("BCAR1_p_front", "BMX_p")
    few, many, mutant = (after(0.5, names, cell="HUVEC", **arm) for arm in (
        {"knockout": ["BMX"]}, {"overexpression": {"BMX": 5.0}},
        {"overexpression": {"BMX": 5.0}, "mutant": {"BMX": "PH"}}))  # fmt: skip
    assert many["BCAR1_p_front"] > 1.02 * few["BCAR1_p_front"]
    assert mutant["BCAR1_p_front"] == pytest.approx(few["BCAR1_p_front"], rel=1e-2)


def test_beta4_takes_plectin_and_no_talin():
    of = lambda **arm: after(0.5, ("active_a6b4", "active_a3b1"), cell="T4-2", matrix={"laminin": "20 ug/ml"}, **arm)
    whole, talin = of(), of(knockdown={"TLN1": 0.9})
    assert talin["active_a3b1"] < 0.5 * whole["active_a3b1"]
    assert talin["active_a6b4"] == pytest.approx(whole["active_a6b4"], rel=0.1)
    assert of(mutant={"ITGB4": "R1281W"})["active_a6b4"] < 0.05 * whole["active_a6b4"]


def test_inhibitors_take_the_work_of_src_and_of_ilk_and_leave_what_is_switched_on():
    names = ("SRC_activity", "ILK_activity", "ILK_active", "AP1_freed_total")
    whole, no_src, no_ilk = (after(0.5, names, cell="HeLa", **arm) for arm in (
        {}, {"inhibitor": {"PP2": "10 uM"}}, {"inhibitor": {"QLT0267": "10 uM"}}))
    assert no_src["SRC_activity"] < 0.1 * whole["SRC_activity"]
    assert no_ilk["ILK_activity"] < 0.1 * whole["ILK_activity"]
    assert no_ilk["ILK_active"] > 0.8 * whole["ILK_active"]
    assert no_ilk["AP1_freed_total"] < 0.9 * whole["AP1_freed_total"]
