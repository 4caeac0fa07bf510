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


FILES = ["cells.parquet", "data.parquet", "model.xml", "plot.png", "plot.svg", "run.toml", "summary.json"]


def test_simulate_writes_table_plot_and_data(here, tmp_path):
    (tmp_path / "decay.ant").write_text(DECAY)
    done = here("simulate", "decay.ant", "--for", "20", "--points", "5", "--cells", "4", "--vary", "30%")
    assert done.returncode == 0, done.stderr
    assert "medians of 4 cells" in done.stdout
    assert "95 % at the end" in done.stdout
    folder = tmp_path / "results" / "decay"
    assert sorted(p.name for p in folder.iterdir()) == FILES
    table = pd.read_parquet(folder / "data.parquet")
    assert list(table) == ["cell", "time", "A", "B"]
    assert len(table) == 20
    np.testing.assert_allclose(table.A[table.cell == 0], 100 * np.exp(-0.1 * np.linspace(0, 20, 5)), rtol=1e-5)
    cells = pd.read_parquet(folder / "cells.parquet")
    assert list(cells) == ["cell", "status", "reason", "below_zero", "k"]
    last = table[table.time == 20].A.to_numpy()
    np.testing.assert_allclose(last, 100 * np.exp(-20 * cells.k), rtol=1e-4)
    assert (folder / "plot.png").read_bytes().startswith(b"\x89PNG")
    assert b"<svg" in (folder / "plot.svg").read_bytes()[:200]


def test_simulate_prints_json_and_shows_what_is_asked_for(here, tmp_path):
    (tmp_path / "decay.ant").write_text(DECAY)
    done = here("simulate", "decay.ant", "--for", "20", "--stochastic", "--json", "--show", "conv*", "--set", "A=80",
                "--quiet")
    summary = json.loads(done.stdout)
    assert done.stderr == ""
    assert (summary["method"], summary["failed"], summary["drawn"]) == ("ssa", {}, ["convert"])
    table = pd.read_parquet(tmp_path / "results" / "decay" / "data.parquet")
    assert table.convert.iloc[0] == 8.0
    assert json.loads((tmp_path / "results" / "decay" / "summary.json").read_text()) == summary


def test_the_record_reproduces_the_run(here, tmp_path):
    (tmp_path / "decay.ant").write_text(DECAY)
    first = here("simulate", "decay.ant", "--for", "2 min", "--cells", "12", "--vary", "30%", "--set", "A=30",
                 "--out", "one", "--threads", "1")
    assert "is taken to count seconds" in first.stderr
    (tmp_path / "decay.ant").unlink()
    again = here("simulate", "one/run.toml", "--threads", "3")
    assert again.returncode == 0, again.stderr
    for name in FILES:
        if name != "summary.json":
            assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "results" / "one-again" / name).read_bytes()
    changed = here("simulate", "one/run.toml", "--set", "k=0", "--out", "two", "--json")
    ends = json.loads(changed.stdout)["at_the_end"]["A"]
    assert (ends["low"], ends["high"]) == (30.0, 30.0)


def test_another_simulation_is_not_overwritten_unasked(here, tmp_path):
    (tmp_path / "decay.ant").write_text(DECAY)
    one = ["simulate", "decay.ant", "--for", "20", "--out", "mine"]
    assert here(*one).returncode == 0
    before = (tmp_path / "mine" / "data.parquet").read_bytes()
    refused = here(*one, "--points", "7")
    assert refused.returncode == 2
    assert "holds another simulation" in refused.stderr
    assert (tmp_path / "mine" / "data.parquet").read_bytes() == before
    mistaken = here(*one, "--overwrite", "--points", "7", "--show", "C")
    assert mistaken.returncode == 2
    assert (tmp_path / "mine" / "data.parquet").read_bytes() == before
    (tmp_path / "mine" / "thesis.txt").write_text("dear")
    assert "'thesis.txt' besides" in here(*one, "--points", "7", "--overwrite").stderr
    (tmp_path / "mine" / "thesis.txt").unlink()
    assert here(*one, "--points", "7", "--overwrite").returncode == 0
    assert len(pd.read_parquet(tmp_path / "mine" / "data.parquet")) == 7


