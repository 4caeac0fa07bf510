"""From Erk to S phase: what starved cells do when they are given growth factor, on the matrix and off it."""

import pytest
from tests.networks.test_stress import course

FGF2 = {"FGF2": "20 ng/ml from 0 h"}


def fibroblast(names, hours, **perturbations):
    return course("MEF", names, hours, **perturbations)


def test_only_matrix_and_growth_factor_together_bring_starved_cells_into_s_phase():
    names = ("S_phase", "CCND1", "CDK2_activity")
    both = fibroblast(names, (0.0, 30.0), factor=FGF2)
    matrix = fibroblast(names, (30.0,))[0]
    factor = fibroblast(names, (30.0,), factor=FGF2, suspended=True)[0]
    assert both[0, 0] < 0.1 < 0.4 < both[1, 0]
    assert matrix[0] < 0.1
    assert factor[0] < 0.1
    assert both[1, 1] > 2.5 * max(matrix[1], factor[1])


def test_order_of_g1():
    """Cyclin D1 first, then Rb gives way, then cyclin A and S phase, while p27 goes."""
    names = ("CCND1", "RB1_p", "CCNA2", "S_phase", "CDKN1B")
    hours = [float(h) for h in range(37)]
    read = fibroblast(names, hours, factor=FGF2)
    half = [int((read[:, i] > (read[0, i] + read[-1, i]) / 2).argmax()) for i in range(4)]
    assert half[0] <= half[1] < half[2] <= half[3]
    assert read[-1, 4] < 0.4 * read[0, 4]


def test_fra1_and_cyclin_d1_need_erk_that_lasts():
    names = ("FOSL1", "CCND1")
    long = fibroblast(names, (0.0, 8.0), factor=FGF2)
    short = fibroblast(names, (8.0,), factor=FGF2, inhibitor={"U0126": "20 uM from 40 min"})[0]
    assert long[1, 0] > 2.0 * long[0, 0]
    assert short[0] < 0.01 * long[1, 0]
    assert short[1] < 0.5 * long[1, 1]


def test_past_the_restriction_point_erk_is_dispensable_and_before_it_is_not():
    """The window of G1 during which mitogen is needed is nowhere written down."""
    wild, early, late = (
        fibroblast(("S_phase",), (30.0,), factor=FGF2, inhibitor=drug)[0, 0]
        for drug in ({}, {"U0126": "20 uM from 4 h"}, {"U0126": "20 uM from 20 h"})
    )
    assert early < 0.25 * wild
    assert late > 0.6 * wild


def test_p21_rises_early_and_is_down_again_before_s_phase_unless_cells_come_off():
    on = fibroblast(("CDKN1A",), (0.0, 3.0, 20.0), factor=FGF2)[:, 0]
    off = fibroblast(("CDKN1A",), (20.0,), factor=FGF2, suspended="from 6 h")[0, 0]
    assert on[1] > 1.5 * on[0]
    assert on[2] < 0.85 * on[1]
    assert off > on[2]


def test_damage_holds_cells_before_s_phase_by_p53_and_p21():
    damage = {"factor": {"EGF": "10 ng/ml from 0 h"}, "inhibitor": {"doxorubicin": "3 uM from 0 h"}}
    wild = course("MCF-10A", ("S_phase",), (24.0,), factor=damage["factor"])[0, 0]
    hurt, no_p53, no_p21 = (course("MCF-10A", ("S_phase",), (24.0,), **damage | arm)[0, 0]
                            for arm in ({}, {"knockout": ("TP53",)}, {"knockout": ("CDKN1A",)}))
    assert hurt < 0.7 * wild
    assert min(no_p53, no_p21) > 0.9 * wild


@pytest.mark.parametrize(
    ("drug", "band", "most"),
    [
        ({"SP600125": "10 uM"}, "CCND1", 0.85),
        ({"palbociclib": "1 uM"}, "S_phase", 0.3),
        ({"roscovitine": "20 uM"}, "S_phase", 0.3),
        ({"toxin A": "10 nM"}, "CCND1", 0.7),
        ({"rapamycin": "100 nM"}, "CCND3", 0.5),
    ],
)
def test_drugs_on_the_way_to_s_phase(drug, band, most):
    free = fibroblast((band,), (24.0,), factor=FGF2)[0, 0]
    assert fibroblast((band,), (24.0,), factor=FGF2, inhibitor=drug)[0, 0] < most * free


def test_rac1_translates_cyclin_d1_without_more_message():
    names = ("CCND1", "CCND1_mRNA")
    wild = course("HUVEC", names, (12.0,), factor=FGF2)[0]
    inhibited = course("HUVEC", names, (12.0,), factor=FGF2, inhibitor={"EHT 1864": "0.2 uM from 8 h"})[0]
    assert inhibited[0] / wild[0] < inhibited[1] / wild[1]


def test_ciap1_takes_mad1_away_and_so_helps_myc():
    names = ("MXD1", "MYC_share")
    wild, null = (course("HeLa", names, (1.0,), knockout=gone)[0] for gone in ((), ("BIRC2",)))
    assert null[0] > 1.5 * wild[0]
    assert null[1] < wild[1]


def test_cdks_are_there_all_the_time_and_inhibitors_shut_cdk2_off():
    names = ("CDK2_total", "CDK2_activity")
    wild = fibroblast(names, (0.0, 24.0), factor=FGF2)
    held = fibroblast(names, (24.0,), factor=FGF2, overexpression={"CDKN1B": 20.0})[0]
    assert wild[0, 0] == pytest.approx(wild[1, 0])
    assert wild[1, 1] > 20 * wild[0, 1]
    assert held[1] < 0.2 * wild[1, 1]


def test_myc_of_quiescent_fibroblasts_is_next_to_none_and_asks_for_receptors_at_work():
    """Waters 1991: thousands of molecules with any mitogen; Barone 1995: by Src, without Ras."""
    def myc(**arm):
        return fibroblast(("MYC",), (12.0,), **arm)[0, 0]

    rest, little, much = (myc(**arm) for arm in ({}, {"factor": {"EGF": "0.3 ng/ml"}}, {"factor": {"EGF": "10 ng/ml"}}))
    assert rest < 300.0 < 1000.0 < little < 3000.0 < much
    assert myc(factor={"EGF": "0.3 ng/ml"}, inhibitor={"U0126": "10 uM"}) > 0.7 * little
