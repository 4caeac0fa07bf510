"""Cells and dish on one clock, small: the same bytes again, draws shared by arms, edits that reach the network."""

import numpy as np
import pytest

from lamella.assays import IMMUNOBLOT, MORPHOLOGY, SCRATCH, Setting
from lamella.culture import Draw, constants, drawn_parameters, program
from lamella.errors import InputError
from lamella.networks import Perturbations, assemble, resolve

FIBRONECTIN, EGF = {"fibronectin": "10 ug/ml"}, {"EGF": "10 ng/ml"}
KNOCKDOWN = {"knockdown": {"XIAP": 0.9, "BIRC2": 0.9}}
RING = ("RAC1_ubiquitination_*", "RAF1_ubiquitination_*")


def setting(arm="control", cell="HeLa", replicate=0, without=(), **perturbations):
    return Setting(cell, arm, Perturbations(**perturbations), FIBRONECTIN, EGF, 1, replicate, without)


def blot(**kw):
    return IMMUNOBLOT.run(setting(**kw), IMMUNOBLOT.conditions(cells=12, points=3), lambda share: None)


def small_scratch(**kw):
    conditions = SCRATCH.conditions(cells=40, duration="1 h", edge="200 um", wound="80 um", frame="30 min", pictures=2)
    return SCRATCH.run(setting(**kw), conditions, lambda share: None)


def test_a_dish_is_the_same_bytes_again():
    one, two = small_scratch(), small_scratch()
    assert one.identical(two)
    assert not one.identical(small_scratch(replicate=1))


def test_cells_start_alike_in_all_arms():
    one, two = small_scratch(), small_scratch(arm="knockdown", **KNOCKDOWN)
    start = (one.track_time_s == 0).to_numpy()
    assert (one.track_x_um.to_numpy()[start] == two.track_x_um.to_numpy()[start]).all()
    assert (one.labels[-1].to_numpy() != two.labels[-1].to_numpy()).any()


def test_unperturbed_copies_are_those_of_the_cell_line():
    network = assemble("HeLa")
    levels = blot()
    for gene in ("RAC1", "RAF1", "XIAP", "BIRC2"):
        assert float(levels[f"{gene.lower()}_total"]) == pytest.approx(network.cell.levels[gene].value, rel=0.15)


def test_loss_of_xiap_and_ciap1_raises_rac1_its_active_form_and_raf1():
    control, less = blot(), blot(arm="knockdown", **KNOCKDOWN)
    for band in ("rac1_total", "rac1_gtp", "raf1_total", "mapk1_p"):
        assert float(less[band]) > 1.1 * float(control[band])


def test_without_ring_reactions_the_knockdown_does_nothing_to_rac1_and_raf1():
    control, less = blot(without=RING), blot(without=RING, arm="knockdown", **KNOCKDOWN)
    for band in ("rac1_total", "rac1_gtp", "raf1_total", "mapk1_p"):
        assert float(less[band]) == pytest.approx(float(control[band]), rel=0.02)
    assert float(less["xiap_total"]) < 0.3 * float(control["xiap_total"])


def test_a_ring_mutant_acts_as_the_loss():
    control, mutant = blot(), blot(arm="mutant", mutant={"XIAP": "RING"})
    assert float(mutant["rac1_total"]) > 1.1 * float(control["rac1_total"])
    assert float(mutant["xiap_total"]) > float(control["xiap_total"])


def test_an_antagonist_removes_the_ciaps_and_leaves_xiap():
    control, treated = blot(), blot(arm="antagonist", inhibitor={"birinapant": "100 nM"})
    assert float(treated["birc2_total"]) < 0.1 * float(control["birc2_total"])
    assert float(treated["xiap_total"]) > 0.9 * float(control["xiap_total"])
    assert float(treated["rac1_total"]) > 1.1 * float(control["rac1_total"])


def test_suspended_cells_activate_neither_fak_nor_pak():
    adherent, floating = blot(), blot(arm="floating", suspended=True)
    assert float(floating["ptk2_p397"]) < 1e-3 * float(adherent["ptk2_p397"])
    assert float(floating["pak1_active"]) < 1e-2 * float(adherent["pak1_active"])


def test_suspended_cells_do_not_crawl():
    with pytest.raises(InputError, match="suspension"):
        MORPHOLOGY.run(setting(suspended=True), MORPHOLOGY.conditions(), lambda share: None)


def test_deleted_reactions_are_named_or_refused():
    network = assemble("HeLa")
    treatment = resolve(network, Perturbations(), FIBRONECTIN, EGF)
    column = program("HeLa").parameters.index("switch.RAC1_ubiquitination_XIAP")
    deleted = drawn_parameters(network, treatment, Draw(1, 0, 3, RING), constants())
    assert (deleted[:, column] == 0.0).all()
    assert (drawn_parameters(network, treatment, Draw(1, 0, 3), constants())[:, column] == 1.0).all()
    with pytest.raises(InputError, match="no reaction is called 'RAC1_ubiquitination_XIAPP'") as error:
        drawn_parameters(network, treatment, Draw(1, 0, 3, ("RAC1_ubiquitination_XIAPP",)), constants())
    assert "RAC1_ubiquitination_XIAP" in str(error.value)


@pytest.mark.parametrize("cell", ["MEF", "HCT116"])
def test_other_lines_run_and_stay_finite(cell):
    bands = blot(cell=cell)
    values = np.array([float(bands[name]) for name in IMMUNOBLOT.readouts])
    assert np.isfinite(values).all()
    assert (values >= 0).all()
