"""The experiment file: what it means, and how each bad one is refused."""

import dataclasses
import tomllib

import pytest

from lamella.assays import ASSAYS as REAL
from lamella.assays.arms import parse_arm
from lamella.assays.experiment import build_experiment, read_experiment
from lamella.assays.reading import LARGEST, Source, parse_toml
from lamella.errors import InputError
from lamella.networks.absent import absent
from quick import ASSAYS


def test_reads_all_parts(experiment_file):
    experiment = read_experiment(experiment_file(), ASSAYS)
    assert list(experiment.arms) == ["control", "knockdown", "knockdown+drug"]
    assert experiment.arms["knockdown"].knockdown == {"XIAP": 0.9, "BIRC2": 0.9}
    assert experiment.assays["quick"].cells == 5
    assert [(c.arm, c.against) for c in experiment.compare] == [("knockdown", "control")]
    setting = experiment.setting("knockdown+drug", 3)
    assert (setting.seed, setting.replicate, setting.matrix) == (7, 3, {"fibronectin": "10 ug/ml"})
    assert setting.perturbations.inhibitor == {"EHT 1864": "10 uM"}


def test_compares_with_the_first_arm_where_nothing_is_said(experiment_file):
    compare = '\n[[compare]]\narm = "knockdown"\nagainst = "control"\n'
    experiment = read_experiment(experiment_file(compare, ""), ASSAYS)
    assert [(c.arm, c.against) for c in experiment.compare] == [("knockdown", "control"), ("knockdown+drug", "control")]


def test_an_alias_of_a_cell_line_is_the_cell_line(experiment_file):
    plain = read_experiment(experiment_file(), ASSAYS)
    assert read_experiment(experiment_file("HeLa", "hela", name="alias.toml"), ASSAYS).hash() == plain.hash()


def test_written_file_is_the_same_experiment(experiment_file, tmp_path):
    experiment = dataclasses.replace(read_experiment(experiment_file(), ASSAYS), front_equals_rear=True)
    again = tmp_path / "run.toml"
    again.write_text(experiment.to_toml({"lamella": "0", "experiment": experiment.hash()}))
    read = read_experiment(again, ASSAYS)
    assert read.hash() == experiment.hash()
    assert read.content() == experiment.content()
    assert read.to_toml(read.written_by) == again.read_text()
    assert tomllib.loads(again.read_text())["assays"]["quick"] == {
        "duration": "3 h", "cells": 5, "pause": 0.0, "fails_in": -1}


LINES = """\
cell = "mef"
replicates = 2
[matrix]
fibronectin = "10 ug/ml"
[arms.fibroblasts]
[arms.leukocytes]
cell = "neutrophil"
knockdown = { TLN1 = 0.5 }
[arms.pulled]
[arms.pulled.assays.calcium]
stretch = "20 %"
[arms."in a gel".assays.acini]
dimension = "2D"
[assays.calcium]
cells = 4
[assays.acini]
colonies = 5
"""


def test_arms_may_have_a_cell_line_and_conditions_of_their_own(experiment_file):
    experiment = read_experiment(experiment_file(text=LINES), REAL)
    assert [experiment.setting(arm, 0).cell for arm in experiment.arms] == ["MEF", "neutrophil", "MEF", "MEF"]
    assert experiment.cells() == ("MEF", "neutrophil")
    assert experiment.arms["leukocytes"].knockdown == {"TLN1": 0.5}
    calcium = {arm: experiment.conditions_of("calcium", arm) for arm in experiment.arms}
    assert [row.stretch for row in calcium.values()] == ["10 %", "10 %", "20 %", "10 %"]
    assert {row.cells for row in calcium.values()} == {4}
    assert experiment.conditions_of("acini", "in a gel").dimension == "2D"
    one = read_experiment(experiment_file('cell = "neutrophil"', "", text=LINES, name="one.toml"), REAL)
    assert one.hash() != experiment.hash()
    assert one.network_hash() != experiment.network_hash()


def test_what_arms_have_of_their_own_is_written_and_read_again(experiment_file, tmp_path):
    experiment = read_experiment(experiment_file(text=LINES), REAL)
    again = tmp_path / "run.toml"
    again.write_text(experiment.to_toml({}))
    assert tomllib.loads(again.read_text())["arms"]["pulled"] == {"assays": {"calcium": {"stretch": "20 %"}}}
    read = read_experiment(again, REAL)
    assert (read.hash(), read.content()) == (experiment.hash(), experiment.content())


