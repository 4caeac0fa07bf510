"""Insulin and IGF-1: receptors that answer anywhere, and IRS-1, which integrins hold."""

from tests.networks.responses import after

INSULIN = {"INS": "5 ug/ml"}
NAMES = ("INSR_active", "IRS1_p", "PIP3_total", "AKT1_p")


def epithelium(**arm):
    return after(1.0, NAMES, "MCF-10A", **arm)


def test_insulin_reaches_akt_by_its_receptors_and_irs1():
    starved, given = epithelium(), epithelium(factor=INSULIN)
    assert starved["INSR_active"] == 0.0
    assert given["AKT1_p"] > 1.1 * starved["AKT1_p"]
    without, drugged = (
        epithelium(factor=INSULIN, **arm) for arm in ({"knockout": ("IRS1",)}, {"inhibitor": {"linsitinib": "1 uM"}})
    )
    assert without["AKT1_p"] < 1.05 * starved["AKT1_p"]
    assert drugged["INSR_active"] < 0.3 * given["INSR_active"]
    assert drugged["IRS1_p"] < 0.6 * given["IRS1_p"]


def test_the_receptor_answers_off_the_matrix_and_irs1_does_not():
    """Farrelly 1999: adhesion is needed below the receptor."""
    on, off = epithelium(factor=INSULIN), epithelium(factor=INSULIN, suspended=True)
    assert abs(off["INSR_active"] / on["INSR_active"] - 1.0) < 0.05
    assert off["IRS1_p"] < 0.3 * on["IRS1_p"]


def test_free_beta1_tails_take_irs1_away():
    """Goel 2005: the tail of beta-1 holds IRS-1."""
    wild, tails = (epithelium(factor=INSULIN, **arm) for arm in ({}, {"mutant": {"ITGB1": "tail-only"}}))
    assert tails["IRS1_p"] < 0.5 * wild["IRS1_p"]
    assert tails["AKT1_p"] < 0.95 * wild["AKT1_p"]


def test_rapamycin_frees_irs1():
    """Harrington 2004: S6 kinase puts IRS-1 out of use."""
    long, freed = (
        after(4.0, NAMES, "MCF-10A", factor=INSULIN, **arm) for arm in ({}, {"inhibitor": {"rapamycin": "20 nM"}})
    )
    assert freed["IRS1_p"] > 1.1 * long["IRS1_p"]


def test_igf1_acts_at_its_own_receptor():
    given = epithelium(factor={"IGF1": "50 ng/ml"})
    assert given["INSR_active"] == 0.0
    assert given["IRS1_p"] > 100.0
