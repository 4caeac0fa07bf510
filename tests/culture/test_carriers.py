"""Ligands on cells: what a half is told of its neighbours, how the lattice shows it, what is refused."""

import itertools

import numpy as np
import pytest

from lamella.assays import Setting
from lamella.assays.preparation import sites_per_cell, treated
from lamella.culture import Carriers, Culture, Draw, Habitat, cells_apart, constants, on_carpet, row_above, scale
from lamella.culture.carriers import Carried, held_by
from lamella.culture.junctions import BYSTANDER, contact_energies
from lamella.culture.layout import Layout
from lamella.errors import InputError
from lamella.networks import Perturbations
from lamella.tissue import Dish
from lamella.tissue.fields import Ligand, make_medium, occupy

CONSTANTS = constants()
VCAM = frozenset({"VCAM1"})


def dish_of(labels, kinds, periodic):
    return Dish(labels, kinds, contact_energies(CONSTANTS, 1.0), temperature=20.0, key=1,
                cell_keys=np.arange(len(kinds)), periodic=periodic)  # fmt: skip


def occupancy_of(dish):
    medium = make_medium(dish.shape, 1.0, coarsening=2, depth=1.0, periodic=dish.periodic)
    return occupy(medium, dish.labels(), dish.centroid, dish.axis)


def told_by_hand(dish, occupancy, density):
    """The same, site by site.   density [cells + 1], molecules/um^2 on each"""
    labels, place = dish.labels(), occupancy.place.reshape(dish.shape)
    total, number = np.zeros((2, 2 * occupancy.cells))
    for site in np.ndindex(labels.shape):
        if labels[site] < 1:
            continue
        felt = []
        for step in itertools.product((-1, 0, 1), repeat=2):
            near = [at + d for at, d in zip(site, step)]
            wrapped = [x % n if closed else x for x, n, closed in zip(near, labels.shape, dish.periodic)]
            if any(not 0 <= x < n for x, n in zip(wrapped, labels.shape)):
                continue
            owner = labels[tuple(wrapped)]
            if owner >= 0 and owner != labels[site]:
                felt.append(density[owner])
        if felt:
            total[place[site]] += np.mean(felt)
            number[place[site]] += 1.0
    return (total / np.maximum(number, 1.0)).reshape(-1, 2)


@pytest.mark.parametrize("periodic", [(True, True), (False, True), (False, False)])
def test_a_half_is_told_the_share_of_its_rim_that_faces_carriers(periodic):
    stream = np.random.default_rng(3)
    labels = stream.integers(0, 5, (7, 9)).repeat(2, 0).repeat(2, 1)
    dish = dish_of(labels, [0, 1, 1, BYSTANDER, BYSTANDER], periodic)
    carried = Carried(Carriers({"VCAM1": [100.0, 40.0]}), dish, VCAM)
    occupancy = occupancy_of(dish)
    told = carried.told(dish, occupancy)["VCAM1"]
    by_hand = told_by_hand(dish, occupancy, np.array([0.0, 0.0, 0.0, 100.0, 40.0]))
    np.testing.assert_allclose(told[1:3], by_hand[1:3])
    assert (told[1:3] > 0.0).all()
    assert (told[3:] == 0.0).all()


def test_a_cell_shut_in_by_carriers_holds_as_on_a_coating_of_their_density():
    labels = np.full((24, 24), 2)
    labels[6:18, 6:18] = 1
    dish = dish_of(labels, [0, 1, BYSTANDER], (True, True))
    carried, occupancy = Carried(Carriers({"VCAM1": 150.0}), dish, VCAM), occupancy_of(dish)
    np.testing.assert_allclose(carried.told(dish, occupancy)["VCAM1"][1], 150.0)
    shown = carried.on_lattice(dish, np.array([1]))
    assert shown[labels == 1].mean() == pytest.approx(150.0)
    assert shown[11, 11] == 0.0


def test_a_ligand_that_no_integrin_binds_holds_nobody():
    labels = np.array([[1, 1, 2, 2]] * 4)
    dish = dish_of(labels, [0, 1, BYSTANDER], (True, True))
    carried = Carried(Carriers({"VCAM1": 150.0}), dish, frozenset())
    assert carried.ligands == ()
    assert not carried.told(dish, occupancy_of(dish))
    assert (carried.on_lattice(dish, np.array([1])) == 0.0).all()


