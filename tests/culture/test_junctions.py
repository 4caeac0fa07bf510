"""Cells with E-cadherin hold to each other, as far as the scarcer level goes."""

import numpy as np

from lamella.culture import constants
from lamella.culture.junctions import BYSTANDER, LEVELS, contact_energies, kinds_of
from lamella.tissue import Dish

FULL = constants()["junctions.full"]


def test_an_edge_costs_less_the_more_cadherin_the_scarcer_side_has():
    energy = contact_energies(constants(), 1.0)
    none, some, full = kinds_of(np.array([0.0, 0.5 * FULL, 2.0 * FULL]), constants())
    assert (none, full) == (1, LEVELS)
    medium, cell = constants()["shape.contact_medium"], constants()["shape.contact_cell"]
    assert energy[0, none] == energy[0, full] == medium
    assert energy[none, none] == energy[none, full] == cell
    assert cell > energy[some, some] == energy[some, full] > energy[full, full]
    assert energy[BYSTANDER, none] == energy[BYSTANDER, BYSTANDER] == cell
    assert cell > energy[BYSTANDER, full] > energy[full, full]
    assert np.allclose(contact_energies(constants(), 0.5), 2.0 * energy)


def test_cells_with_cadherin_stay_together():
    """Eight round cells in a row that no wall holds: edges between them are kept with junctions and lost without."""
    labels = np.zeros((40, 120), int)
    for cell in range(8):
        labels[14:26, 12 + 12 * cell : 24 + 12 * cell] = cell + 1
    left = {}
    for name, cadherin in (("without", 0.0), ("with", FULL)):
        kinds = np.r_[0, kinds_of(np.full(8, cadherin), constants())]
        dish = Dish(labels, kinds, contact_energies(constants(), 1.0), temperature=constants()["scale.temperature"],
                    key=5, cell_keys=np.arange(9))
        dish.cells.target_volume, dish.cells.volume_stiffness = 144.0, 3.0
        dish.advance(1500)
        now = dish.labels()
        left[name] = int(((now[:, 1:] != now[:, :-1]) & (now[:, 1:] > 0) & (now[:, :-1] > 0)).sum())
    assert left["with"] > 2 * left["without"]


def test_to_touch_a_bystander_is_no_contact_and_a_cell_of_another_level_is():
    labels = np.zeros((30, 40), int)
    labels[10:20, 8:20], labels[10:20, 20:32] = 1, 2
    contact = {}
    for other in (1, 5, BYSTANDER):
        dish = Dish(labels, [0, 1, other], contact_energies(constants(), 1.0), temperature=20.0, key=5,
                    cell_keys=np.arange(3))  # fmt: skip
        read = dish.read()
        contact[other] = read.contact_front[1] + read.contact_rear[1]
    assert contact[1] == contact[5] > 0.1
    assert contact[BYSTANDER] == 0.0
