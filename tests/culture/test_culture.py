"""Cells and dish on one clock, small: the same bytes again, draws shared by arms, edits that reach the network."""

import numpy as np
import pytest

from lamella.assays import IMMUNOBLOT, MORPHOLOGY, SCRATCH, Setting
from lamella.assays.preparation import plated, sites_per_cell
from lamella.culture import Draw, cells_apart, constants, drawn_parameters, program, scale
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


def dish_of(cells=12):
    where = setting()
    lengths = scale(constants())
    layout = cells_apart(cells, sites_per_cell(where, lengths), 1.2, 1, 0)
    return plated(where, cells, layout, constants(), lengths)


def test_a_dish_split_by_a_checkpoint_is_the_same_to_the_bit():
    whole, split = dish_of(), dish_of()
    whole.advance(1200)
    whole.divide(3)
    whole.remove(0)
    saved = whole.checkpoint()
    whole.advance(1200)
    split.restore(saved)
    split.advance(1200)
    one, two = whole.checkpoint(), split.checkpoint()
    assert one.keys() == two.keys()
    for name, array in one.items():
        np.testing.assert_array_equal(array, two[name], err_msg=name)


def test_a_cell_that_divides_hands_its_network_on():
    culture = dish_of()
    culture.advance(600)
    amounts = culture.population.states.copy()
    size = culture.dish.cells.volume[culture.living[4]]
    new = culture.divide(4)
    assert (new, culture.population.cells, len(culture.living)) == (12, 13, 13)
    np.testing.assert_allclose(culture.population.states[[4, new]].sum(axis=0), amounts[4], rtol=1e-12)
    np.testing.assert_array_equal(np.delete(culture.population.states, [4, new], axis=0), np.delete(amounts, 4, axis=0))
    assert culture.dish.cells.volume[culture.living[[4, new]]].sum() == size
    culture.advance(600)
    culture.remove(0)
    culture.advance(600)
    assert culture.population.cells == 12
    assert 1 not in culture.dish.labels()
    assert np.isfinite(culture.population.states).all()
    with pytest.raises(InputError, match="no row 12"):
        culture.divide(12)


def test_a_drug_that_is_washed_in_changes_a_dish_from_then_on():
    plain, timed = small_scratch(), small_scratch(inhibitor={"EHT 1864": "10 uM from 30 min"})
    half = plain.track_time_s.to_numpy() <= 1800.0
    assert (plain.track_x_um.to_numpy()[half] == timed.track_x_um.to_numpy()[half]).all()
    assert float(timed.rac1_gtp) < 0.3 * float(plain.rac1_gtp)
    never = small_scratch(inhibitor={"EHT 1864": "10 uM from 5 h"})
    assert never.identical(plain)


def test_a_dish_refuses_cells_that_are_taken_off_it():
    with pytest.raises(InputError, match="do not crawl"):
        small_scratch(suspended="from 30 min")
