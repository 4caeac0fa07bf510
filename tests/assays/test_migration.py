"""The fit of a persistent random walk finds what made the walk, and stays finite where nothing moves."""

import numpy as np
import pytest

from lamella.assays.migration import fuerth_fit, mean_squared_displacement


def walk(speed, persistence, frame, frames, cells, seed):
    """Paths of persistent walkers.   [times, cells, 2]"""
    stream = np.random.default_rng(seed)
    turn = stream.normal(0.0, np.sqrt(2.0 * frame / persistence), (frames, cells)).cumsum(axis=0)
    steps = speed * frame * np.stack([np.cos(turn), np.sin(turn)], axis=-1)
    return steps.cumsum(axis=0)


@pytest.mark.parametrize("persistence", [1800.0, 7200.0])
def test_speed_and_persistence_are_found(persistence):
    paths = walk(0.005, persistence, 60.0, 1400, 60, seed=2)[::10]
    speed, found = fuerth_fit(mean_squared_displacement(paths, 40), 600.0)
    assert speed == pytest.approx(0.005, rel=0.1)
    assert found == pytest.approx(persistence, rel=0.25)


def test_cells_that_do_not_move_have_a_finite_speed():
    stream = np.random.default_rng(1)
    paths = 0.1 * stream.standard_normal((60, 20, 2))
    speed, persistence = fuerth_fit(mean_squared_displacement(paths, 20), 600.0)
    assert 0.0 <= speed < 0.002
    assert np.isfinite(persistence)
