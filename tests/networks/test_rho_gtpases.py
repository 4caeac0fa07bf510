"""Rho GTPases: what adhesion, p190RhoGAP, exchange factors at sites and Sos do to them."""

import pytest
from tests.networks.responses import after
from tests.networks.test_stress import course

from lamella.culture import Draw, constants, grown_population, idealised_inputs
from lamella.networks import Perturbations, assemble, resolve

FACTOR = {"EGF": "10 ng/ml from 0 h", "PDGF": "20 ng/ml from 0 h"}


def on_fibronectin(cell, names, coating):
    network = assemble(cell)
    treatment = resolve(network, Perturbations(), {"fibronectin": coating}, {})
    alike = constants().scaled({"variation.cv": 1e-6})
    cells = grown_population(network, treatment, Draw(1, 0, 1), alike, idealised_inputs(network, treatment))
    assert not cells.status.any()
    return cells.observe(names)[0]


def test_rhoa_dips_when_cells_attach_and_then_rises_above_that_of_floating_cells():
    """Ren 1999: plating inhibits Rho for a while, then comes a phase of activation."""
    hours = (4.0, 4.3, 6.0)
    floating, early, late = course("MEF", ("RHOA_gtp",), hours, suspended="from 0 h until 4 h")[:, 0]
    assert early < 0.85 * floating
    assert late > 1.2 * floating


def test_p190rhogap_is_part_of_the_dip_and_needs_src():
    """Arthur 2000: integrins inactivate RhoA through Src and p190RhoGAP."""
    hours = (10.0, 10.3)
    dip = {
        name: course("MEF", ("RHOA_gtp", "ARHGAP35_active_front"), hours, suspended="from 0 h until 10 h", **arm)[1]
        for name, arm in {
            "wild type": {},
            "no GAP": {"knockout": ("ARHGAP35",)},
            "no Src": {"inhibitor": {"PP2": "10 uM"}},
        }.items()
    }
    assert dip["no GAP"][0] > 1.1 * dip["wild type"][0]
    assert dip["no Src"][1] < 0.1 * dip["wild type"][1]


def test_exchange_factors_of_sites_carry_the_rise():
    wild, without = (course("MEF", ("RHOA_gtp",), (1.0,), knockout=gone)[0, 0] for gone in ((), ("ARHGEF2",)))
    assert without < 0.85 * wild


def test_rhoa_still_rises_with_fibronectin_where_rac1_and_cdc42_have_stopped():
    """Cox 2001, in CHO cells."""
    names = ("RHOA_gtp", "RAC1_gtp", "CDC42_gtp")
    low, middle, high = (on_fibronectin("CHO", names, f"{dose} ug/ml") for dose in (1, 10, 30))
    assert low[0] < middle[0] < high[0] / 1.1
    assert (middle[1:] > 1.5 * low[1:]).all()
    assert high[1:] == pytest.approx(middle[1:], rel=0.2)


def test_sos_loads_rac1_on_adhesion_only_with_shc_and_pip3():
    """Exchange is read and not Rac1-GTP: without Shc there is less RhoA in front too, and so less FilGAP."""
    names = ("RAC1_exchange_front",)
    wild, no_shc = (course("HUVEC", names, (0.1,), knockout=gone)[0, 0] for gone in ((), ("SHC1",)))
    no_lipid = course("HUVEC", names, (0.5,), inhibitor={"LY294002": "50 uM"})[0, 0]
    assert no_shc < 0.95 * wild
    assert no_lipid < 0.7 * wild


def test_growth_factor_loads_rac1_of_floating_cells_and_does_not_reach_pak():
    """del Pozo 2000: Rac is loaded in suspension and finds no effector there."""
    names = ("RAC1_gtp", "PAK1_active")
    starved = course("MEF", names, (0.17,), suspended=True)[0]
    given = course("MEF", names, (0.17,), factor=FACTOR, suspended=True)[0]
    attached = course("MEF", names, (0.17,))[0]
    assert given[0] > 2.0 * starved[0]
    assert given[1] < 0.01 * attached[1]


HALVES = ("RAC1_gtp_front", "RAC1_gtp_rear")


def test_rho_kinase_holds_rac1_of_the_rear_down_through_filgap():
    """Ohta 2006: Rho kinase switches FilGAP on, which takes the GTP off Rac."""
    arms = {
        "wild type": {},
        "no FilGAP": {"knockout": ("ARHGAP24",)},
        "no Rho kinase": {"inhibitor": {"Y-27632": "30 uM"}},
    }
    seen = {name: course("HeLa", HALVES, (1.0,), **arm)[0] for name, arm in arms.items()}
    for arm in ("no FilGAP", "no Rho kinase"):
        front, rear = seen[arm] / seen["wild type"]
        assert rear > 2.0
        assert rear > 1.5 * front


def test_rac1_that_its_ligases_spare_goes_to_the_front():
    """Without XIAP and cIAP1 the front gains as much as the rear, by FilGAP: without it the rear gains more."""
    less = {"XIAP": 0.9, "BIRC2": 0.9}
    with_it = course("HeLa", HALVES, (1.0,), knockdown=less)[0] / course("HeLa", HALVES, (1.0,))[0]
    gone = {"knockout": ("ARHGAP24",)}
    without = course("HeLa", HALVES, (1.0,), knockdown=less, **gone)[0] / course("HeLa", HALVES, (1.0,), **gone)[0]
    assert with_it[0] > 1.8
    assert with_it[0] > with_it[1]
    assert without[0] < without[1]


def test_fyn_lets_load_on_bonds_reach_rhoa():
    """Guilluy 2011: LARG. What goes without pull, too, goes by Erk and GEF-H1."""
    slack = {"inhibitor": {"blebbistatin": "100 uM"}}
    wild, without, loose, loose_without = (
        after(4.0, ("RHOA_gtp",), "MEF", knockout=gone, **arm)["RHOA_gtp"]
        for arm in ({}, slack) for gone in ((), ("FYN",)))
    assert without < 0.9 * wild
    assert loose < 0.9 * wild
    assert 1.0 - without / wild > 1.5 * (1.0 - loose_without / loose)