@pytest.mark.parametrize(("density", "words"), [({"VCAM1": -1.0}, "VCAM1"), ({"VCAM1": [1.0, 2.0]}, "one for each"),
                                            ({"VCAM2": 1.0}, "VCAM1")])  # fmt: skip
def test_densities_that_mean_nothing_are_refused(density, words):
    dish = dish_of(np.array([[1, 1, 2, 2]] * 4), [0, 1, BYSTANDER], (True, True))
    with pytest.raises(InputError, match=words):
        Carried(Carriers(density), dish, VCAM)


def test_carriers_without_bystanders_are_refused():
    dish = dish_of(np.array([[1, 1, 0, 0]] * 4), [0, 1], (True, True))
    with pytest.raises(InputError, match="bystanders"):
        Carried(Carriers({"VCAM1": 1.0}), dish, VCAM)


def test_a_carpet_lies_on_the_surface_and_the_cells_on_it():
    made = row_above(3, 80.0, 14.0, 20, 10)
    lined = on_carpet(made, 20, 2, 12.0, 1, 0)
    assert lined.bystanders == 4
    assert (lined.labels[18:20] > 3).all()
    assert not (lined.labels[20:] > 0).any()
    assert (np.unique(lined.labels[18:20]) == [4, 5, 6, 7]).all()
    assert (np.bincount(lined.labels[:18].ravel())[1:] == np.bincount(made.labels.ravel())[1:]).all()
    assert (lined.labels[17] > 0).any()
    with pytest.raises(InputError, match="no room"):
        on_carpet(row_above(3, 80.0, 14.0, 11, 10), 11, 3, 12.0, 1, 0)


def test_lost_integrins_hold_nothing():
    for lost, left in (((), True), (("ITGA4",), False), (("ITGB2",), True)):
        where = Setting("lymphocyte", "control", Perturbations(knockout=lost), {"ICAM-1": "5 ug/ml"}, {})
        assert ("VCAM1" in held_by(*treated(where))) == left


def among(habitat, cells=4):
    """T cells apart in a dish whose other sites are two bystanders."""
    where = Setting("lymphocyte", "control", Perturbations(), {"ICAM-1": "5 ug/ml"}, {})
    network, treatment = treated(where)
    lengths = scale(CONSTANTS, network.cell.body)
    labels = cells_apart(cells, sites_per_cell(where, lengths), 1.5, 1, 0).labels
    middle = labels.shape[0] // 2
    labels[:middle][labels[:middle] == 0] = cells + 1
    labels[middle:][labels[middle:] == 0] = cells + 2
    layout = Layout(labels, bystanders=2)
    layout = Layout(labels, bystanders=2)
    return Culture(network, treatment, Draw(1, 0, cells), layout, CONSTANTS, lengths, None, habitat)


def test_what_carriers_bear_comes_on_top_of_the_coating_and_tells_the_networks():
    told = among(Habitat(carriers=Carriers({"VCAM1": 100.0}))).told()
    plain = among(Habitat()).told()
    assert (told["VCAM1_front"] > 50.0).all()
    assert (told["VCAM1_front"] <= 100.0 + 1e-9).all()
    assert "VCAM1_front" not in plain
    np.testing.assert_allclose(told["ICAM1_front"], 95.0)
    np.testing.assert_allclose(plain["ICAM1_front"], 95.0)


def test_a_dish_with_carriers_goes_on_from_a_checkpoint_to_the_bit():
    habitat = Habitat((), (Ligand("ICAM1", 95.0),), carriers=Carriers({"VCAM1": 100.0}))
    culture, other = among(habitat), among(habitat)
    culture.advance(100.0)
    state = {name: array.copy() for name, array in culture.checkpoint().items()}
    culture.advance(100.0)
    other.restore(state)
    other.advance(100.0)
    one, two = culture.checkpoint(), other.checkpoint()
    for name, array in one.items():
        np.testing.assert_array_equal(array, two[name], err_msg=name)
    assert (culture.told()["VCAM1_front"] > 0.0).any()
