"""What verification measures with, on what is known; and what it stores."""

import json

import numpy as np
import pytest
from verification import stored, tissue, tissue_act, tissue_cells, tissue_sorting

STORED = json.loads((tissue_act.PUBLISHED.parents[1] / "results" / "tissue.json").read_text())


def test_half_widths_are_those_of_student():
    """Six values 0 to 5: t is 2.5706 with five degrees of freedom, where the normal distribution has 1.96."""
    assert tissue_cells.half_width(range(6)) == pytest.approx(2.5706 * np.sqrt(3.5 / 6), rel=1e-4)


@pytest.mark.parametrize("persistence", [50.0, 300.0])
def test_decay_time_of_a_walk_that_is_known(persistence):
    """Directions diffuse: their autocorrelation falls with just this time."""
    rng = np.random.default_rng(5)
    turn = np.sqrt(2.0 * tissue_act.EVERY / persistence)
    angle = rng.normal(0.0, turn, (10, 8000)).cumsum(axis=1)
    tracks = [np.stack([np.cos(a), np.sin(a)], axis=1).cumsum(axis=0) for a in angle]
    assert tissue_act.decay_time(tracks) == pytest.approx(persistence, rel=0.1)
    assert 0.0 < tissue_act.without_one(tracks) < 0.3
    assert tissue_act.step_speed(tracks[0]) == pytest.approx(1.0 / tissue_act.EVERY)


def test_only_the_border_between_the_kinds_counts():
    kind = np.array([[0, 0, 0, 0], [0, 1, 2, 0], [0, 1, 2, 0], [0, 2, 2, 0]])
    assert tissue_sorting._border(kind) == 3


def test_the_aggregate_is_round_and_its_cells_are_whole():
    labels = tissue_sorting.aggregate()
    sites = np.bincount(labels.ravel())[1:]
    assert 36 <= sites.min() <= sites.max() <= 49
    assert sites.sum() == pytest.approx(np.pi / 4 * (tissue_sorting.ACROSS * tissue_sorting.AREA**0.5) ** 2, rel=0.02)
    assert not labels[: tissue_sorting.MARGIN].any()


def test_what_is_stored_is_said_with_its_run(tmp_path):
    file = tmp_path / "found.json"
    stored.store(file, "fragmented", {"value": 0.123456, "target": "t", "met": False, "seeds": 1}, tissue.CHECKS)
    stored.store(file, "volume", {"value": 1, "target": "t", "met": True, "seeds": 6}, tissue.CHECKS)
    found = json.loads(file.read_text())
    assert list(found) == ["volume", "fragmented"]
    assert found["fragmented"]["value"] == 0.1235
    assert [found[name]["seeds"] for name in ("fragmented", "volume")] == [1, 6]
    assert {"date", "commit"} <= set(found["volume"])


def test_every_check_is_stored():
    assert list(STORED) == list(tissue.CHECKS)
    assert all({"value", "target", "met", "seeds", "date", "commit"} <= set(found) for found in STORED.values())


def test_the_stored_verdict_follows_from_the_stored_series():
    """And a series that is too fast, turned round or never saturates does not pass."""
    value = {name: row for name, row in STORED["speed_persistence"]["value"].items() if name.startswith("memory")}
    found = tissue_act.judged(value)
    for name, one in found.items():
        assert one["met"] == STORED["speed_persistence"]["value"][name]["met"]
    faster = {name: row | {"speed": [1.06 * v for v in row["speed"]]} for name, row in value.items()}
    assert not tissue_act.judged(faster)["as_published"]["met"]
    turned = {name: row | {"persistence": row["persistence"][::-1]} for name, row in value.items()}
    assert not tissue_act.judged(turned)["coupling"]["met"]
    straight = {name: row | {"speed": [1e-3 * v for v in row["protrusion"]]} for name, row in value.items()}
    assert not tissue_act.judged(straight)["saturation"]["met"]
