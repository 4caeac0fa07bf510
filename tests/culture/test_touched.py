"""Beads and pipettes on real cells: receptors cluster and signal where they are touched, and only as long."""

import numpy as np
import pytest
from test_timed import course

from lamella.assays import ASSAYS, Setting
from lamella.assays.preparation import lengths_of, numbers, plated
from lamella.culture import cells_apart
from lamella.errors import InputError
from lamella.networks import Perturbations

BEAD = {"fibronectin": "100 ug/ml at the rear from 10 s until 30 min"}
PIPETTE = {"EGF": "100 ng/ml at the front from 10 s until 30 min"}


def test_receptors_cluster_under_a_bead_and_activate_rac1_there():
    names = ("a5b1_clustered_front", "a5b1_clustered_rear", "RAC1_gtp_rear")
    times = [5.0, 1800.0, 5400.0]
    before, under, after = course(times, names, bead=BEAD)
    assert under[1] > 20.0 * before[1]
    assert under[0] < 1.2 * before[0]  # myosin leaves the rear, whose pull loads the front
    assert under[2] > 3.0 * before[2]
    assert after[1] == pytest.approx(before[1], rel=0.2)
    small = course(times, names, bead={"fibronectin": "100 ug/ml on 6 um at the rear from 10 s until 30 min"})
    assert 1.2 * before[1] < small[1, 1] < 0.5 * under[1]


def test_a_pipette_activates_receptors_at_its_half_alone():
    names = ("EGFR_active_front", "EGFR_active_rear")
    before, under, after = course([5.0, 600.0, 5400.0], names, pipette=PIPETTE)
    assert before[0] == pytest.approx(before[1], rel=0.01)
    assert under[0] > 1.5 * before[0]
    assert under[1] < before[1]  # its receptors go to the front
    assert after == pytest.approx(before, rel=0.05)


def test_a_bead_holds_a_floating_cell():
    names = ("a5b1_bound_rear", "a5b1_clustered_rear")
    floating = course([3600.0, 7200.0], names, suspended="from 1 h")
    bead = {"fibronectin": "100 ug/ml at the rear from 30 min"}
    touched = course([3600.0, 7200.0], names, suspended="from 1 h", bead=bead)
    assert floating[1].sum() < 1.0
    assert touched[1].sum() > 100.0


def dish(**arm):
    setting = Setting("HeLa", "a", Perturbations(**arm), {"fibronectin": "10 ug/ml"}, {"EGF": "1 ng/ml"})
    exchange, lengths = numbers(setting), lengths_of(setting, numbers(setting))
    layout = cells_apart(4, lengths.sites(1500.0), 2.0, 1, 0)
    return plated(setting, 4, layout, exchange, lengths)


def test_cells_of_a_dish_are_touched_for_the_time():
    names = ("EGFR_active_front", "EGFR_active_rear")
    cells = dish(pipette={"EGF": "100 ng/ml at the front from 10 min until 20 min"})
    plain = dish()
    for one in (cells, plain):
        one.advance(600.0)
    assert (cells.population.states == plain.population.states).all()
    assert (cells.dish.labels() == plain.dish.labels()).all()
    cells.advance(300.0)
    front, rear = cells.population.observe(names).mean(axis=0)
    assert front > 3.0 * rear
    for one in (cells, plain):
        one.advance(2700.0)
    (front, rear), (plain_front, plain_rear) = (one.population.observe(names).mean(axis=0) for one in (cells, plain))
    # since the pipette the two dishes have gone ways of their own
    assert front / rear == pytest.approx(plain_front / plain_rear, rel=0.2)
    told = dish(bead={"fibronectin": "100 ug/ml at the rear"})._told_and_touched()
    assert (told["fibronectin_rear"] > 5.0 * told["fibronectin_front"]).all()
    assert np.isfinite(told["fibronectin_rear"]).all()


@pytest.mark.parametrize("name", ["adhesion", "anoikis", "avidity", "acini", "spreading"])
def test_assays_that_move_cells_refuse_beads(name):
    setting = Setting("MCF-10A", "a", Perturbations(bead=BEAD), {"fibronectin": "10 ug/ml"})
    with pytest.raises(InputError, match="cells that this assay moves") as caught:
        ASSAYS[name].run(setting, ASSAYS[name].conditions(), lambda share: None)
    assert caught.value.where == "arms.a"


def test_both_halves_alike_and_one_touched_is_refused():
    setting = Setting("HeLa", "a", Perturbations(pipette=PIPETTE), front_equals_rear=True)
    with pytest.raises(InputError, match="both halves get the mean"):
        ASSAYS["immunoblot"].run(setting, ASSAYS["immunoblot"].conditions(cells=2), lambda share: None)
