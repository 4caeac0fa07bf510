"""Integrins left on the matrix: none is lost, they lie behind the cells, and looking at them changes nothing."""

from dataclasses import replace

import numpy as np
import pytest

from lamella.assays import Setting
from lamella.assays.preparation import sites_per_cell, treated
from lamella.culture import Culture, Draw, Protocol, cells_apart, constants, scale
from lamella.networks import Perturbations

CELLS = 6


def dish(protocol, **perturbations):
    where = Setting("HeLa", "control", Perturbations(**perturbations), {"fibronectin": "10 ug/ml"},
                    {"EGF": "10 ng/ml"})  # fmt: skip
    lengths = scale(constants())
    layout = cells_apart(CELLS, sites_per_cell(where, lengths), 3.0, 1, 0)
    network, treatment = treated(where)
    return Culture(network, treatment, Draw(1, 0, CELLS), layout, constants(), lengths, protocol)


def left_by(culture, exchanges):
    """Let a culture go on; molecules that its networks leave behind meanwhile."""
    left = [culture.population.observe(("left_behind",)).sum()]
    for _ in range(exchanges):
        culture.advance(culture.interval)
        left.append(culture.population.observe(("left_behind",)).sum())
    replaced = 0.5 * np.add(left[1:], left[:-1]).sum() * 1.1e-5 * culture.interval  # k_replacement of every heterodimer
    return left[-1] - left[0] + replaced


@pytest.fixture(scope="module")
def walked():
    culture = dish(Protocol(trail=True))
    return culture, left_by(culture, 20)


def test_what_the_networks_leave_is_on_the_matrix(walked):
    culture, told = walked
    assert told > 0.0
    assert culture.trail.total == pytest.approx(told, rel=1e-3)
    assert culture.trail.density.sum() * culture.scale.site**2 > 0.5 * told


def test_integrins_lie_where_cells_have_been_and_hardly_under_their_fronts(walked):
    culture, _ = walked
    labels, density = culture.dish.labels(), culture.trail.density
    assert density[labels == 0].sum() > density[labels > 0].sum()
    assert (culture.trail.density >= 0.0).all()


def test_a_trail_changes_nothing_and_goes_on_from_a_checkpoint():
    plain, kept, other = dish(Protocol()), dish(Protocol(trail=True)), dish(Protocol(trail=True))
    for culture in (plain, kept):
        culture.advance(1200)
    with_trail = kept.checkpoint()
    for name, array in plain.checkpoint().items():
        np.testing.assert_array_equal(array, with_trail[name], err_msg=name)
    assert plain.trail is None
    other.restore({name: array.copy() for name, array in with_trail.items()})
    for culture in (kept, other):
        culture.advance(1200)
    np.testing.assert_array_equal(kept.trail.density, other.trail.density)
    assert kept.trail.density.any()


def test_cells_that_divide_or_go_leave_no_more_by_it():
    culture = dish(replace(Protocol(), trail=True))
    left_by(culture, 2)
    before = culture.trail.total
    culture.divide(0)
    culture.remove(3)
    assert culture.trail.total == before
    told = left_by(culture, 2)
    assert culture.trail.total - before == pytest.approx(told, rel=1e-3)
