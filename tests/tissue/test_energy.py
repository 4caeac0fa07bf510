"""The kernel's energy changes and book-keeping against the plain picture."""

import numpy as np
from numba import njit

from lamella.tissue import reference
from lamella.tissue.grid import interior
from lamella.tissue.lattice import axis_cosine, coordinates
from lamella.tissue.record import MEAN_TRACTION
from lamella.tissue.sweep import passive_change
from lamella.tissue.terms.contraction import contraction_energy
from lamella.tissue.tiles import BORDER, WAITING
from lamella.tissue.word import COUNT, COUNT_SHIFT, ID, WALL


@njit
def kernel_changes(site, source, word, record, kinds, contact, slots, mean_rear, space):
    """What the sweep adds up for a copy from `source` to `site`, conservative terms only."""
    passive, longer, shorter, _, _ = passive_change(
        site, word[source], word[site], record, kinds, contact, word, slots, space
    )
    winner, loser = word[source] & ID, word[site] & ID
    here = coordinates(site, space)
    rear = contraction_energy(winner, axis_cosine(here, winner, record, space), mean_rear, record)
    rear -= contraction_energy(loser, axis_cosine(here, loser, record, space), mean_rear, record)
    return passive, rear, longer, shorter


def whole_energy(dish, labels):
    """Energies of the picture `labels` with the parameters, centroids and axes of `dish`: passive, and of the rear."""
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
    return passive, rear


def test_incremental_energy_is_the_difference_of_whole_energies(dish):
    dish.cells.rear_focus = 0.7
    dish.advance(40)
    rng = np.random.default_rng(3)
    lattice, grid, physics = dish._lattice, dish._grid, dish._physics
    labels = dish.labels()
    place = interior(np.arange(lattice.word.size), dish.shape)
    before, tried = whole_energy(dish, labels), 0
    for site in rng.permutation(dish.border)[:400]:
        source = np.uint64(int(site) + int(rng.choice(grid.offsets.view(np.int64))))
        winner, loser = (int(lattice.word[int(i)] & ID) for i in (source, site))
        if winner == loser or winner == int(WALL):
            continue
        passive, rear, longer, shorter = kernel_changes(
            np.uint64(site), source, lattice.word, dish._record, physics.kinds, physics.contact,
            grid.slots, physics.mean_rear, grid.space,
        )  # fmt: skip
        after_labels = labels.copy()
        after_labels[place == site] = winner
        after = whole_energy(dish, after_labels)
        assert np.isclose(passive, after[0] - before[0], rtol=1e-9, atol=1e-7)
        assert np.isclose(rear, after[1] - before[1], rtol=1e-9, atol=1e-9)
        change = reference.perimeters(after_labels, len(dish.cells), dish._periodic) - dish.cells.perimeter
        assert winner == 0 or change[winner] == longer
        assert loser == 0 or change[loser] == shorter
        tried += 1
    assert tried > 100


def test_books_agree_with_the_picture_after_many_steps(dish):
    dish.advance(200)
    labels, periodic, rows = dish.labels(), dish._periodic, len(dish.cells)
    assert dish.counts["accepted"] > 1000
    live = slice(1, None)
    assert np.array_equal(dish.cells.volume[live], reference.volumes(labels, rows)[live])
    assert np.array_equal(dish.cells.perimeter[live], reference.perimeters(labels, rows, periodic)[live])
    near = reference.neighbours(labels, periodic)
    differing = ((near != labels) & (near != reference.OUTSIDE)).sum(axis=0)
    differing[labels == reference.OUTSIDE] = 0
    word, grid = dish._lattice.word, dish._grid
    counted = (interior(word, dish.shape) >> COUNT_SHIFT) & COUNT
    assert np.array_equal(counted, differing)
    place = interior(np.arange(word.size), dish.shape)
    listed = dish.border
    assert sorted(listed.tolist()) == sorted(place[differing > 0].tolist())
    assert (dish._tiles.state[:, BORDER].sum()) == len(set(listed.tolist()))
    assert not dish._tiles.state[:, WAITING].any()
    assert np.array_equal(word & ID, word[grid.home] & ID)
    assert np.array_equal(dish._lattice.expiry, dish._lattice.expiry[grid.home])
    assert np.array_equal(dish._lattice.bonds, dish._lattice.bonds[grid.home])


def test_centroids_are_those_of_the_picture(dish):
    dish.advance(200)
    labels = dish.labels()
    where, cell = np.argwhere(labels > 0), labels[labels > 0]
    delta = where - dish.centroid[cell]
    for d, wraps in enumerate(dish._periodic):
        if wraps:
            delta[:, d] -= dish.shape[d] * np.round(delta[:, d] / dish.shape[d])
    for d in range(labels.ndim):
        assert np.abs(np.bincount(cell, weights=delta[:, d]) / np.maximum(dish.cells.volume, 1)).max() < 1e-9
    assert np.allclose(np.linalg.norm(dish.axis[1:], axis=1), 1.0)
    assert (dish.bonds[labels <= 0] == 0).all()
    assert (dish.bonds[labels > 0] >= 0).all()
    assert np.bincount(cell, weights=dish.bonds[labels > 0]).max() <= 300.0 * (1 + 1e-12)
