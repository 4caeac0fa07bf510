"""The kernel's energy changes and book-keeping against the plain picture."""

import numpy as np
import pytest
from verification.tissue_energy import (
    copies,
    kernel_nucleus,
    nuclear_places,
    random_dish,
    steering_energy,
    whole_energy,
)

from lamella.tissue import reference
from lamella.tissue.grid import interior
from lamella.tissue.record import NUCLEUS_PLACE, NUCLEUS_SITES
from lamella.tissue.tiles import BORDER, WAITING
from lamella.tissue.word import COUNT, COUNT_SHIFT, ID, KIND, KIND_SHIFT


def agree(dish, seed, most):
    """Compare copies with whole energies of the picture.   returns how many"""
    labels, place = dish.labels(), interior(np.arange(dish._lattice.word.size), dish.shape)
    before, tried = whole_energy(dish, labels), 0
    for site, winner, loser, (*found, longer, shorter) in copies(dish, seed, most):
        after = labels.copy()
        after[place == site] = winner
        for mine, was, then in zip(found, before, whole_energy(dish, after)):
            assert np.isclose(mine, then - was, rtol=1e-9, atol=1e-7)
        change = reference.perimeters(after, len(dish.cells), dish._periodic) - dish.cells.perimeter
        assert winner == 0 or change[winner] == longer
        assert loser == 0 or change[loser] == shorter
        tried += 1
    return tried


def test_incremental_energy_is_the_difference_of_whole_energies(dish):
    dish.cells.rear_focus = 0.7
    dish.advance(40)
    assert agree(dish, 3, 500) > 100


def test_cells_that_change_their_kind_have_the_contacts_of_it(dish):
    """As a cell does whose junctions loosen: no site changes hands, and energies are those of a dish made so."""
    dish.advance(20)
    before, changed = dish.labels(), 3 - dish.kinds[1:]
    dish.kinds = np.r_[0, changed]
    assert np.array_equal(dish.labels(), before)
    assert np.array_equal(dish.kinds[1:], changed)
    word = dish._lattice.word
    owner = word & ID
    mine = (owner != 0) & (owner != ID)
    assert np.array_equal(word[mine] >> KIND_SHIFT & KIND, dish._kinds[owner[mine]])
    assert agree(dish, 4, 400) > 50
    dish.advance(20)
    assert agree(dish, 5, 400) > 50


@pytest.mark.parametrize("periodic", [True, False])
@pytest.mark.parametrize("dimensions", [2, 3])
def test_incremental_energy_with_random_parameters(dimensions, periodic):
    """Every cell has its own strength of every term."""
    assert sum(agree(random_dish(seed, dimensions, periodic), seed, 60) for seed in range(5)) > 60


def test_nuclei_pay_the_difference_of_whole_energies(dish):
    """Sites at the edge of nuclei, won and lost."""
    dish.advance(40)
    rng = np.random.default_rng(4)
    lattice, grid, labels, nuclei = dish._lattice, dish._grid, dish.labels(), dish.nuclei()
    place = interior(np.arange(lattice.word.size), dish.shape)

    def energy(picture):
        elastic = reference.nucleus_energy(picture, dish.cells, dish.fibres, dish._periodic)
        return elastic + steering_energy(dish, labels, picture)

    before, won, lost = energy(nuclei), 0, 0
    near = reference.neighbours(nuclei, dish._periodic)
    could_win = (labels > 0) & (nuclei == 0) & (near == labels).any(axis=0)
    edge = np.argwhere(could_win | ((nuclei > 0) & (near != nuclei).any(axis=0)))
    for spot in rng.permutation(edge)[:150]:
        spot = tuple(spot)
        cell, gained = int(labels[spot]), -1.0 if nuclei[spot] else 1.0
        if dish.cells.nucleus[cell] + gained < 1:
            continue
        cost, longer = kernel_nucleus(np.uint64(place[spot]), np.uint32(cell), gained, lattice, dish._record, grid)
        after = nuclei.copy()
        after[spot] = cell if gained > 0 else 0
        assert np.isclose(cost, energy(after) - before, rtol=1e-9, atol=1e-7)
        change = reference.nuclear_perimeters(after, len(dish.cells), dish._periodic) - dish.cells.nucleus_edge
        assert change[cell] == longer
        won, lost = won + (gained > 0), lost + (gained < 0)
    assert min(won, lost) > 20


def test_nuclei_are_whole_and_inside_their_cells(dish):
    dish.advance(200)
    labels, nuclei, rows = dish.labels(), dish.nuclei(), len(dish.cells)
    assert np.array_equal(nuclei[nuclei > 0], labels[nuclei > 0])
    assert set(reference.pieces(nuclei, dish._periodic).values()) == {1}
    assert np.array_equal(dish.cells.nucleus[1:], reference.volumes(nuclei, rows)[1:])
    assert np.array_equal(dish.cells.nucleus_edge[1:], reference.nuclear_perimeters(nuclei, rows, dish._periodic)[1:])
    assert np.array_equal(dish._lattice.nucleus, dish._lattice.nucleus[dish._grid.home])
    live = dish._record[:, NUCLEUS_SITES] > 0
    shape = np.array(dish.shape)
    apart = nuclear_places(dish, nuclei)[live] - dish._record[live, NUCLEUS_PLACE : NUCLEUS_PLACE + nuclei.ndim]
    assert np.abs(apart - shape * np.round(apart / shape)).max() < 1e-9


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
