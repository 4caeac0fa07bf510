"""A tiled dish whose process is killed again and again ends with the bytes of one that was left alone."""

from verification.tissue_whole import digest, kill_and_resume, tiled_dish


def test_killed_and_resumed_equals_whole(tmp_path):
    """kill -9 at three random moments, checkpoints every 5 MCS, two threads; the whole run has one thread."""
    whole = tiled_dish(3)
    whole.advance(300)
    assert kill_and_resume(tmp_path, 3, 300, 5, kills=3, threads=2) == (digest(whole), 3)
