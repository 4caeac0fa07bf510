"""GSK-3, Snail, beta-catenin and E-cadherin: who holds whom down."""

from tests.networks.responses import after

STATES = ("SNAI1", "CTNNB1_free_total", "CDH1", "AXIN2", "SMAD3_p")


def test_tnf_and_akt_keep_snail_and_beta_catenin_from_gsk3():
    rest, tnf = after(12.0, STATES), after(12.0, STATES, factor={"TNF": "10 ng/ml"})
    akt = after(12.0, STATES, inhibitor={"MK-2206": "1 uM"})
    for state in ("SNAI1", "CTNNB1_free_total"):
        assert tnf[state] > 1.2 * rest[state]
        assert akt[state] < 0.9 * rest[state]
    assert tnf["CDH1"] < 0.9 * rest["CDH1"]


def test_tgf_beta_makes_snail_which_silences_e_cadherin():
    rest, given = after(24.0, STATES, "MCF-10A"), after(24.0, STATES, "MCF-10A", factor={"TGFB1": "5 ng/ml"})
    assert given["SMAD3_p"] > 2 * rest["SMAD3_p"]
    assert given["SNAI1"] > 1.3 * rest["SNAI1"]
    assert given["CDH1"] < 0.95 * rest["CDH1"]


def test_e_cadherin_holds_beta_catenin():
    rest, more = after(0.01, STATES, "MCF-7"), after(0.01, STATES, "MCF-7", knockout=("CDH1",))
    assert more["CTNNB1_free_total"] > rest["CTNNB1_free_total"]
    assert after(0.01, STATES, "MCF-7", knockout=("SNAI1",))["AXIN2"] == 0.0


def test_src_of_sites_takes_e_cadherin_in():
    """Avizienyte 2002."""
    names = ("CDH1_uptake", "CDH1")
    wild, blocked, off = (
        after(24.0, names, "MCF-7", matrix={"collagen_I": "10 ug/ml"}, **arm)
        for arm in ({}, {"inhibitor": {"PP2": "10 uM"}}, {"suspended": True})
    )
    assert blocked["CDH1"] > 1.1 * wild["CDH1"]
    assert off["CDH1_uptake"] < 0.9 * wild["CDH1_uptake"]
