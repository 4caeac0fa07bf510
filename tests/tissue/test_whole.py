"""Reproduction, checkpoints, threads, connectivity, shared noise."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from dishes import all_on, blocks

from lamella.tissue import Dish, reference
from lamella.tissue.grid import ring, ring_slots
from lamella.tissue.terms.connectivity import in_one_piece, ring_bonds


def same(a, b):
    """Whether two checkpoints agree in every bit."""
    assert a.keys() == b.keys()
    return all(a[name].tobytes() == b[name].tobytes() for name in a)


def test_same_keys_same_bytes_other_keys_others():
    labels = blocks((40, 40), (4, 4), 8, 2)
    one, two, other = all_on(labels), all_on(labels), all_on(labels, key=12)
    for dish in (one, two, other):
        dish.advance(50)
    assert same(one.checkpoint(), two.checkpoint())
    assert not np.array_equal(one.labels(), other.labels())


def test_a_restored_dish_continues_bit_for_bit(dish):
    dish.advance(13)
    state = {name: array.copy() for name, array in dish.checkpoint().items()}
    twin = Dish.restore(state)
    dish.advance(20)
    for mcs in (1, 2, 7, 10):
        twin.advance(mcs)
    assert same(dish.checkpoint(), twin.checkpoint())
    assert np.array_equal(dish.position, twin.position)


def test_reading_changes_nothing():
    labels = blocks((40, 40), (4, 4), 8, 2)
    one, two = all_on(labels), all_on(labels)
    one.advance(20)
    for _ in range(20):
        two.advance(1)
        two.read()
    assert same(one.checkpoint(), two.checkpoint())


def test_dishes_in_threads_do_not_disturb_each_other():
    labels = blocks((60, 60), (4, 4), 12, 2)
    alone = [all_on(labels, key=k) for k in range(4)]
    threaded = [all_on(labels, key=k) for k in range(4)]
    for dish in alone:
        dish.advance(60)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda dish: dish.advance(60), threaded))
    assert all(same(a.checkpoint(), b.checkpoint()) for a, b in zip(alone, threaded))


def test_cells_stay_in_one_piece_even_when_hot(dish):
    labels = dish.labels()
    hot = all_on(
        np.maximum(labels, 0), periodic=dish._periodic, temperature=60.0, obstacles=labels < 0, connectivity=True,
        tile=dish._tile,
    )  # fmt: skip
    loose = all_on(
        np.maximum(labels, 0), periodic=dish._periodic, temperature=60.0, obstacles=labels < 0, connectivity=False
    )
    hot.advance(150)
    loose.advance(150)
    assert max(reference.pieces(hot.labels(), hot._periodic).values()) == 1
    assert max(reference.pieces(loose.labels(), loose._periodic).values()) > 1
    assert hot.counts["vetoed"] > 0 == loose.counts["vetoed"]


def test_connectivity_rule_on_known_rings():
    touching, ring = ring_bonds(2)
    slots = ring_slots(2)
    #  places of the ring:  0 1 2 / 3 . 4 / 5 6 7
    cases = {(1,): True, (1, 4): False, (1, 2, 4): True, (1, 6): False, (0, 1, 3): True, (0,): False,
             (0, 1, 2, 3, 4, 5, 6, 7): True, (0, 1, 2, 7): True, (1, 2, 4, 7, 6, 5): True}  # fmt: skip
    for places, whole in cases.items():
        members = np.uint64(sum(1 << int(slots[p]) for p in places))
        assert in_one_piece(members, touching, ring) == whole, places


@pytest.mark.parametrize("dimensions", [2, 3])
def test_the_connectivity_rule_is_that_of_a_plain_flood(dimensions):
    """All rings of two dimensions and many of three, with the centre and without."""
    rng, steps, slots = np.random.default_rng(8), ring(dimensions), ring_slots(dimensions)
    touching, every = ring_bonds(dimensions)
    centre = 5 if dimensions == 2 else 21
    near = np.abs(steps[:, None] - steps).sum(axis=2) == 1
    chosen = ((np.arange(256)[:, None] >> np.arange(8)) & 1) if dimensions == 2 else (
        rng.random((4000, 26)) < rng.random((4000, 1)))  # fmt: skip
    seen = set()
    for picked in chosen.astype(bool):
        asked = picked & (np.abs(steps).sum(axis=1) == 1)
        reached = np.zeros(len(steps), bool)
        reached[np.flatnonzero(asked)[:1]] = True
        for _ in steps:
            reached |= picked & (near & reached).any(axis=1)
        whole = bool(asked.any() and reached[asked].all())
        members = np.bitwise_or.reduce(np.where(picked, np.uint64(1) << slots.astype(np.uint64), np.uint64(0)))
        for also in (np.uint64(0), np.uint64(1) << np.uint64(centre)):
            assert in_one_piece(members | also, touching, every) == whole
        seen.add(whole)
    assert seen == {True, False}


def test_arms_share_the_noise_of_the_axes():
    """Axes that hear nothing but noise turn alike in dishes with other parameters and other copy attempts."""
    labels = blocks((40, 40), (4, 4), 8, 2)
    one, two = all_on(labels), all_on(labels, key=99)
    two.cells.protrusion = 90.0
    for dish in (one, two):
        dish.cells.sense_act = 0.0
        dish.cells.sense_contact = 0.0
        dish.advance(60)
    assert not np.array_equal(one.labels(), two.labels())
    assert np.array_equal(one.axis, two.axis)


@pytest.mark.parametrize("dimensions", [2, 3])
def test_axis_forgets_at_its_rotational_diffusion(dimensions):
    """<p(t) p(0)> = exp(-(D - 1) Dr t), within four standard errors of 300 walls-bound cells."""
    labels = np.arange(1, 301).reshape((20, 15) if dimensions == 2 else (10, 6, 5))
    dish = Dish(labels, np.r_[0, np.ones(300, int)], np.zeros((2, 2)), temperature=1.0, key=1, cell_keys=np.arange(301))
    dish.cells.mobility = 0.0
    dish.cells.rotational_diffusion = 0.01
    start = dish.axis.copy()
    dish.advance(40)
    cosine = (dish.axis * start).sum(axis=1)[1:]
    expected = np.exp(-(dimensions - 1) * 0.01 * 40)
    assert abs(cosine.mean() - expected) < 4 * cosine.std() / np.sqrt(300)
