"""An experiment in text, and ways to build variants of it."""

import pytest

EXPERIMENT = """\
title = "two arms"
cell = "HeLa"
seed = 7
replicates = 4

[matrix]
fibronectin = "10 ug/ml"

[medium]
EGF = "10 ng/ml"

[arms.control]

[arms.knockdown]
knockdown = { XIAP = 0.9, BIRC2 = 0.9 }

[arms."knockdown+drug"]
knockdown = { XIAP = 0.9, BIRC2 = 0.9 }
inhibitor = { "EHT 1864" = "10 uM" }

[assays.quick]
duration = "3 h"

[[compare]]
arm = "knockdown"
against = "control"
"""


@pytest.fixture
def experiment_file(tmp_path):
    """(old, new) -> file that holds the experiment with a piece of its text replaced."""
    def write(old="", new="", text=EXPERIMENT, name="file.toml"):
        assert old in text
        path = tmp_path / name
        path.write_text(text.replace(old, new, 1) if old else text, encoding="utf-8")
        return path
    return write
