"""The two branches of NF-kB: each by its own step, with the cIAPs on both and with opposite signs."""

from tests.networks.responses import after

TNF = {"TNF": "10 ng/ml"}
NUCLEAR = ("RELA_nuclear", "RELB_nuclear")


def test_tnf_moves_rela_and_not_relb():
    rest, tnf = after(0.5, NUCLEAR), after(0.5, NUCLEAR, factor=TNF)
    assert tnf["RELA_nuclear"] > 5 * rest["RELA_nuclear"]
    assert tnf["RELB_nuclear"] < 1.1 * rest["RELB_nuclear"]


def test_rela_comes_back_and_a20_brings_it():
    early, late = (after(hours, NUCLEAR, factor=TNF)["RELA_nuclear"] for hours in (0.5, 6.0))
    assert late < 0.8 * early
    assert after(6.0, NUCLEAR, factor=TNF, knockout=("TNFAIP3",))["RELA_nuclear"] > 1.2 * late


def test_the_canonical_branch_needs_its_parts():
    whole = after(0.5, NUCLEAR, factor=TNF)["RELA_nuclear"]
    for arm in ({"knockout": ("RIPK1",)}, {"knockout": ("MAP3K7",)}, {"knockout": ("BIRC2", "BIRC3")},
                {"inhibitor": {"TPCA-1": "1 uM"}}):
        assert after(0.5, NUCLEAR, factor=TNF, **arm)["RELA_nuclear"] < 0.4 * whole


def test_nik_is_held_low_by_ciaps_traf2_and_traf3():
    states = ("MAP3K14", "RELB_nuclear")
    rest = after(12.0, states)
    for arm in ({"inhibitor": {"birinapant": "1 uM"}}, {"knockout": ("TRAF2",)}, {"knockout": ("TRAF3",)},
                {"mutant": {"BIRC2": "RING"}}, {"factor": {"TWEAK": "100 ng/ml"}}):
        free = after(12.0, states, **arm)
        assert free["MAP3K14"] > 3 * rest["MAP3K14"]
        assert free["RELB_nuclear"] > 2 * rest["RELB_nuclear"]
    assert after(12.0, states, knockout=("CHUK",), inhibitor={"birinapant": "1 uM"})["RELB_nuclear"] < 10.0


def test_nf_kb_makes_ciap2_and_c_flip():
    states = ("BIRC3_total", "CFLAR")
    rest, tnf, without = after(6.0, states), after(6.0, states, factor=TNF), after(6.0, states, factor=TNF,
                                                                                   knockout=("RELA",))
    assert all(tnf[state] > 1.5 * rest[state] > without[state] for state in states)


def test_rela_is_neither_made_nor_lost():
    parts = ("RELA_NFKBIA", "RELA_nuclear")
    before, later = (sum(after(hours, parts, factor=TNF).values()) for hours in (0.01, 5.0))
    assert abs(later / before - 1) < 1e-6


def test_relb_reaches_genes_of_its_own():
    """Dejardin 2002: what cells without TRAF3 have more of c-FLIP comes of RelA, which NIK frees too."""
    states = ("RELB_nuclear", "CFLAR")
    without, lacking = (after(8.0, states, knockout=gone) for gone in (("TRAF3",), ("TRAF3", "RELB")))
    assert without["RELB_nuclear"] > 1.0e4 > lacking["RELB_nuclear"]
    assert abs(lacking["CFLAR"] / without["CFLAR"] - 1.0) < 0.15
