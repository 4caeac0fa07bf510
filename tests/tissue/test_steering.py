"""What steers a cell as a whole: chemotaxis, a force, and its nucleus in a matrix of fibres."""

import numpy as np
import pytest
from dishes import blocks
from scipy import ndimage

from lamella.errors import InputError
from lamella.tissue import Dish
from lamella.tissue.mesh import fibre_mesh

NUCLEUS = {"nucleus_volume": 30.0, "nucleus_stiffness": 5.0, "nucleus_perimeter": 58.0, "nucleus_rigidity": 1.0,
           "nucleus_link": 40.0}  # fmt: skip


def soft_cell(seed=1, **columns):
    """One cell of 144 sites that diffuses on a free dish."""
    labels = np.zeros((60, 60), int)
    labels[24:36, 24:36] = 1
    dish = Dish(labels, [0, 1], [[0, 4], [4, 8]], temperature=10.0, key=seed, cell_keys=[0, seed])
    for name, value in {"target_volume": 144, "volume_stiffness": 1, **columns}.items():
        setattr(dish.cells, name, value)
    return dish


def drift(dish, mcs=400):
    """Displacement along both axes."""
    start = dish.position[1]
    dish.advance(mcs)
    return dish.position[1] - start


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_cell_climbs_or_flees_an_attractant(sign):
    ways = []
    for seed in range(6):
        dish = soft_cell(seed, chemotaxis=sign * 0.5)
        dish.attractant = np.arange(60.0)[:, None] * np.ones((1, 60))
        ways.append(drift(dish, 60))
    along, across = np.mean(ways, axis=0)
    assert sign * along > 3.0
    assert sign * along > 3.0 * abs(across)


def test_an_even_attractant_only_feeds_the_volume():
    """mu a per site: the volume at rest shifts by mu a / (2 stiffness), and nothing moves along."""
    dish = soft_cell(chemotaxis=2.0)
    volumes = []
    for level in (0.0, 5.0):
        dish.attractant = level
        dish.advance(200)
        series = []
        for _ in range(200):
            dish.advance(2)
            series.append(dish.cells.volume[1])
        volumes.append(np.mean(series))
    assert volumes[1] - volumes[0] == pytest.approx(5.0, abs=1.5)


def test_a_force_drags_a_cell_in_proportion():
    """Twice a small force, twice the drift; the other way, the other way."""
    found = {}
    for force in (-200.0, 200.0, 400.0):
        steps = []
        for seed in range(4):
            dish = soft_cell(seed)
            dish.force[1] = (force, 0.0)
            steps.append(drift(dish))
        found[force] = np.mean(steps, axis=0)
        assert abs(found[force][1]) < 0.5 * abs(found[force][0])
    assert found[-200.0][0] < -3.0
    assert found[200.0][0] > 3.0
    assert found[400.0][0] / found[200.0][0] == pytest.approx(2.0, abs=0.7)


def test_a_nucleus_goes_with_its_cell():
    """It lags behind the centroid of a cell that is dragged, by less than its own radius in the mean."""
    dish = soft_cell(**NUCLEUS)
    dish.force[1] = (400.0, 0.0)
    moved, lags = drift(dish)[0], []
    assert moved > 5.0
    for _ in range(20):
        dish.advance(50)
        lags.append(dish.nucleus_position[1] - dish.position[1])
        inside = np.argwhere(dish.nuclei() == 1) - dish.centroid[1]
        inside -= 60 * np.round(inside / 60)
        assert np.allclose(inside.mean(axis=0), lags[-1], atol=1e-6)
    assert -3.0 < np.mean(lags, axis=0)[0] < -1.0
    assert dish.cells.nucleus[1] == pytest.approx(30.0, abs=6.0)


