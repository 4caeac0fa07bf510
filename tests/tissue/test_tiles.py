"""A dish in tiles: the same bytes for any number of threads, and the same physics as without tiles."""

import numpy as np
import pytest
from dishes import all_on, blocks
from verification.tissue_sampler import sample

from lamella.errors import InputError
from lamella.tissue import Dish, reference
from lamella.tissue.sweep import AHEAD, BATCH, SHARE
from lamella.tissue.tiles import BORDER, SIZE, make_tiles, tile_lengths
from lamella.tissue.workers import most_threads


def same(a, b):
    """Whether two checkpoints agree in every bit."""
    assert a.keys() == b.keys()
    return all(a[name].tobytes() == b[name].tobytes() for name in a)


@pytest.mark.parametrize("threads", [2, 3, 4])
@pytest.mark.parametrize("periodic", [True, False])
@pytest.mark.parametrize("dimensions", [2, 3])
def test_same_bytes_for_any_number_of_threads(dimensions, periodic, threads):
    """Through growth, division, removal and a checkpoint; cells lie in several tiles of one colour."""
    labels = blocks((64, 65), (6, 6), 10, 2) if dimensions == 2 else blocks((34, 33, 10), (3, 3, 1), 8, 1)
    checkpoints = []
    for number in (1, threads):
        dish = all_on(labels, periodic=(periodic,) * dimensions, tile=(8,) * dimensions)
        assert most_threads(dish._tiles) >= 4
        dish.advance(15, threads=number)
        dish.remove(2)
        dish.divide(1, key=5)
        dish = Dish.restore(dish.checkpoint())
        for mcs in (1, 14):
            dish.advance(mcs, threads=number)
        checkpoints.append(dish.checkpoint())
    assert same(*checkpoints)
    assert not np.array_equal(checkpoints[0]["word"], all_on(labels, periodic=(periodic,) * dimensions)._lattice.word)


@pytest.mark.parametrize(
    ("shape", "periodic", "tile"),
    [((64, 48), (True, True), (8, 9)), ((65, 31), (False, True), (8, 8)), ((17, 100), (True, False), (8, 30)),
     ((33, 16, 24), (True, False, True), (8, 8, 8)), ((8, 8), (True, True), (8, 8))],
)  # fmt: skip
def test_tiles_of_one_colour_never_meet(shape, periodic, tile):
    """Every site lies in one tile, and between two of one colour lie at least as many sites as both may look at."""
    tiles = make_tiles(shape, periodic, tile)
    tile_of = tiles.tile_of.reshape([n + 2 for n in shape])[(slice(1, -1),) * len(shape)]
    assert sorted(tiles.order) == list(range(tiles.state.shape[0])) == sorted(np.unique(tile_of))
    assert np.array_equal(np.diff(tiles.first.astype(int)), np.bincount(tile_of.ravel()))
    for colour in range(tiles.colours):
        chosen = tiles.order[tiles.begins[colour] : tiles.begins[colour + 1]]
        for tile in chosen:
            wide = tile_of == tile
            for axis, wraps in enumerate(periodic):
                rolled = [np.roll(wide, step, axis) for step in range(-7, 8)]
                if not wraps:
                    for step, moved in zip(range(-7, 8), rolled):
                        edge = [slice(None)] * len(shape)
                        edge[axis] = slice(0, step) if step >= 0 else slice(step, None)
                        moved[tuple(edge)] = False
                wide = np.logical_or.reduce(rolled)
            assert set(np.unique(tile_of[wide])) & set(chosen) == {tile}


def test_small_dishes_stay_whole_and_large_ones_do_not():
    assert tile_lengths((300, 300)) == (300, 300)
    assert make_tiles((2000, 2000), (True, True), tile_lengths((2000, 2000))).state.shape[0] == 16
    assert max(tile_lengths((200, 200, 200))) == 64


def test_threads_begin_with_the_longest_border():
    """Cells fill the first rows of a dish alone: whichever tile of a colour comes first, it has most to do."""
    labels = np.zeros((48, 48), int)
    labels[:20] = blocks((20, 48), (2, 4), 10, 0)
    dish = all_on(labels, periodic=(True, True), tile=(8, 8))
    dish.advance(3, threads=2)
    dish.advance(0)
    tiles = dish._tiles
    assert sorted(tiles.order) == list(range(36))
    for colour in range(tiles.colours):
        border = tiles.state[tiles.order[tiles.begins[colour] : tiles.begins[colour + 1]], BORDER].astype(int)
        assert (np.diff(border) <= 0).all()
        assert border[0] > border[-1]


LOOSE = np.array([[0.0, 5.0, 4.0], [5.0, 3.0, 6.0], [4.0, 6.0, 3.0]])
"""Contacts so weak that cells change places all the time: means over minutes of a processor are means of all states."""


def mean_and_error(series):
    """Mean along the first axis and its standard error, from twenty blocks."""
    blocked = [block.mean(axis=0) for block in np.array_split(np.asarray(series, float), 20)]
    return np.mean(blocked, axis=0), np.std(blocked, axis=0, ddof=1) / np.sqrt(20)


