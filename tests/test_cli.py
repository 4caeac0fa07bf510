"""The door, as a shell meets it: outputs, exit codes, and no traceback whatever comes in."""

import contextlib
import dataclasses
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import xarray as xr

import lamella.report
import quick
from lamella.assays import ASSAYS, CALCIUM
from lamella.cli import interrupts, main
from lamella.cli.explain import _of_run
from lamella.cli.judging import looks
from lamella.cli.progress import advancing
from lamella.errors import InputError
from lamella.findings import contradictions, index, load_all
from lamella.networks import cell_lines, drugs
from lamella.verdicts import MutationTest, Outcome, Replicates, Results, Robustness, Verdict
from quick import EXPERIMENT

REPORT = lamella.report
"""The room of reports itself; `here` puts a quick one in its place."""

PROGRAM = [sys.executable, str(Path(__file__).with_name("quick.py"))]


def lamella(*arguments, cwd):
    """Run the program in its own process and folder."""
    return subprocess.run([*PROGRAM, *map(str, arguments)], cwd=cwd, capture_output=True, text=True, timeout=120)


@pytest.fixture
def here(tmp_path, monkeypatch):
    """The same program inside this process, in an empty folder: quicker, for all that needs no process."""
    import lamella.assays

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(lamella.assays, "ASSAYS", quick.ASSAYS, raising=False)
    monkeypatch.setitem(sys.modules, "lamella.report", quick.report_room([]))

    def run(*arguments):
        out, errors = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors), pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        return subprocess.CompletedProcess(arguments, ended.value.code, out.getvalue(), errors.getvalue())
    return run


