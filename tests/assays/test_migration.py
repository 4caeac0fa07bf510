"""The fit of a persistent random walk finds what made the walk, and stays finite where nothing moves."""

import numpy as np
import pytest

from lamella.assays.walks import (
    direction_autocorrelation,
    fuerth_fit,
    mean_squared_displacement,
    over_lags,
    straightness_over_time,
    track_measures,
)


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


def polyline(*points):
    """One track.   [times, 1, 2]"""
    return np.array(points, float)[:, None, :]


def test_measures_of_tracks_that_can_be_told_by_hand():
    found = track_measures(polyline((0, 0), (3, 0), (3, 4), (0, 4)), 60.0 * np.arange(4))
    told = {name: values[0] for name, values in found.items()}
    assert told["path_length"] == 10.0
    assert told["track_speed"] == pytest.approx(10.0 / 180.0)
    assert told["displacement"] == 4.0
    assert told["max_displacement"] == 5.0
    assert told["straightness"] == pytest.approx(0.4)
    assert told["outreach_ratio"] == pytest.approx(0.5)
    assert told["displacement_ratio"] == pytest.approx(0.8)
    assert told["turning_angle"] == pytest.approx(np.pi / 2)
    ahead = track_measures(polyline((0, 0), (1, 1), (2, 2)), 60.0 * np.arange(3))
    line = {name: values[0] for name, values in ahead.items()}
    assert line["straightness"] == pytest.approx(1.0)
    assert line["turning_angle"] == pytest.approx(0.0, abs=1e-7)
    assert line["asphericity"] == pytest.approx(1.0)
    back = track_measures(polyline((0, 0), (1, 0), (0, 0)), 60.0 * np.arange(3))
    assert back["turning_angle"][0] == pytest.approx(np.pi)
    assert back["straightness"][0] == 0.0


def test_a_shorter_last_step_counts_for_the_time_it_took_and_not_for_lags_and_angles():
    paths, times = polyline((0, 0), (1, 0), (2, 0), (3, 0), (3, 0.2)), np.array([0.0, 60.0, 120.0, 180.0, 192.0])
    found = track_measures(paths, times)
    assert found["track_speed"][0] == pytest.approx(3.2 / 192.0)
    assert found["turning_angle"][0] == pytest.approx(0.0, abs=1e-7)
    assert over_lags(paths, times) == pytest.approx([1.0, 4.0, 9.0])


def test_a_cell_that_never_moves_has_ratios_of_1_and_no_angle():
    found = track_measures(np.zeros((5, 1, 2)), 60.0 * np.arange(5))
    assert found["straightness"][0] == found["outreach_ratio"][0] == 1.0
    assert np.isnan(found["turning_angle"][0])
    assert np.isnan(found["asphericity"][0])
    assert np.isnan(direction_autocorrelation(np.zeros((5, 1, 2)), 2)).all()


def test_direction_is_forgotten_with_the_persistence_and_straightness_falls():
    paths = walk(0.005, 3600.0, 60.0, 1400, 60, seed=3)[::10]
    cosines = direction_autocorrelation(paths, 18)
    lag = 600.0 * np.arange(1, 19)
    decay = -np.polyfit(lag, np.log(cosines), 1)[0]
    assert 1.0 / decay == pytest.approx(3600.0, rel=0.2)
    straight = straightness_over_time(paths, 40)
    assert straight[0] == pytest.approx(1.0)
    assert (np.diff(straight) < 0.02).all()
    assert straight[-1] < 0.7
