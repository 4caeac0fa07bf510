"""All that is watched is watched on one clock; what is too short or too long for its frames is refused, before any cell
is made."""

import numpy as np
import pytest

from lamella.assays import ASSAYS, Setting
from lamella.assays.clock import evenly_apart, frame_times
from lamella.assays.protocol import FilmedConditions
from lamella.errors import InputError
from lamella.networks import Perturbations

FILMED = [name for name, assay in ASSAYS.items() if issubclass(assay.conditions, FilmedConditions)]

SMALL = {"border_cells": {"clusters": 1, "each": 2}, "granule_neurons": {"cells": 8, "way": "40 um"},
         "scatter": {"islands": 1, "each": 4}, "scratch": {"cells": 40, "edge": "200 um", "wound": "80 um"},
         "spheroid": {"cells": 7}, "wound_in_vivo": {"cells": 60}}  # fmt: skip
"""The least of a dish, where it is not four cells."""
LINES = {"border_cells": "border-cell", "granule_neurons": "granule-neuron"}
"""Small cells, where large ones have no room."""


def test_the_last_frame_is_the_end_and_the_shorter_one():
    assert frame_times(24.0, 5.0).tolist() == [0.0, 5.0, 10.0, 15.0, 20.0, 24.0]
    assert frame_times(12.0, 5.0).tolist() == [0.0, 5.0, 10.0, 12.0]
    assert frame_times(12.0, 4.0).tolist() == [0.0, 4.0, 8.0, 12.0]
    assert [evenly_apart(frame_times(12.0, frame)) for frame in (5.0, 4.0, 12.0)] == [3, 4, 2]


@pytest.mark.parametrize("frames", [3, 7, 30, 1000])
def test_what_is_lost_where_units_are_converted_makes_no_frame(frames):
    for frame in (0.1, 0.7, 1.0 / 3.0):
        for duration in (frames * frame, sum([frame] * frames)):
            times = frame_times(duration, frame)
            assert len(times) == evenly_apart(times) == frames + 1
            assert times[-1] == duration


@pytest.mark.parametrize("name", FILMED)
def test_every_dish_is_watched_on_this_clock(name):
    asked = {"duration": "35 min", "frame": "10 min"} | SMALL.get(name, {"cells": 4})
    asked |= {"settle": "0 h"} if "settle" in ASSAYS[name].conditions.model_fields else {}
    conditions = ASSAYS[name].conditions(**asked)
    setting = Setting(LINES.get(name, "HeLa"), "control", Perturbations(), {"fibronectin": "10 ug/ml"})
    dish = ASSAYS[name].run(setting, conditions, lambda share: None)
    clocks = [np.unique(dish[key]) for key in ("times", "track_time_s") if key in dish.variables]
    assert clocks
    for clock in clocks:
        np.testing.assert_allclose(clock, [0.0, 600.0, 1200.0, 1800.0, 2100.0])


def test_most_tissue_assays_are_watched():
    assert {"migration", "scratch", "invasion", "scatter", "chemotaxis"} <= set(FILMED)


@pytest.mark.parametrize("name", FILMED)
def test_a_duration_below_one_frame_is_refused(name):
    with pytest.raises(InputError, match="holds 0 frame"):
        ASSAYS[name].conditions(duration="1 s")


@pytest.mark.parametrize("name", FILMED)
@pytest.mark.parametrize("frame", ["1 ns", "1e-320 s"])
def test_a_frame_below_any_use_is_refused(name, frame):
    with pytest.raises(InputError, match="cannot be cut in parts"):
        ASSAYS[name].conditions(frame=frame)


@pytest.mark.parametrize(("name", "given"), [
    ("acini", {"look": "1 ns"}), ("adhesion", {"step": "1e-300 s"}), ("adhesion", {"wash_hold": "300 d"})])
def test_steps_without_end_are_refused(name, given):
    with pytest.raises(InputError, match="cannot be cut in parts"):
        ASSAYS[name].conditions(**given)


NEEDED = {"dose_response": {"agent": "U0126", "band": "RAC1.gtp"}}
WRITTEN = [(name, key, field.default) for name, assay in ASSAYS.items()
           for key, field in assay.conditions.model_fields.items()
           if field.metadata and isinstance(field.default, str) and field.default[0].isdigit() and " " in field.default
           and (name, key) != ("border_cells", "dose")]  # in mass or molar


@pytest.mark.parametrize(("name", "key", "default"), WRITTEN)
def test_a_condition_with_a_unit_has_a_largest_value(name, key, default):
    with pytest.raises(InputError, match="too large"):
        ASSAYS[name].conditions(**NEEDED.get(name, {}), **{key: f"1e300 {default.partition(' ')[2]}"})


@pytest.mark.parametrize("name", ["migration", "haptotaxis", "chemotaxis"])
def test_a_fit_needs_three_whole_frames(name):
    with pytest.raises(InputError, match="needs 3 of them"):
        ASSAYS[name].conditions(duration="29 min")
    ASSAYS[name].conditions(duration="30 min")
