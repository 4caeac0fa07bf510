"""The step of an open dish solved by its axes, and ligands whose steps are taken at once, against plain twins."""

import numpy as np
import pytest
from scipy.sparse.linalg import spsolve
from test_fields_diffusion import matrix_of

from lamella.tissue.fields import Acts, Field, Ledger, Ligand, Matrix, Substance, make_medium, occupy
from lamella.tissue.fields.multigrid import Multigrid
from lamella.tissue.fields.separable import modes_of
from lamella.tissue.fields.solver import Solver

DISHES = [
    ((40, 23), (False, True), 1),
    ((17, 62), (False, False), 4),  # the voxels of an axis differ in width
    ((33, 30), (True, True), 2),
    ((2, 9), (True, False), 1),
    ((9, 14, 11), (True, False, True), 1),
    ((26, 13, 30), (False, False, False), 4),
]


def step_of(shape, periodic, coarsening, spread, taken, seed=5):
    """An open dish with a bath at its first wall: couplings, least diagonal, walls by axis, diagonal, right side."""
    rng = np.random.default_rng(seed)
    medium = make_medium(shape, 1.0, coarsening=coarsening, depth=3.0 if len(shape) == 2 else None, periodic=periodic)
    walls = [np.zeros(medium.box) for _ in range(3)]
    for axis, side in list(medium.walls)[:1]:
        walls[3 - len(shape) + axis] += spread * medium.walls[axis, side]
    least = 1.1 * medium.volume
    mass = least * (1.0 + taken * rng.random(medium.box)) + sum(walls)
    return tuple(spread * face for face in medium.faces), least, walls, mass, mass * rng.random(medium.box)


@pytest.mark.parametrize(("shape", "periodic", "coarsening"), DISHES)
@pytest.mark.parametrize(
    ("spread", "taken", "rounds"), [(0.3, 0.0, 2), (40.0, 0.0, 2), (40.0, 0.01, 6), (40.0, 0.9, 19), (1e5, 0.01, 6)]
)
def test_the_axes_give_what_a_direct_solver_gives(shape, periodic, coarsening, spread, taken, rounds):
    couplings, least, walls, mass, right = step_of(shape, periodic, coarsening, spread, taken)
    solver, x = Solver(couplings, least, walls), np.zeros(mass.shape)
    assert solver.by_axes is not None
    made, left = solver.solve(mass, right, x, 1e-9, 100)
    assert left <= 1e-11
    assert made <= rounds
    assert solver._levels is None  # multigrid was not asked
    expected = spsolve(matrix_of(couplings, mass), right.ravel()).reshape(x.shape)
    np.testing.assert_allclose(x, expected, rtol=1e-7)


def test_modes_of_an_axis():
    rng = np.random.default_rng(3)
    for n, wraps in ((1, False), (2, True), (7, False), (24, True), (61, True)):
        width, coupling, wall = 1.0 + rng.random(n), rng.random(n) + 0.1, rng.random(n)
        coupling[-1] *= wraps
        pace, vectors = modes_of(width, coupling, wall)
        plain = np.diag(wall)
        for i in range(n if n > 1 else 0):
            j = (i + 1) % n
            plain[[i, j], [i, j]] += coupling[i]
            plain[i, j] -= coupling[i]
            plain[j, i] -= coupling[i]
        np.testing.assert_allclose(vectors.T @ (width[:, None] * vectors), np.eye(n), atol=1e-12)
        np.testing.assert_allclose(plain @ vectors, width[:, None] * vectors * pace, atol=1e-12)


@pytest.mark.parametrize("why", ["obstacle", "hindrance", "uptake"])
def test_what_is_no_product_is_left_to_multigrid(why):
    couplings, least, walls, mass, right = step_of((24, 30), (False, True), 1, 40.0, 0.01)
    couplings = [np.array(c) for c in couplings]
    if why == "obstacle":
        couplings[1][0, 7, 3:9] = 0.0
    elif why == "hindrance":
        couplings[2][0, 12:] *= 0.3
    else:
        mass[0, :5] += 20.0 * least[0, :5]
    solver, x = Solver(tuple(couplings), least, walls), np.zeros(mass.shape)
    assert (solver.by_axes is None) == (why != "uptake")
    _, left = solver.solve(mass, right, x, 1e-11, 100)
    assert left <= 1e-11
    assert solver._levels is not None
    np.testing.assert_allclose(x, spsolve(matrix_of(couplings, mass), right.ravel()).reshape(x.shape), rtol=1e-7)


def test_a_step_does_not_depend_on_what_was_solved_before():
    """Nor on how often: what a solver keeps follows from the step alone, so that a resumed dish has the same bytes."""
    couplings, least, walls, mass, right = step_of((31, 40), (True, False), 1, 40.0, 0.2)
    found = []
    for others in ((), (0.0, 0.3, 0.9), (0.21,)):
        solver = Solver(couplings, least, walls)
        for taken in others:
            solver.solve(mass + taken * least, right, np.zeros(mass.shape), 1e-7, 100)
        x = np.zeros(mass.shape)
        solver.solve(mass, right, x, 1e-7, 100)
        found.append(x)
    assert np.array_equal(found[0], found[1])
    assert np.array_equal(found[0], found[2])