def settled(tile, protrusion, mcs):
    """Volume, its square about the target, perimeter, squared steps, and shares of attempts accepted."""
    labels = blocks((48, 48), (3, 3), 13, 1)
    dish = Dish(labels, np.r_[0, 1 + np.arange(9) % 2], LOOSE, temperature=10.0, key=5, cell_keys=np.arange(10),
                tile=tile, connectivity=False)  # fmt: skip
    dish.cells.target_volume, dish.cells.volume_stiffness = 130.0, 1.0
    dish.cells.target_perimeter, dish.cells.perimeter_stiffness = 160.0, 0.05
    dish.cells.protrusion, dish.cells.act_memory = protrusion, 20.0
    dish.advance(300)
    counts, place, series = dish.counts, dish.position, []
    for _ in range(mcs // 5):
        dish.advance(5)
        step, volume = dish.position[1:] - place[1:], dish.cells.volume[1:]
        share = (dish.counts["accepted"] - counts["accepted"]) / (dish.counts["tried"] - counts["tried"])
        counts, place = dish.counts, dish.position
        perimeter = dish.cells.perimeter[1:].mean()
        series.append([volume.mean(), ((volume - 130.0) ** 2).mean(), perimeter, (step**2).sum(axis=1).mean(), share])
    return mean_and_error(series)


@pytest.mark.parametrize("protrusion", [0.0, 30.0])
def test_tiles_change_no_statistics(protrusion):
    """Sixteen tiles on a dish of nine cells against none: no more than chance, which is little."""
    whole, tiled = settled(None, protrusion, 6000), settled((12, 12), protrusion, 6000)
    error = np.hypot(whole[1], tiled[1])
    assert (error < np.array([0.002, 0.04, 0.005, 0.04, 0.01]) * whole[0]).all()
    assert (np.abs(tiled[0] - whole[0]) < 4.0 * error).all()


def crowd(across, protrusion, key):
    """Cells of 100 sites side by side, no tiles: share of attempts accepted, squares of volumes about their target,
    perimeters; and how long the border list is."""
    cells = across**2
    labels = blocks((10 * across, 10 * across), (across, across), 10, 0)
    dish = Dish(labels, np.r_[0, 1 + np.arange(cells) % 2], LOOSE, temperature=10.0, key=key,
                cell_keys=np.arange(cells + 1), tile=labels.shape, connectivity=False)  # fmt: skip
    dish.cells.target_volume, dish.cells.volume_stiffness = 100.0, 1.0
    dish.cells.target_perimeter, dish.cells.perimeter_stiffness = 140.0, 0.05
    dish.cells.protrusion, dish.cells.act_memory = protrusion, 1.0 + protrusion
    dish.advance(20)
    before, sizes = dish.counts, []
    for _ in range(10):
        dish.advance(4)
        sizes.append([((dish.cells.volume[1:] - 100.0) ** 2).mean(), dish.cells.perimeter[1:].mean()])
    share = (dish.counts["accepted"] - before["accepted"]) / (dish.counts["tried"] - before["tried"])
    labels, cells = dish.labels(), cells + 1
    assert np.array_equal(dish.cells.volume[1:], reference.volumes(labels, cells)[1:])
    assert np.array_equal(dish.cells.perimeter[1:], reference.perimeters(labels, cells, (True, True))[1:])
    return [share, *np.mean(sizes, axis=0)], int(dish._tiles.state[0, SIZE])


@pytest.mark.parametrize("protrusion", [0.0, 30.0])
def test_batches_of_a_long_border_change_no_statistics(protrusion):
    """784 cells in one dish, whose batches are a thousandth of the border, and 800 in eight: near a hundredth."""
    large, long = crowd(28, protrusion, 7)
    small, lists = zip(*(crowd(10, protrusion, key) for key in range(8)))
    assert SHARE * (BATCH + AHEAD) < min(lists) < max(lists) < 2 * SHARE * (BATCH + AHEAD) < 0.2 * long
    error = np.std(small, axis=0, ddof=1) * np.sqrt(2.0 / len(small))  # the large dish counts as much as all small ones
    assert (error < np.array([0.01, 0.05, 0.01]) * large).all()
    assert (np.abs(large - np.mean(small, axis=0)) < 4.0 * error).all()


def test_tiles_agree_with_the_whole_energy_at_rest():
    """Four tiles against a sampler without border lists, increments and tiles: energy, sites, their variances."""
    labels = np.zeros((16, 16), np.int64)
    labels[3:8, 3:8], labels[3:8, 8:13], labels[8:13, 3:13] = 1, 2, 3
    kinds = np.array([0, 1, 1, 2])
    brute, _ = sample(labels.copy(), kinds, LOOSE, 30.0, 0.5, 90.0, 0.05, 0.0, 10, 10.0, True, 8000, 1)
    dish = Dish(labels, kinds, LOOSE, temperature=10.0, key=3, cell_keys=np.arange(4), connectivity=False, tile=(8, 8))
    columns = {"target_volume": 30, "volume_stiffness": 0.5, "target_perimeter": 90, "perimeter_stiffness": 0.05}
    for name, value in columns.items():
        setattr(dish.cells, name, value)
    mine = []
    for _ in range(8000):
        dish.advance(2)
        volume, perimeter = dish.cells.volume[1:], dish.cells.perimeter[1:]
        energy = reference.contact_energy(dish.labels(), kinds, LOOSE, np.zeros(3), (True, True))
        energy += 0.5 * ((volume - 30.0) ** 2).sum() + 0.05 * ((perimeter - 90.0) ** 2).sum()
        mine.append([energy, volume.sum(), volume[0]])
    series = [np.asarray(one)[200:] for one in (mine, brute)]
    (found, doubt), (expected, their_doubt) = (
        mean_and_error(np.c_[one, (one - one.mean(axis=0)) ** 2]) for one in series
    )
    error = np.hypot(doubt, their_doubt)
    assert (error[:3] < 0.01 * expected[:3]).all()
    assert (np.abs(found - expected) < 4.0 * error).all()


def test_what_is_refused():
    labels = blocks((40, 40), (2, 2), 10, 5)
    for tile in ((7, 8), (8,), (8.5, 8)):
        with pytest.raises(InputError, match="tile is"):
            all_on(labels, tile=tile)
    for threads in (0, 1.5):
        with pytest.raises(InputError, match="threads"):
            all_on(labels).advance(1, threads=threads)
