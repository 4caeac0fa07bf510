"""JNK and p38: fed by adhesion through Cas-Crk, Shc and PAK1, damped by MKP-1."""

import numpy as np
import pytest

from lamella.culture import Draw, advance_treated, constants, grown_population, idealised_inputs
from lamella.networks import Perturbations, assemble, resolve

HOUR = 3600.0


def course(cell, names, hours, **perturbations):
    """`names` of a cell with the copies of its line at `hours` after the start.   returns [times, names]"""
    network = assemble(cell)
    treatment = resolve(network, Perturbations(**perturbations), {"fibronectin": "10 ug/ml"}, {})

    def told(off=None):
        return idealised_inputs(network, treatment, suspended=off)

    alike = constants().scaled({"variation.cv": 1e-6})
    cells = grown_population(network, treatment, Draw(1, 0, 1, (), {}), alike, told())
    now, read = 0.0, []
    for hour in hours:
        advance_treated(cells, treatment, now, hour * HOUR - now, told)
        now = hour * HOUR
        read.append(cells.observe(names).mean(axis=0))
    assert not cells.status.any()
    return np.array(read)


@pytest.mark.parametrize(("cell", "left"), [("HeLa", 0.8), ("MEF", 0.95)])
def test_matrix_activates_jnk_and_p38_and_fak_carries_a_part_of_it(cell, left):
    """Of what the matrix adds; in fibroblasts, whose Src opens without FAK, too, a small part."""
    names = ("MAPK8_p", "MAPK14_p")
    alive = {"overexpression": {"BCL2": 10.0}}  # cells that have grown in suspension would be dead
    attached = course(cell, names, (1.0,), **alive)[0]
    suspended = course(cell, names, (1.0,), suspended=True, **alive)[0]
    blocked = course(cell, names, (1.0,), inhibitor={"PF-573228": "1 uM"}, **alive)[0]
    assert (suspended < 0.33 * attached).all()
    assert (blocked - suspended < left * (attached - suspended)).all()


def test_jnk_overshoots_when_cells_attach_and_mkp1_makes_it_so():
    hours = (1.0, 1.5, 5.0)
    course_of = {
        name: course("HeLa", ("MAPK8_p",), hours, suspended="from 0 h until 1 h", **extra)[:, 0]
        for name, extra in {"wild type": {}, "no MKP-1": {"knockout": ("DUSP1",)}}.items()
    }
    peak = {name: read[1] / read[2] for name, read in course_of.items()}
    assert peak["wild type"] > 1.1
    assert peak["no MKP-1"] - 1.0 < 0.2 * (peak["wild type"] - 1.0)
    assert course_of["no MKP-1"][2] > course_of["wild type"][2]


def test_inhibitors_take_the_activity_and_not_the_phosphate():
    names = ("MAPK8_p", "MAPK8_activity", "MAPK14_p", "MAPK14_activity")
    free = course("HeLa", names, (0.1,))[0]
    held = course("HeLa", names, (0.1,), inhibitor={"SP600125": "1 uM", "SB203580": "10 uM"})[0]
    assert held[1] < 0.1 * free[1]
    assert held[3] < 0.1 * free[3]
    assert held[[0, 2]] == pytest.approx(free[[0, 2]], rel=0.1)


def test_active_rac1_activates_jnk_of_starved_cells():
    wild, active = (course("MEF", ("MAPK8_p", "PAK1_active"), (1.0,), mutant=m)[0] for m in ({}, {"RAC1": "G12V"}))
    assert (active > 1.1 * wild).all()


def test_raf1_holds_ask1_which_damage_rouses():
    """Chen 2001; the hold needs no Erk."""
    names = ("MAP3K5_active", "MAPK8_p")
    arms = {"rest": {}, "damage": {"inhibitor": {"doxorubicin": "1 uM", "U0126": "20 uM"}}}
    arms["less C-RAF"] = {**arms["damage"], "knockdown": {"RAF1": 0.9}}
    read = {name: course("MEF", names, (2.0,), **arm)[0] for name, arm in arms.items()}
    assert read["rest"][0] < 0.1 * read["damage"][0]
    assert read["less C-RAF"][0] > 1.5 * read["damage"][0]
    assert read["less C-RAF"][1] > 1.1 * read["damage"][1] > read["rest"][1]


def test_nf_kb_ends_jnk_of_tnf_by_gadd45():
    """Without RelA, or without Gadd45-beta, JNK that TNF has switched on lasts."""
    tnf = {"factor": {"TNF": "10 ng/ml from 0 h"}}
    late = {name: course("HeLa", ("MAPK8_p", "GADD45B"), (6.0,), **tnf, **arm)[0] for name, arm in (
        ("whole", {}), ("no RelA", {"knockout": ("RELA",)}), ("no Gadd45", {"knockout": ("GADD45B",)}))}  # fmt: skip
    assert late["whole"][1] > 20 * max(late["no RelA"][1], 1.0)
    assert late["no RelA"][0] > 1.3 * late["whole"][0]
    assert late["no Gadd45"][0] > 1.3 * late["whole"][0]


def test_pyk2_asks_for_beta2_integrins_that_hold_ligand_for_syk_and_for_tnf():
    network = assemble("neutrophil")

    def pyk2(matrix, **arm):
        treatment = resolve(network, Perturbations(**arm), matrix, {})
        told = lambda off=None: idealised_inputs(network, treatment, suspended=off)
        alike = constants().scaled({"variation.cv": 1e-6})
        cells = grown_population(network, treatment, Draw(1, 0, 1, (), {}), alike, told())
        advance_treated(cells, treatment, 0.0, HOUR, told)
        return float(cells.observe(("PTK2B_p",))[0, 0])

    held, tnf = {"ICAM1": "10 ug/ml"}, {"factor": {"TNF": "10 ng/ml from 0 h"}}
    both = pyk2(held, **tnf)
    assert both > 10 * pyk2(held)
    assert both > 100 * pyk2(held, suspended=True, **tnf)
    assert both > 100 * pyk2(held, knockout=("SYK",), **tnf)
