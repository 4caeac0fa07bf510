"""Tracks of cells that come and go."""

from types import SimpleNamespace

import numpy as np

from lamella.assays.tracking import Recorder
from lamella.tissue import Dish


def test_cells_that_divide_and_die_keep_their_tracks():
    labels = np.zeros((40, 40), int)
    for cell, (x, y) in enumerate(np.ndindex(2, 2), start=1):
        labels[20 * x + 4 : 20 * x + 14, 20 * y + 4 : 20 * y + 12] = cell
    dish = Dish(labels, np.array([0, 1, 1, 1, 1]), np.array([[0.0, 20.0], [20.0, 20.0]]), temperature=20.0, key=1,
                cell_keys=np.arange(5))  # fmt: skip
    culture = SimpleNamespace(dish=dish, living=np.arange(1, 5), reading=dish.read(), scale=SimpleNamespace(site=2.0),
                              seconds=0.0)  # fmt: skip
    recorder = Recorder()
    recorder.take(culture)
    before = dish.position[1:] * 2.0
    dish.remove(1)
    daughter = dish.divide(3, key=9)
    culture.living, culture.seconds, culture.reading = np.array([2, 3, 4, daughter]), 60.0, dish.read()
    recorder.take(culture)
    table, paths = recorder.table(), recorder.paths()
    assert table.cell.tolist() == [1, 2, 3, 4, 2, 3, 4, daughter]
    assert paths.shape == (2, 5, 2)
    assert np.array_equal(paths[0, :4], before)
    assert np.array_equal(paths[1, [1, 3]], before[[1, 3]])  # those that nothing happened to have not moved
    assert np.array_equal(np.isnan(paths[..., 0]), [[False] * 4 + [True], [True] + [False] * 4])
    halves = dish.position[[3, daughter]] * 2.0
    assert np.array_equal(paths[1, [2, 4]], halves)
    assert not np.array_equal(halves[0], halves[1])