@pytest.mark.parametrize(("old", "new", "place", "remedy"), [
    ('"neutrophil"', '"neutrophile"', "file.toml:7: arms.leukocytes.cell: unknown cell line", "'neutrophil'"),
    ('"neutrophil"', "7", "file.toml:7: arms.leukocytes.cell", 'cell = "HeLa"'),
    ('"neutrophil"', '"neutrophil"\nclel = "MEF"', "arms.leukocytes.clel: unknown key 'clel'", "'cell'"),
    ("TLN1", "TLN9", "arms.leukocytes.knockdown.TLN9: unknown gene", "TLN1"),
    ("[arms.pulled.assays.calcium]", "[arms.pulled.assays.calcuim]", "arms.pulled.assays.calcuim", "'calcium'"),
    ("[arms.pulled.assays.calcium]", "[arms.pulled.assays.zymography]", "unknown assay of this", "calcium"),
    ('stretch = "20 %"', "cells = 9", "'cells' of calcium is the same in all arms", "under [assays.calcium]"),
    ('stretch = "20 %"', 'strech = "20 %"', "file.toml:11: arms.pulled.assays.calcium.strech", "'stretch'"),
    ('stretch = "20 %"', 'stretch = "20 um"', "file.toml:11: arms.pulled.assays.calcium.stretch", ""),
    ('[arms.pulled]\n[arms.pulled.assays.calcium]\nstretch = "20 %"', "[arms.pulled]\nassays = 3",
     "arms.pulled.assays: conditions of an arm are tables", "[arms.pulled.assays.calcium]"),
    ('replicates = 2', 'explain = { quantity = "RAC1.total", arm = "leukocytes", against = "pulled" }',
     "explain.arm: an effect between two cell lines", "level_of"),
])
def test_what_an_arm_cannot_have_of_its_own_is_refused_with_its_place(experiment_file, old, new, place, remedy):
    with pytest.raises(InputError) as caught:
        read_experiment(experiment_file(old, new, text=LINES), REAL)
    assert place in str(caught.value)
    assert remedy in str(caught.value)


def test_only_conditions_of_the_assay_may_differ_between_arms():
    for name, assay in REAL.items():
        assert assay.by_arm <= assay.conditions.model_fields.keys(), name
        assert not assay.by_arm & {"cells", "points", "duration", "frame", "pictures", "doses", "replicates"}, name


def test_no_comparisons_survive_writing(experiment_file):
    experiment = dataclasses.replace(read_experiment(experiment_file(), ASSAYS), compare=())
    content, source = parse_toml(experiment.to_toml({}), "run.toml")
    assert build_experiment(content, ASSAYS, source).compare == ()


@pytest.mark.parametrize(("old", "new", "same"), [
    ('"two arms"', '"another title"', True),
    ("# ", "# ", True),
    ("seed = 7", "seed = 8", False),
    ("replicates = 4", "replicates = 5", False),
    ("XIAP = 0.9", "XIAP = 0.8", False),
    ('"3 h"', '"4 h"', False),
    ('"10 ng/ml"', '"11 ng/ml"', False),
    ("[arms.control]", "[arms.untreated]", False),
])
def test_hash_sees_what_changes_numbers(experiment_file, old, new, same):
    plain = read_experiment(experiment_file(), ASSAYS)
    text = (old + "\n" if old == "# " else "") + experiment_file().read_text()
    text = text.replace(old, new, 1).replace('against = "control"', 'against = "untreated"' if "untreated" in new else
                                             'against = "control"')
    changed = read_experiment(experiment_file(text=text, name="changed.toml"), ASSAYS)
    assert (plain.hash() == changed.hash()) is same


