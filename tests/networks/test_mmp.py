"""Matrix metalloproteases: activation with TIMP-2, inhibitors, docking, expression; one mechanism a test."""

import numpy as np
import pytest

from lamella.assays.preparation import draw, numbers, treated
from lamella.assays.protocol import Setting
from lamella.culture import grown_population, idealised_inputs
from lamella.networks import Perturbations


def cells(cell="MEF", scaled=None, matrix=None, medium=None, **arm):
    """Means over a few cells that have grown long under what the arm does."""
    setting = Setting(cell, "arm", Perturbations(**arm), matrix or {"fibronectin": "10 ug/ml"},
                      medium or {"EGF": "10 ng/ml"}, scaled=scaled or {})  # fmt: skip
    network, treatment = treated(setting)
    population = grown_population(network, treatment, draw(setting, 4), numbers(setting),
                                  idealised_inputs(network, treatment))  # fmt: skip
    population.advance(5e5)
    assert not population.status.any()
    return lambda name: float(population.observe((name,)).mean())


@pytest.fixture(scope="module")
def control():
    return cells()


def test_timp2_serves_and_hinders_the_activation_of_mmp2():
    series = [cells(overexpression={"TIMP2": fold})("MMP2_active_total") for fold in (0.02, 1.0, 100.0)]
    assert series[1] > 1.3 * series[0]
    assert series[1] > 1.3 * series[2]


def test_without_its_activator_the_pro_form_piles_up(control):
    dead = cells(mutant={"MMP14": "E240A"})
    assert dead("MMP2_active_total") < 0.01 * control("MMP2_active_total")
    assert dead("MMP2_pro_total") > 1.1 * control("MMP2_pro_total")


def test_an_inhibitor_leaves_bands_of_mmp9_and_takes_its_activity():
    plain, more = cells(), cells(overexpression={"TIMP1": 30.0})
    assert more("MMP9_net_total") < 0.5 * plain("MMP9_net_total")
    assert more("MMP9") + more("MMP9_active") == pytest.approx(plain("MMP9") + plain("MMP9_active"), rel=0.02)


def test_docked_mmp2_cuts_what_free_mmp2_does_not(control):
    loose = cells(mutant={"MMP2": "docking-site"})
    assert loose("MMP2_active_total") > 0.9 * control("MMP2_active_total")
    assert loose("proteolysis_MMP2") < 0.05 * control("proteolysis_MMP2")


def test_p38_drives_mmp13_and_erk_holds_it(control):
    made = lambda read: read("MMP13") + read("MMP13_active")
    assert made(cells(inhibitor={"SB203580": "10 uM"})) < 0.7 * made(control)
    assert made(cells(inhibitor={"U0126": "10 uM"})) > 1.2 * made(control)


def test_ilk_makes_mmp9_by_ap1():
    # EGF raises Erk, without which there is no Fos, and leaves AP-1 of fibroblasts short of its most
    fed = {"medium": {"EGF": "10 ng/ml"}}
    much = fed | {"overexpression": {"ILK": 5.0}}
    plain, more, silent = cells(**fed), cells(**much), cells(**much, mutant={"JUN": "TAM67"})
    assert more("MMP9") > 1.1 * plain("MMP9")
    assert silent("MMP9") < plain("MMP9")


def test_cas_sends_ciz_into_the_nucleus(control):
    without = cells(knockout=("BCAR1",))
    assert without("ZNF384_nuclear") < 0.6 * control("ZNF384_nuclear")
    assert without("MMP1") < control("MMP1")


def test_mmp14_is_conserved_in_its_complexes_when_nothing_is_made_or_lost():
    off = {"k_MMP14_loss": 1e-12, "k_medium": 1e-12, "k_plasmin": 1e-12}
    read = cells(scaled=off)
    setting = Setting("MEF", "arm", Perturbations(), scaled=off)
    network, treatment = treated(setting)
    started = grown_population(network, treatment, draw(setting, 4), numbers(setting),
                               idealised_inputs(network, treatment))  # fmt: skip
    begun = float(started.observe(("MMP14_total",)).mean())
    assert np.isclose(read("MMP14_total"), begun, rtol=1e-3)


def test_cas_makes_ciz_stronger_and_not_only_sends_it_to_the_nucleus(control):
    """Nakamoto 2000: the SH3 domain of Cas."""
    more, none = cells(overexpression={"BCAR1": 4.0}), cells(knockout=("BCAR1",))
    strength = [cell("ZNF384_strength") for cell in (none, control, more)]
    assert strength[0] < 0.6 * strength[1]
    assert strength[2] > 1.2 * strength[1]
    assert more("MMP1_drive") > control("MMP1_drive") > none("MMP1_drive")


def test_pairs_of_jun_serve_ap1_sites_of_a_cell_without_fos():
    """Halazonetis 1988: 25 times less than Jun with Fos."""
    starved = {"medium": {"EGF": "0 ng/ml"}}
    alone, none = cells(**starved, knockout=("FOS",)), cells(**starved, knockout=("FOS", "JUN"))
    assert alone("AP1_freed_total") > 10.0 * none("AP1_freed_total")
    assert alone("MMP9_drive") > 1.05 * none("MMP9_drive")
    assert cells(**starved, mutant={"JUN": "TAM67"})("AP1_drive") == 0.0


def test_nfkb_and_ap1_make_mmp9_together():
    """Sato 1993: TNF induces MMP-9 where both sites are there."""
    fed, tnf = {"EGF": "10 ng/ml"}, {"EGF": "10 ng/ml", "TNF": "10 ng/ml"}
    alive = {"overexpression": {"BCL2": 10.0}}
    rest, given = (cells("HT-1080", medium=medium, **alive) for medium in (fed, tnf))
    silent, both = (cells("HT-1080", medium=medium, **alive, mutant={"JUN": "TAM67"}) for medium in (fed, tnf))
    assert given("MMP9_drive") > 1.3 * rest("MMP9_drive")
    assert both("MMP9_drive") < 1.05 * silent("MMP9_drive")
