"""An experiment in text, and ways to build variants of it."""

import pytest

from quick import EXPERIMENT


@pytest.fixture
def experiment_file(tmp_path):
    """(old, new) -> file that holds the experiment with a piece of its text replaced."""
    def write(old="", new="", text=EXPERIMENT, name="file.toml"):
        assert old in text
        path = tmp_path / name
        path.write_text(text.replace(old, new, 1) if old else text, encoding="utf-8")
        return path
    return write
