"""Erk in time: a short answer of floating cells, a lasting one of attached cells, and what damps it."""

from tests.networks.responses import after
from tests.networks.test_stress import HOUR, course

from lamella.culture import Draw, advance_treated, constants, grown_population, idealised_inputs
from lamella.networks import Perturbations, assemble, resolve

FGF2 = {"FGF2": "20 ng/ml from 0 h"}
HOURS = (0.0, 0.17, 1.5, 8.0)


def erk(cell="MEF", hours=HOURS, names=("MAPK1_p",), **arm):
    return course(cell, names, hours, **arm)


def half(read):
    return (read[0] + read[1]) / 2


def on_vitronectin(**arm):
    """Receptors and Erk of endothelium, 8 h after basic FGF."""
    network = assemble("HUVEC")
    treatment = resolve(network, Perturbations(factor=FGF2, **arm), {"vitronectin": "10 ug/ml"}, {})
    alike = constants().scaled({"variation.cv": 1e-6})
    cells = grown_population(network, treatment, Draw(1, 0, 1), alike, idealised_inputs(network, treatment))
    advance_treated(cells, treatment, 0.0, 8 * HOUR)
    assert not cells.status.any()
    return cells.observe(("FGFR1_active", "MAPK1_p"))[0]


def test_growth_factor_alone_gives_short_erk_and_on_the_matrix_it_lasts():
    """Roovers 1999."""
    floating = erk(factor=FGF2, suspended=True)[:, 0]
    attached = erk(factor=FGF2)[:, 0]
    assert floating[1] > 2.0 * floating[0]
    assert floating[2] < half(floating)
    assert attached[3] > half(attached)
    assert attached[3] > 5.0 * floating[3]


def test_receptors_are_lost_without_the_integrins_that_hold_caveolin():
    """On vitronectin avb3 holds caveolin and avb5 does not: Eliceiri 1998."""
    free, blocked = on_vitronectin(), on_vitronectin(antibody={"LM609": "10 ug/ml from 0 h"})
    assert (blocked < 0.5 * free).all()


def test_dusp6_turns_a_peak_into_a_plateau():
    wild, without = (erk(factor=FGF2, knockout=gone)[:, 0] for gone in ((), ("DUSP6",)))
    assert wild[3] / wild[1] < 0.9
    assert wild[3] / wild[1] < without[3] / without[1] - 0.05
    assert without[3] > wild[3]


def test_weak_ras_reaches_raf_less_than_in_proportion():
    """Raf is a dimer that two Ras hold."""
    names = ("KRAS_gtp", "RAF1_active")
    starved, given = erk(hours=(0.0,), names=names)[0], erk(hours=(1.0,), names=names, factor=FGF2)[0]
    assert given[1] / starved[1] > 1.2 * given[0] / starved[0]


def test_stress_fibres_keep_what_sites_bring_of_sos():
    """Renshaw 1996, Roovers 2003: Rho, by way of the light chain, adds to Erk of attached cells."""
    wild = erk(hours=(0.5,))[0, 0]
    assert erk(hours=(0.5,), knockdown={"RHOA": 0.9})[0, 0] < 0.95 * wild
    assert erk(hours=(0.5,), inhibitor={"Y-27632": "20 uM"})[0, 0] < 0.97 * wild


def test_integrins_activate_the_egf_receptor_without_fak():
    """Moro 1998."""
    attached, no_fak, floating = (
        erk("HeLa", (0.1,), ("EGFR_active",), **arm)[0, 0]
        for arm in ({}, {"knockout": ("PTK2",)}, {"suspended": True})
    )
    assert 0.8 * attached < no_fak
    assert floating < 0.01 * attached


def test_p21_follows_erk_that_passes_and_not_erk_that_lasts():
    """Bottazzi 1999: induced by transient Erk; its late fall does not need Erk."""
    names = ("CDKN1A", "EGR1")
    start, early, late = course("MEF", names, (0.0, 2.0, 16.0), factor=FGF2)
    no_erk = course("MEF", names, (16.0,), factor=FGF2, inhibitor={"U0126": "20 uM from 10 h"})[0]
    assert early[0] > 1.3 * start[0]
    assert late[0] < 0.7 * early[0]
    assert late[1] < early[1]
    assert 0.7 < no_erk[0] / late[0] < 1.6


def test_few_receptors_are_enough_for_erk():
    """MEF have 30,000 EGF receptors, of which some thousand are active: as many as there is Sos."""
    egf = {"EGF": "10 ng/ml from 0 h"}
    for cell in ("MEF", "MCF-10A"):
        start, peak, plateau = erk(cell, (0.0, 0.17, 8.0), factor=egf)[:, 0]
        assert peak > 5.0 * start
        assert peak > plateau > 3.0 * start
    assert erk("MEF", (8.0,), factor=egf)[0, 0] > 0.5 * erk("MEF", (8.0,), factor={"PDGF": "20 ng/ml from 0 h"})[0, 0]


