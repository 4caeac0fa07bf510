"""The kernel's energy changes and book-keeping against the plain picture."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from verification.tissue_energy import EXACT, compared, copies, nuclear_moves, random_dish, summed

from lamella.tissue import reference
from lamella.tissue.grid import interior
from lamella.tissue.record import NUCLEUS_PLACE, NUCLEUS_SITES
from lamella.tissue.tiles import BORDER, WAITING
from lamella.tissue.word import COUNT, COUNT_SHIFT, ID, KIND, KIND_SHIFT


def agree(dish, seed, most):
    """Compare copies and moves of nuclei with the whole energy, and growth of perimeters with the picture.

    returns   copies; moves
    """
    found = compared(dish, seed, most)
    assert found["copies_off"] <= EXACT
    assert found["nuclei_off"] <= EXACT
    assert found["wrong_decisions"] == 0
    labels, place = dish.labels(), interior(np.arange(dish._lattice.word.size), dish.shape)
    for site, _, winner, loser, (*_, longer, shorter) in copies(dish, seed, most):
        after = labels.copy()
        after[place == site] = winner
        change = reference.perimeters(after, len(dish.cells), dish._periodic) - dish.cells.perimeter
        assert winner == 0 or change[winner] == longer
        assert loser == 0 or change[loser] == shorter
    return found["copies"], found["moves"]


def test_incremental_energy_is_the_difference_of_whole_energies(dish):
    dish.cells.rear_focus = 0.7
    dish.advance(40)
    assert agree(dish, 3, 500)[0] > 100


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
    assert agree(dish, 4, 400)[0] > 50
    dish.advance(20)
    assert agree(dish, 5, 400)[0] > 50


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32 - 1), walls=st.lists(st.booleans(), min_size=2, max_size=3))
def test_incremental_energy_with_random_parameters(seed, walls):
    """Every cell has its own strength of every term, any axes wrap round or are closed, an obstacle stands between."""
    copied, moved = agree(random_dish(seed, len(walls), walls), seed, 40)
    assert copied > 3
    assert moved > 20


def test_the_whole_energy_tells_each_term():
    """None of the terms, and none of what lies beyond energies, is the same without what turns it on."""
    made = random_dish(1, 2, True)
    labels, nuclei = made.labels(), made.nuclei()
    whole = reference.whole_energy(made, labels, nuclei)
    assert all(abs(term) > 1.0 for term in whole)
    assert sum(summed(whole)) == pytest.approx(sum(whole))
    for term, column in {"volume": "volume_stiffness", "perimeter": "perimeter_stiffness", "chemotaxis": "chemotaxis",
                         "link": "nucleus_link", "contraction": "contraction"}.items():  # fmt: skip
        other = random_dish(1, 2, True)
        setattr(other.cells, column, 0.0)
        assert getattr(reference.whole_energy(other, labels, nuclei), term) == 0.0


def test_an_attempt_that_pays_a_little_less_than_protrusion_and_rupture_is_refused(monkeypatch):
    """The twin of what lies beyond energies is tight: a thousandth more of it, and decisions go wrong."""
    exact, made = reference.beyond_energy, random_dish(3, 2, True)
    assert compared(made, 3)["wrong_decisions"] == 0
    monkeypatch.setattr(reference, "beyond_energy", lambda *arguments: 1.001 * exact(*arguments))
    assert compared(made, 3)["wrong_decisions"] > 10


def test_nuclei_pay_the_difference_of_whole_energies(dish):
    """Sites at the edge of nuclei, won and lost."""
    dish.advance(40)
    nuclei, won, lost = dish.nuclei(), 0, 0
    assert compared(dish, 4, 150)["nuclei_off"] <= EXACT
    for spot, cell, gained, (_, longer) in nuclear_moves(dish, 4, 150):
        after = nuclei.copy()
        after[spot] = cell if gained > 0 else 0
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
    place = dish._record[:, NUCLEUS_PLACE : NUCLEUS_PLACE + nuclei.ndim]
    apart = (reference.centroids(nuclei, place, dish._periodic) - place)[live]
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
