"""`lamella simulate`, as a shell meets it."""

import contextlib
import io
import json
import subprocess

import numpy as np
import pandas as pd
import pytest

from lamella.cli import main


@pytest.fixture
def here(tmp_path, monkeypatch):
    """The program inside this process, in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        out, errors = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors), pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        return subprocess.CompletedProcess(arguments, ended.value.code, out.getvalue(), errors.getvalue())
    return run


DECAY = "model decay\n A = 100; B = 0; k = 0.1\n convert: A -> B; k*A\nend\n"


def test_simulate_writes_table_plot_and_data(here, tmp_path):
    (tmp_path / "decay.ant").write_text(DECAY)
    done = here("simulate", "decay.ant", "--for", "20", "--points", "5", "--cells", "4", "--vary", "30%")
    assert done.returncode == 0, done.stderr
    assert "medians of 4 cells" in done.stdout
    folder = tmp_path / "results" / "decay"
    assert sorted(p.name for p in folder.iterdir()) == ["data.parquet", "plot.png", "summary.json"]
    table = pd.read_parquet(folder / "data.parquet")
    assert list(table) == ["cell", "time", "A", "B"]
    assert len(table) == 20
    np.testing.assert_allclose(table.A[table.cell == 0], 100 * np.exp(-0.1 * np.linspace(0, 20, 5)), rtol=1e-5)
    again = here("simulate", "decay.ant", "--for", "20", "--stochastic", "--json")
    summary = json.loads(again.stdout)
    assert (summary["method"], summary["failed"], summary["drawn"]) == ("ssa", {}, ["A", "B"])


def test_simulate_reports_cells_that_fail(here, tmp_path):
    (tmp_path / "boom.ant").write_text("model m\n x = 1; k = 1; R: => x; k*x^2\nend\n")
    done = here("simulate", "boom.ant", "--for", "2", "--points", "3", "--json")
    assert done.returncode == 3
    assert "cell 0: " in done.stderr
    assert json.loads(done.stdout)["failed"]["0"]
    assert (tmp_path / "results" / "boom" / "data.parquet").is_file()


@pytest.mark.parametrize(("arguments", "message"), [
    (["nothing.ant", "--for", "1"], "cannot be read"), (["decay.ant", "--for", "1 kg"], "does not convert"),
    (["decay.ant", "--for", "1", "--set", "k=fast"], "not a number"),
    (["decay.ant", "--for", "1", "--vary", "x"], "unknown unit"),
    (["decay.ant", "--for", "1", "--out", "mine"], "holds something else"),
])  # fmt: skip
def test_simulate_refuses(here, tmp_path, arguments, message):
    (tmp_path / "decay.ant").write_text(DECAY)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("dear")
    done = here("simulate", *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "dear"
