"""Receptors are made and lost: flow and loss of beta-3 make more a5b1, loss of beta-1 more beta-3 and less beta-5."""

import numpy as np
import pytest
from tests.networks.responses import after

from lamella.networks import assemble

TOTALS = ("total_a5b1", "total_avb3", "total_avb5", "total_a6b1")


def test_without_flow_receptors_stay_at_their_copies():
    for name, value in after(24.0, TOTALS, cell="HUVEC").items():
        copies = assemble("HUVEC").parameters[f"{name.removeprefix('total_')}_copies"].value
        assert np.isclose(value, after(0.0, (name,), cell="HUVEC")[name], rtol=1e-3)
        assert 0.5 * copies < value < 2.0 * copies


def test_flow_makes_endothelium_make_a5b1_within_days_and_beta3_gives_way_a_little():
    still, flow = (after(48.0, TOTALS, cell="HUVEC", shear=shear) for shear in ("", "1.5 Pa from 0 h"))
    early = after(1.0, TOTALS, cell="HUVEC", shear="1.5 Pa from 0 h")
    assert 1.4 < flow["total_a5b1"] / still["total_a5b1"] < 1.75
    assert early["total_a5b1"] / still["total_a5b1"] < 1.1
    assert flow["total_a6b1"] == pytest.approx(still["total_a6b1"], rel=1e-6)
    assert 0.9 < flow["total_avb3"] / still["total_avb3"] < 1.0


def test_loss_of_beta1_makes_beta3_up_and_beta5_down():
    whole, without = (after(0.0, TOTALS, cell="MEF", knockout=genes) for genes in ((), ("ITGB1",)))
    assert 2.5 < without["total_avb3"] / whole["total_avb3"] < 3.5
    assert 0.4 < without["total_avb5"] / whole["total_avb5"] < 0.7
    assert without["total_a5b1"] < 1e-3 * whole["total_a5b1"]


def test_half_of_beta1_leaves_most_of_its_receptors_and_none_of_it_leaves_none():
    whole, half, none = (after(0.0, ("total_a5b1",), cell="HUVEC", **arm)["total_a5b1"]
                         for arm in ({}, {"knockdown": {"ITGB1": 0.5}}, {"knockout": ("ITGB1",)}))  # fmt: skip
    assert 0.6 < half / whole < 0.75
    assert none == 0.0


def test_endothelium_without_av_makes_more_a5b1_and_an_antibody_changes_nothing_in_a_day():
    whole, without = (after(0.0, TOTALS, cell="HUVEC", knockout=genes) for genes in ((), ("ITGAV",)))
    assert 1.4 < without["total_a5b1"] / whole["total_a5b1"] < 1.7
    assert without["total_a6b1"] == pytest.approx(whole["total_a6b1"], rel=1e-3)
    held = after(24.0, TOTALS, cell="HUVEC", antibody={"LM609": "10 ug/ml"})
    assert held["total_a5b1"] == pytest.approx(whole["total_a5b1"], rel=0.05)


def test_cells_that_have_less_beta3_to_lose_make_less_a5b1_up():
    def gained(cell, **arm):
        whole, without = (after(0.0, TOTALS, cell=cell, **arm, **gone)["total_a5b1"]
                          for gone in ({}, {"knockout": ("ITGB3",)}))  # fmt: skip
        return without / whole

    endothelium, fibroblast = gained("HUVEC"), gained("MEF")
    assert 1.15 < fibroblast < endothelium - 0.1
    assert gained("HUVEC", level_of={"avb3": "MEF"}) == pytest.approx(fibroblast, rel=0.05)
    assert gained("T47D") == pytest.approx(1.0, rel=1e-6)


def test_a_beta3_message_that_beta1_does_not_shorten_stays_at_its_level():
    names = ("total_avb3",)
    arm = {"cell": "MEF", "mutant": {"ITGB3": "stable-message"}}
    whole, without = (after(0.0, names, knockout=genes, **arm)[names[0]] for genes in ((), ("ITGB1",)))
    assert without == pytest.approx(whole, rel=1e-3)
