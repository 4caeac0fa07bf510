"""A culture whose process is killed again and again ends with the bytes of one that was left alone."""

import pytest
from verification.culture_whole import EXCHANGES, digest, events, full_culture, kill_and_resume


@pytest.fixture(scope="module")
def whole():
    culture = full_culture(1, 1)
    culture.advance(EXCHANGES * culture.interval)
    return culture


def test_cells_of_the_dish_divide_and_die(whole):
    found = events(whole)
    assert found["died"] > 0
    assert found["living"] + found["died"] > 9


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_killed_and_resumed_equals_whole(whole, tmp_path, threads):
    """kill -9 at three random moments, a checkpoint after every exchange; the whole run has one thread."""
    end, killed = kill_and_resume(tmp_path, 1, EXCHANGES, 3, threads)
    assert killed > 0
    assert end == digest(whole)
