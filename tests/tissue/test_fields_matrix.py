"""The matrix: laid down, cut where the protease is, counted; fibres, pores and stiffness."""

import numpy as np
import pytest

from lamella.tissue.fields import (
    Behaviour,
    FibreLaw,
    Fibres,
    Ligand,
    Substance,
    Surroundings,
    make_medium,
    occupy,
)


def flat(ligands, substances=(), shape=(24, 20), **options):
    medium = make_medium(shape, 2.0, coarsening=4, depth=5.0)
    return Surroundings(medium, substances, ligands, **options)


def one_cell(medium, where=(slice(8, 16), slice(6, 14))):
    labels = np.zeros(medium.shape, np.int32)
    labels[where] = 1
    middle = np.zeros((2, labels.ndim))
    middle[1] = np.argwhere(labels == 1).mean(axis=0)
    axis = np.zeros_like(middle)
    axis[:, 0] = 1.0
    return occupy(medium, labels, middle, axis), labels


def test_a_soluble_protease_cuts_everywhere_exponentially():
    gel = flat([Ligand("collagen", 100.0, cut_by={"MMP2": 0.02})], [Substance("MMP2", 10.0, initial=0.5)])
    occupancy, _ = one_cell(gel.medium)
    gel.advance(300.0, occupancy)
    np.testing.assert_allclose(gel.matrix.density("collagen"), 100.0 * np.exp(-0.02 * 0.5 * 300), rtol=1e-9)
    assert gel.imbalance()["collagen"] < 1e-13


def test_a_docked_protease_cuts_only_under_its_half_of_the_cell():
    coat = flat([Ligand("laminin", 50.0, docked_rate=1e-3)])
    occupancy, labels = one_cell(coat.medium)
    done = coat.advance(200.0, occupancy, Behaviour(docked=np.array([[9.0, 9.0], [4.0, 0.0]])))
    density = coat.matrix.density("laminin")
    front = np.zeros(labels.shape, bool)
    front[12:16, 6:14] = True
    np.testing.assert_allclose(density[front], 50.0 * np.exp(-1e-3 * 4.0 * 200), rtol=1e-9)
    assert (density[~front] == 50.0).all()
    assert done.cut["laminin"][1, 0] == pytest.approx((50.0 - density[front]).sum() * 4.0, rel=1e-12)
    assert done.cut["laminin"][1, 1] == 0.0


def test_in_three_dimensions_a_cell_cuts_what_it_touches():
    medium = make_medium((14, 14, 14), 2.0, coarsening=4)
    gel = Surroundings(medium, ligands=[Ligand("collagen", 50.0, docked_rate=1e-3)])
    occupancy, labels = one_cell(medium, (slice(5, 9),) * 3)
    gel.advance(60.0, occupancy, Behaviour(docked=5.0))
    density = gel.matrix.density("collagen")
    assert density[6, 6, 6] == pytest.approx(50.0 * np.exp(-0.3), rel=1e-12)
    assert density[4, 6, 6] == pytest.approx(50.0 * np.exp(-0.3 / 6), rel=1e-12)
    assert density[4, 4, 6] == 50.0
    flat_gel = Surroundings(medium, ligands=[Ligand("collagen", 50.0, docked_rate=1e-3)], touching=False)
    flat_gel.advance(60.0, occupancy, Behaviour(docked=5.0))
    assert (flat_gel.matrix.density("collagen")[labels == 0] == 50.0).all()


def test_cells_lay_down_and_cuts_expose_and_release():
    ligands = [
        Ligand("collagen", 10.0, docked_rate=1e-2, exposes="cryptic", fragments=3.0),
        Ligand("cryptic"),
        Ligand("latent", 8.0, docked_rate=1e-2, releases="TGFB1"),
    ]
    gel = flat(ligands, [Substance("TGFB1", 0.0)])
    occupancy, labels = one_cell(gel.medium)
    done = gel.advance(50.0, occupancy, Behaviour(docked=1.0, deposition={"latent": np.array([0.0, 20.0])}))
    assert done.deposited["latent"].sum() == pytest.approx(1000.0, rel=1e-12)
    kept = np.exp(-0.5)
    np.testing.assert_allclose(gel.matrix.density("collagen")[labels == 1], 10.0 * kept, rtol=1e-9)
    np.testing.assert_allclose(gel.matrix.density("cryptic")[labels == 1], 30.0 * (1 - kept), rtol=1e-9)
    assert (gel.matrix.density("cryptic")[labels == 0] == 0.0).all()
    lost = 8.0 * 24 * 20 * 4.0 + 1000.0 - gel.matrix.total("latent")
    assert gel.fields["TGFB1"].total() == pytest.approx(lost, rel=1e-12)
    assert max(gel.imbalance().values()) < 1e-13


LAW = FibreLaw(
    reference=2.0, pore=3.0, pore_exponent=-0.5, widest=30.0, stiffness=0.05, stiffness_exponent=2.0,
    substrate=1.0, turning=2e-3, relaxation=5e-4,
)  # fmt: skip


def test_fibres_turn_under_a_pulling_cell_and_forget():
    medium = make_medium((24, 20), 2.0, coarsening=4, depth=5.0)
    occupancy, _ = one_cell(medium, (slice(8, 16), slice(8, 16)))
    fibres = Fibres(LAW, medium)
    axis = np.array([[1.0, 0.0], [0.6, 0.8]])
    fibres.advance(400.0, occupancy, axis, 1.5)
    speed = 2e-3 * 1.5 + 5e-4
    goal = (2e-3 * 1.5 * np.outer(axis[1], axis[1]) + 5e-4 * np.eye(2) / 2) / speed
    expected = goal + (np.eye(2) / 2 - goal) * np.exp(-speed * 400)
    np.testing.assert_allclose(fibres.tensor[2, 2], expected, rtol=1e-12)
    np.testing.assert_allclose(fibres.under_cells(occupancy)[1], expected, rtol=1e-12)
    np.testing.assert_allclose(fibres.tensor[0, 0], np.eye(2) / 2, rtol=1e-12)
    np.testing.assert_allclose(np.trace(fibres.tensor, axis1=-2, axis2=-1), 1.0, rtol=1e-12)
    fibres.advance(1e6, occupancy, axis, 0.0)
    np.testing.assert_allclose(fibres.tensor[2, 2], np.eye(2) / 2, atol=1e-12)


def test_pores_and_stiffness():
    np.testing.assert_allclose(LAW.pores([2.0, 8.0, 0.0]), [3.0, 1.5, 30.0])
    np.testing.assert_allclose(LAW.stiffnesses([2.0, 4.0, 0.0]), [1.05, 1.2, 1.0])