BAD = {
    "unknown key": ("seed = 7", "sead = 7", "file.toml:3: sead", "Did you mean 'seed'"),
    "unknown cell line": ('"HeLa"', '"HeLo"', "file.toml:2: cell: unknown cell line 'HeLo'", "'HeLa'"),
    "missing key": ('cell = "HeLa"', "", "file.toml: the key 'cell' is missing", "cell = "),
    "seed is text": ("seed = 7", 'seed = "7"', "file.toml:3: seed", "whole number"),
    "seed is negative": ("seed = 7", "seed = -7", "file.toml:3: seed", "greater than or equal to 0"),
    "no dishes": ("replicates = 4", "replicates = 0", "file.toml:4: replicates", "greater than or equal to 1"),
    "unknown ligand": ("fibronectin =", "fibronektin =", "file.toml:7: matrix.fibronektin", "'fibronectin'"),
    "coating below zero": ('"10 ug/ml"', '"-10 ug/ml"', "file.toml:7: matrix.fibronectin", "least allowed is 0"),
    "coating without unit": ('"10 ug/ml"', "10", "file.toml:7: matrix.fibronectin", "Text in quotes"),
    "unknown factor": ("EGF =", "EGFF =", "file.toml:10: medium.EGFF", "'EGF'"),
    "unknown unit": ('"10 ng/ml"', '"10 parsnips"', "file.toml:10: medium.EGF", "parsnips"),
    "unknown gene": ("XIAP", "XIPA", "file.toml:15: arms.knockdown.knockdown.XIPA: unknown gene", "'XIAP'"),
    "knock-down above 1": ("XIAP = 0.9", "XIAP = 1.9", "file.toml:15: arms.knockdown.knockdown.XIAP", "equal to 1"),
    "knock-down is nan": ("XIAP = 0.9", "XIAP = nan", "file.toml:15: arms.knockdown.knockdown.XIAP", ""),
    "unknown perturbation": ("knockdown = {", "knokdown = {", "file.toml:15: arms.knockdown.knokdown", "'knockdown'"),
    "unknown drug": ('"EHT 1864"', '"EHT 1846"', "file.toml:19: arms.knockdown+drug.inhibitor.'EHT", "'EHT 1864'"),
    "negative dose": ('"10 uM"', '"-1 uM"', "arms.knockdown+drug.inhibitor.'EHT 1864': '-1 uM' is too small", "0 uM"),
    "dose of a length": ('"10 uM"', '"10 km"', "file.toml:19: arms.knockdown+drug", "does not convert"),
    "arm is no table": ("[arms.control]", "[arms]\ncontrol = 3", "'control' is not a table", "[arms.control]"),
    "arm with a slash": ("[arms.control]", '[arms."../x"]', "file.toml:12", "not allowed"),
    "unknown assay": ("[assays.quick]", "[assays.quik]", "file.toml:21: assays.quik: unknown assay", "'quick'"),
    "unknown condition": ("duration =", "durration =", "file.toml:22: assays.quick.durration", "'duration'"),
    "duration 0": ('"3 h"', '"0 h"', "file.toml:22: assays.quick.duration: '0 h' is not allowed", "larger than 0"),
    "comparison with nobody": ('arm = "knockdown"', 'arm = "knockup"', "file.toml:25: compare[1].arm: unknown arm",
                               "'knockdown'"),
    "comparison with itself": ('against = "control"', 'against = "knockdown"', "compare[1]", "two different arms"),
    "explanation of an unknown arm": ("seed = 7", 'explain = { quantity = "x", arm = "up", against = "control" }',
                                      "file.toml:3: explain.arm: unknown arm 'up'", "control"),
    "explanation at no time": ("seed = 7", 'explain = { quantity = "x", arm = "control", against = "a", at = "0 h" }',
                               "file.toml:3: explain.at: '0 h' is not allowed", "Correct"),
    "unknown key in compare": ("against =", "versus =", "compare[1]", "against"),
    "unknown reaction": ("seed = 7", 'without = ["nothing"]', "file.toml:3: without[1]: unknown reaction", ""),
    "broken value": ("XIAP = 0.9,", "XIAP = 0.9.1,", "file.toml:15: not valid TOML", "Check quotes"),
    "key twice": ("seed = 7", "seed = 7\nseed = 8", "file.toml:4: not valid TOML", "Check quotes"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_text_is_refused_with_its_place(experiment_file, case):
    old, new, place, remedy = BAD[case]
    with pytest.raises(InputError) as caught:
        read_experiment(experiment_file(old, new), ASSAYS)
    message = str(caught.value)
    assert place in message
    assert remedy in message
    assert caught.value.remedy


@pytest.mark.parametrize(("raw", "what"), [
    (b"", "empty"),
    (b" \n\n", "empty"),
    (b'cell = "HeL', "the text ends here"),
    (b'cell = "HeLa"\n[arms.control', "ends here"),
    (b"cell = \"\xff\xfe\"", "not UTF-8"),
    ("cell = 'HeLa'".encode("utf-16"), "not UTF-8"),
    (b"x" * (LARGEST + 1), "too large"),
    (b"x = " + b"[" * 50_000, "refused"),
    (b"seed = " + b"9" * 10_000, "refused"),
    (b'cell = "HeLa"', "has no arms"),
    (b'cell = "HeLa"\narms = 3\n', "not a table"),
    (b'cell = "HeLa"\n[arms.control]\n', "has no assays"),
    (b'cell = "HeLa"\n[arms.control]\n[assays]\n', "has no assays"),
    (b'cell = ["HeLa"]\n[arms.control]\n[assays.quick]\n', "not allowed"),
])
def test_bad_bytes_are_refused(tmp_path, raw, what):
    path = tmp_path / "bad.toml"
    path.write_bytes(raw)
    with pytest.raises(InputError, match=what) as caught:
        read_experiment(path, ASSAYS)
    assert str(path) in str(caught.value.where)


def test_missing_file_and_folder(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_experiment(tmp_path / "none.toml", ASSAYS)
    with pytest.raises(InputError, match="folder"):
        read_experiment(tmp_path, ASSAYS)


def test_line_of_a_key_in_a_statement_of_many_lines():
    text = ('a = 1\nb = [\n  "[arms.x]",\n  2,\n]\n\n[arms.x]\nk = """\n[arms.y]\n"""\n'
            '[arms.y]\n[[compare]]\n[[compare]]\narm = 1\n')
    source = Source("f", text)
    assert source.line(("b",)) == 2
    assert source.line(("b", 1)) == 2
    assert source.line(("arms", "x")) == 7
    assert source.line(("arms", "x", "k")) == 8
    assert source.line(("arms", "y")) == 11
    assert source.line(("compare", 1, "arm")) == 14
    assert source.line(("nowhere",)) is None


def test_line_is_given_up_rather_than_sought_forever():
    text = "x = [\n" + "1,\n" * 5000 + "]\ny = 1\n"
    assert Source("f", text).line(("y",)) is None
    assert Source("f", text).where(("y",)) == "f: y"


def test_an_assay_without_a_mechanism_is_refused_by_name(experiment_file):
    with pytest.raises(InputError, match="no assay 'angiogenesis' yet") as caught:
        read_experiment(experiment_file("[assays.quick]", "[assays.angiogenesis]"), ASSAYS)
    assert "sprouting" in caught.value.why
    assert caught.value.remedy
    assert not absent()["assays"].keys() & REAL.keys()


@pytest.mark.parametrize(("assay", "table", "place", "what"), [
    ("scratch", 'colour = "RAC1_gpt"', "9: assays.scratch.colour", "unknown quantity 'RAC1_gpt'"),
    ("spheroid", 'colour = "no"', "9: assays.spheroid.colour", "unknown quantity"),
    ("extravasation", 'layer = { VCAM1 = "190 /um²" }', "9: assays.extravasation.layer.VCAM1", "a layer needs both"),
    ("cohort", 'varied = ["XIAP", "XIPA"]', "9: assays.cohort.varied", "unknown protein 'XIPA'"),
    ("affinity", 'integrin = "a4b7"', "9: assays.affinity.integrin", "unknown integrin of HeLa"),
    ("affinity", 'ligand = "ICAM1"', "9: assays.affinity.ligand", "binds ICAM1"),
    ("border_cells", 'dose = "xyz"', "9: assays.border_cells.dose", "unknown unit"),
    ("border_cells", 'dose = "-1 ng/ml"', "9: assays.border_cells.dose", "too small"),
])
def test_what_the_cells_of_an_arm_have_not_is_refused_by_the_reader(tmp_path, assay, table, place, what):
    path = tmp_path / "file.toml"
    path.write_text(f'cell = "HeLa"\n[matrix]\nfibronectin = "1 ug/ml"\n[arms.control]\n[arms.b]\ncell = "MEF"\n\n'
                    f"[assays.{assay}]\n{table}\n")
    with pytest.raises(InputError, match=what) as caught:
        read_experiment(path, REAL)
    assert caught.value.where == f"{path}:{place}"


def test_forces_and_islands_are_words_of_a_command_line():
    _, table = parse_arm("a: shear 1.5 Pa from 1 h; stretch 10 %; island 20 um")
    arm = build_experiment({"cell": "HeLa", "arms": {"a": table}, "assays": {"quick": {}}}, ASSAYS, Source()).arms["a"]
    assert (arm.shear, arm.stretch, arm.island) == ("1.5 Pa from 1 h", "10 %", "20 um")


def test_a_kind_of_treatment_without_a_target_is_refused_by_name(experiment_file):
    with pytest.raises(InputError, match="'stiffness' cannot be perturbed yet") as caught:
        read_experiment(experiment_file("[arms.control]", "[arms.control]\nstiffness = '1 kPa'"), ASSAYS)
    assert "arms.control.stiffness" in caught.value.where
