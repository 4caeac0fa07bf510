"""Small dishes for the tests of the tissue."""

import numpy as np

from lamella.tissue import Dish

J = np.array([[0.0, 12.0, 6.0], [12.0, 6.0, 16.0], [6.0, 16.0, 5.0]])
WALL_ENERGY = np.array([0.0, 3.0, -2.0])

ALL_ON = {
    "volume_stiffness": 3.0,
    "perimeter_stiffness": 0.5,
    "protrusion": 60.0,
    "act_memory": 20.0,
    "polarity": 0.6,
    "contraction": 5.0,
    "dissipation": 40.0,
    "traction_half": 1.0,
    "traction_floor": 0.02,
    "integrins": 300.0,
    "bind_rate": 0.02,
    "unbind_rate": 0.02,
    "bind_floor": 0.1,
    "load": 0.3,
    "turning_time": 20.0,
    "rotational_diffusion": 0.004,
    "sense_act": 1.0,
    "sense_contact": 1.0,
    "contact_gain": 0.3,
    "chemotaxis": 4.0,
    "nucleus_stiffness": 4.0,
    "nucleus_rigidity": 0.3,
    "nucleus_link": 20.0,
}


def blocks(shape, across, size, start):
    """Cells as blocks of `size` sites, `across` along each axis, beginning at `start` with nothing between them."""
    labels = np.zeros(shape, int)
    for cell, place in enumerate(np.ndindex(across), start=1):
        labels[tuple(slice(start + p * size, start + (p + 1) * size) for p in place)] = cell
    return labels


def all_on(labels, **options):
    """A dish of cells of two kinds with every term on."""
    cells = int(labels.max())
    kinds = np.r_[0, 1 + np.arange(cells) % 2]
    options = {"temperature": 20.0, "key": 11, "cell_keys": 1000 + np.arange(cells + 1), **options}
    dish = Dish(labels, kinds, J, wall_energy=WALL_ENERGY, **options)
    for name, value in ALL_ON.items():
        setattr(dish.cells, name, value)
    dish.cells.target_volume = dish.cells.volume
    dish.cells.target_perimeter = 1.1 * dish.cells.perimeter
    dish.cells.nucleus_volume = 0.2 * dish.cells.volume
    dish.cells.nucleus_perimeter = (3.0 if labels.ndim == 2 else 14.0) * dish.cells.nucleus_volume
    dish.force[:] = 30.0
    dish.force[:, 0] = -60.0
    dish.ligand = 1.0
    uneven = np.random.default_rng(2).random(labels.shape)
    dish.attractant, dish.fibres = 1.0 + uneven, 15.0 * uneven**2
    return dish