def test_a_window_stops_the_nucleus_and_not_the_cytoplasm():
    """A wall with a gap of two sites: the cell reaches through, its nucleus stays; without one it is gone."""
    through = {}
    for nucleated in (True, False):
        dish = soft_cell(**({**NUCLEUS, "nucleus_rigidity": 8.0, "nucleus_link": 20.0} if nucleated else {}))
        wall = np.zeros(dish.shape, bool)
        wall[40] = True
        wall[40, 29:31] = False
        wall[10] = True  # the dish is periodic
        dish.fibres = 1e3 * wall
        dish.force[1] = (300.0, 0.0)
        dish.advance(1500)
        labels, nuclei = dish.labels(), dish.nuclei()
        assert not (nuclei[wall] > 0).any()
        through[nucleated] = (dish.position[1][0], (labels[41:] == 1).sum(), np.argwhere(nuclei == 1))
    assert through[False][0] > 60.0
    assert through[True][0] < 50.0
    assert through[True][1] > 5
    assert through[True][2][:, 0].max() <= 40  # the row of the wall itself


def test_a_soft_nucleus_squeezes_through():
    dish = soft_cell(**{**NUCLEUS, "nucleus_rigidity": 0.02, "nucleus_stiffness": 0.5})
    wall = np.zeros(dish.shape, bool)
    wall[40] = True
    wall[40, 27:32] = False
    dish.fibres = 1e3 * wall
    dish.force[1] = (600.0, 0.0)
    dish.advance(600)
    assert dish.position[1][0] > 60.0


def test_daughters_both_have_a_nucleus_and_the_removed_none():
    dish = soft_cell(**NUCLEUS)
    dish.advance(10)
    daughter = dish.divide(1, key=9)
    nuclei, labels = dish.nuclei(), dish.labels()
    for cell in (1, daughter):
        assert dish.cells.nucleus[cell] == (nuclei == cell).sum() == 30
        assert ndimage.label(nuclei == cell)[1] == 1
        assert (labels[nuclei == cell] == cell).all()
    dish.remove(1)
    assert not (dish.nuclei() == 1).any()
    assert dish.cells.nucleus[1] == 0
    dish.cells.nucleus_volume[daughter] = 0.0
    dish.advance(2)
    assert not dish.nuclei().any()


def test_a_nucleus_is_at_most_half_of_its_cell():
    dish = soft_cell(**{**NUCLEUS, "nucleus_volume": 500.0})
    dish.advance(0)
    assert dish.cells.nucleus[1] == 72


def test_a_mesh_has_its_pores():
    flat = fibre_mesh((40, 50), 4, 1, shift=4)
    rows = np.flatnonzero(flat.any(axis=1))
    assert set(np.diff(rows)) == {5}
    for row in rows:
        assert set(np.diff(np.flatnonzero(flat[row]))) == {5}
    deep = fibre_mesh((20, 20, 20), 3, 1)
    assert deep.all(axis=0).any()
    assert deep.all(axis=1).any()
    assert deep.all(axis=2).any()
    assert 0.05 < deep.mean() < 0.25


@pytest.mark.parametrize(("shape", "pore"), [((10,), 3), ((10, 10), 0), ((10, 10), 2.5)])
def test_a_mesh_that_cannot_be(shape, pore):
    with pytest.raises(InputError, match="mesh"):
        fibre_mesh(shape, pore, 1)


def test_what_is_refused():
    dish = soft_cell()
    dish.force[1] = (np.nan, 0.0)
    with pytest.raises(InputError, match="force on cell 1"):
        dish.advance(1)
    dish = soft_cell(nucleus_volume=-1.0)
    with pytest.raises(InputError, match="nucleus_volume of cell 1"):
        dish.advance(1)
    with pytest.raises(InputError, match="fibres"):
        dish.fibres = np.full(dish.shape, np.nan)


def test_terms_that_are_off_change_nothing():
    """A field that nobody follows, fibres without a nucleus: the same bytes as without them."""
    plain, other = (Dish(blocks((40, 40), (2, 2), 10, 10), [0, 1, 1, 1, 1], [[0, 4], [4, 8]], temperature=10.0, key=1,
                         cell_keys=range(5)) for _ in range(2))  # fmt: skip
    other.attractant, other.fibres = 3.0, 50.0
    for dish in (plain, other):
        dish.cells.target_volume, dish.cells.volume_stiffness = 100.0, 1.0
        dish.advance(50)
    assert np.array_equal(plain.labels(), other.labels())
