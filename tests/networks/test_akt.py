"""Akt: two kinases above it, adhesion and PTEN above those, and what it silences."""

import pytest
from tests.networks.responses import after

from lamella.culture import Draw, advance_treated, constants, grown_population, idealised_inputs
from lamella.networks import Perturbations, assemble, resolve

BANDS = ("AKT1_membrane", "AKT1_p", "ILK_active", "RPS6KB1_p", "BAD_p136", "FOXO3_p", "AKT1_total")


def bands(cell="HeLa", suspended=False, after=3600.0, **perturbations):
    network = assemble(cell)
    treatment = resolve(network, Perturbations(suspended=suspended, **perturbations), {"fibronectin": "10 ug/ml"}, {})
    population = grown_population(network, treatment, Draw(1, 0, 4), constants(), idealised_inputs(network, treatment))
    advance_treated(population, treatment, 0.0, after)
    return dict(zip(BANDS, population.observe(BANDS).mean(axis=0)))


@pytest.fixture(scope="module")
def attached():
    return bands()


def test_adhesion_brings_akt_to_the_membrane_and_pi3_kinase_is_needed(attached):
    floating, blocked = bands(suspended=True), bands(inhibitor={"LY294002": "20 uM"})
    for band in ("AKT1_membrane", "AKT1_p", "ILK_active", "BAD_p136", "FOXO3_p"):
        assert attached[band] > 1.5 * floating[band]
    assert attached["AKT1_p"] > 3.0 * blocked["AKT1_p"]


def test_pdk1_and_ilk_are_two_ways_to_the_same_akt(attached):
    without = {gene: bands(knockout=(gene,))["AKT1_p"] for gene in ("PDPK1", "ILK")}
    assert all(0.4 * attached["AKT1_p"] < level < 0.9 * attached["AKT1_p"] for level in without.values())
    assert bands(knockout=("PDPK1", "ILK"))["AKT1_p"] < 1e-3 * attached["AKT1_p"]


def test_without_pten_ilk_and_akt_do_not_need_adhesion(attached):
    floating, lost = bands(suspended=True), bands(suspended=True, knockout=("PTEN",))
    assert lost["ILK_active"] > 2.0 * floating["ILK_active"]
    assert attached["ILK_active"] > 1.5 * floating["ILK_active"]
    assert lost["ILK_active"] > 0.8 * bands(knockout=("PTEN",))["ILK_active"]
    assert lost["AKT1_p"] > 5.0 * floating["AKT1_p"]


def test_p110_beta_asks_for_no_adhesion():
    """Persad 2000: ILK of PC-3, who have no PTEN, is on when they float; nothing drives p110-alpha there."""
    adherent = bands("PC-3")
    floating, beta, alpha = (bands("PC-3", suspended=True, knockout=lost) for lost in ((), ("PIK3CB",), ("PIK3CA",)))
    assert floating["ILK_active"] > 0.6 * adherent["ILK_active"]
    assert beta["ILK_active"] < 0.8 * floating["ILK_active"]
    assert alpha["ILK_active"] > beta["ILK_active"]


def test_an_akt_inhibitor_frees_its_targets_and_rapamycin_only_s6_kinase(attached):
    inhibited, rapamycin = bands(inhibitor={"MK-2206": "1 uM"}), bands(inhibitor={"rapamycin": "10 nM"})
    for band in ("AKT1_p", "RPS6KB1_p", "FOXO3_p"):
        assert inhibited[band] < 0.6 * attached[band]
    assert inhibited["BAD_p136"] < 0.8 * attached["BAD_p136"]
    assert rapamycin["RPS6KB1_p"] < 0.1 * attached["RPS6KB1_p"]
    assert rapamycin["AKT1_p"] == pytest.approx(attached["AKT1_p"], rel=1e-6)


def test_each_site_of_bad_has_its_own_kinases_and_any_of_them_holds_it(attached):
    states = ("BAD_free_total", "BAD_whole_total", "BAD_p136", "BAD_p112", "BAD_p201", "AKT1_total")
    arms = {
        "whole": {},
        "Akt": {"mutant": {"AKT1": "T308A-S473A"}},
        "JNK": {"inhibitor": {"SP600125": "20 uM"}},
        "PAK1": {"inhibitor": {"IPA-3": "30 uM"}},
    }
    more = {"overexpression": {"BCL2": 10.0}}  # without death, which costs Akt
    left = {name: after(1.0, states, **{**more, **arm}) for name, arm in arms.items()}
    for name, site in (("Akt", "BAD_p136"), ("JNK", "BAD_p201"), ("PAK1", "BAD_p112")):
        others = {"BAD_p136", "BAD_p112", "BAD_p201"} - {site}
        assert left[name][site] < 0.8 * left["whole"][site]
        assert all(left[name][other] > 0.6 * left["whole"][other] for other in others)
        assert left[name]["BAD_free_total"] > 1.2 * left["whole"]["BAD_free_total"]
    assert left["Akt"]["BAD_whole_total"] == pytest.approx(left["whole"]["BAD_whole_total"], rel=1e-9)
    assert left["Akt"]["AKT1_total"] == pytest.approx(left["whole"]["AKT1_total"], rel=1e-3)


def test_ras_and_shc_add_to_what_integrins_give_akt():
    whole, no_shc, less_ras, off = (
        after(1.0, ("AKT1_p", "PIP3_front"), cell="CHO", **arm)
        for arm in ({}, {"knockout": ("SHC1",)}, {"knockdown": {"KRAS": 0.9}}, {"suspended": "from 0 h"})
    )
    for loss in (no_shc, less_ras):
        assert 3.0 * off["AKT1_p"] < loss["AKT1_p"] < 0.9 * whole["AKT1_p"]
        assert loss["PIP3_front"] < 0.9 * whole["PIP3_front"]


def test_flow_reaches_akt_of_endothelium_by_pecam1_and_src_kinases():
    """Fleming 2005."""
    flow = {"shear": "1.5 Pa from 0 h"}
    still, flowing, without, blocked = (
        after(1.0, ("AKT1_p",), "HUVEC", **arm)["AKT1_p"]
        for arm in ({}, flow, flow | {"knockout": ("PECAM1",)}, flow | {"inhibitor": {"PP2": "10 uM"}})
    )
    assert flowing > 1.1 * without > 1.1 * still
    assert blocked < still
