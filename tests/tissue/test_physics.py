"""What single terms do: means of the weights, bonds at rest, the ligand series, contacts, mobility, readings."""

import numpy as np
import pytest
from dishes import all_on, blocks

from lamella.tissue import Dish
from lamella.tissue.record import CONTACT_GAIN
from lamella.tissue.terms.contraction import MEAN_REAR_2D, MEAN_REAR_3D, rear_weight
from lamella.tissue.terms.protrusion import focus_norm, front_weight, push_strength, strongest_push

ROUND = {
    "volume_stiffness": 3, "target_perimeter": 340, "perimeter_stiffness": 2, "protrusion": 60, "act_memory": 40,
    "polarity": 0.6, "contraction": 5, "dissipation": 80, "traction_floor": 0.02, "traction_half": 1,
    "integrins": 2500, "bind_rate": 0.02, "unbind_rate": 0.02, "bind_floor": 0.1, "load": 0.3, "turning_time": 20,
    "rotational_diffusion": 0.002, "sense_act": 1, "target_volume": 500,
}  # fmt: skip


def one_cell(ligand, seed=1, **columns):
    """One round cell of 484 sites on a free 120 x 120 dish."""
    labels = np.zeros((120, 120), int)
    labels[49:71, 49:71] = 1
    dish = Dish(labels, [0, 1], [[0, 20], [20, 40]], temperature=20.0, key=seed, cell_keys=[0, seed], focus_exponent=2)
    for name, value in {**ROUND, **columns}.items():
        setattr(dish.cells, name, value)
    dish.ligand = ligand
    return dish


def speed(ligand, **columns):
    """Displacement per 100 MCS, root mean square."""
    dish = one_cell(ligand, **columns)
    dish.advance(1000)
    places = []
    for _ in range(25):
        places.append(dish.position[1])
        dish.advance(100)
    return np.sqrt((np.diff(places, axis=0) ** 2).sum(axis=1).mean())


@pytest.mark.parametrize("exponent", [1, 2, 4, 8])
def test_weights_have_their_means(exponent):
    angle = (np.arange(20000) + 0.5) * 2 * np.pi / 20000
    height = (np.arange(20000) + 0.5) / 10000 - 1.0  # the cosine is uniform on a sphere
    for cosines, dimensions, rear in ((np.cos(angle), 2, MEAN_REAR_2D), (height, 3, MEAN_REAR_3D)):
        norm = focus_norm(exponent, dimensions)
        for polarity in (0.0, 0.6, 1.0):
            mean = np.mean([front_weight(c, polarity, exponent, norm) for c in cosines])
            assert mean == pytest.approx(1.0, abs=1e-6)
        for focus in (0.0, 0.5, 1.0):
            assert np.mean([rear_weight(c, focus, rear) for c in cosines]) == pytest.approx(rear, abs=1e-6)


@pytest.mark.parametrize("every", [1, 2, 20])
def test_bonds_at_rest_follow_mass_action(every):
    """A still cell without load binds N / (1 + koff / (kon L)) of its N integrins, whatever the step."""
    labels = blocks((20, 20), (1, 1), 10, 4)
    dish = Dish(labels, [0, 1], [[0, 1], [1, 2]], temperature=1.0, key=1, cell_keys=[0, 1], bonds_every=every)
    for name, value in {
        "mobility": 0,
        "integrins": 200,
        "bind_rate": 0.03,
        "unbind_rate": 0.02,
        "bind_floor": 1,
    }.items():
        setattr(dish.cells, name, value)
    dish.ligand = 0.5
    dish.advance(4000)
    assert dish.bonds.sum() == pytest.approx(200 / (1 + 0.02 / (0.03 * 0.5)), rel=1e-6)
    assert np.ptp(dish.bonds[labels == 1]) < 1e-12


def test_integrins_never_bind_twice():
    """However fast binding is, a cell has no more bonds than integrins."""
    dish = one_cell(1e6)
    dish.advance(50)
    assert 0.9 * 2500 < dish.bonds.sum() <= 2500 * (1 + 1e-12)


def test_speed_has_an_interior_optimum_and_both_flanks_their_cause():
    few, some, many = speed(0.04), speed(1.28), speed(41.0)
    assert some > 3 * few
    assert some > 3 * many
    assert speed(41.0, dissipation=0.0) > 0.7 * some
    assert speed(0.04, traction_floor=1.0) > 0.7 * some


def test_the_axis_drives_the_cell():
    """With protrusion and contraction spread evenly the same cell goes nowhere."""
    assert speed(1.28) > 4 * speed(1.28, polarity=0.0, rear_focus=0.0)


