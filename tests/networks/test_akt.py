"""Akt: two kinases above it, adhesion and PTEN above those, and what it silences."""

import pytest

from lamella.culture import Draw, advance_treated, constants, grown_population, idealised_inputs
from lamella.networks import Perturbations, assemble, resolve

BANDS = ("AKT1_membrane", "AKT1_p", "ILK_active", "RPS6KB1_p", "BAD_p", "FOXO3_p", "AKT1_total")


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
    for band in ("AKT1_membrane", "AKT1_p", "ILK_active", "BAD_p", "FOXO3_p"):
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
    assert lost["ILK_active"] > 0.7 * attached["ILK_active"]
    assert lost["AKT1_p"] > 5.0 * floating["AKT1_p"]


def test_an_akt_inhibitor_frees_its_targets_and_rapamycin_only_s6_kinase(attached):
    inhibited, rapamycin = bands(inhibitor={"MK-2206": "1 uM"}), bands(inhibitor={"rapamycin": "10 nM"})
    for band in ("AKT1_p", "RPS6KB1_p", "FOXO3_p"):
        assert inhibited[band] < 0.6 * attached[band]
    assert inhibited["BAD_p"] < 0.8 * attached["BAD_p"]
    assert rapamycin["RPS6KB1_p"] < 0.1 * attached["RPS6KB1_p"]
    assert rapamycin["AKT1_p"] == pytest.approx(attached["AKT1_p"], rel=1e-6)


def test_bad_has_other_kinases_and_its_total_is_kept(attached):
    dead = bands(mutant={"AKT1": "T308A-S473A"}, overexpression={"BCL2": 10.0})  # without death, which costs Akt
    assert dead["AKT1_p"] < 1e-6 * attached["AKT1_p"]
    assert 0.05 * attached["BAD_p"] < dead["BAD_p"] < 0.7 * attached["BAD_p"]
    assert dead["AKT1_total"] == pytest.approx(attached["AKT1_total"], rel=1e-3)
