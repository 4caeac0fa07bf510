"""The kernel's energy changes against whole energies of the picture, on random lattices with every term on."""

from __future__ import annotations

import numpy as np
from numba import njit

from lamella.tissue import Dish, reference
from lamella.tissue.attempt import passive_change, steering_change
from lamella.tissue.grid import interior
from lamella.tissue.lattice import axis_cosine, coordinates
from lamella.tissue.nuclei import nucleus_cost
from lamella.tissue.record import MEAN_TRACTION, NUCLEUS_PLACE
from lamella.tissue.terms.contraction import contraction_energy
from lamella.tissue.word import ID, WALL


@njit
def kernel_changes(site, source, word, record, kinds, contact, slots, mean_rear, attractant, space):
    """What the sweep adds up for a copy from `source` to `site`, conservative terms only.

    returns   contact, volume and perimeter; chemotaxis, force and link; contraction; growth of both perimeters
    """
    passive, longer, shorter, _, _ = passive_change(
        site, word[source], word[site], record, kinds, contact, word, slots, space
    )
    winner, loser = word[source] & ID, word[site] & ID
    here = coordinates(site, space)
    rear = contraction_energy(winner, axis_cosine(here, winner, record, space), mean_rear, record)
    rear -= contraction_energy(loser, axis_cosine(here, loser, record, space), mean_rear, record)
    steering = steering_change(site, here, winner, loser, record, attractant, space)
    return passive, steering, rear, longer, shorter


@njit
def kernel_nucleus(site, cell, gained, lattice, record, grid):
    """What a nucleus pays for a site that it gains (1) or loses (-1), and the growth of its perimeter."""
    energy, longer, _ = nucleus_cost(site, coordinates(site, grid.space), cell, gained, lattice, record, grid)
    return energy, longer


def nuclear_places(dish: Dish, nuclei: np.ndarray) -> np.ndarray:
    """Centroids of the nuclei of a picture; where there is none, where the last one was.   [cells, D]"""
    places = dish._record[:, NUCLEUS_PLACE : NUCLEUS_PLACE + nuclei.ndim].copy()
    return reference.centroids(nuclei, places, dish._periodic)


def steering_energy(dish: Dish, labels: np.ndarray, nuclei: np.ndarray) -> float:
    """Chemotaxis, work of the forces and the springs between cells and nuclei."""
    cells, centroid = dish.cells, reference.centroids(labels, dish.centroid, dish._periodic)
    energy = reference.force_energy(centroid, dish.force)
    if dish.attractant is not None:
        energy += reference.chemotaxis_energy(labels, dish.attractant, cells.chemotaxis)
    link = np.where(cells.nucleus > 0, cells.nucleus_link, 0.0)
    return energy + reference.linkage_energy(centroid, nuclear_places(dish, nuclei), link, dish._periodic, dish.shape)


def whole_energy(dish: Dish, labels: np.ndarray) -> tuple[float, float, float]:
    """Energies of the picture `labels` with the parameters, nuclei, centroids and axes of `dish`.

    returns   contact, volume and perimeter; chemotaxis, force and link; contraction
    """
    cells, energy = dish.cells, dish._energy
    volume = reference.volumes(labels, len(cells))
    perimeter = reference.perimeters(labels, len(cells), dish._periodic)
    passive = reference.contact_energy(labels, dish._kinds, energy[:-1, :-1], energy[-1, :-1], dish._periodic)
    live = slice(1, None)
    passive += (cells.volume_stiffness * (volume - cells.target_volume) ** 2)[live].sum()
    passive += (cells.perimeter_stiffness * (perimeter - cells.target_perimeter) ** 2)[live].sum()
    weight = reference.rear_energy(
        labels, dish.centroid, dish.axis, cells.rear_focus, dish._physics.mean_rear, dish._periodic
    )
    rear = (cells.contraction * dish._record[:, MEAN_TRACTION] * weight)[live].sum()
    return passive, steering_energy(dish, labels, dish.nuclei()), rear