def test_the_field_is_nearer_to_the_tight_solution_than_with_multigrid(monkeypatch):
    """At one tolerance, against a direct solution of every step: cells that give and take between two baths."""
    shape = (120, 96)
    medium = make_medium(shape, 2.0, coarsening=4, depth=100.0, periodic=(False, True))
    labels = np.zeros(shape, np.int32)
    for cell, (i, j) in enumerate(np.ndindex(5, 4), start=1):
        labels[10 + 20 * i : 26 + 20 * i, 5 + 24 * j : 23 + 24 * j] = cell
    occupancy = occupy(medium, labels)
    rates = np.random.default_rng(2).random(21)
    acts = Acts(secretion=1e3 * rates, clearance=400.0 * rates[::-1])
    solve = Solver.solve
    errors: dict[str, float] = {"axes": 0.0, "multigrid": 0.0}

    def watched(solver, mass, right, x, tolerance, most):
        exact = spsolve(matrix_of(solver._couplings, mass), right.ravel()).reshape(x.shape)
        other = x.copy()
        Multigrid(solver._couplings, solver._mass).solve(mass, right, other, tolerance, most)
        made = solve(solver, mass, right, x, tolerance, most)
        for name, values in (("axes", x), ("multigrid", other)):
            errors[name] = max(errors[name], float(np.abs(values - exact).max() / exact.max()))
        return made

    monkeypatch.setattr(Solver, "solve", watched)
    held = {(0, "low"): 0.0, (0, "high"): 6.0}
    signal = Field(Substance("EGF", 100.0, initial=1.0, held=held), medium, Ledger())
    for _ in range(6):
        signal.advance(100.0, occupancy, acts)
    assert errors["axes"] < 1e-8
    assert errors["axes"] < errors["multigrid"]
    assert signal.imbalance() < 1e-13


@pytest.mark.parametrize("dimensions", [2, 3])
def test_steps_taken_at_once_are_those_taken_one_by_one(dimensions):
    shape = (30, 25) if dimensions == 2 else (12, 10, 14)
    medium = make_medium(shape, 2.0, coarsening=4, depth=5.0 if dimensions == 2 else None)
    rng = np.random.default_rng(4)
    labels = np.kron(rng.integers(0, 4, tuple(n // 2 + 1 for n in shape)), np.ones((2,) * dimensions, int))
    labels = labels[tuple(slice(n) for n in shape)].astype(np.int32)
    occupancy = occupy(medium, labels)
    docked = np.array([[0, 0], [3, 1], [0, 0], [500, 2e3]], float)
    laid = {"fibronectin": np.array([0.0, 5.0, 7.0, 0.0])}
    start, steps, seconds = 100.0 * rng.random(shape), 5, 30.0

    def made():
        ligand = Ligand("fibronectin", start, docked_rate=1e-5)
        return Matrix((ligand,), medium, {}, Ledger(), touching=False)

    once, each = made(), made()
    assert once.alone == ("fibronectin",)
    worked = once.advance(seconds, occupancy, docked=docked, deposition=laid, steps=steps)["fibronectin"]
    each.alone = ()
    pieces = [each.advance(seconds, occupancy, docked=docked, deposition=laid)["fibronectin"] for _ in range(steps)]
    np.testing.assert_allclose(once.density("fibronectin"), each.density("fibronectin"), rtol=1e-13)
    np.testing.assert_allclose(worked.deposited, sum(piece.deposited for piece in pieces), rtol=1e-12)
    np.testing.assert_allclose(worked.cut, sum(piece.cut for piece in pieces), rtol=1e-11)
    assert worked.cut[1].sum() > 0.0
    assert once.imbalance("fibronectin") < 1e-13
    books, others = (matrix.ledger.entries("fibronectin") for matrix in (once, each))
    for entry in ("deposited", "cleaved"):
        assert books[entry] == pytest.approx(others[entry], rel=1e-11)


def test_ligands_that_ask_others_are_not_taken_alone():
    medium = make_medium((16, 16), 2.0, depth=5.0)
    fields = {"MMP2": Field(Substance("MMP2", 1.0), medium, Ledger())}
    ligands = [Ligand("own", 1.0, docked_rate=1e-6), Ligand("cut", 1.0, cut_by={"MMP2": 1e-6}), Ligand("cryptic")]
    ligands += [Ligand("hides", 1.0, exposes="cryptic"), Ligand("frees", 1.0, releases="MMP2")]
    assert Matrix(ligands, medium, fields, Ledger()).alone == ("own",)
    assert Matrix(ligands, medium, fields, Ledger(), touching=True).alone == ()