def test_an_interrupted_simulation_goes_on(here, tmp_path, monkeypatch):
    from lamella.solve import pieces

    (tmp_path / "decay.ant").write_text(DECAY)
    command = ["simulate", "decay.ant", "--for", "20", "--cells", "40", "--vary", "20%", "--threads", "1"]
    assert here(*command, "--out", "whole").returncode == 0
    monkeypatch.setattr(pieces, "_SECONDS_AT_RISK", 0.0)
    real, made = pieces._piece, []

    def interrupted(*given):
        if len(made) == 3:
            raise KeyboardInterrupt
        made.append(given)
        return real(*given)

    monkeypatch.setattr(pieces, "_piece", interrupted)
    done = here(*command, "--out", "part")
    assert done.returncode == 130
    assert "The same command goes on" in done.stderr
    assert not (tmp_path / "part" / "data.parquet").exists()
    monkeypatch.setattr(pieces, "_piece", lambda *given: made.append(given) or real(*given))
    assert here(*command, "--out", "part").returncode == 0
    assert len(made) == 5
    for name in ("data.parquet", "cells.parquet", "plot.png", "run.toml"):
        assert (tmp_path / "part" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    assert not (tmp_path / "part" / "units").exists()


def test_simulate_reports_cells_that_fail(here, tmp_path):
    (tmp_path / "boom.ant").write_text("model m\n x = 1; k = 1; R: => x; k*x^2\nend\n")
    done = here("simulate", "boom.ant", "--for", "2", "--points", "3", "--json")
    assert done.returncode == 3
    assert "cell 0: " in done.stderr
    assert "The other cells" not in done.stderr
    assert json.loads(done.stdout)["failed"]["0"]
    assert (tmp_path / "results" / "boom" / "data.parquet").is_file()


def test_names_of_the_model_do_not_collide_with_columns(here, tmp_path):
    (tmp_path / "odd.ant").write_text("model m\n cell = 3; status = 2; k = 1\n f: cell -> status; k*cell\nend\n")
    done = here("simulate", "odd.ant", "--for", "1", "--points", "2", "--cells", "2", "--vary", "10%",
                "--vary-only", "status")
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "results" / "odd"
    assert list(pd.read_parquet(folder / "data.parquet")) == ["cell", "time", "cell_", "status_"]
    assert list(pd.read_parquet(folder / "cells.parquet"))[-1] == "status_"


@pytest.mark.parametrize(("arguments", "message"), [
    (["nothing.ant", "--for", "1"], "cannot be read"), (["decay.ant", "--for", "1 kg"], "does not convert"),
    (["decay.ant"], "how long to simulate"), (["decay.ant", "--for", "1", "--set", "k=fast"], "not a number"),
    (["decay.ant", "--for", "1", "--set", "k"], "not NAME=VALUE"), (["decay.ant", "--for", "-1"], "times from"),
    (["decay.ant", "--for", "1", "--vary", "x"], "unknown unit"),
    (["decay.ant", "--for", "1", "--rtol", "1e-300"], "between 1e-14 and 1"),
    (["decay.ant", "--for", "1", "--stochastic", "--method", "rodas4"], "not stochastic"),
    (["decay.ant", "--for", "1", "--out", "mine"], "holds other files"),
    (["decay.ant", "--for", "1", "--out", "decay.ant"], "is a file"),
    (["experiment.toml"], "not the record of a simulation"), (["bad.toml"], "settings.points"),
    (["out.toml"], "no model in its own folder"), (["huge.toml"], "must be a finite number"),
])  # fmt: skip
def test_simulate_refuses(here, tmp_path, arguments, message):
    (tmp_path / "decay.ant").write_text(DECAY)
    (tmp_path / "experiment.toml").write_text('cell = "HeLa"\n')
    (tmp_path / "bad.toml").write_text('simulation = "x"\nmodel = "decay.ant"\n[settings]\nspan = 1\npoints = "many"\n')
    (tmp_path / "out.toml").write_text('simulation = "x"\nmodel = "../decay.ant"\n[settings]\nspan = 1\n')
    (tmp_path / "huge.toml").write_text('simulation = "x"\nmodel = "decay.ant"\n[settings]\nspan = 1\n'
                                        f'values = {{ k = {"9" * 400} }}\n')
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("dear")
    before = sorted(tmp_path.rglob("*"))
    done = here("simulate", *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(tmp_path.rglob("*")) == before
