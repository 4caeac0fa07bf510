"""Profilin and DIAP1 of the fly; what holds Rho kinase; FRNK; junctions."""

import pytest
from tests.networks.responses import after

NAMES = ("elongation", "DIAP1_PFN1", "DIAP1_total", "PFN1", "caspase_catalysis")


def fly(**arm):
    return after(6.0, NAMES, "border-cell", matrix={"laminin": "3 ug/ml"}, **arm)


def test_cells_of_mammals_have_no_diap1_and_grow_filaments_as_their_profilin_lets_them():
    wild, less = after(1.0, NAMES), after(1.0, NAMES, knockdown={"PFN1": 0.9})
    assert wild["DIAP1_PFN1"] == 0.0
    assert wild["elongation"] == pytest.approx(1.0, abs=0.1)
    assert 0.3 < less["elongation"] / wild["elongation"] < 0.6
    assert after(1.0, NAMES, overexpression={"PFN1": 5.0})["elongation"] < 1.4


def test_the_deeds_of_diap1_are_apart():
    wild, none = fly(), fly(knockout=("DIAP1",))
    more = fly(overexpression={"DIAP1": 10.0})
    assert more["elongation"] > 1.5 * wild["elongation"] > 1.5 * none["elongation"]
    assert more["PFN1"] + more["DIAP1_PFN1"] == pytest.approx(none["PFN1"], rel=1e-3)
    no_bir = fly(mutant={"DIAP1": "BIR"})
    assert no_bir["elongation"] == pytest.approx(none["elongation"], rel=0.01)
    assert no_bir["caspase_catalysis"] == pytest.approx(1.0)
    no_profilin = fly(mutant={"DIAP1": "profilin-site"})
    assert no_profilin["DIAP1_PFN1"] == 0.0
    assert no_profilin["caspase_catalysis"] < 0.5
    no_caspase = fly(mutant={"DIAP1": "caspase-site"})
    assert no_caspase["caspase_catalysis"] == pytest.approx(1.0)
    assert no_caspase["elongation"] == pytest.approx(wild["elongation"], rel=1e-3)
    no_ring = fly(mutant={"DIAP1": "RING"})
    assert no_ring["DIAP1_total"] > 3.0 * wild["DIAP1_total"]
    assert no_ring["elongation"] > wild["elongation"]


def test_rhoe_and_open_raf_hold_rho_kinase():
    names = ("ROCK2_catalysis", "MYL9_p_rear", "CDH1_junction_total", "CDH1")
    wild = after(2.0, names)
    assert wild["ROCK2_catalysis"] == pytest.approx(1.0, abs=0.1)
    without = after(2.0, names, knockout=("RND3",))
    assert without["ROCK2_catalysis"] > 1.3 * wild["ROCK2_catalysis"]
    assert without["CDH1_junction_total"] < wild["CDH1_junction_total"]
    ras = after(2.0, names, mutant={"KRAS": "G12V"})
    ras_without_raf = after(2.0, names, mutant={"KRAS": "G12V"}, knockout=("RAF1",))
    assert ras["ROCK2_catalysis"] < 0.95 * ras_without_raf["ROCK2_catalysis"]


def test_frnk_takes_the_place_of_fak_and_xiap_brings_it():
    names = ("PTK2_FRNK_site_total", "PTK2_p397_front", "XIAP_PTK2_total")
    wild, frnk = after(2.0, names), after(2.0, names, mutant={"PTK2": "FRNK"})
    assert wild["PTK2_FRNK_site_total"] == 0.0
    assert frnk["PTK2_p397_front"] < 0.7 * wild["PTK2_p397_front"]
    without = after(2.0, names, mutant={"PTK2": "FRNK"}, knockout=("XIAP",))
    assert without["PTK2_FRNK_site_total"] < 0.6 * frnk["PTK2_FRNK_site_total"]
    assert after(2.0, names, mutant={"PTK2": "no-FRNK-region"})["XIAP_PTK2_total"] == 0.0


def test_iaps_hold_rhoa_with_gtp_and_with_gdp():
    names = ("XIAP_RHOA_total", "RHOA_gtp", "RHOA_total")
    wild, loaded = after(2.0, names), after(2.0, names, mutant={"RHOA": "G14V"})
    assert loaded["RHOA_gtp"] > 2.0 * wild["RHOA_gtp"]
    assert loaded["XIAP_RHOA_total"] == pytest.approx(wild["XIAP_RHOA_total"], rel=0.05)


def test_rac1_builds_junctions_up_off_the_matrix_and_takes_them_down_on_it():
    names = ("CDH1_junction_total",)
    more = {"overexpression": {"RAC1": 5.0}}
    egf = {"EGF": "10 ng/ml"}
    on = [after(12.0, names, "MCF-10A", factor=egf, **arm)[names[0]] for arm in ({}, more)]
    assert on[1] < 0.9 * on[0]
    off = {"suspended": "from 0 h"}
    gone = [after(12.0, names, "MCF-10A", **off, **arm)[names[0]] for arm in ({}, more)]
    assert gone[1] > 1.1 * gone[0]
