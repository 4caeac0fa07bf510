"""An experiment too short for its frames is refused by its conditions, before any cell is made."""

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


def test_migration_needs_three_frames_for_its_fit():
    with pytest.raises(InputError, match="needs 3 of them"):
        ASSAYS["migration"].conditions(duration="20 min")
    ASSAYS["migration"].conditions(duration="30 min")
