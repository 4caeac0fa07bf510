"""An experiment too short or too long for its frames is refused by its conditions, before any cell is made."""

import pytest

from lamella.assays import ASSAYS
from lamella.assays.protocol import FilmedConditions
from lamella.errors import InputError

FILMED = [name for name, assay in ASSAYS.items() if issubclass(assay.conditions, FilmedConditions)]


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


def test_migration_needs_three_frames_for_its_fit():
    with pytest.raises(InputError, match="needs 3 of them"):
        ASSAYS["migration"].conditions(duration="20 min")
    ASSAYS["migration"].conditions(duration="30 min")