def copies(dish: Dish, seed: int, most: int):
    """Random copy attempts between two owners.   yields site, winner, loser, the kernel's changes"""
    rng = np.random.default_rng(seed)
    lattice, grid, physics = dish._lattice, dish._grid, dish._physics
    for site in rng.permutation(dish.border)[:most]:
        source = np.uint64(int(site) + int(rng.choice(grid.offsets.view(np.int64))))
        winner, loser = (int(lattice.word[int(i)] & ID) for i in (source, site))
        if winner != loser and winner != int(WALL):
            yield int(site), winner, loser, kernel_changes(
                np.uint64(site), source, lattice.word, dish._record, physics.kinds, physics.contact,
                grid.slots, physics.mean_rear, lattice.attractant, grid.space,
            )  # fmt: skip


def largest_deviation(dish: Dish, seed: int, most: int = 100) -> tuple[float, int]:
    """Largest difference between a kernel's change and that of the whole energy, over 1 + the change; attempts."""
    labels, place = dish.labels(), interior(np.arange(dish._lattice.word.size), dish.shape)
    before, worst, tried = whole_energy(dish, labels), 0.0, 0
    for site, winner, _, found in copies(dish, seed, most):
        after = labels.copy()
        after[place == site] = winner
        for mine, was, then in zip(found, before, whole_energy(dish, after)):
            worst = max(worst, float(abs(mine - (then - was)) / (1.0 + abs(mine))))
        tried += 1
    return worst, tried


def energy_exact(seeds: int) -> dict:
    """Random lattices, two and three dimensions, periodic and closed."""
    found, attempts = {}, 0
    for dimensions in (2, 3):
        for wraps in (True, False):
            worst = 0.0
            for seed in range(seeds):
                deviation, tried = largest_deviation(random_dish(seed, dimensions, wraps), seed)
                worst, attempts = max(worst, deviation), attempts + tried
            found[f"{dimensions}d {'periodic' if wraps else 'closed'}"] = worst
    return {"value": found | {"attempts": attempts}, "target": "at most 1e-9 of the change, or 1e-9",
            "met": max(found.values()) <= 1e-9}  # fmt: skip


def random_dish(seed: int, dimensions: int, periodic: bool) -> Dish:
    """Cells of random parameters, of two kinds, after some hot steps: every term on.

    None is wider than half of the dish: there, no image of a site is the nearest.
    """
    rng = np.random.default_rng(seed)
    shape, size = ((30, 26), 6) if dimensions == 2 else ((17, 16, 15), 5)
    across = (4, 4) if dimensions == 2 else (2, 2, 2)
    labels = np.zeros(shape, int)
    for cell, corner in enumerate(np.ndindex(across), start=1):
        labels[tuple(slice(p * size, (p + 1) * size) for p in corner)] = cell
    cells = int(labels.max())
    contact = rng.uniform(2.0, 16.0, (3, 3))
    dish = Dish(
        labels, np.append(0, 1 + np.arange(cells) % 2), contact + contact.T, temperature=20.0, key=seed,
        cell_keys=np.arange(cells + 1), periodic=(periodic,) * dimensions, wall_energy=rng.uniform(-3.0, 3.0, 3),
    )  # fmt: skip
    spread = {
        "volume_stiffness": 4, "perimeter_stiffness": 1, "protrusion": 80, "polarity": 1, "contraction": 8,
        "rear_focus": 1, "dissipation": 40, "integrins": 300, "bind_rate": 0.04, "unbind_rate": 0.04, "load": 0.4,
        "chemotaxis": 8, "nucleus_stiffness": 6, "nucleus_rigidity": 0.5, "nucleus_link": 40,
    }  # fmt: skip
    for name, most in spread.items():
        setattr(dish.cells, name, rng.uniform(0.2 * most, most, cells + 1))
    for name, value in {"act_memory": 20, "turning_time": 20, "rotational_diffusion": 0.004, "sense_act": 1}.items():
        setattr(dish.cells, name, value)
    dish.cells.target_volume = dish.cells.volume
    dish.cells.target_perimeter = 1.1 * dish.cells.perimeter
    dish.cells.nucleus_volume = 0.2 * dish.cells.volume
    dish.cells.nucleus_perimeter = (3.0 if dimensions == 2 else 14.0) * dish.cells.nucleus_volume
    dish.force[1:] = rng.uniform(-80.0, 80.0, (cells, dimensions))
    dish.ligand, dish.attractant, dish.fibres = rng.random(shape), rng.random(shape), 15.0 * rng.random(shape)
    dish.advance(40)
    return dish