def files_of(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A folder with the experiment, run once into `one` on a single thread."""
    folder = tmp_path_factory.mktemp("cli")
    (folder / "file.toml").write_text(EXPERIMENT)
    done = lamella("run", "file.toml", "--out", "one", "--threads", 1, "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder, json.loads(done.stdout)


def test_json_is_one_object_with_what_a_program_needs(finished):
    _, table = finished
    assert set(table["arms"]) == {"control", "knockdown", "knockdown+drug"}
    closure = table["arms"]["control"]["closure"]
    assert set(closure) == {"mean", "low", "high", "replicates", "values"}
    assert len(closure["values"]) == 4
    row = table["comparisons"][0]
    assert {"arm", "against", "readout", "effect", "low", "high", "replicates"} <= set(row)
    assert row["low"] <= row["effect"] <= row["high"]
    assert table["wall_s"] > 0
    assert set(table["hashes"]) == {"network", "experiment", "findings", "data"}


def test_folder_holds_report_data_summary_and_run(finished):
    folder, table = finished
    assert {p.name for p in (folder / "one").iterdir()} == {"report.html", "run.toml", "summary.json", "data", "units"}
    assert json.loads((folder / "one" / "summary.json").read_text()) == table


def test_threads_and_run_toml_give_the_same_bytes(finished):
    folder, table = finished
    two = lamella("run", "file.toml", "--out", "two", "--threads", 2, "--json", cwd=folder)
    again = lamella("run", "one/run.toml", "--out", "again", "--json", cwd=folder)
    for done, name in ((two, "two"), (again, "again")):
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["hashes"] == table["hashes"]
        assert files_of(folder / name / "data") == files_of(folder / "one" / "data")
        assert (folder / name / "run.toml").read_bytes() == (folder / "one" / "run.toml").read_bytes()


def test_flags_change_the_experiment_and_stand_in_run_toml(finished, here, tmp_path):
    folder, table = finished
    reaction = json.loads(here("model", "show", "--json").stdout)["reactions"].popitem()[0]
    done = here("run", folder / "file.toml", "--without", reaction, "--replicates", 2, "--front-equals-rear", "--json",
                "--quiet")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    found = json.loads(done.stdout)
    assert found["without"] == [reaction]
    assert found["replicates"] == 2
    assert found["comparisons"][0]["effect"] == pytest.approx(1.0)
    assert table["comparisons"][0]["effect"] == pytest.approx(1.9)
    again = here("run", "results/file/run.toml", "--json")
    assert json.loads(again.stdout)["hashes"] == found["hashes"]
    assert (tmp_path / "results" / "file-again").is_dir()


def test_table_for_people_and_a_finished_run_repeated(here, tmp_path):
    (tmp_path / "file.toml").write_text(EXPERIMENT)
    done = here("run", "file.toml")
    assert done.returncode == 0, done.stderr
    assert "closure" in done.stdout
    assert "1.9" in done.stdout
    assert "12 dishes computed, 0 kept from before" in done.stdout
    assert "12 of 12 dishes" in done.stderr
    again = here("run", "file.toml")
    assert "0 dishes computed, 12 kept from before" in again.stdout


def test_killed_and_repeated_equals_uninterrupted(finished, tmp_path):
    """kill -9 between dishes; the repeated command computes the rest and writes the same bytes."""
    slow = tmp_path / "slow.toml"
    slow.write_text(EXPERIMENT.replace('"3 h"', '"3 h"\npause = 0.3'))
    command = ["run", str(slow), "--out", "killed", "--threads", "2"]
    process = subprocess.Popen([*PROGRAM, *command], cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    units = tmp_path / "killed" / "units"
    deadline = time.monotonic() + 60
    while len(list(units.glob("*.npz"))) < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    kept = {path: path.stat().st_mtime_ns for path in units.glob("*.npz")}
    assert 3 <= len(kept) < 12
    assert not (tmp_path / "killed" / "data").exists()
    (units / ".unfinished-x").mkdir()
    resumed = lamella(*command, cwd=tmp_path)
    assert resumed.returncode == 0, resumed.stderr
    assert f"{12 - len(kept)} dishes computed, {len(kept)} kept" in resumed.stdout
    assert all(path.stat().st_mtime_ns == stamp for path, stamp in kept.items())
    assert not list((tmp_path / "killed").rglob(".unfinished-*"))
    whole = lamella("run", slow, "--out", "whole", "--threads", 4, cwd=tmp_path)
    assert whole.returncode == 0, whole.stderr
    assert files_of(tmp_path / "killed" / "data") == files_of(tmp_path / "whole" / "data")


def test_interrupt_is_clean_and_can_be_continued(tmp_path):
    (tmp_path / "slow.toml").write_text(EXPERIMENT.replace('"3 h"', '"3 h"\npause = 0.5'))
    process = subprocess.Popen([*PROGRAM, "run", "slow.toml", "--out", "out", "--threads", "1"], cwd=tmp_path,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               # a shell that starts tests in the background has them ignore interrupts
                               preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    deadline = time.monotonic() + 60
    while not list((tmp_path / "out").rglob("*.npz")) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in errors
    assert "same command goes on" in errors
    assert "kept from before" in lamella("run", "slow.toml", "--out", "out", cwd=tmp_path).stdout


def test_an_interrupt_that_falls_where_python_drops_it_is_heeded(monkeypatch):
    monkeypatch.setattr(interrupts, "_noted", threading.Event())
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        interrupts.listen()
        interrupts.heed()
        with contextlib.suppress(KeyboardInterrupt):  # as code in C does that takes an error for a "no"
            signal.raise_signal(signal.SIGINT)
        with advancing(quiet=True) as say, pytest.raises(KeyboardInterrupt):
            say("the next thing", 0.5)
    finally:
        signal.signal(signal.SIGINT, before)


def test_arms_of_another_line_are_run_and_told(here, tmp_path):
    done = here("assay", "quick", "--cell", "MEF", "--arm", "fibroblasts", "--arm", "leukocytes: cell neutrophil",
                "--replicates", 2, "--out", "lines", "--json")
    assert done.returncode == 0, done.stderr
    table = json.loads(done.stdout)
    assert table["lines"] == {"leukocytes": "neutrophil"}
    assert {(row["arm"], row["against"]) for row in table["comparisons"]} == {("leukocytes", "fibroblasts")}
    again = here("run", "lines/run.toml", "--out", "again", "--json")
    assert json.loads(again.stdout)["hashes"] == table["hashes"]
    with pytest.raises(InputError, match="are cells of two lines"):
        _of_run(tmp_path / "lines", "RAC1.total", 2, 1)
    refused(here("assay", "quick", "--cell", "MEF", "--arm", "a", "--arm", "b: cell neutrophile", "--out", "no"),
            "arms.b.cell", "neutrophil")


def test_assay_from_the_command_line_equals_the_file(finished, here):
    _, table = finished
    done = here(
        "assay", "quick", "--cell", "HeLa", "--matrix", "fibronectin=10 ug/ml", "--medium", "EGF=10 ng/ml",
        "--set", "duration=3 h", "--seed", 7, "--replicates", 4, "--arm", "control",
        "--arm", "knockdown: knockdown XIAP=0.9, BIRC2=0.9",
        "--arm", 'knockdown+drug: knockdown XIAP=0.9, BIRC2=0.9; inhibitor "EHT 1864"=10 uM', "--out", "out", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["hashes"]["data"] == table["hashes"]["data"]
    assert found["arms"] == table["arms"]


BAD_RUNS = {
    "unknown cell line": ("HeLa", "HeLo"), "unknown gene": ("XIAP", "XIPA"), "unknown drug": ("EHT 1864", "EHT 1"),
    "unknown unit": ("10 uM", "10 parsnips"), "unknown arm": ('against = "control"', 'against = "contrl"'),
    "a typo in a key": ("replicates", "replicate"), "negative dose": ("10 uM", "-10 uM"),
    "duration 0": ('"3 h"', '"0 h"'),
    "unknown assay": ("assays.quick", "assays.quik"), "truncated": ("[[compare]]", '[[compare]]\narm = "kno\n'),
    "no dishes": ("replicates = 4", "replicates = 0"),
}


def refused(done, *parts):
    """One error on stderr, exit code 2, nothing on stdout, no traceback."""
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("error: ") == 1
    assert "Traceback" not in done.stderr
    for part in parts:
        assert part in done.stderr


@pytest.mark.parametrize("case", BAD_RUNS)
def test_a_bad_file_ends_in_one_error_and_nothing_is_written(here, tmp_path, case):
    old, new = BAD_RUNS[case]
    assert old in EXPERIMENT
    (tmp_path / "file.toml").write_text(EXPERIMENT.replace(old, new, 1))
    refused(here("run", "file.toml", "--out", "out", "--json"), "file.toml:", "\n  ")
    assert os.listdir(tmp_path) == ["file.toml"]


def test_other_bad_commands(finished, here, tmp_path):
    folder, _ = finished
    file = folder / "file.toml"
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis").write_text("x")
    (tmp_path / "taken").write_text("x")
    (tmp_path / "binary.toml").write_bytes(b"\xff\x00")
    refused(here("run", "none.toml"), "none.toml: there is no such file")
    refused(here("run", "binary.toml"), "not UTF-8")
    refused(here("run", file, "--out", "mine"), "mine: the output folder holds other files")
    refused(here("run", file, "--out", "taken"), "taken: the output folder is a file")
    refused(here("run", file, "--out", "taken/below"), "'", "is a file")
    refused(here("run", file, "--out", "/proc/lamella"), "/proc/lamella: the output folder cannot be")
    refused(here("run", file, "--without", "gravity"), "unknown reaction 'gravity'")
    refused(here("assay", "quik", "--cell", "HeLa", "--arm", "a"), "'quick'")
    refused(here("assay", "quick", "--cell", "HeLo", "--arm", "a"), "cell: unknown cell line", "'HeLa'")
    refused(here("assay", "quick", "--cell", "HeLa", "--arm", "a: knockdown XIPA=1"), "'XIAP'")
    refused(here("assay", "quick", "--cell", "HeLa", "--arm", "a", "--arm", "a"), "given twice")
    refused(here("assay", "quick", "--cell", "HeLa", "--arm", "a", "--set", "duration=1 kg"), "convert")
    refused(here("model", "show", "gravity"), "unknown reaction or parameter 'gravity'")
    refused(here("model", "export", "--out", "mine"), "mine: the file cannot be written")
    assert sorted(os.listdir(tmp_path)) == ["binary.toml", "mine", "taken"]
    assert os.listdir(tmp_path / "mine") == ["thesis"]


@pytest.mark.parametrize("arguments", [
    ("run",), ("run", "x.toml", "--threads", "0"), ("run", "x.toml", "--replicates", "-1"), ("fly",), ("run", "--fly"),
    ("assay", "quick", "--cell", "HeLa"), ("model", "export", "--format", "word"),
])
def test_a_bad_command_line_ends_with_code_2(here, arguments):
    done = here(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()


def test_a_solver_failure_ends_with_code_3(here, tmp_path):
    (tmp_path / "file.toml").write_text(EXPERIMENT.replace('"3 h"', '"3 h"\nfails_in = 1'))
    done = here("run", "file.toml", "--out", "out", "--threads", 1)
    assert done.returncode == 3
    assert "error: assay 'quick', arm 'control', dish 2: cell 3: the step became too small" in done.stderr
    assert "Use a smaller tolerance." in done.stderr
    assert "Traceback" not in done.stderr


def test_a_defect_is_an_apology_and_a_log(finished, tmp_path):
    folder, _ = finished
    broken = tmp_path / "broken.py"
    broken.write_text("import runpy, sys\nimport lamella.assays.archive as a\n"
                      "a.data_hash = lambda *x: 1 / 0\n"
                      f"runpy.run_path({PROGRAM[1]!r}, run_name='__main__')\n")
    logs = tmp_path / "logs"
    logs.mkdir()
    done = subprocess.run([sys.executable, broken, "run", folder / "file.toml", "--out", "out", "--quiet"],
                          cwd=tmp_path, capture_output=True, text=True, timeout=120,
                          env={**os.environ, "TMPDIR": str(logs), "PYTHONPATH": str(Path(__file__).parent)})
    assert done.returncode == 70
    assert "Traceback" not in done.stderr
    assert "defect of lamella" in done.stderr
    log = next(logs.glob("lamella-*.log"))
    assert str(log) in done.stderr
    assert "ZeroDivisionError" in log.read_text()


EXPLAIN = '[explain]\nquantity = "RAC1.gtp"\narm = "knockdown"\nagainst = "control"\n\n[[compare]]'


def test_an_effect_is_traced_to_its_reactions(here, tmp_path, monkeypatch):
    (tmp_path / "file.toml").write_text(EXPERIMENT.replace("[[compare]]", EXPLAIN))
    done = here("run", "file.toml", "--json", "--quiet")
    assert done.returncode == 0, done.stderr
    causal = json.loads(done.stdout)["causal"]
    assert causal["effect"] > 1.1
    strongest = causal["reactions"][0]
    assert strongest["share_lost"] > 0.1
    assert strongest["claims"] or strongest["sources"]
    monkeypatch.setitem(sys.modules, "lamella.report", REPORT)
    (told,) = json.loads(here("explain", "results/file", "--json").stdout)["paths"]
    assert {key: told[key] for key in causal} == causal  # two commands, one answer
    assert not [row["id"] for row in causal["reactions"] if row["id"].endswith(("_front", "_rear"))]


@pytest.mark.parametrize("flags", [("--without", "RAC1_ubiquitination_*"), ("--front-equals-rear",)])
def test_no_effect_is_traced_in_a_network_that_is_not_the_whole_one(here, tmp_path, monkeypatch, flags):
    monkeypatch.setitem(sys.modules, "lamella.report", REPORT)
    (tmp_path / "file.toml").write_text(EXPERIMENT.replace("[[compare]]", EXPLAIN))
    done = here("run", "file.toml", "--json", "--quiet", *flags, "--out", "part")
    assert json.loads(done.stdout)["causal"] is None
    refused(here("explain", "part", "--cells", 2), "part/run.toml: the run is one with", "whole network")


def test_an_effect_that_is_not_there_is_carried_by_nothing(here, tmp_path):
    same = EXPERIMENT.replace("[[compare]]", EXPLAIN).replace("XIAP = 0.9, BIRC2 = 0.9", "XIAP = 0.0")
    (tmp_path / "file.toml").write_text(same)
    assert json.loads(here("run", "file.toml", "--json", "--quiet").stdout)["causal"] is None


def test_a_quantity_that_the_network_has_not_is_refused(here, tmp_path):
    (tmp_path / "file.toml").write_text(EXPERIMENT.replace("[[compare]]", EXPLAIN).replace("RAC1.gtp", "RAC1.gpt"))
    refused(here("run", "file.toml", "--quiet"), "explain.quantity: unknown quantity 'RAC1.gpt'", "RAC1")
    assert os.listdir(tmp_path) == ["file.toml"]


def test_a_full_disk_is_told_and_what_is_finished_stays(here, tmp_path, monkeypatch):
    def full(path, dataset):
        raise OSError(28, "No space left on device", str(path))

    (tmp_path / "file.toml").write_text(EXPERIMENT)
    monkeypatch.setattr("lamella.assays.archive.write_zarr", full)
    done = here("run", "file.toml", "--out", "out", "--quiet")
    assert done.returncode == 74
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(list((tmp_path / "out" / "units").glob("*.npz"))) == 12


def test_a_machine_that_is_too_small_is_told(here, tmp_path, monkeypatch):
    def huge(setting, conditions, progress):
        raise MemoryError("Unable to allocate 3.68 PiB")

    (tmp_path / "file.toml").write_text(EXPERIMENT)
    monkeypatch.setitem(quick.ASSAYS, "quick", dataclasses.replace(quick.QUICK, run=huge))
    done = here("run", "file.toml", "--quiet")
    assert done.returncode == 74
    assert done.stderr.startswith("error: the memory of this machine is not enough: Unable to allocate 3.68 PiB.")


def test_what_only_a_dish_can_refuse_leaves_nothing_behind(here, tmp_path, monkeypatch):
    def refuse(setting, conditions, progress):
        raise InputError("the wound is wider than the dish", where="assays.quick", remedy="Make the dish wider.")

    (tmp_path / "file.toml").write_text(EXPERIMENT)
    monkeypatch.setitem(quick.ASSAYS, "quick", dataclasses.replace(quick.QUICK, run=refuse))
    refused(here("run", "file.toml", "--out", "new/out", "--quiet"), "the wound is wider")
    assert os.listdir(tmp_path) == ["file.toml"]


@pytest.mark.parametrize("arguments", [("model", "export"), ("findings", "list"), ("--help",)])
def test_a_reader_that_leaves_is_no_error(tmp_path, arguments):
    """More than a pipe holds, less than it holds, and nothing read at all."""
    process = subprocess.Popen([*PROGRAM, *arguments], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if arguments[0] == "model":
        process.stdout.read(10)
    process.stdout.close()
    errors = process.stderr.read()
    assert process.wait(timeout=60) == 0
    assert errors == b""


@pytest.mark.parametrize("command", [
    (), ("run",), ("assay",), ("model",), ("model", "show"), ("model", "lint"), ("model", "export"), ("findings",),
    ("findings", "list"), ("findings", "show"), ("findings", "check"), ("findings", "lint"),
    ("findings", "score"), ("findings", "mutate"), ("findings", "diff"), ("findings", "contradictions"),
    ("findings", "structures"), ("explain",), ("list",),
])
def test_every_help_shows_an_example(here, command):
    done = here(*command, "--help")
    assert done.returncode == 0
    assert "lamella " + " ".join(command) in done.stdout
    assert "Example:" in done.stdout or not command
    assert "TyperArgument" not in done.stdout


def test_what_may_be_named_is_listed(here):
    counts = here("list").stdout
    table = json.loads(here("list", "--json").stdout)
    for kind, rows in table.items():
        assert re.search(rf"^{kind} +{len(rows)} ", counts, re.MULTILINE)
        told = here("list", kind).stdout.splitlines()
        assert len(told) == len(rows) == len(json.loads(here("list", kind, "--json").stdout)[kind]) > 0
        for line, row in zip(told, rows):
            assert all(part in line for part in (row["name"], row["title"], *row["also"]))
    names = {kind: [row["name"] for row in rows] for kind, rows in table.items()}
    assert names["cells"] == list(cell_lines())
    assert names["assays"] == list(quick.ASSAYS)
    assert set(names["drugs"]) == set(drugs())
    assert ("XIAP", "RING") in {(row["of"], row["name"]) for row in table["constructs"]}
    assert here("list", "parsnips").returncode == 2


@pytest.mark.parametrize(("arm", "kind"), [
    ("knockdown qqqqq=0.5", "genes"), ("mutant qqqqq=RING", "constructs"), ("mutant XIAP=qqqqq", "constructs"),
    ("inhibitor qqqqq=1 uM", "drugs"), ("antibody qqqqq=1 uM", "antibodies"), ("factor qqqqq=1 nM", "factors"),
    ("coating qqqqq=1 ug/ml", "ligands"), ("cell qqqqq", "cells")])
def test_a_refusal_says_what_lists_the_names(here, arm, kind):
    refused(here("assay", "quick", "--cell", "HeLa", "--arm", f"a: {arm}"), f"`lamella list {kind}` tells all")


def test_a_short_list_is_offered_whole(here):
    done = here("model", "show", "--cell", "q")
    refused(done, *cell_lines())


def test_structures_are_a_table(here):
    table = json.loads(here("findings", "structures", "--json").stdout)
    assert table["counts"]["of"] == len(table["rows"]) == sum(n for key, n in table["counts"].items() if key != "of")
    assert "IAP-070" in here("findings", "structures").stdout


def test_contradictions_are_a_table(here):
    table = json.loads(here("findings", "contradictions", "3", "12", "--json").stdout)
    assert table["counts"] == {"holds": 0, "fails": 0, "not applicable": 0, "waits": 0, "not judged": 2, "of": 2}
    assert [row["number"] for row in table["rows"]] == [3, 12]
    refused(here("findings", "contradictions", "99"), "no contradiction 99")


def test_a_contradiction_that_fails_says_why(here, tmp_path):
    one = next(one for one in contradictions() if one.fails)
    Results(tmp_path / "kept").keep(Verdict(one.finding(), Outcome.FAILS, "One arm is too low.", ()),
                                    {"seed": 1, "first": 4, "most": 12})
    told = here("findings", "contradictions", one.number, "--store", "kept").stdout
    assert told.split()[:2] == ["fails", str(one.number)]
    assert one.fails in told


def test_model_show_and_export(here, tmp_path):
    table = json.loads(here("model", "show", "--json").stdout)
    assert table["cell"] == "HeLa"
    name, reaction = next(iter(table["reactions"].items()))
    assert reaction["says"]
    assert reaction["says"] in here("model", "show", name).stdout
    assert here("model", "export", "--out", "hela.xml").returncode == 0
    assert "<sbml" in (tmp_path / "hela.xml").read_text()
    assert "model cell" in here("model", "export", "--format", "antimony").stdout


def test_a_model_of_ones_own_is_checked(here, tmp_path):
    good = "model m()\n  A -> B; k*A\n  k = 0.1; A = 10; B = 0\nend\n"
    bad = {"syntax.ant": (good.replace("k*A", "k**"), "syntax.ant:2"),
           "undefined.ant": (good.replace("k*A", "q*A"), "'q'")}
    (tmp_path / "good.ant").write_text(good)
    found = here("model", "lint", "good.ant", "--json")
    assert json.loads(found.stdout)["species"] == 2
    for name, (text, part) in bad.items():
        (tmp_path / name).write_text(text)
        refused(here("model", "lint", name), part)
    (tmp_path / "empty.toml").write_text("")
    refused(here("model", "lint", "empty.toml"), "empty.toml: there is no model")
    (tmp_path / "sbml.xml").write_text("<sbml>")
    refused(here("model", "lint", "sbml.xml"), "sbml.xml")
    refused(here("model", "lint", "none.ant"), "none.ant")


def test_findings_are_listed_and_shown(here):
    rows = json.loads(here("findings", "list", "--json").stdout)["findings"]
    row = next(row for row in rows if row["cell"] == "HeLa")
    assert row["id"] in here("findings", "list", "--cell", "HeLa").stdout
    fewer = json.loads(here("findings", "list", "--cell", "HeLa", "--role", "check", "--json").stdout)["findings"]
    assert 0 < len(fewer) < len(rows)
    assert all(found["role"] == "check" for found in fewer)
    shown = here("findings", "show", row["id"]).stdout
    assert row["claim"] in shown
    assert "arm      control: untreated" in shown
    assert json.loads(here("findings", "show", row["id"], "--json").stdout)["id"] == row["id"]
    refused(here("findings", "show", row["id"][:-1]), row["id"])
    assert here("findings", "show", row["claims"][0]).stdout == here("findings", "show", row["id"]).stdout
    refused(here("findings", "show", "IAP-070"), "no record of its own", "findings structures")
    refused(here("findings", "check", "IAP-012", "--quiet"), "IAP-012", "not applicable")
    restated = next(line for line in index() if line.restates)
    refused(here("findings", "show", restated.id.lower()), "says again", restated.restates[0])
    refused(here("findings", "list", "--cell", "HeLo"), "--cell", "'HeLa'")
    refused(here("findings", "check", "no-such-finding", "--quiet"), "no-such-finding")
    refused(here("findings", "check", "--dishes", "4", "--role", "judge", "--quiet"), "--role")


def test_a_number_that_is_fitted_to_a_check_is_a_problem_of_findings(here, monkeypatch):
    monkeypatch.setattr(sys.modules["lamella.assays"], "ASSAYS", ASSAYS)
    clean = here("findings", "lint")
    assert clean.returncode == 0, clean.stdout
    fitted = next(row for row in load_all() if "IAP-034" in row.claims)  # as the share of XIAP in NF-kB is
    others = tuple(row.model_copy(update={"role": "check"}) if row is fitted else row for row in load_all())
    monkeypatch.setattr(sys.modules["lamella.verdicts.cross_check"], "load_all", lambda: others)
    found = here("findings", "lint", "--json")
    assert found.returncode == 1
    (problem,) = json.loads(found.stdout)["problems"]
    assert (problem["rule"], problem["where"]) == ("FittedBlindly", "IKBKB_by_XIAP")
    assert "IAP-034" in here("findings", "lint").stdout


def test_findings_are_judged(here, tmp_path, monkeypatch):
    """One finding that the quick blot makes hold, one that it cannot read."""
    monkeypatch.setitem(quick.ASSAYS, "immunoblot", quick.BLOT)
    holds, unread = "rac1-accumulates-without-xiap-and-ciap1", "smac-costs-the-ciaps-only"
    done = here("findings", "check", holds, unread, "--store", "kept", "--json", "--threads", 1, "--members", 3)
    assert done.returncode == 0, done.stderr
    verdicts = {row["id"]: row for row in json.loads(done.stdout)["verdicts"]}
    assert verdicts[holds]["verdict"] == "holds"
    assert verdicts[unread]["verdict"] == "not applicable"
    assert verdicts[holds]["robustness"]["of"] == 3
    assert list((tmp_path / "kept" / "dishes").glob("*.npz"))
    again = here("findings", "check", holds, "--store", "kept", "--members", 3)
    assert again.returncode == 0
    assert f"holds           {holds}" in again.stdout
    assert "of 3 members of its ensemble" in again.stdout
    assert holds in again.stderr


def test_wells_have_an_ensemble_where_it_is_asked_for(here, tmp_path, monkeypatch):
    monkeypatch.setitem(quick.ASSAYS, "calcium", CALCIUM)
    monkeypatch.setitem(quick.ASSAYS, "immunoblot", quick.BLOT)
    name = "calcium-is-higher-at-the-back"
    rows = []
    for more in ((), ("--ensemble", "wells"), ("--ensemble", "wells", "--quiet")):
        done = here("findings", "check", name, "--members", 5, "--store", "kept", "--json", *more)
        assert done.returncode == 0, done.stderr
        rows.append((json.loads(done.stdout)["verdicts"][0]["robustness"], "ensembles of wells" in done.stderr))
    assert rows[0] == (None, False)
    assert rows[1][1]
    assert (rows[1][0]["of"], rows[1][0]["nominal"]) == (5, True)
    assert rows[2][0] == rows[1][0]
    stored = tmp_path / "kept" / "robustness" / f"{name}.json"
    before = stored.stat().st_mtime_ns
    here("findings", "check", name, "--members", 5, "--store", "kept", "--ensemble", "wells")
    assert stored.stat().st_mtime_ns == before, "what stands in the store is not computed again"


def test_ensembles_say_how_much_time_is_left(here, monkeypatch):
    monkeypatch.setitem(quick.ASSAYS, "immunoblot", quick.BLOT)

    def slow(findings, bench, *, members, seed, threads, tell):
        time.sleep(0.3)
        tell(0.01)
        return {finding.id: Robustness(1, 0, 1, 0.0, 1.0, True, 1) for finding in findings}

    monkeypatch.setattr(sys.modules["lamella.verdicts"], "population_robustness", slow)
    said = here("findings", "check", "rac1-accumulates-without-xiap-and-ciap1").stderr
    (line,) = [line for line in said.splitlines() if "ensembles" in line]
    assert re.fullmatch(r" *1% ensembles \(([3-9]\d s|\d+ min) left\)", line)  # at least 0.3 s per hundredth


def test_mutants_are_tried_on_the_findings_that_have_a_verdict(here, monkeypatch):
    monkeypatch.setitem(quick.ASSAYS, "immunoblot", quick.BLOT)
    holds, unread = "rac1-accumulates-without-xiap-and-ciap1", "smac-costs-the-ciaps-only"
    refused(here("findings", "mutate", "--verdict", "holds"), "--verdict", "findings check")
    here("findings", "check", holds, unread, "--ensemble", "none", "--quiet")
    tried = []

    def mutation(findings, bench, **given):
        tried.append([finding.id for finding in findings])
        given["tell"]("at work", 0.5)
        return MutationTest((), (), (), (), 1)

    monkeypatch.setattr(sys.modules["lamella.verdicts"], "mutate", mutation)
    done = here("findings", "mutate", "--verdict", "holds", "--json")
    assert done.returncode == 0, done.stderr
    assert re.search(r"50% at work \(\d+ s left\)", done.stderr)
    assert here("findings", "mutate", "--verdict", "not applicable", "--json", "--quiet").returncode == 0
    assert tried == [[holds], [unread]]
    refused(here("findings", "mutate", "--verdict", "perhaps"), "perhaps")


def test_a_check_that_is_killed_goes_on_and_says_the_same(tmp_path):
    """kill -9 after the first verdict, with real blots and ensembles; repeated, it says what a whole one does."""
    names = ["smac-costs-the-ciaps-only", "xiap-keeps-sumo-off-rhogdi", "the-ring-acts-on-other-substrates"]
    program = [sys.executable, "-c", "from lamella.cli import main; main()"]
    command = [*program, "findings", "check", *names, "--members", "5", "--threads", "1", "--json"]
    process = subprocess.Popen([*command, "--store", "killed"], cwd=tmp_path, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    verdicts, dishes = tmp_path / "killed" / "verdicts", tmp_path / "killed" / "dishes"
    deadline = time.monotonic() + 100
    while not list(verdicts.glob("*.json")) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    kept = {path: path.stat().st_mtime_ns for path in (*verdicts.glob("*.json"), *dishes.glob("*.npz"))}
    assert list(verdicts.glob("*.json"))
    assert not (tmp_path / "killed" / "robustness").exists()  # what comes last
    run = lambda store: subprocess.run([*command, "--store", store], cwd=tmp_path, capture_output=True, text=True,
                                       timeout=300)
    resumed, whole = run("killed"), run("whole")
    assert all(path.stat().st_mtime_ns == stamp for path, stamp in kept.items())
    assert len(json.loads(whole.stdout)["verdicts"]) == len(names)
    assert resumed.stdout == whole.stdout
    assert resumed.returncode == whole.returncode


def test_a_check_tells_on_request_which_reactions_carry_what_holds(here, tmp_path, monkeypatch):
    monkeypatch.setitem(quick.ASSAYS, "immunoblot", quick.BLOT)
    monkeypatch.setattr(sys.modules["lamella.verdicts.paths"].paths_of, "__kwdefaults__",
                        {"cells": 1, "seed": 1, "threads": 1})
    holds, unread = "rac1-accumulates-without-xiap-and-ciap1", "smac-costs-the-ciaps-only"
    command = ["findings", "check", holds, unread, "--ensemble", "none", "--json"]
    silent = json.loads(here(*command, "--quiet").stdout)
    assert [row["path"] for row in silent["verdicts"]] == [None, None]
    done = here(*command, "--paths")
    assert "causal paths" in done.stderr
    paths = {row["id"]: row["path"] for row in json.loads(done.stdout)["verdicts"]}
    assert paths[unread] is None  # it cannot be judged here
    (way,) = paths[holds]
    assert (way["quantity"], way["contrast"]["against"]) == ("RAC1.total", "control")
    assert way["effect"] > 1.1
    assert {"RAC1_ubiquitination_XIAP", "RAC1_ubiquitination_BIRC2"} <= {row["id"] for row in way["reactions"]}
    shares = [row["share_lost"] for row in way["reactions"]]
    assert shares == sorted(shares, reverse=True)
    assert min(shares) >= 0.1
    written = tmp_path / "results" / "findings" / "paths" / f"{holds}.json"
    stamp = written.stat().st_mtime_ns
    assert "RAC1_ubiquitination_XIAP (" in here("findings", "check", holds, "--ensemble", "none", "--paths").stdout
    assert written.stat().st_mtime_ns == stamp  # it is not found twice
    again = json.loads(here("findings", "score", "--json").stdout)["verdicts"]
    assert next(row["path"] for row in again if row["id"] == holds) == [way]


def test_scores_are_shown_kept_and_compared(here, tmp_path, monkeypatch):
    """Nothing is run for a score; two of them differ by what was judged between."""
    monkeypatch.setitem(sys.modules, "lamella.report", REPORT)
    monkeypatch.setitem(quick.ASSAYS, "immunoblot", quick.BLOT)
    empty = here("findings", "score", "--json")
    built = json.loads(empty.stdout)
    assert built["totals"]["open"] == sum(line.record not in ("not applicable", "structure") for line in index())
    (tmp_path / "before.json").write_text(empty.stdout)
    holds = "rac1-accumulates-without-xiap-and-ciap1"
    here("findings", "check", holds, "--ensemble", "none", "--quiet")
    table = json.loads(here("findings", "score", "--json", "--html", "score.html").stdout)
    assert set(table["holds"]) - set(built["holds"]) == {"IAP-173"}
    assert (table["fails"], table["not_applicable"]) == (built["fails"], built["not_applicable"])
    assert table["totals"]["of"] == 551
    assert table["totals"]["open"] == built["totals"]["open"] - 1
    judged = len(table["holds"]) + len(table["fails"])
    assert f"{judged} of 551 claims were judged" in (tmp_path / "score.html").read_text()
    found = here("findings", "diff", "before.json", "results/findings", "--json")
    assert found.returncode == 0
    kinds = [change["kind"] for change in json.loads(found.stdout)["changes"]]
    assert kinds == ["claim", "record"]
    lost = here("findings", "diff", "results/findings", "before.json")
    assert lost.returncode == 1
    assert "! claim     IAP-173: holds -> open" in lost.stdout
    assert len(json.loads(here("findings", "score", "--history", "--json").stdout)["history"]) == 1
    listed = json.loads(here("findings", "list", "--verdict", "holds", "--json").stdout)["findings"]
    assert [(row["id"], row["verdict"]) for row in listed] == [(holds, "holds")]
    refused(here("findings", "score", "--freeze", "oberoi-2013", "first.json"), "are not done yet")
    assert not (tmp_path / "first.json").exists()


def test_a_score_that_is_none_is_refused(here, tmp_path):
    (tmp_path / "none.json").write_text("[]")
    (tmp_path / "bad.json").write_text("{")
    refused(here("findings", "diff", "none.json"), "no scorecard")
    refused(here("findings", "diff", "bad.json"), "cannot be read")
    refused(here("findings", "diff", "absent.json"), "cannot be read")
    (tmp_path / "deep.json").write_text("[" * 100_000)
    (tmp_path / "rows.json").write_text('{"verdicts": [1], "totals": {}}')
    (tmp_path / "folder").mkdir()
    refused(here("findings", "diff", "deep.json"), "deep.json", "nested too deeply")
    refused(here("findings", "diff", "rows.json", "rows.json"), "first file is no scorecard", "verdicts[0]")
    refused(here("findings", "diff", "folder", "folder"), "folder: the folder is no store")
    refused(here("findings", "list", "--verdict", "perhaps"), "perhaps")
    refused(here("findings", "check", "--all", "--population"), "exclude each other")


def test_an_option_that_would_do_nothing_is_refused(here, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "lamella.report", REPORT)
    refused(here("findings", "score", "--history", "--html", "page.html"), "--history")
    refused(here("findings", "score", "--history", "--freeze", "oberoi-2013", "first.json"), "--history")
    for command in (("check", "--all"), ("contradictions",)):
        refused(here("findings", *command, "--dishes", 6, "--most", 4), "6 to 4 replicates cannot be judged")
    assert os.listdir(tmp_path) == []
    refused(here("explain", "rac1-accumulates-without-xiap-and-ciap1", "--quantity", "RAC1.gtp"), "for a run")
    refused(here("explain", tmp_path, "--cell", "HeLa"), "for a finding")


@pytest.mark.parametrize(("asked", "made"), [((4, None), (4, 12)), ((20, None), (20, 20)), ((4, 6), (4, 6))])
def test_a_verdict_is_looked_at_up_to_twelve_dishes_or_as_asked(asked, made):
    assert looks(*asked) == Replicates(*made)


def test_mutants_are_told(here):
    done = here("findings", "mutate", "--cell", "HCT116", "--cells", 1, "--quiet", "--json")
    assert done.returncode == 0, done.stderr
    counts = json.loads(done.stdout)["counts"]
    assert counts["supported"] + counts["unsupported"] + counts["undecided"] == counts["of"] > 100


def test_parts_that_break_nothing_are_told_and_end_with_code_1(here):
    done = here("findings", "mutate", "--parts", "--cell", "HCT116", "--quiet", "--json")
    assert done.returncode == 1, done.stderr
    told = json.loads(done.stdout)
    broken = {row["part"]: row["findings"] for row in told["parts"]}
    assert {"activation", "rear", "lines", "iaps"} < set(broken)
    assert set(told["idle"]) == {name for name, findings in broken.items() if not findings}
    refused(here("findings", "mutate", "--parts", "--tissue"), "exclude each other")


def test_findings_and_runs_are_explained(here, tmp_path, finished, monkeypatch):
    monkeypatch.setitem(sys.modules, "lamella.report", REPORT)
    name = "rac1-accumulates-without-xiap-and-ciap1"
    done = here("explain", name, "--cells", 2, "--out", "why.html", "--json")
    assert done.returncode == 0, done.stderr
    (path,) = json.loads(done.stdout)["paths"]
    assert path["route"]["starts"] == ["BIRC2", "XIAP"]
    assert "RAC1" in (tmp_path / "why.html").read_text()
    assert "XIAP lowers RAC1" in here("explain", name, "--cells", 2).stdout
    folder, _ = finished
    told = here("explain", folder / "one", "--quantity", "RAC1.total", "--cells", 2)
    assert "RAC1.total in HeLa rises" in told.stdout
    refused(here("explain", folder / "one"), "--quantity")
    refused(here("explain", name, "--out", "why.pdf"), "why.pdf")
    refused(here("explain", name[:-1]), name)


def test_a_finding_that_fails_ends_with_code_1(here, monkeypatch):
    flat = dataclasses.replace(quick.BLOT, run=lambda *given: xr.Dataset({"RAC1.total": 1.0}))
    monkeypatch.setitem(quick.ASSAYS, "immunoblot", flat)
    done = here("findings", "check", "rac1-accumulates-without-xiap-and-ciap1", "--quiet", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["verdicts"][0]["verdict"] == "fails"
    assert done.stderr == ""


def test_linters_end_with_code_1_where_something_is_wrong(here):
    """With the quick assays alone, the records' own assays are missing."""
    done = here("findings", "lint", "--json")
    assert done.returncode == 1
    assert "immunoblot" in json.loads(done.stdout)["problems"][0]["what"]
    assert "problems." in here("findings", "lint").stdout


def test_the_installed_command_is_this_program(tmp_path):
    command = shutil.which("lamella", path=str(Path(sys.executable).parent))
    assert command
    done = subprocess.run([command, "--version"], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    assert done.stdout.startswith("lamella ")
