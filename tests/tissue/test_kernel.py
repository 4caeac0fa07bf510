"""Machine code on disk: processes that compile at the same time do not write into one file."""

import subprocess
import sys

import pytest

WRITE = """
import numpy as np
from lamella.tissue.run import most_pull
print(most_pull(np.zeros((2, 72)){}, 0.25))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="names of files")
def test_every_process_writes_machine_code_of_its_own(tmp_path, monkeypatch):
    """Two variants of one kernel, each from a process that knows nothing of the other: two files, both in the index."""
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    variants = ("", ".T.copy().T")  # rows one after the other, and columns
    for variant in variants:
        for index in tmp_path.rglob("run.most_pull*.nbi"):
            index.unlink()  # as a process sees it that has read the index before the other wrote it
        subprocess.run([sys.executable, "-c", WRITE.format(variant)], check=True, capture_output=True)
    assert len(list(tmp_path.rglob("run.most_pull*.nbc"))) == len(variants)