def test_the_axis_turns_away_from_contacts():
    labels = blocks((40, 40), (2, 1), 10, 10)
    dish = Dish(labels, [0, 1, 1], [[0, 1], [1, 2]], temperature=1.0, key=1, cell_keys=[0, 1, 2])
    dish.axis[1], dish.axis[2] = (0.6, 0.8), (-0.6, -0.8)
    for name, value in {"mobility": 0.0, "sense_contact": 2.0, "turning_time": 20.0}.items():
        setattr(dish.cells, name, value)
    dish.advance(400)
    assert dish.axis[1, 0] < -0.99
    assert dish.axis[2, 0] > 0.99


def test_the_axis_follows_a_gradient():
    labels = blocks((40, 40), (1, 1), 20, 10)
    dish = Dish(labels, [0, 1], [[0, 1], [1, 2]], temperature=1.0, key=1, cell_keys=[0, 1])
    dish.axis[1] = (-0.8, 0.6)
    for name, value in {"mobility": 0.0, "sense_gradient": 5.0, "turning_time": 20.0}.items():
        setattr(dish.cells, name, value)
    dish.attractant = np.arange(1.0, 41.0)[:, None] * np.ones((1, 40))
    dish.advance(400)
    assert dish.axis[1, 0] > 0.99


def test_contacts_inhibit_protrusion():
    record = all_on(blocks((20, 20), (2, 2), 6, 2))._record
    record[1, CONTACT_GAIN] = 0.25
    assert push_strength(1, 0, record) == 60.0
    assert push_strength(1, 2, record) == 15.0
    assert strongest_push(1, 2, record, 4.0) == pytest.approx(15.0 * (0.4 + 0.6 * 4.0))


def test_immobile_cells_and_obstacles_stay():
    labels = blocks((30, 30), (2, 2), 8, 4)
    mask = np.zeros((30, 30), bool)
    mask[25:28, 25:28] = True
    dish = all_on(labels, obstacles=mask)
    dish.cells.mobility[3] = 0.0
    dish.advance(80)
    after = dish.labels()
    assert np.array_equal(after == 3, labels == 3)
    assert np.array_equal(after == -1, mask)
    assert not np.array_equal(after == 1, labels == 1)


def test_half_the_mobility_is_half_the_time():
    """Copies are refused before any energy: a cell of half the mobility does in twice the MCS what others do."""
    counts = []
    for mobility, mcs in ((1.0, 20), (0.5, 40)):
        dish = all_on(blocks((80, 80), (4, 4), 16, 8))
        dish.cells.protrusion = dish.cells.contraction = 0.0  # nothing that has a clock of its own
        dish.ligand = 0.0
        dish.cells.mobility = mobility
        dish.advance(mcs)
        counts.append(dish.counts["accepted"])
    assert counts[0] > 3000
    assert counts[1] / counts[0] == pytest.approx(1.0, abs=0.06)


def test_reading_agrees_with_the_picture(dish):
    dish.advance(60)
    reading, labels, bonds = dish.read(), dish.labels(), dish.bonds
    where, cell = np.argwhere(labels > 0), labels[labels > 0]
    delta = where - dish.centroid[cell]
    for d, wraps in enumerate(dish._periodic):
        if wraps:
            delta[:, d] -= dish.shape[d] * np.round(delta[:, d] / dish.shape[d])
    front = (delta * dish.axis[cell]).sum(axis=1) >= 0
    rows = len(dish.cells)
    assert np.array_equal(reading.sites, np.bincount(cell, minlength=rows))
    assert np.array_equal(reading.sites_front, np.bincount(cell[front], minlength=rows))
    total = np.bincount(cell[front], weights=bonds[labels > 0][front], minlength=rows)
    assert np.allclose(reading.bonds_front * reading.sites_front, total)
    for c in range(1, rows):
        expected = np.cov(delta[cell == c].T, bias=True)
        assert np.allclose(reading.covariance[c], expected)
        spread = np.linalg.eigvalsh(expected)
        assert reading.aspect[c] == pytest.approx(np.sqrt(spread[-1] / spread[0]))
    assert (reading.fresh_front <= 1).all()
    assert (reading.load_rear[1:] >= reading.load_front[1:] - 1e-12).all()


def test_reading_of_one_cell_apart():
    """A still disc: aspect 1, contact 0; beside another cell the contact shows on the side that touches."""
    labels = blocks((40, 40), (2, 1), 10, 10)
    dish = Dish(labels, [0, 1, 1], [[0, 1], [1, 2]], temperature=1.0, key=1, cell_keys=[0, 1, 2])
    dish.axis[1:] = (1.0, 0.0)
    reading = dish.read()
    assert reading.aspect[1] == pytest.approx(1.0)
    assert reading.contact_front[1] > 0.2 > reading.contact_rear[1] == 0
    assert reading.contact_rear[2] > 0.2 > reading.contact_front[2] == 0
    assert reading.mean_weight[1] == 1.0
    assert reading.sites[0] == 0
