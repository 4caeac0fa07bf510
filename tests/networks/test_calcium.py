"""Calcium, the tether of integrins and their traffic: one mechanism a test, on cells at their own steady state."""

import numpy as np
import pytest

from lamella.assays.preparation import draw, numbers, treated
from lamella.assays.protocol import Setting
from lamella.culture import advance_treated, grown_population, idealised_inputs
from lamella.networks import Perturbations

STATES = ("avb3", "a5b1")


def cells(hours=4.0, scaled=None, cell="MEF", matrix=None, medium=None, **arm):
    """Means over a few cells, `hours` after what the arm adds."""
    medium = {"EGF": "10 ng/ml"} if medium is None else medium
    setting = Setting(cell, "arm", Perturbations(**arm), matrix or {"fibronectin": "10 ug/ml"}, medium,
                      scaled=scaled or {})  # fmt: skip
    network, treatment = treated(setting)
    told = lambda off: idealised_inputs(network, treatment, suspended=off)
    population = grown_population(network, treatment, draw(setting, 6), numbers(setting), told(None))
    advance_treated(population, treatment, 0.0, hours * 3600.0, told)
    assert not population.status.any()
    return lambda name: float(population.observe((name,)).mean())


@pytest.fixture(scope="module")
def control():
    return cells()


def test_receptors_of_a_heterodimer_are_conserved_but_for_synthesis_and_loss():
    forms = [f"{form}_{half}" for form in ("low", "high", "bound", "clustered", "untethered")
             for half in ("front", "rear")] + ["left", "internal", "internal_active"]  # fmt: skip
    kept = {f"{name}_k_replacement": 1e-9 for name in STATES}
    control, start = cells(scaled=kept), cells(hours=1e-3, scaled=kept | {"k_uptake": 1e-9})
    for name in STATES:
        totals = [sum(read(f"{name}_{form}") for form in forms) for read in (control, start)]
        assert np.isclose(*totals, rtol=1e-4)


@pytest.fixture(scope="module")
def starved():
    """Without growth factor, whose Erk drives MLCK, which calcium drives too."""
    return cells(medium={})


def test_pull_at_the_rear_makes_the_gradient_of_calcium(starved):
    control, slack = starved, cells(medium={}, inhibitor={"Y-27632": "30 uM"})
    assert control("CA_rear") > 1.15 * control("CA_front")
    assert slack("CA_rear") < 0.4 * control("CA_rear")
    assert slack("CA_rear") < 1.02 * slack("CA_front")


def test_a_buffer_leaves_resting_calcium_and_takes_the_domains_away(starved):
    control, buffered = starved, cells(medium={}, inhibitor={"BAPTA-AM": "20 uM"})
    assert buffered("CA_rear") == pytest.approx(control("CA_rear"), rel=0.05)
    assert buffered("CAPN1_active_rear") < 0.7 * control("CAPN1_active_rear")  # Src keeps some active


def test_calcineurin_undoes_the_tether_of_b3_alone(control):
    without = cells(inhibitor={"cyclosporin A": "1 uM"})
    assert without("avb3_clustered_rear") > 1.05 * control("avb3_clustered_rear")
    assert without("a5b1_clustered_rear") == pytest.approx(control("a5b1_clustered_rear"), rel=0.03)


def test_calpain_cuts_the_tether_of_both(control):
    without = cells(inhibitor={"calpeptin": "10 uM"})
    for name in STATES:
        assert without(f"{name}_untethered_rear") < 0.75 * control(f"{name}_untethered_rear")
    assert without("a5b1_left") < control("a5b1_left")


def test_cam_kinase_lowers_affinity_through_icap1(control):
    without = cells(inhibitor={"KN-93": "10 uM"})
    assert without("ITGB1BP1_p") < 0.3 * control("ITGB1BP1_p")
    assert without("a5b1_high_front") > 1.02 * control("a5b1_high_front")
    assert without("avb3_high_front") < 1.02 * control("avb3_high_front")


def test_pkc_alpha_brings_active_b1_back_and_leaves_b3():
    loaded, blocked = cells(), cells(inhibitor={"Go6976": "1 uM"})
    assert blocked("a5b1_internal_active") > 3.0 * loaded("a5b1_internal_active")
    assert blocked("avb3_internal_active") == pytest.approx(loaded("avb3_internal_active"), rel=0.1)


def test_the_way_forward_feeds_the_front(control):
    blocked = cells(hours=24.0, blocked=("*_forward_*",))
    assert blocked("internal_all") > 5.0 * control("internal_all")
    assert blocked("surface_front") < 0.9 * control("surface_front")


def test_flow_needs_xiap_at_integrins():
    still, flow = cells(cell="HUVEC"), cells(cell="HUVEC", shear="1.5 Pa from 0 h")
    without = cells(cell="HUVEC", shear="1.5 Pa from 0 h", knockdown={"XIAP": 0.95})
    assert flow("PTK2_p576") > 3.0 * still("PTK2_p576")
    assert without("PTK2_p576") < 0.5 * flow("PTK2_p576")


def test_forces_are_refused_where_they_mean_nothing():
    from lamella.errors import InputError

    with pytest.raises(InputError, match="Pa"):
        cells(shear="3 m from 0 h")


def test_pak1_on_s273_of_paxillin_brings_git1_and_loosens_sites(control):
    """Zhao 2000, Nayal 2006. A PAK1 inhibitor acts on contraction too; the mutant and the cell without GIT1 do not."""
    for arm in ({"mutant": {"PXN": "S273A"}}, {"knockout": ("GIT1",)}, {"knockout": ("ARHGEF7",)}):
        without = cells(**arm)
        assert without("release_other_front") < 0.7 * control("release_other_front")
        assert without("adhesion_front") > 1.1 * control("adhesion_front")
    assert cells(inhibitor={"IPA-3": "20 uM"})("PXN_p273") < 0.6 * control("PXN_p273")