def test_egf_brings_mammary_epithelium_and_fibroblasts_into_s_phase():
    for cell in ("MCF-10A", "MEF"):
        starved, given = (
            course(cell, ("S_phase",), (36.0,), factor=dose)[0, 0] for dose in ({}, {"EGF": "10 ng/ml from 0 h"})
        )
        assert starved < 0.05 < 0.3 < given


def test_egf_receptors_are_degraded_off_the_matrix():
    """As those of PDGF: Baron 2000. Growth factor then reaches B-Raf of floating cells for minutes only."""
    egf = {"EGF": "10 ng/ml from 0 h"}
    names = ("EGFR_active", "BRAF_active_total")
    on = erk(hours=(0.0, 24.0), names=names, factor=egf)
    off = erk(hours=(0.0, 0.17, 24.0), names=names, factor=egf, suspended=True)
    assert off[2, 0] < 0.1 * on[1, 0]
    assert off[1, 1] > 2.0 * off[0, 1]
    assert off[2, 1] < 0.1 * off[1, 1]


def test_egf_receptors_in_excess_outlast_the_matrix():
    """Reginato 2003: epithelium that overexpresses the receptor keeps it when it floats."""
    egf = {"EGF": "10 ng/ml from 0 h"}

    def kept(**arm):
        on, off = (erk("MCF-10A", (24.0,), ("EGFR_active",), factor=egf, suspended=floating, **arm)[0, 0]
                   for floating in (False, True))  # fmt: skip
        return off / on

    assert kept() < 0.1
    assert kept(overexpression={"EGFR": 20.0}) > 0.3


def test_fibroblasts_kept_from_spreading_lose_their_fgf_receptors_and_avb3_keeps_them():
    def kept(**arm):
        spread, round_ = (erk("MEF", (10.0,), ("FGFR1_active",), factor=FGF2, island=island, **arm)[0, 0]
                          for island in ("", "20 um"))  # fmt: skip
        return round_ / spread

    assert kept() < 0.25
    assert kept(overexpression={"ITGB3": 5.0}) > 1.3 * kept()


def test_egf_reaches_ras_of_floating_cells_and_not_craf_but_braf():
    """Edin & Juliano 2005: floating cells lack the phosphate of PAK1 on C-RAF, which B-Raf does not need."""
    names = ("RAF1_active", "KRAS_gtp", "BRAF_active_total")
    rest, given = (after(10 / 60, names, "MEF", suspended=True, factor=f) for f in ({}, {"EGF": "10 ng/ml"}))
    assert given["KRAS_gtp"] > 5.0 * rest["KRAS_gtp"]
    assert given["RAF1_active"] < 1.25 * rest["RAF1_active"]
    assert given["BRAF_active_total"] > 3.0 * max(rest["BRAF_active_total"], given["RAF1_active"] - rest["RAF1_active"])


def test_braf_is_far_better_in_a_pair_with_craf():
    """Rushworth 2006: what B-Raf does falls with C-RAF, though B-Raf itself is as active."""
    names = ("BRAF_active_total", "BRAF_kinase_total", "KRAS_gtp")
    wild, without = (after(0.5, names, "MEF", mutant={"KRAS": "G12V"}, knockout=gone) for gone in ((), ("RAF1",)))
    assert without["BRAF_active_total"] > 0.9 * wild["BRAF_active_total"]
    assert without["BRAF_kinase_total"] < 0.2 * wild["BRAF_kinase_total"]


def test_rhoa_helps_ras_to_activate_craf():
    """Li 2001: dominant negative RhoA blocks the activation of Raf by Ras, and PAK does not stand in for it."""
    names = ("RAF1_active", "PAK1_active", "KRAS_gtp")
    wild, without = (after(0.5, names, "MEF", mutant={"KRAS": "G12V"}, knockout=gone) for gone in ((), ("RHOA",)))
    assert without["RAF1_active"] < 0.5 * wild["RAF1_active"]
    assert without["PAK1_active"] > 0.9 * wild["PAK1_active"]


def test_braf_v600e_is_on_without_growth_factor_and_without_ras():
    names = ("MAPK1_p", "KRAS_gtp")
    wild, mutant = (after(0.5, names, "MEF", suspended=True, mutant=m) for m in ({}, {"BRAF": "V600E"}))
    assert mutant["MAPK1_p"] > 5.0 * wild["MAPK1_p"]
    assert mutant["KRAS_gtp"] < 1.1 * wild["KRAS_gtp"]


def test_phorbol_ester_reaches_craf_by_protein_kinase_c_and_not_by_ras():
    """Kolch 1993."""
    names = ("KRAS_gtp", "RAF1_active", "MAPK1_p")
    rest, given, without = (
        after(0.25, names, "MEF", factor=factor, knockout=gone)
        for factor, gone in (({}, ()), ({"PMA": "100 nM"}, ()), ({"PMA": "100 nM"}, ("PRKCA",)))
    )
    assert given["RAF1_active"] > 2.0 * rest["RAF1_active"]
    assert given["MAPK1_p"] > 1.5 * rest["MAPK1_p"]
    assert given["KRAS_gtp"] < 1.2 * rest["KRAS_gtp"]
    assert without["RAF1_active"] < 1.2 * rest["RAF1_active"]
