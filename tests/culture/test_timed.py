"""Treatments in the course of an assay, on real cells."""

import numpy as np
import pytest

from lamella.culture import Draw, advance_treated, constants, grown_population, idealised_inputs, pieces
from lamella.networks import Change, Perturbations, Treatment, assemble, resolve

MATRIX, MEDIUM = {"fibronectin": "10 ug/ml"}, {"EGF": "10 ng/ml"}


def course(times, names, cells=2, without=(), **perturbations):
    """Mean over cells of states at some times.   [times, names]"""
    network = assemble("HeLa")
    treatment = resolve(network, Perturbations(**perturbations), MATRIX, MEDIUM)
    told = lambda off: idealised_inputs(network, treatment, suspended=off)
    population = grown_population(network, treatment, Draw(1, 0, cells, without), constants(), told(None))
    now, rows = 0.0, []
    for time in times:
        advance_treated(population, treatment, now, time - now, told)
        now = time
        rows.append(population.observe(names).mean(axis=0))
    return np.array(rows)


def test_every_change_is_met_once_however_the_time_is_cut():
    changes = tuple(Change(t, {}, {}) for t in (0.0, 10.0, 25.0, 30.0))
    treatment = Treatment({}, {}, {}, {}, False, changes)
    for cuts in ([40.0], [10.0, 20.0, 10.0], [5.0] * 8, [9.9999999, 30.0000001]):
        met, now = [], 0.0
        for span in cuts:
            whole = 0.0
            for change, part in pieces(treatment, now, span):
                met += [change.time] if change else []
                whole += part
            assert whole == pytest.approx(span)
            now += span
        assert met == [0.0, 10.0, 25.0, 30.0], cuts


def test_erk_falls_with_the_drug_and_comes_back_after_it():
    erk = course([3600.0, 7200.0, 14400.0], ("MAPK1_p",), inhibitor={"U0126": "10 uM from 1 h until 2 h"})[:, 0]
    assert erk[1] < 0.2 * erk[0]
    assert erk[2] == pytest.approx(erk[0], rel=0.1)


def test_a_drug_given_at_time_0_is_a_drug_given_from_0_h():
    plain, timed = (course([3600.0], ("RAC1_gtp", "MAPK1_p"), inhibitor={"EHT 1864": text})
                    for text in ("1 uM", "1 uM from 0 h"))
    assert plain == pytest.approx(timed, rel=1e-9)


def test_acute_loss_of_xiap_lets_rac1_rise_slowly_and_chronic_loss_has_done_so():
    day = 86400.0
    control, = course([day], ("RAC1_total",))
    acute = course([3600.0, day], ("RAC1_total",), knockdown={"XIAP": "0.9 from 0 h"})[:, 0]
    chronic, = course([day], ("RAC1_total",), knockdown={"XIAP": 0.9})
    assert acute[0] == pytest.approx(control[0], rel=0.02)
    assert 1.05 * control[0] < acute[1] < chronic[0]


def test_cells_taken_off_the_matrix_lose_pak_and_get_it_back():
    pak = course([3600.0, 7200.0, 21600.0], ("PAK1_active",), suspended="from 1 h until 2 h")[:, 0]
    assert pak[1] < 0.3 * pak[0]
    assert pak[2] == pytest.approx(pak[0], rel=0.15)


def test_null_cells_with_wild_type_added_back_are_wild_type():
    names = ("PTK2_p925", "RAC1_gtp")
    assert course([3600.0], names, add_back={"PTK2": "wild type"}) == pytest.approx(course([3600.0], names))
    null = course([3600.0], names, knockout=("PTK2",))
    mutant = course([3600.0], names, add_back={"PTK2": "Y397F"})
    assert null[0, 0] == 0.0
    assert mutant[0, 1] < course([3600.0], names)[0, 1]


@pytest.mark.parametrize("block", ["RAC1_synthesis from 1 h until 2 h", "RAC1_synthesis from before until 2 h",
                                   "RAC1_synthesis until 2 h", "translation from 1 h until 2 h"])
def test_what_is_deleted_stays_so_when_a_block_of_it_ends(block):
    times, names = [7200.0, 86400.0], ("RAC1_total",)
    deleted, _ = course(times, names, without=("RAC1_synthesis",))[:, 0]
    halted, then = course(times, names, without=("RAC1_synthesis",), blocked=(block,))[:, 0]
    assert halted < 1.001 * deleted
    assert then < 0.6 * halted  # half of it is lost in some 23 h, and none is made
    assert course(times, names, blocked=(block,))[1, 0] > 2.0 * then  # where it is not deleted, it goes on
