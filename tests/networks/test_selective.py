"""What a reagent reaches and what it spares: RGD peptides, inhibitors of receptors, mimetics of Bad; and what little
damage, chemokine, antigen and Erk reach. One textbook response a test."""

import pytest
from tests.networks.responses import after

BOUND, HOUR = ("bound_front", "bound_rear"), 1.0


def total(*args, **arm):
    return sum(after(*args, **arm).values())


@pytest.mark.parametrize(("ligand", "low", "high"), [("fibronectin", 0.0, 0.2), ("collagen_I", 0.8, 1.05)])
def test_rgd_peptides_keep_cells_off_fibronectin_and_not_off_collagen(ligand, low, high):
    matrix = {ligand: "10 ug/ml"}
    free, held = (total(HOUR, BOUND, "HT-1080", matrix, inhibitor=given) for given in ({}, {"GRGDSP": "1 mM"}))
    assert low <= held / free < high


def test_tnf_kills_where_nothing_is_made_for_its_receptors_still_come_from_the_golgi():
    """Cycloheximide takes c-FLIP, A20 and cIAP2, and leaves TNFR1 that is on its way."""
    arms = {"factor": {"TNF": "20 ng/ml"}}, {"factor": {"TNF": "20 ng/ml"}, "blocked": ("translation",)}
    tnf, both = (after(8.0, ("PARP1_cleaved", "TNFRSF1A_inside"), "HeLa", **arm) for arm in arms)
    assert both["PARP1_cleaved"] > 5.0 * tnf["PARP1_cleaved"]
    assert 0.2 < both["TNFRSF1A_inside"] / tnf["TNFRSF1A_inside"] < 0.8


def test_little_damage_raises_p53_and_stops_the_cycle():
    states = ("TP53", "CDKN1A", "CCNA2")
    rest, hurt, null = (after(24.0, states, "MCF-10A", factor={"EGF": "10 ng/ml"}, **arm)
                        for arm in ({}, {"inhibitor": {"doxorubicin": "0.3 uM"}},
                                    {"inhibitor": {"doxorubicin": "0.3 uM"}, "knockout": ("TP53",)}))  # fmt: skip
    assert hurt["TP53"] > 3.0 * rest["TP53"]
    assert hurt["CDKN1A"] > 3.0 * max(rest["CDKN1A"], null["CDKN1A"])
    assert hurt["CCNA2"] < 0.8 * rest["CCNA2"]


def test_lapatinib_reaches_erbb2_and_gefitinib_does_not():
    def kept(drug):
        arm = {"factor": {"NRG1": "20 ng/ml"}}
        free, held = (after(HOUR, ("ERBB3_active",), "MCF-7", **arm, inhibitor=given)["ERBB3_active"]
                      for given in ({}, {drug: "1 uM"}))  # fmt: skip
        return held / free

    assert kept("lapatinib") < 0.1
    assert kept("gefitinib") > 0.7


def test_an_inhibitor_of_igf1_receptors_silences_those_that_are_active():
    """Linsitinib comes an hour after the factor."""
    factor = {"IGF1": "50 ng/ml"}
    free, late = (after(1.3, ("IRS1_p",), "MCF-10A", factor=factor, inhibitor=given)["IRS1_p"]
                  for given in ({}, {"linsitinib": "1 uM from 1 h"}))  # fmt: skip
    assert late < 0.4 * free


def test_navitoclax_spares_mcl1_so_that_cells_live_and_is_felt_with_trail():
    def cleaved(**arm):
        return after(3.0, ("PARP1_cleaved",), "HeLa", **arm)["PARP1_cleaved"]

    mimetic, trail = {"inhibitor": {"navitoclax": "1 uM"}}, {"factor": {"TRAIL": "20 ng/ml"}}
    assert cleaved(**mimetic, **trail) > 2.0 * cleaved(**trail)
    assert cleaved(**mimetic) < 0.1 * cleaved(**mimetic, **trail)


@pytest.mark.parametrize(("cell", "name", "dose"), [
    ("lymphocyte", "CXCL12", "100 ng/ml"), ("mast cell", "antigen", "1 nM"),
])
def test_chemokine_and_antigen_reach_erk(cell, name, dose):
    """Of the chemokine within minutes, and for minutes."""
    rest, given = (after(0.1, ("MAPK1_p",), cell, factor=f)["MAPK1_p"] for f in ({}, {name: dose}))
    assert given > 1.5 * rest


def test_erk_makes_mmp1_by_ap1():
    arms = {}, {"inhibitor": {"U0126": "10 uM"}}
    with_erk, without = (after(24.0, ("MMP1_drive",), "MEF", factor={"EGF": "10 ng/ml"}, **arm)["MMP1_drive"]
                         for arm in arms)  # fmt: skip
    assert without < 0.9 * with_erk


def test_trail_kills_hct116_by_bax():
    """LeBlanc 2002: without Bax the cascade stops at XIAP."""
    arm = {"cell": "HCT116", "factor": {"TRAIL": "50 ng/ml"}}
    whole, without = (after(6.0, ("PARP1_cleaved",), knockout=gone, **arm)["PARP1_cleaved"] for gone in ((), ("BAX",)))
    assert without < 0.3 * whole
