"""Diffusion against theory, and the fast solver against a plain sparse one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.sparse.linalg import spsolve

from lamella.tissue.fields import Field, Ledger, Substance, make_medium
from lamella.tissue.fields.solver import Solver


def field(medium, diffusion=10.0, **options):
    return Field(Substance("X", diffusion, **options), medium, Ledger())


def flat(shape, coarsening=1, periodic=False, **options):
    return make_medium(shape, 1.0, coarsening=coarsening, depth=1.0, periodic=(periodic,) * len(shape), **options)


def matrix_of(couplings, mass):
    """The system of `multigrid`, entry by entry."""
    number = np.arange(mass.size).reshape(mass.shape)
    a = sparse.lil_matrix((mass.size, mass.size))
    for axis, coupling in enumerate(couplings):
        near = np.roll(number, -1, axis)
        for i, j, w in zip(number.ravel(), near.ravel(), coupling.ravel()):
            if w:
                a[i, i] += w
                a[j, j] += w
                a[i, j] -= w
                a[j, i] -= w
    a.setdiag(a.diagonal() + mass.ravel())
    return a.tocsc()


@pytest.mark.parametrize(
    ("shape", "periodic"),
    [((23, 31), (False, True)), ((40, 9), (True, True)), ((3, 50), (False, False)), ((9, 14, 11), (True, False, True))],
)
@pytest.mark.parametrize("spread", [0.3, 40.0])
def test_the_solver_agrees_with_a_direct_one(shape, periodic, spread):
    rng = np.random.default_rng(5)
    depth = 3.0 if len(shape) == 2 else None
    obstacles = rng.random(shape) < 0.2
    medium = make_medium(shape, 1.0, coarsening=1, depth=depth, periodic=periodic, obstacles=obstacles)
    couplings = tuple(spread * face for face in medium.faces)
    mass = np.where(medium.volume > 0, medium.volume * (1.0 + 3.0 * rng.random(medium.box)), 1.0)
    right = mass * rng.random(medium.box)
    x = np.zeros(medium.box)
    cycles, left = Solver(couplings, mass).solve(mass, right, x, 1e-11, 200)
    expected = spsolve(matrix_of(couplings, mass), right.ravel()).reshape(x.shape)
    assert left <= 1e-11
    assert cycles < 40
    np.testing.assert_allclose(x, expected, rtol=1e-7)


@pytest.mark.parametrize("dimensions", [2, 3])
def test_a_drop_spreads_as_a_gaussian(dimensions):
    shape = (81, 81) if dimensions == 2 else (41, 41, 41)
    depth = 1.0 if dimensions == 2 else None
    medium = make_medium(shape, 1.0, coarsening=1, depth=depth, periodic=(False,) * dimensions)
    drop = field(medium, 1.0)
    start = np.zeros(shape)
    start[tuple(n // 2 for n in shape)] = 1000.0
    drop.concentration = start
    seconds, steps = (40.0, 80) if dimensions == 2 else (12.0, 48)
    for _ in range(steps):
        drop.advance(seconds / steps)
    c = drop.concentration
    x = np.arange(shape[0]) - shape[0] // 2
    for axis in range(dimensions):
        along = c.sum(axis=tuple(d for d in range(dimensions) if d != axis))
        assert np.average(x**2, weights=along) == pytest.approx(2.0 * seconds, rel=2e-3)
    gauss = np.exp(-(x**2) / (4.0 * seconds)) / np.sqrt(4.0 * np.pi * seconds)
    line = c[(slice(None), *(n // 2 for n in shape[1:]))]
    assert np.abs(line / (1000.0 * gauss * gauss[shape[0] // 2] ** (dimensions - 1)) - 1.0)[np.abs(x) < 10].max() < 0.06


def test_spreading_has_no_favoured_direction():
    """At one radius on the axis and on the diagonal, one long step: a split scheme is off by tens of percent here."""
    medium = flat((121, 121))
    drop = field(medium, 1.0)
    start = np.zeros((121, 121))
    start[60, 60] = 1.0
    drop.concentration = start
    drop.advance(100.0)
    c = drop.concentration
    assert c[60, 60 + 14] == pytest.approx(c[70, 70], rel=0.03)  # 14.00 and 14.14 voxels away
    np.testing.assert_allclose(c, c.T, rtol=1e-3)


def steady_profile(coarsening):
    """A bath at one wall, decay, 96 um: largest deviation from cosh after one long step."""
    medium = flat((96, 8), coarsening)
    x = medium.centres(0)
    morphogen = field(medium, 4.0, decay=0.01, held={(0, "low"): 7.0})
    for _ in range(2):
        morphogen.advance(1e9)
    length = np.sqrt(4.0 / 0.01)
    exact = 7.0 * np.cosh((96.0 - x) / length) / np.cosh(96.0 / length)
    return np.abs(morphogen.concentration - exact[:, None]).max() / 7.0, morphogen


def test_decay_length_and_order_of_the_grid():
    errors = [steady_profile(c)[0] for c in (8, 4, 2, 1)]
    assert errors[3] < 4e-4
    orders = np.log2(np.divide(errors[:-1], errors[1:]))
    assert orders[0] > 1.7
    assert orders[-1] == pytest.approx(2.0, abs=0.1)


def test_flux_between_two_baths():
    medium = make_medium((40, 12, 8), 2.0, coarsening=4, periodic=(False, True, True))
    chamber = field(medium, 30.0, held={(0, "low"): 5.0, (0, "high"): 1.0})
    for _ in range(3):
        chamber.advance(1e8)
    x = medium.centres(0)
    np.testing.assert_allclose(chamber.concentration[:, 0, 0], 5.0 - 4.0 * x / 80.0, rtol=1e-6)
    before = chamber.ledger.entries("X")["walls"]
    chamber.advance(10.0)
    assert abs(chamber.ledger.entries("X")["walls"] - before) < 1e-4 * 30.0 * 24 * 16 * 4.0 / 80.0 * 10.0
    assert chamber.imbalance() < 1e-12


def test_the_liquid_above_renews_a_flat_dish():
    dish = field(flat((12, 12), 4), 10.0, exchange=0.02, bath=3.0, decay=0.01)
    for _ in range(3):
        dish.advance(1e9)
    np.testing.assert_allclose(dish.concentration, 2.0, rtol=1e-6)
    assert dish.imbalance() < 1e-12


@pytest.mark.parametrize("coarsening", [1, 3, 4])
def test_a_wall_of_one_site_stops_all(coarsening):
    wall = np.zeros((40, 24), bool)
    wall[21] = True
    left = np.zeros((40, 24))
    left[4:8] = 9.0
    for gap in (False, True):
        wall[21, 10:14] = not gap
        medium = flat((40, 24), coarsening, obstacles=wall)
        tried = field(medium, 50.0, initial=left)
        whole = tried.total()
        for _ in range(20):
            tried.advance(100.0)
        beyond = tried.concentration[-(40 // coarsening) // 3 :]
        if gap:
            np.testing.assert_allclose(beyond, 9.0 * 4 * 24 / (39 * 24 + 4), rtol=1e-6)
        else:
            assert beyond.max() == 0.0
        assert tried.total() == pytest.approx(whole, rel=1e-13)


def test_hindrance_slows():
    """Half the dish lets through a tenth: a steady flux drops the concentration there ten times as steeply."""
    slow = np.ones((40, 8))
    slow[20:] = 0.1
    medium = flat((40, 8), 2)
    gel = field(medium, 5.0, hindrance=slow, held={(0, "low"): 1.0, (0, "high"): 0.0})
    for _ in range(3):
        gel.advance(1e8)
    slope = np.diff(gel.concentration[:, 0])
    assert slope[14] / slope[4] == pytest.approx(10.0, rel=1e-5)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(
    shape=st.one_of(st.tuples(*[st.integers(1, 23)] * 2), st.tuples(*[st.integers(1, 9)] * 3)),
    coarsening=st.integers(1, 6),
    periodic=st.lists(st.booleans(), min_size=3, max_size=3),
    diffusion=st.floats(0, 1e4),
    seconds=st.floats(1e-3, 1e5),
    seed=st.integers(0, 99),
)
def test_nothing_lost_and_nothing_negative(shape, coarsening, periodic, diffusion, seconds, seed):
    rng = np.random.default_rng(seed)
    obstacles = rng.random(shape) < 0.3
    obstacles.flat[0] = False
    depth = 5.0 if len(shape) == 2 else None
    medium = make_medium(shape, 2.0, coarsening=coarsening, depth=depth, periodic=periodic[: len(shape)],
                         obstacles=obstacles)  # fmt: skip
    held = dict.fromkeys(list(medium.walls)[:1], 2.0)
    start = rng.random(medium.voxels) * (rng.random(medium.voxels) < 0.3)
    tried = field(medium, diffusion, decay=1e-4, initial=start, held=held)
    for _ in range(3):
        tried.advance(seconds)
        assert tried.concentration.min() >= 0.0
        assert tried.concentration.max() <= 2.0 * (1 + 1e-6)
        assert tried.imbalance() < 1e-12
